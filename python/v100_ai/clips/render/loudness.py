"""Loudness: measured, brought to its target under a true-peak limit, coded, and measured again as a player hears it.

ITU-T BS.1770 and EBU R 128 by FFmpeg's `ebur128`. One gain for the whole clip, never a compressor that follows it: what
is quiet beside what is loud stays so.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.filter import Graph

from v100_ai.clips.render.grid import RATE
from v100_ai.clips.render.sound import Cut
from v100_ai.clips.render.track import Samples

MOST_GAIN: Final = 20.0
"""dB: what is quieter still is noise, and becomes audible."""

ROUNDS: Final = 3
NEAR_LU: Final = 0.5
"""How far from the target another round is worth it."""

MARGIN_DB: Final = 0.1
"""By how much more than a peak was over its limit the limiter is lowered."""

CODING_DB: Final = 0.5
"""How far below the limit peaks are held at first: coding raises them."""

BITS: Final = 160_000
"""A second of AAC."""

OVERSAMPLED: Final = 4 * RATE
"""The limiter's rate: a true peak lies between samples."""


@dataclass(frozen=True, slots=True)
class Level:
    """What `ebur128` says of a sound; `None` where it is silent or too short."""

    integrated: float | None
    """LUFS."""
    true_peak: float | None
    """dBTP."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Coded sound, and how it came about."""

    packets: "tuple[av.Packet[Any], ...]"
    before: Level
    after: Level
    gain: float
    """dB."""
    target: float | None
    limited: bool
    """Whether the target was not reached within 1 LU, for peaks or for the most gain there is."""


def measure(chunks: Iterable[Samples]) -> Level:
    """The loudness of stereo samples at `RATE`."""
    told: dict[str, str] = {}
    for frame in _through(chunks, [("ebur128", "metadata=1:peak=true:framelog=quiet")]):
        # Told each tenth of a second only.
        told = dict(frame.metadata) or told
    integrated = float(told.get("lavfi.r128.I", "-70"))
    peak = float(told.get("lavfi.r128.true_peak", "0"))
    return Level(
        None if integrated <= -69.9 else round(integrated, 2),  # noqa: PLR2004  # its gate's floor
        round(20 * math.log10(peak), 2) if peak > 0 else None,
    )


def levelled(cut: Cut, target: float | None, peak: float, tick: Callable[[], None]) -> Sound:
    """The sound coded as AAC, at that loudness in LUFS and with no true peak above `peak` in dBTP.

    Without a target only peaks are held. At most three rounds: what coding adds shows only afterwards.
    """
    before = measure(cut.chunks())
    wanted = 0.0
    if target is not None and before.integrated is not None:
        wanted = min(target - before.integrated, MOST_GAIN)
    gain, limit = wanted, peak - CODING_DB
    packets, after = _coded(cut, before, gain, limit, tick)
    for _ in range(ROUNDS - 1):
        over = (after.true_peak or -99.0) - peak
        off = 0.0 if target is None or after.integrated is None else target - after.integrated
        if over <= 0 and (abs(off) <= NEAR_LU or gain + off > MOST_GAIN):
            break
        gain = min(gain + (off if abs(off) > NEAR_LU else 0.0), MOST_GAIN)
        limit -= max(0.0, over + MARGIN_DB)
        packets, after = _coded(cut, before, gain, limit, tick)
    missed = target is not None and (
        after.integrated is None or abs(after.integrated - target) > 1.0
    )
    return Sound(packets, before, after, round(gain, 2), target, limited=missed)


def _coded(
    cut: Cut, before: Level, gain: float, limit: float, tick: Callable[[], None]
) -> "tuple[tuple[av.Packet[Any], ...], Level]":
    filters = [("volume", f"{gain:.4f}dB:precision=float")]
    if (before.true_peak or 0.0) + gain > limit:
        # Where no peak reaches the limit, the limiter would change nothing and costs four times the samples.
        held = max(0.0625, 10 ** (limit / 20))
        filters += [
            ("aresample", str(OVERSAMPLED)),
            ("alimiter", f"limit={held:.6f}:level=disabled:attack=5:release=50:latency=1"),
            ("aresample", str(RATE)),
        ]
    filters.append(("aformat", "sample_fmts=fltp:channel_layouts=stereo"))
    encoder = aac()
    packets: list[av.Packet[Any]] = []
    left = cut.count
    at = 0
    for samples in _regular(_arrays(_through(cut.chunks(), filters)), cut.count):
        packets += encoder.encode(_frame(samples, at))
        at += samples.shape[1]
        left -= samples.shape[1]
        tick()
    packets += encoder.encode(None)
    return tuple(packets), measure(decoded(packets, encoder.extradata, cut.count))


def aac() -> AudioCodecContext:
    """An encoder as all clips have it."""
    encoder = AudioCodecContext.create("aac", "w")
    if not isinstance(encoder, AudioCodecContext):
        raise TypeError("expected an encoder of sound")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo", "fltp"
    encoder.bit_rate, encoder.time_base = BITS, Fraction(1, RATE)
    encoder.open()
    return encoder


def decoded(
    packets: "Iterable[av.Packet[Any]]", extradata: bytes | None, count: int
) -> Iterator[Samples]:
    """What a player makes of coded sound, without what comes before its first sample."""
    decoder = AudioCodecContext.create("aac", "r")
    decoder.extradata = extradata
    primed = True
    left = count
    for packet in packets:
        copy = av.Packet(bytes(packet))
        copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
        for frame in decoder.decode(copy):
            if primed:
                primed = False
                continue
            samples = frame.to_ndarray()[:, :left].astype(np.float32, copy=False)
            left -= samples.shape[1]
            if samples.shape[1]:
                yield samples


def _regular(arrays: Iterable[Samples], count: int) -> Iterator[Samples]:
    """Exactly so many samples, whatever a filter made of their number, in frames as AAC has them."""
    held = np.zeros((2, 0), np.float32)
    given = 0
    for each in arrays:
        held = np.concatenate([held, each], axis=1)[:, : count - given]
        whole = held.shape[1] // 1024 * 1024
        for at in range(0, whole, 1024):
            yield held[:, at : at + 1024]
        given += whole
        held = held[:, whole:]
    rest = np.zeros((2, count - given), np.float32)
    rest[:, : held.shape[1]] = held[:, : rest.shape[1]]
    for at in range(0, rest.shape[1], 1024):
        yield rest[:, at : at + 1024]


def _arrays(frames: Iterable[av.AudioFrame]) -> Iterator[Samples]:
    for frame in frames:
        yield frame.to_ndarray().astype(np.float32, copy=False)


def _through(chunks: Iterable[Samples], filters: list[tuple[str, str]]) -> Iterator[av.AudioFrame]:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
    )
    sink = graph.add("abuffersink")
    graph.link_nodes(source, *(graph.add(name, args) for name, args in filters), sink)
    graph.configure()
    at = 0
    for samples in chunks:
        if samples.shape[1] == 0:
            continue
        source.push(_frame(samples, at))
        at += samples.shape[1]
        yield from _pulled(sink)
    source.push(None)
    yield from _pulled(sink)


def _pulled(sink: Any) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield frame


def _frame(samples: Samples, at: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo"
    )
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame
