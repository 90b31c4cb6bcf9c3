"""Transcripts as people have them, as segments: one front door for files, whatever wrote them.

WebVTT and SubRip, text of Otter, Meet, Teams and Zoom, JSON of recognisers and recorders, JSON lines;
UTF-8, UTF-16 and, where nothing else fits, 8 bits a letter. What cannot be read is counted and named
with its line; the rest is read.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights.formats.cues import cues, is_cues
from v100_ai.highlights.formats.documents import document, lines, rows
from v100_ai.highlights.formats.encoding import decode
from v100_ai.highlights.formats.piece import UNKNOWN, Piece, Pieces, Skipped
from v100_ai.highlights.formats.plain import plain
from v100_ai.highlights.model import Segment

__all__ = ["UNKNOWN", "Skipped", "Transcript", "parse", "read", "segment_from", "transcript"]

_MOST_NAMED = 5


@dataclass(slots=True)
class Transcript:
    """What was read of a file: its segments in order of start, and what was not.

    `partial` were not final, `repeated` came twice, `revised` came again with other words: the last counts.
    `encoding` is named only where it was a guess.
    """

    segments: list[Segment] = field(default_factory=list[Segment])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    partial: int = 0
    repeated: int = 0
    revised: int = 0
    encoding: str | None = None
    unit: str = "cues"

    def told(self) -> str:
        """What a person should know of how it was read; empty where all went well."""
        parts = []
        if self.skipped:
            named = "; ".join(
                f"line {each.line}: {each.why}" for each in self.skipped[:_MOST_NAMED]
            )
            more = ", ..." if len(self.skipped) > _MOST_NAMED else ""
            whole = len(self.segments) + len(self.skipped)
            parts.append(f"{len(self.skipped)} of {whole} {self.unit} skipped: {named}{more}")
        counted = {
            "not final": self.partial,
            "repeated": self.repeated,
            "replaced by a later wording": self.revised,
        }
        parts += [f"{count} {what}" for what, count in counted.items() if count]
        if self.encoding:
            parts.append(f"not UTF-8: read as {self.encoding}")
        return "; ".join(parts)


def read(path: Path) -> list[Segment]:
    """The segments of a transcript file, in order of start.

    Raises:
        OSError: the file cannot be read.
        TranscriptUnreadable: it is in none of the formats.
    """
    return transcript(path.read_bytes()).segments


def transcript(content: bytes) -> Transcript:
    """What a file holds, and how it was read.

    Raises:
        TranscriptUnreadable: it is in none of the formats.
    """
    text, guessed = decode(content)
    found = _gathered(_pieces(text))
    found.encoding = guessed
    found.segments.sort(key=lambda segment: segment.start)
    return found


def parse(text: str) -> list[Segment]:
    """The segments of a transcript in its own order, whichever format it is in."""
    return _gathered(_pieces(text)).segments


def segment_from(entry: dict[str, Any]) -> Segment:
    """A segment from its JSON: participant (or speaker), start, end (seconds), text, and an id if it has one.

    Raises:
        TranscriptUnreadable: a field is missing or of another type.
    """
    found = rows([entry])
    if found.skipped:
        raise TranscriptUnreadable(found.skipped[0].why)
    return _gathered(found).segments[0]


def _pieces(text: str) -> Pieces:  # noqa: C901  # one case a format
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    head = text.lstrip()
    if not head:
        return Pieces()
    if head[0] in "{[":
        found = document(text)
        if found is None and head[0] == "{":
            found = lines(text)
            if not found.said and found.skipped:
                first = found.skipped[0]
                raise TranscriptUnreadable(f"line {first.line}: {first.why}")
        if found is not None and not found.said and found.skipped:
            raise TranscriptUnreadable(found.skipped[0].why)
        if found is not None:
            return found
    if is_cues(text):
        return cues(text)
    found = plain(text)
    if found is None:
        raise TranscriptUnreadable(
            'expected WebVTT, SubRip, JSON, or text that says who speaks ("Name: words"), '
            f"found {head.splitlines()[0][:60]!r}"
        )
    return found


def _gathered(pieces: Pieces) -> Transcript:
    """Pieces as segments with ids of their own; what comes again is counted."""
    found = Transcript(skipped=pieces.skipped, partial=pieces.partial, unit=pieces.unit)
    shared = _shared(pieces.said)
    place: dict[str, int] = {}
    for number, piece in enumerate(pieces.said, 1):
        name = (
            f"c{number}"
            if piece.id is None
            else f"{piece.speaker}/{piece.id}"
            if piece.id in shared
            else piece.id
        )
        segment = Segment(
            id=name,
            participant=piece.speaker,
            start=piece.start,
            end=piece.end,
            text=piece.text,
            words=piece.words,
        )
        if name not in place:
            place[name] = len(found.segments)
            found.segments.append(segment)
        elif found.segments[place[name]].text == segment.text:
            found.repeated += 1
        else:
            found.segments[place[name]] = segment
            found.revised += 1
    return found


def _shared(pieces: list[Piece]) -> set[str]:
    """The ids that several speakers count with."""
    owner: dict[str, str] = {}
    shared = set()
    for piece in pieces:
        if piece.id is not None and owner.setdefault(piece.id, piece.speaker) != piece.speaker:
            shared.add(piece.id)
    return shared
