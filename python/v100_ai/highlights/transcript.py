"""Transcript files as segments: JSON lines, WebVTT and SubRip."""

import json
import math
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights.segment import Segment
from v100_ai.words.word import words_from

_STAMP = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_STAMP}\s*-->\s*{_STAMP}")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")
# "Ana: hello", "[Ana Lee] hello": how captions without voice tags name who speaks.
_SPEAKER = re.compile(
    r"^\s*(?:\[([^\]\n]{1,40})\]:?|([A-Z][\w.'-]*(?: [A-Z0-9][\w.'-]*){0,3}):)\s+(?=\S)"
)
UNKNOWN = "unknown"


def read(path: Path) -> list[Segment]:
    """The segments of a transcript file, in order of start.

    Raises:
        OSError: the file cannot be read.
        TranscriptUnreadable: it is neither JSON lines, WebVTT nor SubRip.
    """
    text = path.read_text(encoding="utf-8-sig")
    segments = parse(text)
    return sorted(segments, key=lambda segment: segment.start)


def parse(text: str) -> list[Segment]:
    """The segments of a transcript, whichever of the three formats it is in."""
    text = text.removeprefix("\ufeff")
    head = text.lstrip()
    if head.startswith("{"):
        return list(_json_lines(text))
    if not head:
        return []
    segments = list(_cues(text))
    if not segments and not head.startswith("WEBVTT"):
        raise TranscriptUnreadable(
            f"expected JSON lines, WebVTT or SubRip, found {head.splitlines()[0][:60]!r}"
        )
    return segments


def segment_from(entry: dict[str, Any]) -> Segment:
    """A segment from its JSON: id, participant (or speaker), start, end (seconds), text, perhaps words with their times.

    Raises:
        TranscriptUnreadable: a field is missing or of another type.
    """
    try:
        start, end = float(entry["start"]), float(entry["end"])
        speaker = entry.get("participant", entry.get("speaker")) or UNKNOWN
        segment = Segment(
            id=str(entry["id"]),
            speaker=str(speaker),
            start=start,
            end=end,
            text=str(entry["text"]),
            words=words_from(entry.get("words") or (), str(speaker)),
        )
    except TranscriptUnreadable:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TranscriptUnreadable(f"expected id, start, end and text, found {entry!r}") from error
    if not (math.isfinite(start) and math.isfinite(end) and 0 <= start <= end):
        raise TranscriptUnreadable(f"expected 0 <= start <= end, found {start} and {end}")
    return segment


def _json_lines(text: str) -> Iterator[Segment]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise TranscriptUnreadable(f"line {number} is not JSON: {error.msg}") from error
        yield segment_from(entry)


def _cues(text: str) -> Iterator[Segment]:
    count = 0
    speaker = UNKNOWN
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines) if _TIMING.match(line)), None)
        if at is None:
            continue
        timing = _TIMING.match(lines[at])
        if timing is None:
            continue
        start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
        for who, said in _voices("\n".join(lines[at + 1 :]), speaker):
            speaker = who
            count += 1
            yield Segment(id=f"c{count}", speaker=who, start=start, end=max(start, end), text=said)


def _voices(text: str, speaker: str) -> Iterator[tuple[str, str]]:
    """Who says what in one cue; a line that names nobody goes on with the last speaker."""
    parts = _VOICE.split(text)
    voiced = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for voice, words in voiced:
        plain = " ".join(unescape(_TAG.sub("", words)).split())
        named = None if voice else _SPEAKER.match(plain)
        if named:
            plain = plain[named.end() :]
            speaker = named[1] or named[2]
        if plain:
            speaker = unescape(voice).strip() or speaker
            yield speaker, plain


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")
