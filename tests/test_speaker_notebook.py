import runpy
import tomllib
from pathlib import Path

import v100_ai as v100

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "speaker.py"


def test_the_notebook_runs_and_writes_settings_that_can_be_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = runpy.run_path(str(NOTEBOOK))
    said = capsys.readouterr().out
    assert "6 holds of the floor, 0 false switches" in said
    assert "take 0.06 s: 9 holds, 2 false switches" in said
    assert "<svg" in names["Lanes"](names["holds"], names["talk"])._repr_html_()
    written = tomllib.loads((tmp_path / "speaker.toml").read_text())["speaker"]
    assert v100.ActiveSpeaker(**written).settings == names["settings"]
    assert written["take"] == 0.4
