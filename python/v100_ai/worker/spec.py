"""Spec: what a worker is asked to do, and how much it may take for it. Crosses to the child as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from v100_ai.errors import SettingRejected

Pace = Literal["live", "fast"]
"""Frames of a file at the speed of their times, or as fast as they can be measured."""

Late = Literal["keep", "drop"]
"""Measured all the same, later and later; or left out and counted."""

LARGEST_SPEC: Final = 65_536
"""Bytes of a spec at most."""

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a worker may take. Beyond it, it is stopped."""

    memory: int = 512 * MIB
    """Bytes of address space for the media, on top of what the program itself has mapped (some 210 MiB)."""
    cpu: int = 30
    """Seconds of processor time, of all its threads, without a single frame measured."""
    opening: float = 30.0
    """Seconds until it has opened its inputs."""
    silence: float = 30.0
    """Seconds without a word from it, once it has opened them."""
    patience: float = 15.0
    """Seconds that a source may be silent before it counts as lost; told by the child itself."""
    threads: int = 2
    """Threads of each decoder: every one of them holds pictures."""
    files: int = 64
    """Open files and connections."""
    streams: int = 64
    """Streams (tracks) that an input may have."""
    nice: int = 5
    """How far its priority is below the service's own."""

    def __post_init__(self) -> None:
        wrong = [name for name, limit in asdict(self).items() if not 0 <= limit < 1 << 50]
        if wrong:
            raise SettingRejected(f"expected limits of 0 and more, found {wrong[0]} otherwise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where an earlier worker stopped: the input's frames up to this one are known already."""

    frame: int
    pts: float | None
    """Its time as the input has it; `None` where times repeat and only numbers tell frames apart."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a source's own packets are kept, and how much of them at most."""

    folder: str
    seconds: float
    bytes: int


OPTIONS: Final = frozenset(
    {
        "analyzeduration",
        "cookies",
        "headers",
        "probesize",
        "referer",
        "rtsp_transport",
        "user_agent",
    }
)
"""FFmpeg's options that may be asked for: none of them leads to another file, host or protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What of the source is read, and how: `sources.InputOptions`, as far as a service allows them."""

    stream: int | None = None
    start: float = 0.0
    duration: float | None = None
    every: int = 1
    rate: float | None = None
    size: tuple[int, int] | None = None
    pix_fmt: str | None = None
    deinterlace: bool = False
    options: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(self.options.keys() - OPTIONS)
        if unknown:
            raise SettingRejected(
                f"expected options of {', '.join(sorted(OPTIONS))}, found {', '.join(unknown)}"
            )
        for value in self.options.values():
            if not value.replace("\r\n", " ").isprintable():
                raise SettingRejected("expected options in printable characters, found others")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One source and what is measured of it."""

    source: str
    """A URL, or a path where `files` allows it."""
    reference: str | None = None
    """What it is compared with; the layer `quality` is then PSNR, SSIM and VMAF of every frame."""
    layers: tuple[str, ...] = ("motion", "complexity", "visual")
    """Any of `analyzers.LAYERS`, and `quality`."""
    pace: Pace = "live"
    late: Late = "keep"
    """What becomes of frames of a file at pace `live` that are more than two seconds late."""
    rate: float | None = None
    """Frames a second, by their times, that are measured at most."""
    files: bool = False
    """Whether paths on this machine may be opened."""
    closed: tuple[str, ...] = ()
    """Networks, such as `10.0.0.0/8`, that nothing over HTTP may lead to, wherever a redirect or a playlist points.
    Where any is named, all that `addresses` does not call public is closed as well."""
    opened: tuple[str, ...] = ()
    """Networks that are open all the same."""
    input: Input = field(default_factory=Input)
    resume: Resume | None = None
    sound: bool = False
    """Whether the source's sound is told as well."""
    recording: Recording | None = None
    """Whether the source's packets are kept; the folder is the only place where the worker writes."""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        for name in (self.source, self.reference or "-"):
            if not name or not name.isprintable():
                raise SettingRejected(
                    "expected a source's name in printable characters, found others"
                )
        if self.rate is not None and not 0 < self.rate < float("inf"):
            raise SettingRejected(f"expected a rate above 0, found {self.rate}")

    def to_json(self) -> bytes:
        """The spec for the child's standard input."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Spec":
        """The spec that the parent wrote."""
        found: dict[str, Any] = json.loads(text)
        for name in ("layers", "closed", "opened"):
            found[name] = tuple(found[name])
        found["limits"] = Limits(**found["limits"])
        size = found["input"]["size"]
        found["input"] = Input(**found["input"] | {"size": size and tuple(size)})
        if found["resume"] is not None:
            found["resume"] = Resume(**found["resume"])
        if found["recording"] is not None:
            found["recording"] = Recording(**found["recording"])
        return cls(**found)
