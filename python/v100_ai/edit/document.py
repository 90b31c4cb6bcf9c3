"""An edit as a text to be edited: Markdown in which words that go are struck through, or simply deleted.

One paragraph a sentence group, each behind the time at which it begins; at the end, in a comment, the words with their
times. What is struck is cut, what is written otherwise is a correction, and a sound that no word was written for stands as
`[um?12.31-12.62]` for whoever reads to strike.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Final

from v100_ai.edit.operations import (
    CutRange,
    CutWords,
    Edit,
    FixText,
    KeepWords,
    Operation,
    ShortenPauses,
    runs,
)
from v100_ai.errors import EditRejected
from v100_ai.words import Transcript, Word

VERSION: Final = 1
HEAD: Final = "<!-- v100 edit"
FOOT: Final = "-->"
STROKE: Final = "~~"
PARAGRAPH_S: Final = 1.5
"""Seconds of silence that begin a paragraph."""
PARAGRAPH: Final = 80
"""Words of a paragraph from which the next sentence begins another."""
LARGEST: Final = 64 << 20

_ANCHOR: Final = re.compile(r"^\[(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\]$")
_SOUND: Final = re.compile(r"^\[um\?(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\]$")
_TOKEN: Final = re.compile(r"~~|(?:\\.|(?!~~)\S)+")

HELP: Final = (
    "Strike words with ~~tildes~~ to cut them, or delete them; write a word otherwise to correct its caption. "
    "[um?] are sounds that no word stands for: strike what is a filler. Leave the times in brackets and the last lines."
)


@dataclass(frozen=True, slots=True)
class Document:
    """A transcript, an edit of it, and what it is of."""

    source: str
    """The source's path, from where the document lies."""
    transcript: Transcript
    edit: Edit = field(default_factory=Edit)
    sounds: tuple[tuple[float, float], ...] = ()
    """Seconds of sounds that may be fillers."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of the rendering: what a command line would say."""


def written(document: Document) -> str:
    """The document as Markdown."""
    removed, texts, cut = _state(document)
    lines = [f"# {document.source}", "", HELP, ""]
    sounds = list(document.sounds)
    for paragraph in _paragraphs(document.transcript):
        words = [document.transcript.words[i] for i in paragraph]
        tokens: list[tuple[str, bool]] = []
        for i, word in zip(paragraph, words, strict=True):
            while sounds and sounds[0][1] <= word.start + 1e-6:
                at = sounds.pop(0)
                tokens.append((f"[um?{at[0]:.2f}-{at[1]:.2f}]", at in cut))
            tokens.append((_escaped(texts.get(i, word.text)), i in removed))
        head = _anchor(words[0].start)
        speaker = f" **{_escaped(words[0].speaker)}:**" if words[0].speaker else ""
        lines += [f"{head}{speaker} {_struck(tokens)}", ""]
    told = {
        "version": VERSION,
        "source": document.source,
        "edit": _kept(document),
        "settings": dict(document.settings),
        "sounds": [list(each) for each in document.sounds],
        "breaks": sorted(document.transcript.breaks),
        "words": [
            [w.text, w.start, w.end, w.speaker, w.confidence, w.estimated]
            for w in document.transcript.words
        ],
    }
    # Two hyphens would end the comment.
    hidden = json.dumps(told, ensure_ascii=False).replace("--", "-\\u002d")
    return "\n".join([*lines, HEAD, hidden, FOOT, ""])


def parsed(text: str) -> Document:
    """The document as somebody left it: its edit holds what its text says. Raises `EditRejected`."""
    if len(text) > LARGEST:
        raise EditRejected(
            f"expected a document of at most {LARGEST} characters, found {len(text)}"
        )
    body, mark, rest = text.replace("\r\n", "\n").rpartition("\n" + HEAD)
    if not mark or FOOT not in rest:
        raise EditRejected(f"expected the words' times behind {HEAD!r} at the end, found none")
    try:
        told = json.loads(rest.rpartition(FOOT)[0])
        words = tuple(
            Word(
                text=str(t),
                start=float(s),
                end=float(e),
                speaker=str(who),
                confidence=c,
                estimated=bool(guess),
            )
            for t, s, e, who, c, guess in told["words"]
        )
        transcript = Transcript(words, frozenset(map(int, told.get("breaks", ()))))
        sounds = tuple((float(a), float(b)) for a, b in told.get("sounds", ()))
        version, settings, source = told["version"], told["settings"], str(told["source"])
    except (ValueError, TypeError, KeyError) as error:
        raise EditRejected(f"expected words with their times at the end: {error}") from error
    if version != VERSION or not isinstance(settings, dict):
        raise EditRejected(f"expected a document of version {VERSION}, found {version!r:.50}")
    before = Edit.from_json(told["edit"], len(words))
    read = tuple(_read(body, transcript))
    edit = Edit((*before.operations, *read), before.version + bool(read))
    return Document(source, transcript, edit, sounds, settings)


def _state(document: Document) -> tuple[set[int], dict[int, str], set[tuple[float, float]]]:
    """What the edit's words and texts come to; ranges that are sounds are struck as such."""
    removed: set[int] = set()
    texts: dict[int, str] = {}
    cut: set[tuple[float, float]] = set()
    for operation in document.edit.operations:
        match operation:
            case CutWords(first, last):
                removed |= set(range(first, last + 1))
            case FixText(word, text):
                texts[word] = text
            case CutRange(start, end):
                cut.add((start, end))
            case KeepWords(first, last):
                removed -= set(range(first, last + 1))
            case ShortenPauses():
                pass
    return removed, texts, cut


