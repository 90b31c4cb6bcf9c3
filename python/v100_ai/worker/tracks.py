"""What goes into a worker that holds several sources: which are begun, and which nobody wants any more.

Records have one form both ways: a track's number, a length and so many bytes. Into the child goes first what all of
them share, then the spec of each that is opened, and nothing for one that is to end. Out of it comes `wire`'s messages.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from v100_ai.worker.messages import LENGTH
from v100_ai.worker.spec import LARGEST_SPEC, Spec

MOST: Final = 8
"""Tracks in one process at most: what kills one of them costs so many a second or two."""

ALL: Final = 0xFFFF_FFFF
"""In place of a track's number: it is for all of them."""

NUMBER: Final = 4
"""Bytes of a track's number, little-endian; those of the length that follows are big-endian."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What holds for all tracks of a process, for good."""

    spec: Spec
    """Of the first of them: the others lead to the same place and have its limits."""
    beneath: str | None = None
    """The folder that they may be files of."""
    most: int = MOST
    """How many may be open at a time. Each brings its own share of memory and of open files."""

    def to_json(self) -> bytes:
        """For the child."""
        spec = json.loads(self.spec.to_json())
        return json.dumps({"spec": spec, "beneath": self.beneath, "most": self.most}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Shared":
        """What the parent wrote."""
        found: dict[str, Any] = json.loads(text)
        spec = Spec.from_json(json.dumps(found["spec"]).encode())
        return cls(spec, found["beneath"], found["most"])


def head(track: int, size: int) -> bytes:
    """What stands before so many bytes of a track."""
    return track.to_bytes(NUMBER, "little") + size.to_bytes(LENGTH, "big")


def record(track: int, body: bytes) -> bytes:
    """Bytes of a track, as they go into the child."""
    if len(body) > 2 * LARGEST_SPEC:
        raise AssertionError("expected a spec")
    return head(track, len(body)) + body
