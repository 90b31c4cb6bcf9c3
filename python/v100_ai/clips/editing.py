"""Editing a file by its transcript, step by step: `v100.edit("talk.mp4").fillers().pauses().render("out.mp4")`."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from v100_ai.clips.making import Said, task_of, transcript_of
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import Rendered, planned, rendered
from v100_ai.edit import Edit, Piece, Placed, Plan
from v100_ai.edit.document import Document, parsed, written
from v100_ai.edit.fillers import fillers
from v100_ai.edit.operations import ABOVE_S, TO_S
from v100_ai.edit.timeline import Timeline, export
from v100_ai.errors import EditRejected, SettingRejected
from v100_ai.words import Transcript, Word
from v100_ai.words.word import words_from

SETTINGS: Final = (
    "aspects",
    "captions",
    "loudness",
    "framing",
    "edge",
    "font",
    "peak",
    "preset",
    "crf",
)
"""What a document may say of its rendering."""


@dataclass(frozen=True, slots=True)
class Editing:
    """A source, its transcript and an edit. Every step gives another one; this one stays as it is."""

    source: Path
    transcript: Transcript
    operations: Edit = field(default_factory=Edit)
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    _facts: dict[str, Any] = field(default_factory=dict[str, Any], compare=False, repr=False)
    """What was heard in the source, once somebody asked."""

    def cut(self, words: Iterable[int]) -> "Editing":
        """Without these words of the transcript."""
        return replace(self, operations=self.operations.cut(words))

    def keep(self, words: Iterable[int]) -> "Editing":
        """With these words, whatever took them."""
        return replace(self, operations=self.operations.keep(words))

    def fillers(self, *, language: str = "en", also: Iterable[str] = ()) -> "Editing":
        """Without um and uh, and without what is named besides."""
        return self.cut(fillers(self.transcript, language=language, also=also))

    def pauses(self, above: float = ABOVE_S, to: float = TO_S) -> "Editing":
        """With pauses longer than `above` seconds shortened to `to`."""
        return replace(self, operations=self.operations.pauses(above, to))

    def fix(self, word: int, text: str) -> "Editing":
        """With a word written otherwise."""
        return replace(self, operations=self.operations.fix(word, text))

    def remove(self, start: float, end: float) -> "Editing":
        """Without what lies between two moments of the source, in seconds."""
        return replace(self, operations=self.operations.remove(start, end))

    def undo(self) -> "Editing":
        """Without the last operation."""
        return replace(self, operations=self.operations.undo())

    @property
    def sounds(self) -> tuple[tuple[float, float], ...]:
        """Short sounds that no word stands for: they may be fillers, for somebody to accept. Listens to the source."""
        return tuple((a, b) for a, b in self._heard()["sounds"])

    def plan(self) -> Plan:
        """What is shown, in frames and in words. Listens to the source, to cut where it is quiet."""
        told = planned(self._task("plan", "."))
        rate = Fraction(*told["rate"])
        pieces = tuple(Piece(first, last) for first, last in told["pieces"])
        words = tuple(
            Placed(each["id"], _word(each, self.transcript.words[each["id"]]))
            for each in told["words"]
        )
        return Plan(rate, pieces, words)

    def render(
        self,
        path: str | Path,
        *,
        progress: Callable[[str, float], None] | None = None,
        **settings: Any,
    ) -> Rendered:
        """Render it to an MP4 of that name, with what lies beside a clip. `settings` are those of `clips`."""
        out = Path(path)
        if out.suffix.lower() != ".mp4":
            raise SettingRejected(f"expected a name that ends in .mp4, found {out.name}")
        task = self._task(out.stem, out.parent).of(**settings)
        return rendered(task, progress=progress)

    def write(self, path: str | Path) -> Path:
        """Write it as a document in which words can be struck."""
        out = Path(path)
        source = os.path.relpath(self.source.absolute(), out.absolute().parent)
        document = Document(source, self.transcript, self.operations, self.sounds, self.settings)
        out.write_text(written(document), encoding="utf-8")
        return out

    def export(self, path: str | Path) -> Path:
        """Write it as a timeline for editing programs: `.otio`, `.xml` (Final Cut Pro 7), `.fcpxml` or `.edl`."""
        facts, out = self._heard()["source"], Path(path)
        export(
            Timeline(
                self.plan(),
                self.source,
                facts["width"],
                facts["height"],
                facts["duration"] or 0.0,
                facts["sound"],
                facts["sample_rate"] or 48_000,
            ),
            out,
        )
        return out

    def _heard(self) -> dict[str, Any]:
        if not self._facts:
            self._facts.update(planned(self._task("plan", ".").of(edit=Edit())))
        return self._facts

    def _task(self, name: str, folder: str | Path) -> Task:
        return task_of(
            self.source,
            folder=folder,
            name=name,
            transcript=self.transcript,
            edit=self.operations,
            **self.settings,
        )


def edit(source: str | Path, *, transcript: Said | None = None, **settings: Any) -> Editing:
    """A file to be edited by what is said in it, or a document of such an edit (`.md`).

    `transcript` is a file, segments, or a `Transcript`; by default the file of its name that lies beside it. `settings`
    are those of `clips`.

    Raises:
        TranscriptUnreadable: The transcript cannot be read.
        EditRejected: The document cannot be read.
        SettingRejected: There is no transcript, or a setting cannot be used.
        OSError: The document or the transcript cannot be read.
    """
    path = Path(source)
    if path.suffix.lower() == ".md":
        return opened(path, **settings)
    return Editing(path, transcript_of(path, transcript), settings=settings)


def opened(path: Path, **settings: Any) -> Editing:
    """The edit that a document holds, of the source that lies where it says. Raises `EditRejected`, and `OSError`."""
    document = parsed(path.read_text(encoding="utf-8-sig"))
    unknown = sorted(set(document.settings) - set(SETTINGS))
    if unknown:
        raise EditRejected(
            f"{path}: expected settings of {', '.join(SETTINGS)}, found {unknown[0]}"
        )
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in document.settings.items()}
    source = Path(document.source)
    source = source if source.is_absolute() else path.absolute().parent / source
    return Editing(source, document.transcript, document.edit, given | settings)


def _word(told: dict[str, Any], word: Word) -> Word:
    """A placed word of a plan; one that is written as nothing is none to `words_from`."""
    found = words_from([told], word.speaker)
    return found[0] if found else replace(word, text="", start=told["start"], end=told["end"])
