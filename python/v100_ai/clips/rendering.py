"""One clip from its task to its files: rendered aside, and given its name only when all of it is whole."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from v100_ai.clips.render.process import OnProgress, Renderer, renderer
from v100_ai.clips.render.task import Task
from v100_ai.errors import RenderFailed

MOST_BYTES_A_SECOND: Final = 3 << 20
"""Of a rendered clip in one shape, with its raw sound: what has to be free before it is begun."""

LENGTH_S: Final = 3600.0
"""Seconds of a task that does not say how long it is."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A clip that is ready: its files are whole and were decoded once more."""

    folder: Path
    name: str
    files: tuple[Path, ...]
    """One of each shape, in the order they were asked for."""
    decisions: Mapping[str, Any] = field(repr=False)
    """All that was decided, as `NAME.json` holds it."""

    @property
    def file(self) -> Path:
        """The first shape's."""
        return self.files[0]

    @property
    def captions(self) -> tuple[Path, ...]:
        """SubRip and WebVTT beside it, where something is said."""
        return tuple(self.folder / each for each in self.decisions.get("captions", ()))

    @property
    def thumbnail(self) -> Path | None:
        """A JPEG of its best picture."""
        told = self.decisions.get("thumbnail")
        return self.folder / told["file"] if told else None

    @property
    def duration(self) -> float:
        """Seconds."""
        return float(self.decisions.get("duration", 0.0))


def rendered(
    task: Task,
    *,
    progress: OnProgress | None = None,
    decisions: Mapping[str, Any] | None = None,
    begun: Callable[[Renderer], object] | None = None,
) -> Rendered:
    """Render a task into its folder; it takes its time. Runs in a process of its own, which `begun` is given to cancel.

    What a renderer that was killed left behind is removed and begun again. `decisions` are written beside the clip with
    the renderer's own; that file comes last, so what it stands beside is whole.

    Raises:
        RenderFailed: it could not be rendered, or was cancelled; no file has its name.
        SourceLost: its source cannot be read.
        SettingRejected: its settings cannot be used.
        OSError: its folder cannot be written.
    """
    folder = Path(task.folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    _expect_room(folder, task)
    aside = aside_of(folder, task.name)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        # What is joined first is made beside the clip, and kept with it: an edit is rendered from it.
        source = str(aside / Path(task.source).name if task.parts else Path(task.source).absolute())
        font = None if task.font is None else str(Path(task.font).absolute())
        with renderer(task.of(folder=str(aside), source=source, font=font)) as worker:
            if begun is not None:
                begun(worker)
            told = worker.outcome(progress)
        told = (
            dict(decisions or {})
            | {"name": task.name, "source_file": source, "later": task.later, **_asked(task)}
            | told
        )
        _named(aside, folder, task.name, told)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    outputs = told.get("outputs") or [{"file": told["preview"]}]
    return Rendered(folder, task.name, tuple(folder / each["file"] for each in outputs), told)


def planned(task: Task) -> dict[str, Any]:
    """What a task would show, and sounds that no word stands for: nothing is written. Raises as `rendered` does."""
    source = str(Path(task.source).absolute())
    with renderer(task.of(kind="plan", source=source, folder="/nonexistent")) as worker:
        return worker.outcome()


def aside_of(folder: Path, name: str) -> Path:
    """Where a clip of that name is rendered."""
    return folder / f".{name}.rendering"


def removed(folder: Path, name: str) -> None:
    """Remove a clip with all that lies beside it, the description first."""
    (folder / f"{name}.json").unlink(missing_ok=True)
    for each in [*folder.glob(f"{_literal(name)}.*"), aside_of(folder, name)]:
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _asked(task: Task) -> dict[str, Any]:
    """The settings that shape a clip."""
    return {
        "asked": {
            "span": task.span,
            "aspects": list(task.aspects),
            "captions": task.captions,
            "font": task.font,
            "loudness": task.loudness,
            "peak": task.peak,
            "framing": task.framing,
            "preset": task.preset,
            "crf": task.crf,
        },
        "edit": task.edit.to_json(),
        "transcript": task.transcript.digest,
        "estimated": task.transcript.estimated,
    }


def _expect_room(folder: Path, task: Task) -> None:
    start, end = task.span or (0.0, LENGTH_S)
    needed = int((end - start) * MOST_BYTES_A_SECOND * len(task.aspects))
    free = shutil.disk_usage(folder).free
    if task.kind == "render" and free < needed:
        raise RenderFailed(
            f"{folder}: expected {needed >> 20} MiB free on the disk, found {free >> 20} MiB"
        )


def _named(aside: Path, folder: Path, name: str, told: Mapping[str, Any]) -> None:
    """Give every file its name, the description last: each is on the disk before."""
    description = aside / f"{name}.json"
    description.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    made = sorted(aside.iterdir(), key=lambda each: each == description)
    for each in made:
        _synced(each)
        each.replace(folder / each.name)
    _synced(folder)


def _synced(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
