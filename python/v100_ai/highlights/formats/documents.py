"""Transcripts as JSON: lines, lists, or the documents of recognisers and recorders, by the fields they have."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights.formats.piece import UNKNOWN, Piece, Pieces, Skipped
from v100_ai.highlights.formats.times import END, START, rescale, time_of
from v100_ai.words import Word
from v100_ai.words.word import words_from

_TEXT = (
    "text",
    "transcript",
    "content",
    "sentence",
    "punctuated_text",
    "caption",
    "utterance",
    "value",
    "line",
    "body",
    "display",
)
_SPEAKER = (
    "participant",
    "speaker",
    "speaker_name",
    "speakerName",
    "name",
    "speaker_label",
    "speakerLabel",
    "user",
    "username",
    "author",
    "display_name",
    "speaker_id",
    "speakerId",
    "channel_label",
)
_LISTS = (
    "segments",
    "utterances",
    "transcription",
    "monologues",
    "audio_segments",
    "transcripts",
    "transcript",
    "captions",
    "entries",
    "sentences",
    "paragraphs",
    "results",
    "result",
    "data",
    "items",
    "turns",
    "messages",
    "speechSegments",
    "words",
    "channels",
    "alternatives",
    "elements",
    "cues",
    "body",
)
_DEPTH = 8
_GAP = 1.0
_FEWEST = 3


def document(text: str) -> Pieces | None:
    """The pieces of a JSON document; None where it is no JSON, or has nothing that was said."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    if isinstance(value, dict) and _speaks(value) and "start" in value:
        return _read(iter([(1, value)]), "lines")
    rows = _rows(value, 0)
    return None if rows is None else _read(((0, row) for row in rows), "entries")


def lines(text: str) -> Pieces:
    """The pieces of JSON lines. A line that is none is skipped."""
    return _read(_parsed(text), "lines")


def rows(entries: list[dict[str, Any]]) -> Pieces:
    """The pieces of entries that are objects already."""
    return _read(((0, entry) for entry in entries), "entries")