def _kept(document: Document) -> dict[str, Any]:
    """Operations that the text itself does not show: pauses, and ranges that are no sounds."""
    sounds = set(document.sounds)
    hidden = tuple(
        each
        for each in document.edit.operations
        if isinstance(each, ShortenPauses)
        or (isinstance(each, CutRange) and (each.start, each.end) not in sounds)
    )
    return Edit(hidden, document.edit.version).to_json()


def _paragraphs(transcript: Transcript) -> Iterator[range]:
    """Words that stand in one paragraph: of one voice, up to a pause or to a sentence's end."""
    first = last = 0
    for sentence in transcript.sentences():
        words = transcript.words
        before = words[sentence.first - 1] if sentence.first else None
        apart = before is not None and (
            before.speaker != sentence.speaker
            or sentence.start - before.end >= PARAGRAPH_S
            or sentence.first - first >= PARAGRAPH
        )
        if apart:
            yield range(first, sentence.first)
            first = sentence.first
        last = sentence.last + 1
    if first < last:
        yield range(first, last)


def _anchor(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"[{minutes // 60}:{minutes % 60:02}:{rest / 1000:06.3f}]"


def _escaped(text: str) -> str:
    return re.sub(r"([\\~\[\]*])", r"\\\1", text)


def _plain(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token)


def _struck(tokens: Sequence[tuple[str, bool]]) -> str:
    """The tokens, stretches of struck ones between tildes."""
    parts: list[str] = []
    for index, (text, gone) in enumerate(tokens):
        opens = gone and (index == 0 or not tokens[index - 1][1])
        closes = gone and (index + 1 == len(tokens) or not tokens[index + 1][1])
        parts.append(f"{'~~' if opens else ''}{text}{'~~' if closes else ''}")
    return " ".join(parts)


def _read(body: str, transcript: Transcript) -> Iterator[Operation]:
    """The operations that the text says, against the words as they were."""
    left = {_anchor(transcript.words[p[0]].start): p for p in _paragraphs(transcript)}
    for anchor, tokens in _split(body):
        paragraph = left.pop(anchor, None)
        if paragraph is None:
            raise EditRejected(f"expected each paragraph's own time once, found {anchor}")
        for text, struck in tokens:
            if struck and (sound := _SOUND.match(text)):
                yield CutRange(float(sound[1]), float(sound[2]))
        said = [(text, struck) for text, struck in tokens if not _SOUND.match(text)]
        yield from _compared(paragraph, said, transcript)
    # Paragraphs that were deleted with their time.
    for gone in left.values():
        yield CutWords(gone[0], gone[-1])


def _split(body: str) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Each paragraph's time, and what stands behind it."""
    anchor: str | None = None
    tokens: list[tuple[str, bool]] = []
    for text, struck in _tokens(body):
        if _ANCHOR.match(text):
            if anchor is not None:
                yield anchor, tokens
            anchor, tokens = text, []
        elif anchor is not None:
            tokens.append((text, struck))
    if anchor is not None:
        yield anchor, tokens


def _tokens(body: str) -> Iterator[tuple[str, bool]]:
    struck = False
    for line in body.split("\n"):
        # A stroke ends with its paragraph at the latest: one that is not closed would take the rest.
        struck = struck and bool(line.strip())
        for part in _TOKEN.findall(line):
            if part == STROKE:
                struck = not struck
            else:
                yield part, struck


def _compared(
    paragraph: range, tokens: Sequence[tuple[str, bool]], transcript: Transcript
) -> Iterator[Operation]:
    """What became of a paragraph's words."""
    words = [transcript.words[i] for i in paragraph]
    tokens = _without_speaker(tokens, words[0].speaker)
    texts = [_plain(text) for text, _ in tokens]
    given = [word.text for word in words]
    spread = [(piece, i) for i, text in enumerate(given) for piece in text.split()]
    gone: set[int] = set()
    fixes: dict[int, str] = {}
    matcher = SequenceMatcher(None, [piece for piece, _ in spread], texts, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        ids = sorted({spread[a][1] for a in range(a0, a1)})
        said = [
            (text, struck) for text, (_, struck) in zip(texts[b0:b1], tokens[b0:b1], strict=True)
        ]
        if tag == "equal":
            gone |= {
                spread[a][1] for a, (_, struck) in zip(range(a0, a1), said, strict=True) if struck
            }
        elif tag == "delete":
            gone |= set(ids)
        elif tag == "insert":
            at = spread[a0 - 1][1] if a0 else spread[0][1]
            added = " ".join(text for text, struck in said if not struck)
            if added:
                base = fixes.get(at, given[at])
                fixes[at] = f"{base} {added}" if a0 else f"{added} {base}"
        else:
            _replaced(ids, said, gone, fixes)
    first = paragraph[0]
    yield from (CutWords(first + a, first + b) for a, b in runs(gone))
    yield from (FixText(first + i, text) for i, text in sorted(fixes.items()) if i not in gone)


def _replaced(
    ids: Sequence[int], said: Sequence[tuple[str, bool]], gone: set[int], fixes: dict[int, str]
) -> None:
    """Words written otherwise: one for one, and what is more or less with the last."""
    if all(struck for _, struck in said):
        gone |= set(ids)
        return
    for place, i in enumerate(ids):
        last = place == len(ids) - 1
        part = said[place:] if last else said[place : place + 1]
        fixes[i] = " ".join(text for text, struck in part if not struck)


def _without_speaker(
    tokens: Sequence[tuple[str, bool]], speaker: str
) -> Sequence[tuple[str, bool]]:
    count = len(speaker.split())
    head = " ".join(text for text, _ in tokens[:count])
    return tokens[count:] if speaker and head.startswith("**") and head.endswith(":**") else tokens
