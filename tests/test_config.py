"""What an operator can set, and where."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from v100_ai.config import Settings
from v100_ai.errors import SettingRejected

DOCS = (Path(__file__).parent.parent / "docs" / "service.md").read_text()


def file(folder: Path, text: str) -> Path:
    path = folder / "v100.toml"
    path.write_text(text)
    return path


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = file(tmp_path, "port = 1\nworkers = 1\nquestions = 1\n[speaker]\ntake = 0.4\n")
    monkeypatch.setenv("V100_PORT", "2")
    monkeypatch.setenv("V100_WORKERS", "2")
    settings = Settings.read(path, port=3)
    assert (settings.port, settings.workers, settings.questions) == (3, 2, 1)
    assert settings.speaker == {"take": 0.4}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ports = 1", "ports: Extra inputs are not permitted"),
        ("port = 70000", "port: .* found 70000"),
        ('log_format = "xml"', "log_format: .* found 'xml'"),
        ("port = ", "v100.toml: Invalid value"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, text: str, told: str):
    with pytest.raises(SettingRejected, match=told):
        Settings.read(file(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SettingRejected, match="expected a TOML file, found none"):
        Settings.read(tmp_path / "none.toml")


def test_a_secret_is_not_shown():
    settings = Settings.read(None, anthropic_key="sk-canary")
    assert isinstance(settings.anthropic_key, SecretStr)
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("db.lan", False),
    ],
)
def test_only_loopback_is_loopback(host: str, loopback: bool):  # noqa: FBT001
    assert Settings.read(None, host=host).loopback is loopback


def test_every_setting_stands_in_the_docs_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \| [^|]+ \|$", DOCS, re.MULTILINE))
    fields = Settings.model_fields
    assert fields.keys() <= rows.keys()
    for name, field in fields.items():
        told, default = rows[name].strip("`"), field.default
        if told:
            assert told in (
                str(default),
                str(default).lower(),
                f"{default:g}" if isinstance(default, float) else "",
            )
