"""Clips: scores and words in; clips opened, closed between sentences, and rendered beside the session."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Self

import anyio
from anyio import from_thread

from v100_ai.clips.choice import Lengths
from v100_ai.clips.making import told_of
from v100_ai.clips.render.task import Task
from v100_ai.clips.rendering import Rendered
from v100_ai.errors import SettingRejected, V100Error
from v100_ai.events import (
    ClipFailed,
    ClipOpened,
    ClipProgress,
    SpeakerChanged,
    TranscriptSegment,
)
from v100_ai.events.viral import ViralScored
from v100_ai.layers.clips.heard import Heard
from v100_ai.layers.clips.opener import Opener
from v100_ai.layers.clips.record import ClipRecord
from v100_ai.layers.clips.resource import Studio
from v100_ai.layers.clips.settings import ClipsSettings
from v100_ai.layers.clips.tasks import Tasks
from v100_ai.layers.inputs import (
    ClipAsked,
    ClipCancelled,
    ClipEdited,
    Face,
    Frames,
    Input,
    Past,
    Recorded,
    Segments,
)
from v100_ai.layers.layer import NOTHING, Count, Keep, Layer, Opening, Step
from v100_ai.records import Json

ARRIVES_S: Final = 120.0
"""Seconds that a clip waits for what it is made of to be on the disk."""

QUARTERS: Final = 4


@dataclass(slots=True)
class ClipsLayer(Layer):
    """One session's clips. Files lie in the studio's folder of the session."""

    name: ClassVar = "clips"
    takes: ClassVar = frozenset(
        {
            Segments,
            Frames,
            Face,
            SpeakerChanged,
            Recorded,
            ViralScored,
            ClipAsked,
            ClipEdited,
            ClipCancelled,
        }
    )
    remembers: ClassVar = frozenset({TranscriptSegment, SpeakerChanged, ViralScored})
    patience: ClassVar[float | None] = 600.0

    settings: ClipsSettings
    studio: Studio
    session: str
    source: str | None
    """The path of a file that can be read again; None of what is live."""
    clips: dict[str, ClipRecord] = field(default_factory=dict[str, ClipRecord])
    recorded: deque[Recorded] = field(default_factory=lambda: deque[Recorded](maxlen=10_000))
    _heard: Heard = field(default_factory=Heard)
    _tasks: Tasks = field(init=False)
    _opener: Opener = field(default_factory=Opener)
    _waiting: deque[str] = field(default_factory=deque[str])
    _changed: anyio.Event = field(default_factory=anyio.Event)
    _finished: bool = False
    _work: "tuple[str, anyio.CancelScope] | None" = None
    """The clip that is being rendered."""

    def __post_init__(self) -> None:
        home = self.studio.home(self.session)
        self._tasks = Tasks(self.settings, home, self.source, self._heard)

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` where the service has no folder for clips, or the session no source."""
        studio: Studio | None = opening.resource
        if studio is None:
            raise SettingRejected(
                "expected a folder for clips in the service's settings, found none"
            )
        source = None
        if opening.source is not None and "://" not in opening.source:
            source = studio.located(opening.source)
        return cls(opening.settings, studio, opening.session, source)

    def push(self, given: Input, now: float) -> Step:
        """Take one input in."""
        match given:
            case Recorded():
                return self._keep_recorded(given)
            case ClipAsked():
                return self._asked(given)
            case ClipEdited():
                return self._edited(given)
            case ClipCancelled():
                return self._cancelled(given)
            case ViralScored():
                return self._scored(given)
            case _:
                self._heard.hear(given, now)
                return NOTHING

    def settle(self, now: float) -> Step:
        """No more comes in: a moment that is open is decided, what waits is rendered."""
        step = self._decide(self._heard.reached) if self._opener.opened is not None else NOTHING
        self._finished = True
        self._changed.set()
        return step

    def resume(self, past: Past) -> Step:
        """Take up an earlier run: what was being rendered is looked after, or begun again."""
        for event in past.events:
            if isinstance(event, ViralScored):
                self._note(event)
                if self._over(self._heard.reached):
                    self._opener.close()
            else:
                self._heard.remember(event)
        kept = past.state.get(self.name, {})
        self.recorded.extend(Recorded(*each) for each in kept.get("recorded", ()))
        for key, told in past.state.items():
            if key.startswith(f"{self.name}/"):
                clip = ClipRecord.from_json(told)
                self.clips[clip.id] = clip
        still = [each for each in self.clips.values() if each.status == "open"]
        self._opener.opened = still[0].from_pts if still else None
        for clip in sorted(self.clips.values(), key=lambda each: each.number):
            if clip.status == "waiting":
                self._waiting.append(clip.id)
        return NOTHING

    @property
    def state(self) -> Json:
        """The clips so far."""
        return {"clips": [shown(each) for each in self.clips.values()]}

    @property
    def counts(self) -> Mapping[str, Count]:
        """Clips by how far they are, and what is kept of the source."""
        statuses = [each.status for each in self.clips.values()]
        return {
            "ready": statuses.count("ready"),
            "failed": statuses.count("failed"),
            "waiting": len(self._waiting),
            "recorded_seconds": round(
                sum(each.to_pts - each.from_pts for each in self.recorded), 1
            ),
            "recorded_bytes": sum(each.bytes for each in self.recorded),
        }

    @property
    def runs(self) -> bool:
        """Rendering runs beside the session."""
        return True

    async def run(self, keep: Keep) -> None:
        """Render one clip after the other, until the session is settled and none waits."""
        while True:
            while self._waiting:
                await self._render(self.clips[self._waiting[0]], keep)
                self._waiting.popleft()
            if self._finished:
                return
            self._changed = anyio.Event()
            await self._changed.wait()

    def said(self, clip: ClipRecord) -> int:
        """How many words a clip has: what operations of an edit count in."""
        return len(self._tasks.said(clip))

    def next(self) -> str:
        """The id that the next clip will have."""
        return f"{self.session}-{self._number()}"

    def _number(self) -> int:
        return max((each.number for each in self.clips.values()), default=0) + 1

    def _keep_recorded(self, given: Recorded) -> Step:
        """Remember the file; the worker removes the oldest by the same bounds."""
        self.recorded.append(given)
        most = 60.0 * self.settings.keep_minutes + 120.0
        while self.recorded and self.recorded[0].to_pts < given.to_pts - most:
            self.recorded.popleft()
        self._changed.set()
        told = [[r.file, r.from_pts, r.to_pts, r.later, r.bytes] for r in self.recorded]
        return Step(state={self.name: {"recorded": told}})

    def _asked(self, asked: ClipAsked) -> Step:
        clip = ClipRecord(
            id=asked.clip,
            number=self._number(),
            by="request",
            from_pts=asked.from_pts,
            to_pts=asked.to_pts,
            status="waiting",
            aspects=asked.aspects,
        )
        told = ClipOpened(clip=clip.id, at=clip.from_pts, by=clip.by)
        return Step((told,)) + self._queued(clip)

    def _edited(self, given: ClipEdited) -> Step:
        clip = replace(
            self.clips[given.clip],
            version=given.version,
            operations=tuple(given.operations),
            status="waiting",
            files=(),
        )
        return self._queued(clip)

    def _cancelled(self, given: ClipCancelled) -> Step:
        """There will be none; what is ready stays."""
        clip = self.clips[given.clip]
        if clip.status not in ("open", "waiting"):
            return NOTHING
        if clip.status == "open":
            self._opener.close()
        if self._work is not None and self._work[0] == clip.id:
            self._work[1].cancel()
        return self._failed(clip, "cancelled")

    def _queued(self, clip: ClipRecord) -> Step:
        if clip.id not in list(self._waiting)[1:]:
            self._waiting.append(clip.id)
        self._changed.set()
        return self._put(clip)

    def _put(self, clip: ClipRecord) -> Step:
        self.clips[clip.id] = clip
        return Step(state={clip.key: clip.to_json()})

    def _scored(self, event: ViralScored) -> Step:
        """A score: a moment may begin with it, or be over."""
        before, end = self._opener.opened, self._note(event)
        opened = self._opener.opened
        if opened is None:
            return NOTHING
        if before is None:
            automatic = sum(each.by == "score" for each in self.clips.values())
            if automatic >= self.settings.count or not self.settings.auto:
                self._opener.close()
                return NOTHING
            clip = ClipRecord(id=self.next(), number=self._number(), by="score", from_pts=opened)
            return Step((ClipOpened(clip=clip.id, at=opened, by=clip.by),)) + self._put(clip)
        return self._decide(end) if self._over(end) else NOTHING

    def _note(self, event: ViralScored) -> float:
        score = self._heard.score(event)
        if score.rank_score is not None:
            self._opener.push(score.start, score.end, score.rank_score)
        return score.end

    def _over(self, now: float) -> bool:
        opened = self._opener.opened
        longest = self.settings.seconds[1]
        return opened is not None and (self._opener.over or now - opened >= longest)

    def _decide(self, now: float) -> Step:
        """Where the clip that is open begins and ends."""
        opened = self._opener.opened
        self._opener.close()
        clip = next((each for each in self.clips.values() if each.status == "open"), None)
        if clip is None or opened is None:
            return NOTHING
        least, most = self.settings.seconds
        others = [each for each in self.clips.values() if each.by == "score" and each.to_pts]
        best = self._heard.decide(opened, now, Lengths(least, most), others)
        if best is None:
            return self._failed(clip, f"no whole sentences of {least:g} to {most:g} s around it")
        return self._queued(
            replace(
                clip,
                status="waiting",
                from_pts=best.start,
                to_pts=best.end,
                rank_score=best.rank_score,
                reasons=(f"begins: {best.start_reason}", f"ends: {best.end_reason}"),
                text=best.text,
                choice=told_of(best),
            )
        )

    def _failed(self, clip: ClipRecord, why: str) -> Step:
        told = ClipFailed(clip=clip.id, version=clip.version, reason=why)
        return Step((told,)) + self._put(replace(clip, status="failed", why=why))

    async def _render(self, clip: ClipRecord, keep: Keep) -> None:
        """Render a clip and tell of it. One that was whole when the process ended is told of at once."""
        if clip.status != "waiting":
            return
        whole = self._tasks.whole(clip)
        if whole is None:
            try:
                with anyio.CancelScope() as scope:
                    self._work = clip.id, scope
                    await self._covered(clip)
                    task = self._tasks.of(clip, self.recorded)
                    whole = await self._made(clip, task, keep)
            except (V100Error, OSError) as refused:
                why = str(refused)[:1000]
                await keep(lambda: self._unless_edited(clip, self._failed, why))
                return
            finally:
                self._work = None
        if whole is None:
            return
        told = whole
        await keep(lambda: self._unless_edited(clip, self._done, told))

    def _unless_edited(self, clip: ClipRecord, act: Any, what: Any) -> Step:
        """What came of a clip, if nobody edited it meanwhile, when it waits already, or cancelled it."""
        now = self.clips[clip.id]
        wanted = (now.version, now.status) == (clip.version, "waiting")
        step: Step = act(clip, what) if wanted else NOTHING
        return step

    def _done(self, clip: ClipRecord, told: Mapping[str, Any]) -> Step:
        done = clip.finished(told)
        return Step((done.ready,)) + self._put(done)

    async def _made(self, clip: ClipRecord, task: Task, keep: Keep) -> Mapping[str, Any]:
        send, receive = anyio.create_memory_object_stream[tuple[str, float]](QUARTERS * 2)
        reached = 0

        def progress(stage: str, share: float) -> None:
            nonlocal reached
            if int(share * QUARTERS) > reached:
                reached = int(share * QUARTERS)
                from_thread.run_sync(send.send_nowait, (stage, round(share, 3)))

        async def tell() -> None:
            async for stage, share in receive:
                told = ClipProgress(clip=clip.id, stage=stage, progress=share)
                # Whoever cancels the rendering does not cut off what is being written.
                with anyio.CancelScope(shield=True):
                    await keep(lambda told=told: Step((told,)))  # type: ignore[misc]  # bound early

        said = [[w.text, w.start, w.end, w.speaker] for w in task.transcript.words]
        made: Rendered | None = None
        failure: V100Error | OSError | None = None
        decisions = {"clip": clip.id, "version": clip.version, "choice": clip.choice, "said": said}
        with send, receive:
            async with anyio.create_task_group() as group:
                group.start_soon(tell)
                try:
                    made = await self.studio.render(task, progress, decisions)
                except (V100Error, OSError) as refused:
                    # Raised below: out of the group it would come as one of many.
                    failure = refused
                finally:
                    send.close()
        if made is None:
            raise failure or AssertionError("expected a clip or why there is none")
        return made.decisions

    async def _covered(self, clip: ClipRecord) -> None:
        """Wait until what the clip is made of is on the disk, or will not be."""
        end = clip.to_pts or clip.from_pts
        if self.source is not None:
            return
        with anyio.move_on_after(ARRIVES_S):
            while not self._finished and not any(each.to_pts >= end for each in self.recorded):
                self._changed = anyio.Event()
                await self._changed.wait()


def shown(clip: ClipRecord) -> Json:
    """A clip as whoever asks is told of it."""
    told = dict(clip.to_json())
    told.pop("number")
    told.pop("choice")
    return told
