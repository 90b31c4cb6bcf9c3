"""Paths that lead out: in ids, names, labels, sources and reports."""

from itertools import product
from pathlib import Path

import pytest

from tests.api.running import Api, running
from v100_ai.errors import SettingRejected
from v100_ai.worker.located import located

pytestmark = pytest.mark.anyio

UP = [
    "..", "%2e%2e", "%252e%252e", "..%2f", "..%5c", "..\\", "....//", "..;", "%c0%ae%c0%ae",
    ".%2e", "%2e.", "\uff0e\uff0e", "..%00", "./..", "~", "/", "//", "\\\\", "file:", "%2f",
]  # fmt: skip
GOALS = [
    "etc/passwd", "etc/shadow", "secret.txt", "v100.db", "proc/self/environ",
    "C:/windows/win.ini", "root/.ssh/id_rsa", "", "secret.txt%00.mp4", "secret.txt?x=.mp4",
]  # fmt: skip
PAYLOADS = [
    joined
    for up, goal in product(UP, GOALS)
    for joined in (f"{up}/{goal}", f"{up}/{up}/{up}/{goal}")
]
MARK = "only the server may read this"


def test_there_are_payloads_enough():
    assert len(set(PAYLOADS)) >= 200


async def test_no_id_leads_anywhere(api: Api):
    for payload in PAYLOADS:
        for path in (
            f"/v1/meetings/{payload}",
            f"/v1/meetings/{payload}/report",
            f"/v1/webhooks/{payload}",
        ):
            # As it stands: a client would tidy it up.
            answer = await api.http.get(httpx_path(api, path))
            assert MARK not in answer.text
            if answer.url.path == "/":
                continue  # tidied up all the same: the dashboard's page
            assert answer.status_code in {404, 405, 422}, path
            assert answer.headers["content-type"] == "application/problem+json"


def httpx_path(api: Api, path: str) -> str:
    quoted = "".join(each if each.isascii() and each not in " \\" else "%5c" for each in path)
    return f"http://127.0.0.1:{api.port}{quoted}"


async def test_a_name_is_only_a_name(api: Api, tmp_path):
    meeting = await api.meeting()
    for payload in PAYLOADS[::7]:
        renamed = await api.http.patch(f"/v1/meetings/{meeting}", json={"name": payload})
        assert renamed.json()["name"] == payload.strip()
        home = f"/v1/meetings/{meeting}"
        joined = await api.http.post(f"{home}/participants", json={"id": payload, "name": payload})
        assert joined.status_code == 201
        table = await api.http.get(f"{home}/report.parquet")
        assert table.headers["content-disposition"] == f'attachment; filename="{meeting}.parquet"'
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of files beside what must not be read, with ways out of it."""
    folder = tmp_path / "files"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text(MARK)
    (tmp_path / "files2").mkdir()
    (tmp_path / "files2" / "secret.txt").write_text(MARK)
    (folder / "clip.mp4").write_text("a clip")
    (folder / "way").symlink_to("..")
    (folder / "link.mp4").symlink_to(tmp_path / "secret.txt")
    (folder / "inner" / "again.mp4").symlink_to("../clip.mp4")
    return folder


def test_a_source_stays_inside_the_folder_whatever_it_says(files: Path):
    for payload in [*PAYLOADS, "link.mp4", "way/secret.txt", "../files2/secret.txt", "inner/../.."]:
        if "://" in payload:
            continue
        try:
            found = located(payload, files)
        except SettingRejected:
            continue
        assert Path(found).resolve().is_relative_to(files.resolve()), payload
        assert not Path(found).is_file() or MARK not in Path(found).read_text()
    assert located("clip.mp4", files) == str(files / "clip.mp4")
    assert located("inner/again.mp4", files) == str(files / "clip.mp4")


@pytest.mark.parametrize(
    "source",
    ["../secret.txt", "link.mp4", "way/secret.txt", "/etc/passwd", "file:///etc/passwd",
     "FILE:///etc/passwd", "concat:a|b", "subfile,,start,0,end,0,,:/etc/passwd", "data:,x",
     "http://127.0.0.1/", "gopher://a.example/"],
)  # fmt: skip
async def test_a_stream_of_what_may_not_be_read_is_refused_when_it_is_made(tmp_path, files, source):
    async with running(tmp_path, files=files) as api:
        answer = await api.http.post("/v1/streams", json={"name": "n", "source": source})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
        assert (await api.http.get("/v1/streams")).json()["items"] == []
        assert MARK not in answer.text
