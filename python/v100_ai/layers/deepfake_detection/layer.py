"""Deepfake detection: every track's scores in; flags, their end, and what cannot be judged out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, Self

from v100_ai.deepfake import ALTERED_NOTE, NOTICE
from v100_ai.events import (
    Audience,
    DeepfakeAnnounced,
    DeepfakeCleared,
    DeepfakeDismissed,
    DeepfakeFlagged,
    DeepfakeInsufficient,
    Event,
)
from v100_ai.events.deepfake import DeepfakeCalibration
from v100_ai.layers.deepfake_detection.settings import DeepfakeDetectionSettings
from v100_ai.layers.deepfake_detection.track import Reading, Track, readings
from v100_ai.layers.inputs import Frames, Input, Missed, Past, Verdict, keyed
from v100_ai.layers.layer import NOTHING, Count, Layer, Opening, Step, summed
from v100_ai.records import Json

STATE: Final = "deepfake_detection"

NOTE: Final = f"{ALTERED_NOTE}; {NOTICE}"


@dataclass(slots=True)
class DeepfakeDetectionLayer(Layer):
    """Every track of one session that has scores."""

    name: ClassVar = STATE
    takes: ClassVar = frozenset({Frames, Missed, Verdict})
    audience: ClassVar[Audience] = "host"

    asked: DeepfakeDetectionSettings
    tracks: dict[str | None, Track] = field(default_factory=dict[str | None, Track])
    flagged: int = 0

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """A layer that has seen nothing."""
        return cls(opening.settings)

    def push(self, given: Input, now: float) -> Step:
        """Scores of frames; frames that were not seen; what a host says of a flag."""
        match given:
            case Frames():
                track = self._track(given.track)
                return summed(self._read(track, each) for each in readings(given.columns))
            case Missed():
                self._track(given.track).miss()
                return NOTHING
            case Verdict():
                return self._told(given)
            case _:
                return NOTHING

    def resume(self, past: Past) -> Step:
        """Flags that stood are ended: what the face is like must be learnt anew."""
        step = NOTHING
        for key, held in past.state.items():
            kind, _, name = key.partition("/")
            if kind != STATE:
                continue
            track = self._track(name or None)
            track.number = int(held.get("number", 0))
            if held.get("incident") is not None:
                at = float(held.get("at", 0.0))
                track.load(held)
                step = step + self._cleared(track, at)
        return step

    @property
    def state(self) -> Json:
        """How each track stands, for the host."""
        return {
            "tracks": [
                {"track": name, **track.stands(), "notice": NOTICE}
                for name, track in self.tracks.items()
            ]
        }

    @property
    def counts(self) -> Mapping[str, Count]:
        """Frames with and without a score, and flags."""
        return {
            "judged": sum(each.judged for each in self.tracks.values()),
            "not_judged": sum(each.not_judged for each in self.tracks.values()),
            "flagged": self.flagged,
        }

    def _track(self, name: str | None) -> Track:
        track = self.tracks.get(name)
        if track is None:
            track = self.tracks[name] = Track(name, self.asked)
        return track

    def _read(self, track: Track, reading: Reading) -> Step:
        told = track.push(reading)
        if self.asked.warn == "nobody" or told is None:
            return NOTHING
        at = reading.pts
        match told:
            case "flagged":
                return self._flagged(track, at)
            case "cleared":
                return self._cleared(track, at)
            case "insufficient":
                because = DeepfakeInsufficient(
                    since=track.unjudged_since or at, at=at, because=track.because, **track.whose
                )
                return Step((because,))
            case "stricter":
                return self._announced(track, at, "score")

    def _flagged(self, track: Track, at: float) -> Step:
        self.flagged += 1
        calibration = self.asked.calibration
        said: DeepfakeCalibration | Literal["uncalibrated"] = "uncalibrated"
        if calibration is not None:
            said = DeepfakeCalibration(
                streams=calibration.streams, hours=calibration.hours, alpha=calibration.alpha
            )
        event = DeepfakeFlagged(
            incident=track.incident or "",
            since=track.since or at,
            at=at,
            score=track.worst,
            confidence=track.confidence,
            signals=track.reasons(),
            calibration=said,
            note=NOTE,
            **track.whose,
        )
        step = Step((event,), state=self._place(track, at))
        if self.asked.warn == "everyone":
            return step + self._announced(track, at, "policy")
        return step + (self._announced(track, at, "score") if track.strict() else NOTHING)

    def _announced(
        self, track: Track, at: float, reason: Literal["policy", "score", "confirmed"]
    ) -> Step:
        if track.announced or track.incident is None:
            return NOTHING
        track.announced = True
        event = DeepfakeAnnounced(
            incident=track.incident,
            since=track.since or at,
            at=at,
            reason=reason,
            note=NOTE,
            **track.whose,
        )
        return Step((event,), state=self._place(track, at))

    def _cleared(self, track: Track, at: float) -> Step:
        event = DeepfakeCleared(
            incident=track.incident or "",
            since=track.since or at,
            at=at,
            score=track.worst,
            **track.whose,
        )
        track.end()
        return Step((event,), state=self._place(track, at))

    def _told(self, verdict: Verdict) -> Step:
        """A host confirms a flag, or dismisses it: what is seen now is then usual."""
        track = self._track(verdict.track)
        at = track.last if track.last is not None else 0.0
        if verdict.verdict == "confirmed":
            return self._announced(track, at, "confirmed")
        event: Event = DeepfakeDismissed(
            incident=track.incident,
            at=at,
            by=verdict.by,
            reason=verdict.reason,
            **track.whose,
        )
        track.dismiss()
        return Step((event,), state=self._place(track, at))

    def _place(self, track: Track, at: float) -> dict[str, Json | None]:
        return {keyed(STATE, track.name): track.save(at)}
