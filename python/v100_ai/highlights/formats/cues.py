"""WebVTT and SubRip as they are found: line by line, with or without milliseconds, blank lines, tags and ids."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from v100_ai.highlights.formats.labels import Labels, name_like
from v100_ai.highlights.formats.piece import UNKNOWN, Piece, Pieces, Skipped

_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING = re.compile(rf"^\s*{_STAMP}(?:\s*-+>\s*|,(?=\d+:\d)){_STAMP}(?=\s|$)")
_ARROW = re.compile(r"-->")
_BLOCK = re.compile(r"^(?:NOTE|STYLE|REGION)\b")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^>\n]{1,200})>")
# The tags that captions have; any other "<" was said or written.
_TAG = re.compile(
    r"</?(?:[cibuvs]|ruby|rt|lang|font|span|br|em|strong|p)(?:[.\s][^<>\n]{0,200})?\s*/?>|<\d{1,3}:[\d:.,]+>|\{\\[^{}\n]{0,80}\}",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_ROLLS = 0.3
_FEWEST_ROLLING = 3
_ADJACENT = 1.0


@dataclass(slots=True)
class _Cue:
    line: int
    name: str
    start: float
    end: float
    text: list[str]


def is_cues(text: str) -> bool:
    """Whether there is a timing line."""
    return (
        text.lstrip().startswith("WEBVTT")
        or bool(_TIMING.match(text.lstrip()[:80].split("\n")[0]))
        or any(_TIMING.match(line) for line in _around(text))
    )


def _around(text: str) -> Iterator[str]:
    for match in _ARROW.finditer(text):
        begin = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        yield text[begin : end if end >= 0 else len(text)][:200]


def cues(text: str) -> Pieces:
    """The cues of a file, each as what its speakers say."""
    pieces = Pieces()
    found = [*_cues(text.split("\n"), pieces)]
    _unroll(found)
    voiced = any(_VOICE.search(line) for cue in found for line in cue.text)
    plain = [[line if _VOICE.search(line) else _bare(line) for line in cue.text] for cue in found]
    labels = Labels(off=True) if voiced else Labels.learn(line for lines in plain for line in lines)
    named = _named(found) if not voiced else set()
    speaker = UNKNOWN
    for cue, lines in zip(found, plain, strict=True):
        if cue.name in named:
            speaker = cue.name
        for who, said in _turns(lines, speaker, labels):
            speaker = who
            pieces.said.append(
                Piece(
                    speaker=who,
                    start=cue.start,
                    end=max(cue.start, cue.end),
                    text=said,
                    line=cue.line,
                )
            )
    return pieces


def _cues(lines: list[str], pieces: Pieces) -> Iterator[_Cue]:  # noqa: C901  # one case a form of file
    """Each timing line with what stands until the next."""
    cue: _Cue | None = None
    block = False
    for number, line in enumerate(lines, 1):
        timing = _TIMING.match(line) if "->" in line or line[:1].isdigit() else None
        if timing or ("-->" in line and not block and _ARROW.search(line)):
            name = _taken_id(cue, lines, number)
            if cue is not None:
                yield cue
            if timing is None:
                pieces.skipped.append(
                    Skipped(
                        number, "expected two times around -->, found " + repr(line.strip()[:40])
                    )
                )
                cue = _Cue(number, "", -1.0, -1.0, [])
                continue
            start, end = _seconds(*timing.groups()[:4]), _seconds(*timing.groups()[4:])
            cue, block = _Cue(number, name, start, end, []), False
        elif not line.strip():
            block = False
            if cue is not None:
                cue.text.append("")
        elif _BLOCK.match(line) and (number == 1 or not lines[number - 2].strip()):
            block = True
        elif cue is not None and not block:
            cue.text.append(line)
    if cue is not None:
        yield cue


def _taken_id(cue: _Cue | None, lines: list[str], number: int) -> str:
    """The identifier above a timing line, taken back from the text of the cue before."""
    above = lines[number - 2].strip() if number > 1 else ""
    alone = not "".join(lines[max(0, number - 3) : max(0, number - 2)]).strip()
    if not above or above.startswith("WEBVTT") or not (alone or above.isdigit()):
        return ""
    if cue is not None and cue.text and cue.text[-1].strip() == above:
        cue.text.pop()
    return above


def _named(found: list[_Cue]) -> set[str]:
    """The identifiers that are speakers: names, most cues have one, and some recur."""
    names = Counter(
        cue.name for cue in found if cue.name and not cue.name.isdigit() and name_like(cue.name)
    )
    return (
        set(names)
        if names and sum(names.values()) * 2 > len(found) and max(names.values()) > 1
        else set()
    )


def _turns(lines: list[str], speaker: str, labels: Labels) -> Iterator[tuple[str, str]]:
    """Who says what in one cue; a line that names nobody goes on with the last speaker."""
    said: list[str] = []
    for line in lines:
        parts = _VOICE.split(line)
        voices = (
            [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
            if len(parts) > 1
            else [(None, line)]
        )
        for voice, words in voices:
            who, rest = (
                (unescape(voice).strip() or None, words)
                if voice
                else labels.split(words)
                if words.strip()
                else (None, "")
            )
            if len(parts) > 1:
                rest = _bare(rest)
            if who is not None and said:
                yield speaker, " ".join(said)
                said = []
            speaker = who or speaker
            if rest.strip():
                said.append(_SPACE.sub(" ", rest).strip())
    if said:
        yield speaker, " ".join(said)


def _bare(line: str) -> str:
    return unescape(_TAG.sub("", line)).strip()


def _unroll(found: list[_Cue]) -> None:
    """Captions that roll show each line again; it was said once."""
    for cue in found:
        if cue.start < 0:
            cue.text = []
    bare = [
        [text for line in cue.text if (text := _SPACE.sub(" ", _bare(_VOICE.sub("", line))))]
        for cue in found
    ]
    _grown(found, bare)
    again = [
        _overlap(before, lines) if after.start - cue.end <= _ADJACENT else 0
        for before, lines, cue, after in zip(bare, bare[1:], found, found[1:], strict=False)
    ]
    if sum(map(bool, again)) < max(_FEWEST_ROLLING, _ROLLS * len(again)):
        return
    for cue, lines, before, shared in zip(found[1:], bare[1:], bare, again, strict=False):
        kept = lines[shared:]
        if shared and not kept and len(lines) <= len(before):
            cue.text = []
        elif shared:
            cue.text = kept


def _grown(found: list[_Cue], bare: list[list[str]]) -> None:
    """Captions that grow word by word: the last form says all of it."""
    joined = [" ".join(lines) for lines in bare]
    grows = [
        bool(before) and after.startswith(f"{before} ") and late.start - cue.end <= _ADJACENT
        for before, after, cue, late in zip(joined, joined[1:], found, found[1:], strict=False)
    ]
    if sum(grows) < max(_FEWEST_ROLLING, _ROLLS * len(grows)):
        return
    for place, yes in enumerate(grows):
        if yes:
            found[place + 1].start, found[place].text, bare[place] = found[place].start, [], []


def _overlap(before: list[str], lines: list[str]) -> int:
    """How many of the first lines were the last of the cue before."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")
