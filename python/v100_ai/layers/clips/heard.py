"""What a stream said and showed so far, as far as clips are made of it. Bounded."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from v100_ai.clips.choice import Boundaries, Clip, Lengths, Moments, candidates
from v100_ai.clips.choice.selection import APART_S, alike
from v100_ai.clips.framing import Evidence, Seen, Turn
from v100_ai.clips.framing.evidence import Box
from v100_ai.events import Event, SceneCut, SpeakerChanged, TranscriptSegment
from v100_ai.highlights.model import Segment
from v100_ai.layers.clips.record import ClipRecord
from v100_ai.layers.inputs import Face, Frames, Input, Segments
from v100_ai.words import Transcript
from v100_ai.words.word import words_from

SEGMENTS: Final = 20_000
"""Of the transcript that are held at most."""

EARLIER_S: Final = 12.0
LATER_S: Final = 6.0
"""Seconds before and after a moment's beginning in which a clip may begin."""

ENDS_S: Final = 8.0
"""Seconds after its end in which it may end."""

BEFORE_S: Final = 90.0
"""Seconds before a moment whose words are looked at: an answer's question lies there."""


@dataclass(slots=True)
class Score:
    """What one stretch ranks."""

    start: float
    end: float
    rank_score: float | None


@dataclass(slots=True)
class Heard:
    """Takes what comes in; gives what a clip needs of it. Times are seconds on the session's axis."""

    later: float = 0.0
    """Seconds that they lie after the source's own clock."""
    reached: float = 0.0
    _segments: deque[Segment] = field(default_factory=lambda: deque[Segment](maxlen=SEGMENTS))
    _scores: deque[Score] = field(default_factory=lambda: deque[Score](maxlen=2_000))
    _scenes: deque[float] = field(default_factory=lambda: deque[float](maxlen=5_000))
    _turns: deque[Turn] = field(default_factory=lambda: deque[Turn](maxlen=5_000))
    _faces: deque[Seen] = field(default_factory=lambda: deque[Seen](maxlen=20_000))

    def hear(self, given: Input, now: float) -> None:
        """Words, pictures, faces, and who speaks."""
        match given:
            case Segments():
                self._segments += given.segments
            case Frames():
                if given.position is not None:
                    self.later = float(given.position.get("later", 0.0))
                self._scenes += [each.pts for each in given.found if isinstance(each, SceneCut)]
                if given.count:
                    self.reached = max(self.reached, float(given.columns["pts"][-1] or 0.0))
            case Face() if given.box is not None:
                b = given.box
                box = Box(b.x, b.y, b.width, b.height, given.participant)
                self._faces.append(Seen(now, (box,)))
            case SpeakerChanged():
                self._turns.append(Turn(given.at, given.speaker or ""))
            case _:
                pass

    def remember(self, event: Event) -> None:
        """An event of an earlier run."""
        if isinstance(event, TranscriptSegment):
            self._segments.append(_segment(event))
        elif isinstance(event, SpeakerChanged):
            self.hear(event, 0.0)

    def score(self, event: Event) -> Score:
        """What five seconds scored."""
        told = event.to_json()
        score = Score(float(told["from_pts"]), float(told["to_pts"]), told.get("rank_score"))
        self._scores.append(score)
        self.reached = max(self.reached, score.end)
        return score

    def evidence(self, start: float, end: float) -> Evidence:
        """Where to look in a range."""
        low, high = start - 30.0, end + 1.0
        return Evidence(
            faces=tuple(each for each in self._faces if low <= each.at <= high),
            turns=tuple(each for each in self._turns if low <= each.at <= high),
            cuts=tuple(each for each in self._scenes if start < each < end),
        )

    def words(self, start: float, end: float) -> Transcript:
        """The words of a range, those among them that reach into it."""
        near = (each for each in self._segments if each.end > start and each.start < end)
        words = Transcript.of(near).words
        return Transcript(tuple(each for each in words if each.end > start and each.start < end))

    def decide(
        self, opened: float, now: float, lengths: Lengths, others: Iterable[ClipRecord]
    ) -> Clip | None:
        """Where the clip of a moment begins and ends; None where no whole sentences lie so."""
        near = [s for s in self._segments if opened - BEFORE_S <= s.end and s.start <= now]
        boundaries = Boundaries(Transcript.of(near), scenes=tuple(self._scenes), duration=now + 1.0)
        moments = Moments.of(self._scores, now + 1.0)
        taken = list(others)
        found = [
            each
            for each in candidates(boundaries, moments, lengths)
            if opened - EARLIER_S <= each.start <= opened + LATER_S
            and each.end <= now + ENDS_S
            and not any(_near(each, other) or alike(each.text, other.text) for other in taken)
        ]
        return max(found, key=lambda each: (each.score, -each.start), default=None)


def _near(clip: Clip, other: ClipRecord) -> bool:
    return clip.start < (other.to_pts or 0.0) + APART_S and clip.end > other.from_pts - APART_S


def _segment(event: TranscriptSegment) -> Segment:
    spoken: Iterable[Mapping[str, Any]] = event.to_json().get("words") or ()
    return Segment(
        id=event.id,
        participant=event.participant,
        start=event.start,
        end=event.end,
        text=event.text,
        words=words_from(list(spoken), event.participant),
    )