def _parsed(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield number, error


def _rows(value: Any, depth: int) -> list[Any] | None:  # noqa: C901, PLR0911  # one case a form of file
    """The list of what was said, wherever a document keeps it."""
    if depth > _DEPTH:
        return None
    if isinstance(value, list):
        if any(_speaks(each) for each in value):
            return _grouped([row for each in value for row in _told(each)])
        rows = [
            row
            for each in value
            if isinstance(each, dict) and (found := _rows(each, depth + 1))
            for row in found
        ]
        return rows or ([] if not value and not depth else None)
    if not isinstance(value, dict):
        return None
    if depth and _speaks(value):
        return _told(value)
    for name in _LISTS:
        if isinstance(value.get(name), list | dict):
            inner = _rows(value[name], depth + 1)
            if inner:
                return [{**_about(value), **row} if isinstance(row, dict) else row for row in inner]
    return [value] if _speaks(value) else None


def _told(value: Any) -> list[Any]:
    """The entry itself; its words, grouped, where only they say who speaks."""
    words = value.get("words") if isinstance(value, dict) else None
    if not isinstance(words, list) or "speaker" in value or "start" in value:
        return [value]
    named = any(isinstance(word, dict) and "speaker" in word and "word" in word for word in words)
    return _grouped(words) if named else [value]


def _about(value: dict[str, Any]) -> dict[str, Any]:
    """What a list's owner says of whoever speaks in it."""
    return {
        name: value[name]
        for name in ("participant", "speaker", "speaker_name")
        if name in value and not isinstance(value[name], list)
    }


def _speaks(value: Any) -> bool:
    return isinstance(value, dict) and (
        (
            any(isinstance(value.get(name), str) for name in (*_TEXT, "word", "punctuated_word"))
            and _has_time(value)
        )
        or (
            isinstance(value.get("elements"), list)
            and any(isinstance(e, dict) and "ts" in e for e in value["elements"])
        )
        or (
            isinstance(value.get("words"), list)
            and bool(value["words"])
            and not any(
                isinstance(value.get(n), list) for n in ("utterances", "segments", "paragraphs")
            )
        )
    )


def _has_time(value: dict[str, Any]) -> bool:
    return any(
        name in value
        for name in (*START, "timestamps", "offsets", "start_ms", "startMs", "offset_ms")
    )


def _grouped(rows: list[Any]) -> list[Any]:
    """Words one by one, put together while the same person goes on."""
    if not all(
        isinstance(row, dict) and ("word" in row or "punctuated_word" in row) and "text" not in row
        for row in rows
    ):
        return rows
    turns: list[dict[str, Any]] = []
    for row in rows:
        start, end = time_of(row, START), time_of(row, END)
        word = str(row.get("punctuated_word") or row.get("word") or "")
        last = turns[-1] if turns else None
        if (
            last
            and start is not None
            and last["speaker"] == row.get("speaker")
            and start - last["end"] < _GAP
        ):
            last["text"], last["end"] = f"{last['text']} {word}", end if end is not None else start
        elif start is not None:
            turns.append(
                {
                    "speaker": row.get("speaker"),
                    "text": word,
                    "start": start,
                    "end": end if end is not None else start,
                }
            )
    return turns


def _read(rows: Iterator[tuple[int, Any]], unit: str) -> Pieces:
    pieces = Pieces(unit=unit)
    number = 0
    for line, row in rows:
        number += 1
        place = line or number
        if isinstance(row, Exception):
            pieces.skipped.append(Skipped(place, f"expected JSON, {row}"[:100]))
            continue
        if isinstance(row, dict) and not _final(row):
            pieces.partial += 1
            continue
        try:
            piece = _piece(row, place)
        except TranscriptUnreadable as error:
            pieces.skipped.append(Skipped(place, str(error)))
            continue
        if piece is not None:
            pieces.said.append(piece)
    if unit != "lines":  # lines are ours: seconds
        rescale(pieces)
    return pieces


def _final(row: dict[str, Any]) -> bool:
    said = [row.get(name) for name in ("final", "is_final", "isFinal")]
    partial = [row.get(name) for name in ("partial", "is_partial", "isPartial", "interim")]
    return (
        False not in said and True not in partial and row.get("type") not in {"partial", "interim"}
    )


def _piece(row: Any, line: int) -> Piece | None:  # noqa: C901  # one case a form of file
    if not isinstance(row, dict):
        raise TranscriptUnreadable(f"expected an object, found {type(row).__name__}")
    words = next(
        (row[name] for name in ("words", "elements") if isinstance(row.get(name), list)), None
    )
    words = (
        [word for word in words if isinstance(word, dict) and time_of(word, START) is not None]
        if words
        else None
    )
    text = _text(row)
    if (
        text is not None
        and not any(char.isalnum() for char in text)
        and time_of(row, START) is None
    ):
        return None
    if text is None:
        raise TranscriptUnreadable(
            f"expected start and text, found the fields {', '.join(list(map(str, row))[:8])}"
        )
    start = time_of(row, START)
    if start is None and words:
        start = time_of(words[0], START)
    if start is None:
        raise TranscriptUnreadable("expected a start in seconds, found none")
    end = time_of(row, END)
    if end is None and words:
        end = time_of(words[-1], END)
    if end is None and isinstance(row.get("duration"), int | float):
        end = start + float(row["duration"])
    if not math.isfinite(start) or start < 0 or (end is not None and not math.isfinite(end)):
        raise TranscriptUnreadable(f"expected 0 <= start <= end, found {start} and {end}")
    if not text.strip():
        return None
    name = row.get("id")
    return Piece(
        speaker=_speaker(row), start=start, end=max(start, end if end is not None else start),
        text=" ".join(text.split()), id=None if name is None or isinstance(name, dict | list) else str(name), line=line, words=_words(row, _speaker(row)),
    )  # fmt: skip


def _words(row: dict[str, Any], speaker: str) -> tuple[Word, ...]:
    """The words with their times, where every one has them."""
    told = row.get("words")
    entries = []
    for word in told if isinstance(told, list) else ():
        if not isinstance(word, dict):
            raise TranscriptUnreadable(
                f"expected a word's text, start and end, found {word!r:.100}"
            )
        start, end = time_of(word, START), time_of(word, END)
        if start is None or end is None:
            return ()
        text = word.get("punctuated_word") or word.get("text") or word.get("word") or ""
        entries.append({**word, "text": text, "start": start, "end": end})
    return words_from(entries, speaker)


def _text(row: dict[str, Any]) -> str | None:
    for name in _TEXT:
        if isinstance(row.get(name), str):
            return str(row[name])
    words = row.get("words") or row.get("elements")
    if isinstance(words, list):
        said = [
            str(w.get("punctuated_word") or w.get("text") or w.get("word") or w.get("value") or "")
            for w in words
            if isinstance(w, dict)
        ]
        return re.sub(
            r" (?=[.,;:!?](?:\s|$))", "", " ".join(word.strip() for word in said if word.strip())
        )
    return None


def _speaker(row: dict[str, Any]) -> str:
    for name in _SPEAKER:
        value = row.get(name)
        if isinstance(value, dict):
            value = (
                value.get("name")
                or value.get("display_name")
                or value.get("displayName")
                or value.get("id")
            )
        if isinstance(value, bool) or value is None or value == "":
            continue
        return (
            f"speaker {value}"
            if isinstance(value, int | float) and name.startswith("speaker")
            else str(value)
        )
    return UNKNOWN
