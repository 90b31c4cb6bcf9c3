import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.rtsp import Camera, filmed
from tests.worker.watched import watched
from v100_ai.worker import Limits, Refused, Spec
from v100_ai.worker.child.opening import NO_PORT, reach

TRIES = {
    "read a stranger's file": "open({secret!r}).read()",
    "list a stranger's folder": "os.listdir({folder!r})",
    "read the file": "open({clip!r}).read()",
    "read Python's own": "open(os.__file__).read()",
    "write": "open({clip!r}, 'a')",
    "make": "open({folder!r} + '/new', 'w')",
    "run": "os.execv('/bin/true', ['true'])",
    "listen": "socket.create_server(('127.0.0.1', 0))",
    "connect": "socket.create_connection(('127.0.0.1', {port}))",
    "connect elsewhere": "socket.create_connection(('127.0.0.1', {port} + 1))",
    "signal the parent": "os.kill(os.getppid(), 0)",
    "allocate": "bytearray(1 << 30)",
}


def landlock() -> int:
    """The kernel's version of it; below 1 where it has none."""
    return int(ctypes.CDLL(None).syscall(444, None, 0, 1))


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    """What becomes of each try in a confined process."""
    if landlock() < 6:
        pytest.skip("this kernel's landlock knows no scopes")
    secret, folder, clip = tmp_path / "secret", tmp_path / "folder", tmp_path / "clip.mp4"
    secret.write_text("whsec")
    clip.write_text("frames")
    folder.mkdir()
    words = {"secret": str(secret), "folder": str(folder), "clip": str(clip), "port": 9}
    tries = {name: code.format(**words) for name, code in TRIES.items()}
    code = f"""
import json, os, socket
from pathlib import Path
from v100_ai.worker.child.confinement import confine
from v100_ai.worker.spec import Limits
confine(Limits(), files=[Path({str(clip)!r}), Path({str(folder)!r}), Path('/dev/stdin')], port=9)
found = {{}}
for name, code in {tries!r}.items():
    try:
        exec(code)
        found[name] = "done"
    except (OSError, MemoryError) as refused:
        found[name] = type(refused).__name__
print(json.dumps(found))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    result: dict[str, str] = json.loads(ran.stdout)
    return result


def test_a_confined_process_reads_its_input_and_does_nothing_else(found: dict[str, str]):
    assert found == {
        "read a stranger's file": "PermissionError",
        "list a stranger's folder": "PermissionError",
        "read the file": "done",
        "read Python's own": "done",
        "write": "PermissionError",
        "make": "PermissionError",
        "run": "PermissionError",
        "listen": "PermissionError",
        "connect": "ConnectionRefusedError",
        "connect elsewhere": "PermissionError",
        "signal the parent": "PermissionError",
        "allocate": "MemoryError",
    }


@pytest.mark.parametrize(
    ("source", "reference", "files", "port"),
    [
        ("/a.mp4", None, ["/a.mp4"], NO_PORT),
        ("/a.mp4", "/b.mp4", ["/a.mp4", "/b.mp4"], NO_PORT),
        ("rtsp://camera/1", None, [], 554),
        ("rtsp://camera:8554/1", "/b.mp4", ["/b.mp4"], 8554),
        ("rtsp://camera/1", "rtsp://other:8554/1", [], None),
        ("rtmp://live/app", None, [], 1935),
        ("https://cdn/a.m3u8", None, [], None),
        ("https://cdn/a.m3u8", "rtsp://camera/1", [], None),
        ("rtsp://camera:no/1", None, [], None),
    ],
)
def test_inputs_reach_no_further_than_they_must(source, reference, files, port):
    assert reach(Spec(source=source, reference=reference)) == (list(map(Path, files)), port)


@pytest.mark.anyio
async def test_a_camera_that_sends_its_viewer_to_another_service_sends_it_nowhere():
    if landlock() < 4:
        pytest.skip("this kernel's landlock knows no ports")
    inner = Camera([])
    with filmed(inner) as away, filmed(Camera([], moved=away)) as url:
        story = await watched(Spec(source=url, limits=Limits(patience=2.0)))
    assert isinstance(story.last, Refused)
    assert inner.asked == []
