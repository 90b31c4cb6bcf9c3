"""Encoded frames on their way into a worker: what a media server's tap gives, on the worker's standard input.

After the spec come records, each a head and so many bytes. Both sides are ours: what comes from outside is in the bytes alone.
"""

import json
import struct
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from v100_ai.worker.spec import Limits

CODECS: Final = ("vp8", "vp9", "h264", "av1", "opus")
"""As the media server names them; sound is `opus`."""
SOUND: Final = "opus"
SOUND_RATE: Final = 16_000
"""Samples a second of the sound that leaves a worker, mono."""

LARGEST_FRAME: Final = 4 << 20
"""Bytes of one encoded frame at most."""

_HEAD: Final = struct.Struct("<IIBBdd")
HEAD: Final = _HEAD.size
KEY, GAP = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TapSpec:
    """What a worker is to do with the encoded frames of a room."""

    layers: tuple[str, ...]
    """Any of `analyzers.LAYERS`, and `quality`; of pictures."""
    limits: Limits = field(default_factory=Limits)
    """Of all tracks together."""

    def to_json(self) -> bytes:
        """The spec for the child's standard input."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "TapSpec":
        """The spec that the parent wrote."""
        found: dict[str, Any] = json.loads(text)
        return cls(layers=tuple(found["layers"]), limits=Limits(**found["limits"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedFrame:
    """One encoded frame of a track; one without data says that the track is over.

    Attributes:
        track: its number.
        codec: one of `CODECS`.
        pts: seconds on the session's axis.
        came: when its first packet came, by the monotonic clock.
        key: whether it can be decoded without others.
        gap: whether the one before it is missing.
        data: as a decoder takes it.
    """

    track: int
    codec: str
    pts: float
    came: float
    key: bool = False
    gap: bool = False
    data: bytes = b""

    def packed(self) -> bytes:
        """The record."""
        flags = KEY * self.key + GAP * self.gap
        codec = CODECS.index(self.codec)
        return _HEAD.pack(len(self.data), self.track, codec, flags, self.pts, self.came) + self.data


def head(record: bytes) -> tuple[int, EncodedFrame]:
    """How many bytes follow the head of a record, and what it says of them."""
    size, track, codec, flags, pts, came = _HEAD.unpack(record)
    frame = EncodedFrame(
        track=track,
        codec=CODECS[codec],
        pts=pts,
        came=came,
        key=bool(flags & KEY),
        gap=bool(flags & GAP),
    )
    return size, frame
