"""A recogniser in a process of its own: the event loop never waits for it, and what kills it kills nothing else."""

import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, Final

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from v100_ai.errors import RecognizerLost
from v100_ai.speech.child import HEAD
from v100_ai.speech.recognizer import Piece, Recognise, seconds
from v100_ai.words.word import words_from

OPENING: Final = 120.0
"""Seconds that a model may take to come into memory."""
LEAST: Final = 5.0
SLOWEST: Final = 10.0
"""Seconds that an utterance may take, and each second of it on top, before the process is given up."""
LONGEST_LINE: Final = 1 << 20
HIDDEN: Final = "V100_"
"""Variables that begin so hold the service's secrets; an engine has no need of them."""


@dataclass(slots=True)
class _Child:
    """One process at a time, started when it is needed and again after it was lost."""

    command: tuple[str, ...]
    _turn: anyio.Lock = field(default_factory=anyio.Lock)
    _process: Process | None = None
    _lines: BufferedByteReceiveStream | None = None

    async def recognise(self, samples: bytes) -> Sequence[Piece]:
        """What is said. Raises `RecognizerLost`."""
        async with self._turn:
            try:
                return await self._recognised(samples)
            except BaseException:
                # Cancelled too: an answer that nobody waits for must not be taken for the next one's.
                await self.stop()
                raise

    async def _recognised(self, samples: bytes) -> Sequence[Piece]:
        try:
            if self._process is None:
                with anyio.fail_after(OPENING):
                    await self._start()
            assert self._process is not None  # noqa: S101  # started above
            assert self._process.stdin is not None  # noqa: S101  # a pipe
            with anyio.fail_after(LEAST + SLOWEST * seconds(len(samples) // 2)):
                await self._process.stdin.send(len(samples).to_bytes(HEAD, "little") + samples)
                answer = await self._line()
            return [_piece(one) for one in answer["pieces"]]
        except TimeoutError as late:
            raise RecognizerLost("it did not answer in time") from late
        except (anyio.BrokenResourceError, anyio.IncompleteRead, anyio.EndOfStream) as gone:
            raise RecognizerLost("its process ended") from gone
        except (anyio.DelimiterNotFound, ValueError, KeyError, IndexError, TypeError) as garbled:
            raise RecognizerLost("it answered what is none") from garbled

    async def _start(self) -> None:
        shown = {name: text for name, text in os.environ.items() if not name.startswith(HIDDEN)}
        paths = [str(Path(__file__).parents[2]), *filter(None, [shown.get("PYTHONPATH")])]
        environment = {**shown, "PYTHONPATH": os.pathsep.join(paths)}
        self._process = await anyio.open_process(
            self.command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
        )
        assert self._process.stdout is not None  # noqa: S101  # a pipe
        self._lines = BufferedByteReceiveStream(self._process.stdout)
        first = await self._line()
        if "ready" not in first:
            raise RecognizerLost(str(first.get("refused", first))[:500])

    async def _line(self) -> dict[str, Any]:
        assert self._lines is not None  # noqa: S101  # together with the process
        answer = json.loads(await self._lines.receive_until(b"\n", LONGEST_LINE))
        if not isinstance(answer, dict):
            raise TypeError(f"expected an object, found {answer!r:.100}")
        return answer

    async def stop(self) -> None:
        """End the process, whatever it is at."""
        process, self._process, self._lines = self._process, None, None
        if process is not None:
            with anyio.CancelScope(shield=True):
                if process.returncode is None:
                    process.kill()
                await process.aclose()


def _piece(told: dict[str, Any]) -> Piece:
    words = words_from(told["words"])
    return Piece(start=told["start"], end=told["end"], text=told["text"], words=words)


@asynccontextmanager
async def recogniser(
    engine: str, model: Path | None, language: str = "en", *, command: tuple[str, ...] = ()
) -> AsyncGenerator[Recognise]:
    """The engine, for as long as the block lasts; one utterance after the other. What it gives raises `RecognizerLost`.

    `command` stands for the process in tests.
    """
    ours = (sys.executable, "-m", "v100_ai.speech.child", engine, str(model or ""), language)
    child = _Child(command or ours)
    try:
        yield child.recognise
    finally:
        await child.stop()
