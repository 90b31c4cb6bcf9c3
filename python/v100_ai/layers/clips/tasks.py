"""What a clip of a session is rendered from: its task, and what lies on the disk of it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from v100_ai.clips.render.task import Task
from v100_ai.edit import Edit
from v100_ai.edit.operations import operations_from
from v100_ai.errors import SettingRejected
from v100_ai.layers.clips.heard import Heard
from v100_ai.layers.clips.record import ClipRecord
from v100_ai.layers.clips.settings import RECORDED, ClipsSettings
from v100_ai.layers.inputs import Recorded
from v100_ai.words import Transcript, Word


@dataclass(frozen=True, slots=True)
class Tasks:
    """Of one session; its clips lie in `home`."""

    settings: ClipsSettings
    home: Path
    source: str | None
    heard: Heard

    def whole(self, clip: ClipRecord) -> Mapping[str, Any] | None:
        """What is told of the clip's files, if they are whole and of this version: the description comes last."""
        told = self.told(clip) or {}
        return told if (told.get("clip"), told.get("version")) == (clip.id, clip.version) else None

    def of(self, clip: ClipRecord, recorded: Iterable[Recorded]) -> Task:
        """Its task. Raises `SettingRejected` where nothing is left of what it is made of."""
        end = clip.to_pts if clip.to_pts is not None else clip.from_pts
        words = self.said(clip)
        home = self.home
        home.mkdir(parents=True, exist_ok=True)
        source, parts, later = self._parts(clip, end, recorded)
        return Task(
            source=source,
            parts=parts,
            later=later,
            folder=str(home),
            name=clip.name,
            span=(clip.from_pts, end),
            transcript=words,
            edit=Edit(operations_from(clip.operations, len(words)), clip.version),
            aspects=clip.aspects or self.settings.aspects,
            captions=self.settings.captions,
            loudness=self.settings.loudness,
            evidence=self.heard.evidence(clip.from_pts, end),
        )

    def said(self, clip: ClipRecord) -> Transcript:
        """The words of a clip. Those of one that is edited are those that it had: its operations count them."""
        told = self.told(clip) if clip.version or clip.status == "ready" else None
        if told is not None and "said" in told:
            words = [Word(text=t, start=s, end=e, speaker=who) for t, s, e, who in told["said"]]
            return Transcript(tuple(words))
        end = clip.to_pts if clip.to_pts is not None else clip.from_pts
        return self.heard.words(clip.from_pts, end)

    def _parts(
        self, clip: ClipRecord, end: float, recorded: Iterable[Recorded]
    ) -> tuple[str, tuple[str, ...], float]:
        """The file or the files that a clip is made of, and how their times lie to the session's."""
        if self.source is not None:
            return self.source, (), self.heard.later
        kept = self.home / f"{clip.name}.source.nut"
        needed = [r for r in recorded if r.to_pts > clip.from_pts and r.from_pts < end]
        if clip.version and kept.is_file():
            later = float((self.told(clip) or {}).get("later", self.heard.later))
            return str(kept), (), later
        if not needed:
            raise SettingRejected("expected a range that is still on the disk, found none of it")
        later = needed[0].later
        files = [str(self.home / RECORDED / r.file) for r in needed if abs(r.later - later) < 1e-6]  # noqa: PLR2004  # one life of the source
        return str(kept), tuple(files), later

    def told(self, clip: ClipRecord) -> dict[str, Any] | None:
        """What was written beside the clip when it was last rendered."""
        try:
            told: dict[str, Any] = json.loads((self.home / f"{clip.name}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return told
