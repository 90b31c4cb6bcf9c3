"""An engine in a process of its own: sound in on standard input, text out on standard output, until there is no more.

A message in is a length of 4 bytes, little endian, and so many bytes of samples; a message out is a line of JSON. The
first line tells that the model is in memory, or why it is not.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from v100_ai.errors import V100Error
from v100_ai.records import Engine
from v100_ai.speech.engines import opened
from v100_ai.speech.recognizer import Piece

HEAD: Final = 4


def main(engine: str, model: str, language: str) -> None:
    """Recognise until standard input ends."""
    # Engines print what they like: it goes to standard error, and the pipe stays ours.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    try:
        recognise = opened(cast("Engine", engine), Path(model) if model else None, language)
    except V100Error as refused:
        tell({"refused": str(refused)})
        return
    tell({"ready": engine})
    while len(head := sys.stdin.buffer.read(HEAD)) == HEAD:
        samples = sys.stdin.buffer.read(int.from_bytes(head, "little"))
        pieces = recognise(np.frombuffer(samples, "<i2"))
        tell({"pieces": [_json(one) for one in pieces]})


def _json(piece: Piece) -> dict[str, Any]:
    words = [word.to_json() for word in piece.words]
    return {"start": piece.start, "end": piece.end, "text": piece.text, "words": words}


if __name__ == "__main__":
    main(*sys.argv[1:])
