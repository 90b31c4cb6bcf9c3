"""Operations: what an edit does to a transcript, each in words of the source; and the edit, which is a list of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Final

from v100_ai.errors import EditRejected

ABOVE_S: Final = 0.6
"""Seconds from which a pause is shortened, where nothing else is asked for."""

TO_S: Final = 0.35
"""Seconds that a shortened pause keeps."""

LONGEST: Final = 500
"""Characters that a word may be corrected to."""

MOST: Final = 20_000
"""Operations of an edit at most."""


@dataclass(frozen=True, slots=True)
class CutWords:
    """Words `first` to `last`, that one included, go."""

    kind: ClassVar = "cut_words"
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class KeepWords:
    """Words `first` to `last`, that one included, stay, whatever took them before."""

    kind: ClassVar = "keep_words"
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ShortenPauses:
    """Pauses longer than `above` seconds are left `to` seconds."""

    kind: ClassVar = "shorten_pauses"
    above: float = ABOVE_S
    to: float = TO_S


@dataclass(frozen=True, slots=True)
class FixText:
    """Word `word` is written so; nothing that is heard changes. An empty text leaves it out of captions."""

    kind: ClassVar = "fix_text"
    word: int
    text: str


@dataclass(frozen=True, slots=True)
class CutRange:
    """What lies between two moments of the source goes, with the words that lie in it by more than half."""

    kind: ClassVar = "cut_range"
    start: float
    end: float


Operation = CutWords | KeepWords | ShortenPauses | FixText | CutRange
KINDS: Final[Mapping[str, type[Operation]]] = {
    each.kind: each for each in (CutWords, KeepWords, ShortenPauses, FixText, CutRange)
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Operations in order. The version counts every change, so that two who edit at once notice each other."""

    operations: tuple[Operation, ...] = ()
    version: int = 0

    def then(self, *operations: Operation) -> "Edit":
        """The edit with these done last."""
        return Edit((*self.operations, *operations), self.version + 1)

    def undo(self) -> "Edit":
        """The edit without its last operation; itself where there is none."""
        return Edit(self.operations[:-1], self.version + 1) if self.operations else self

    def cut(self, words: Iterable[int]) -> "Edit":
        """The edit without these words of the transcript."""
        return self.then(*(CutWords(first, last) for first, last in runs(words)))

    def keep(self, words: Iterable[int]) -> "Edit":
        """The edit with these words of the transcript."""
        return self.then(*(KeepWords(first, last) for first, last in runs(words)))

    def pauses(self, above: float = ABOVE_S, to: float = TO_S) -> "Edit":
        """The edit with pauses shortened, in seconds."""
        return self.then(ShortenPauses(above, min(to, above)))

    def fix(self, word: int, text: str) -> "Edit":
        """The edit with a word written otherwise."""
        return self.then(FixText(word, text))

    def remove(self, start: float, end: float) -> "Edit":
        """The edit without what lies between two moments of the source, in seconds."""
        return self.then(CutRange(start, end))

    def to_json(self) -> dict[str, Any]:
        """The edit as it is kept and sent."""
        return {
            "version": self.version,
            "operations": [operation_to_json(each) for each in self.operations],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any], words: int) -> "Edit":
        """The edit that was sent, of a transcript of so many words. Raises `EditRejected`."""
        version = told.get("version", 0)
        if not isinstance(version, int) or isinstance(version, bool) or version < 0:
            raise EditRejected(f"expected a version from 0, found {version!r:.50}")
        return cls(operations_from(told.get("operations", ()), words), version)


def runs(words: Iterable[int]) -> list[tuple[int, int]]:
    """Stretches of words that follow each other: first and last of each."""
    wanted = sorted(set(words))
    if not wanted:
        return []
    gaps = [(a, b) for a, b in pairwise(wanted) if b != a + 1]
    firsts = [wanted[0], *(b for _, b in gaps)]
    lasts = [*(a for a, _ in gaps), wanted[-1]]
    return list(zip(firsts, lasts, strict=True))


def operation_to_json(operation: Operation) -> dict[str, Any]:
    """The operation by its kind."""
    fields = operation.__slots__
    return {"kind": operation.kind, **{name: getattr(operation, name) for name in fields}}


def operations_from(told: object, words: int) -> tuple[Operation, ...]:
    """Operations from outside, on a transcript of so many words. Raises `EditRejected`."""
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) > MOST:
        raise EditRejected(f"expected a list of at most {MOST} operations, found {told!r:.100}")
    return tuple(_operation(each, words) for each in told)


def _operation(told: object, words: int) -> Operation:
    kind = KINDS.get(str(told.get("kind"))) if isinstance(told, Mapping) else None
    if kind is None or not isinstance(told, Mapping):
        raise EditRejected(f"expected an operation of {', '.join(KINDS)}, found {told!r:.100}")
    given = {name: value for name, value in told.items() if name != "kind"}
    if not set(given) <= set(kind.__slots__):
        raise EditRejected(
            f"{kind.kind}: expected {', '.join(kind.__slots__)}, found {told!r:.100}"
        )
    try:
        return checked(kind(**given), words)
    except TypeError as error:
        raise EditRejected(
            f"{kind.kind}: expected {', '.join(kind.__slots__)}, found {told!r:.100}"
        ) from error


def checked(operation: Operation, words: int) -> Operation:
    """The operation, if it can be done to a transcript of so many words. Raises `EditRejected`."""
    good, wanted = _can(operation, words)
    if not good:
        raise EditRejected(f"{operation.kind}: expected {wanted}, found {operation!r:.200}")
    if isinstance(operation, CutRange):
        return replace(operation, start=float(operation.start), end=float(operation.end))
    return operation


def _can(operation: Operation, words: int) -> tuple[bool, str]:
    """Whether it can be done, and what it would have to be for that."""
    match operation:
        case CutWords(first, last) | KeepWords(first, last):
            good = _whole(first) and _whole(last) and 0 <= first <= last < words
            return good, f"0 <= first <= last < {words}"
        case FixText(word, text):
            good = _whole(word) and 0 <= word < words and _written(text)
            return good, f"a word from 0 to {words - 1}, and at most {LONGEST} printable characters"
        case CutRange(start, end):
            good = _seconds(start) and _seconds(end) and 0 <= start < end
            return good, "0 <= start < end in seconds"
        case ShortenPauses(above, to):
            good = _seconds(above) and _seconds(to) and 0 <= to <= above
            return good, "0 <= to <= above in seconds"


def _written(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST and value.isprintable()


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _seconds(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < float("inf")  # type: ignore[operator]  # a number by now
