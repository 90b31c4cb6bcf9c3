"""Viral scoring: speech, sound and readings of frames in, a score with reasons out every five seconds of the stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, Self

from v100_ai.errors import SettingRejected
from v100_ai.events import TranscriptSegment, ViralScored
from v100_ai.events.viral import ScoreFactor, ScoreReason
from v100_ai.highlights.model import Segment
from v100_ai.layers.inputs import Face, Frames, Input, Past, Segments, Sound
from v100_ai.layers.layer import NOTHING, Count, Layer, Opening, Step
from v100_ai.layers.viral_scoring.settings import ViralScoringSettings
from v100_ai.records import Json
from v100_ai.sources.sound import Resampling
from v100_ai.viral.audience import Context, Profile, Trend, trends
from v100_ai.viral.moment import Factor, Moment, Reason
from v100_ai.viral.scorer import ViralScorer
from v100_ai.viral.seen import rows
from v100_ai.viral.sound import RATE
from v100_ai.viral.speech import KEPT_S
from v100_ai.viral.table import Table, shipped

VOICES: Final = 32
"""Participants whose sound is heard at once."""


@dataclass(slots=True)
class ViralScoringLayer(Layer):
    """One session's. Time is the stream's own, as far as its inputs have come: nothing here looks at the clock."""

    name: ClassVar = "viral_scoring"
    takes: ClassVar = frozenset({Segments, Sound, Frames, Face})
    remembers: ClassVar = frozenset({ViralScored, TranscriptSegment})

    asked: ViralScoringSettings
    scorer: ViralScorer
    told: int = 0
    _reached: float = 0.0
    _voices: dict[str, Resampling] = field(default_factory=dict[str, Resampling])
    _faces: dict[str, float] = field(default_factory=dict[str, float])
    _last: Moment | None = None

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """Raises `SettingRejected` for a profile or topics that cannot be used."""
        asked: ViralScoringSettings = opening.settings
        table: Table = getattr(opening.resource, "table", None) or shipped()
        shared: tuple[Trend, ...] = getattr(opening.resource, "trends", ())
        try:
            context = Context(
                profile=None if asked.profile is None else Profile.parse(asked.profile),
                trends=shared if asked.trends is None else trends(asked.trends),
                posting=None if asked.posting is None else datetime.fromisoformat(asked.posting),
            )
        except SettingRejected as refused:
            raise SettingRejected(f"viral_scoring: {refused}") from refused
        return cls(asked, ViralScorer(table, context))

    @property
    def counts(self) -> Mapping[str, Count]:
        """Scores that were told, and segments that came too late for any."""
        return {"scores": self.told, "late": self.scorer.left_out}

    @property
    def state(self) -> Json:
        """The last score."""
        return (
            {}
            if self._last is None
            else {"viral_score": self._last.viral_score, "rank_score": self._last.rank_score}
        )

    def push(self, given: Input, now: float) -> Step:
        """What was said, heard and seen. Time goes on with each piece of it: how it is batched changes nothing."""
        moments: list[Moment] = []
        match given:
            case Segments():
                moments += self._hear(given)
            case Sound():
                moments += self._listen(given)
            case Frames() if given.track is None:
                face = max(self._faces.values(), default=None)
                for row in rows(given.columns):
                    pts = row["pts"]
                    if pts is not None:
                        self.scorer.see(row, float(pts), face=face)
                        moments += self._until(float(pts))
            case Face():
                self._look(given)
            case _:
                pass
        return self._step(moments)

    def settle(self, now: float) -> Step:
        """What is left is told."""
        return self._step(self.scorer.finish(self._reached))

    def resume(self, past: Past) -> Step:
        """Go on after the last score that was told, with what was said in the minute before. Sound and pictures begin anew."""
        scores = [each for each in past.events if isinstance(each, ViralScored)]
        said = [each for each in past.events if isinstance(each, TranscriptSegment)]
        self.told = len(scores)
        self._reached = max((each.end for each in said), default=0.0)
        for each in said:
            if each.end >= self._reached - KEPT_S:
                self.scorer.hear(_segment(each))
        if scores:
            self.scorer.skip(max(each.to_pts for each in scores))
        return self._step(self.scorer.advance(self._reached))

    def _until(self, at: float) -> list[Moment]:
        self._reached = max(self._reached, at)
        return self.scorer.advance(self._reached)

    def _hear(self, given: Segments) -> list[Moment]:
        heard = filter(self.scorer.hear, given.segments)
        return [each for segment in heard for each in self._until(segment.end)]

    def _listen(self, given: Sound) -> list[Moment]:
        voice = self._voices.get(given.participant)
        if self.asked.channel == "none" or (voice is None and len(self._voices) >= VOICES):
            return []
        if voice is None or voice.rate != given.rate:
            voice = self._voices[given.participant] = Resampling(given.rate, RATE)
        self.scorer.listen(voice.push(given.samples), given.at, voice=given.participant)
        return self._until(given.at + len(given.samples) / 2 / given.rate)

    def _look(self, given: Face) -> None:
        if given.box is None:
            self._faces.pop(given.participant, None)
        elif len(self._faces) < VOICES or given.participant in self._faces:
            self._faces[given.participant] = given.box.height

    def _step(self, moments: Sequence[Moment]) -> Step:
        if not moments:
            return NOTHING
        self.told += len(moments)
        self._last = moments[-1]
        return Step(tuple(map(event, moments)))


def event(moment: Moment) -> ViralScored:
    """A moment as the log has it."""
    return ViralScored(
        from_pts=moment.start,
        to_pts=moment.end,
        rank_score=_round(moment.rank_score),
        viral_score=_round(moment.viral_score),
        raw=_round(moment.raw),
        confidence=round(moment.confidence, 3),
        interval80=None
        if moment.interval80 is None
        else tuple(round(each, 1) for each in moment.interval80),
        calibration=moment.calibration,
        weights_version=moment.weights_version,
        factors=tuple(map(_factor, moment.factors)),
        missing=moment.missing,
    )


def _factor(factor: Factor) -> ScoreFactor:
    return ScoreFactor(
        name=factor.name,
        value=_round(factor.value),
        weight=factor.weight,
        points=round(factor.points, 3),
        availability=round(factor.availability, 3),
        evidence=factor.evidence,
        reasons=tuple(map(_reason, factor.reasons)),
    )


def _reason(reason: Reason) -> ScoreReason:
    return ScoreReason(
        feature=reason.feature,
        value=round(reason.value, 3),
        baseline=reason.baseline,
        points=round(reason.points, 3),
        text=reason.quoted,
        at=_round(reason.at),
    )


def _segment(told: TranscriptSegment) -> Segment:
    return Segment(
        id=told.id, participant=told.participant, start=told.start, end=told.end, text=told.text
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
