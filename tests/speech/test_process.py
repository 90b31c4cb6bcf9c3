"""A recogniser in its own process: it may die, hang, babble or be cancelled, and the next utterance is recognised."""

import json
import sys
from pathlib import Path

import anyio
import pytest

from v100_ai.errors import RecognizerLost
from v100_ai.speech import process
from v100_ai.speech.process import recogniser
from v100_ai.speech.recognizer import Piece
from v100_ai.words import Word

pytestmark = pytest.mark.anyio

CHILD = """
import json, os, sys
def piece(start, end, text):
    words = [{"text": text, "start": start, "end": end}]
    return {"start": start, "end": end, "text": text, "words": words}
print(json.dumps({"ready": "fake"}), flush=True)
while head := sys.stdin.buffer.read(4):
    sound = sys.stdin.buffer.read(int.from_bytes(head, "little"))
    match sound[:4]:
        case b"dies":
            os._exit(3)
        case b"hang":
            sys.stdin.buffer.read()
        case b"odd!":
            print("[1, 2", flush=True)
        case b"none":
            print("[]", flush=True)
        case b"who?":
            print(json.dumps({"pieces": [piece(0, 1, str(os.getpid()))]}), flush=True)
        case b"env?":
            print(json.dumps({"pieces": [piece(0, 1, " ".join(os.environ))]}), flush=True)
        case _:
            print(json.dumps({"pieces": [piece(0.5, 1.5, sound.decode())]}), flush=True)
"""
HI = Piece(start=0.5, end=1.5, text="hi", words=(Word(text="hi", start=0.5, end=1.5),))
COMMAND = (sys.executable, "-c", CHILD)


async def test_what_is_said_comes_back_and_the_model_stays_in_memory():
    async with recogniser("fake", None, command=COMMAND) as recognise:
        assert await recognise(b"hi") == [HI]
        assert await recognise(b"who?") == await recognise(b"who?")


@pytest.mark.parametrize(
    ("sound", "why"),
    [(b"dies", "its process ended"), (b"odd!", "what is none"), (b"none", "what is none")],
)
async def test_after_a_process_was_lost_there_is_another(sound: bytes, why: str):
    async with recogniser("fake", None, command=COMMAND) as recognise:
        (first,) = await recognise(b"who?")
        with pytest.raises(RecognizerLost, match=why):
            await recognise(sound)
        (second,) = await recognise(b"who?")
    assert first.text != second.text


async def test_one_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "LEAST", 0.2)
    async with recogniser("fake", None, command=COMMAND) as recognise:
        await recognise(b"who?")
        with pytest.raises(RecognizerLost, match="in time"):
            await recognise(b"hang")
        assert await recognise(b"hi")


async def test_an_answer_that_nobody_waited_for_is_not_taken_for_the_next():
    async with recogniser("fake", None, command=COMMAND) as recognise:
        await recognise(b"who?")
        with anyio.move_on_after(0.05):
            await recognise(b"hang")
        assert await recognise(b"hi") == [HI]


async def test_the_process_ends_with_the_block():
    async with recogniser("fake", None, command=COMMAND) as recognise:
        (who,) = await recognise(b"who?")
        assert await anyio.Path(f"/proc/{who.text}").exists()
    assert not await anyio.Path(f"/proc/{who.text}").exists()


async def test_an_engine_learns_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("V100_ANTHROPIC_KEY", "secret")
    async with recogniser("fake", None, command=COMMAND) as recognise:
        (variables,) = await recognise(b"env?")
    assert "PATH" in variables.text
    assert "V100_ANTHROPIC_KEY" not in variables.text


async def test_the_real_child_says_why_it_cannot(tmp_path: Path):
    async with recogniser("sherpa-onnx", tmp_path / "missing") as recognise:
        with pytest.raises(RecognizerLost, match="folder of a model"):
            await recognise(b"\0\0")


async def test_the_real_child_recognises_with_what_is_behind_it(tmp_path: Path):
    """pocketsphinx stood in for by a module of its name, which the child imports as it would the real one."""
    (tmp_path / "pocketsphinx.py").write_text(
        "class Decoder:\n"
        "    def __init__(self, **_): print('noise on standard output')\n"
        "    def start_utt(self): pass\n"
        "    def process_raw(self, data, **_): self.count = len(data)\n"
        "    def end_utt(self): pass\n"
        "    def hyp(self): self.hypstr = f'{self.count} bytes'; return self\n"
        "    def seg(self): self.word, self.start_frame, self.end_frame = 'bytes', 2, 5; return [self]\n"
    )
    code = f"import sys; sys.path.insert(0, {json.dumps(str(tmp_path))})\n"
    code += "from v100_ai.speech.child import main; main('pocketsphinx', '', 'en')"
    async with recogniser("", None, command=(sys.executable, "-c", code)) as recognise:
        assert [one.text for one in await recognise(bytes(3_200))] == ["3200 bytes"]
        (piece,) = await recognise(bytes(3_200))
    assert (piece.start, piece.end) == (0.0, 0.1)
    assert piece.words == (Word(text="bytes", start=0.02, end=0.06),)
