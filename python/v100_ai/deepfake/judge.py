"""Judge: what a face's signals are, frame by frame; out comes one of three states, and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp, prod
from typing import Any, Final, Literal, Protocol

from v100_ai.deepfake.settings import CERTAIN, NOTICE, SIGNALS, WHY, Settings

State = Literal["nothing unusual", "face region altered", "not enough to judge"]

ALTERED_NOTE: Final = "filter or swap"
"""What an altered face may be: beauty filters look like mild swaps, and are normal in calls."""


class Signal(Protocol):
    """One signal of one frame, as an analyzer measures it."""

    @property
    def value(self) -> float | None:
        """In the signal's unit."""

    @property
    def usual(self) -> float | None:
        """This person's usual value, or until that is known what real streams have."""

    @property
    def z(self) -> float | None:
        """How far on the suspicious side of what real streams have, in deviations."""


class Limits(Protocol):
    """What limits the trust in a frame's signals."""

    @property
    def face_height(self) -> float: ...  # noqa: D102
    @property
    def baseline_s(self) -> float: ...  # noqa: D102
    @property
    def window_s(self) -> float: ...  # noqa: D102
    @property
    def ring(self) -> float: ...  # noqa: D102
    @property
    def counted(self) -> float: ...  # noqa: D102
    @property
    def luma(self) -> float: ...  # noqa: D102
    @property
    def found(self) -> float: ...  # noqa: D102


class Face(Protocol):
    """A square box, in samples of the frame."""

    @property
    def left(self) -> float: ...  # noqa: D102
    @property
    def top(self) -> float: ...  # noqa: D102
    @property
    def size(self) -> float: ...  # noqa: D102


class Measured(Protocol):
    """What an analyzer measures of a frame's face."""

    @property
    def face(self) -> Face | None: ...  # noqa: D102
    @property
    def signals(self) -> Mapping[str, Signal]: ...  # noqa: D102
    @property
    def limits(self) -> Limits: ...  # noqa: D102
    @property
    def second(self) -> float | None:
        """How far two of the face's edge, colour and detail are from its own baseline at least, in deviations."""


@dataclass(frozen=True, slots=True)
class Named:
    """A signal as it is shown."""

    value: float | None
    usual: float | None
    z: float | None
    triggered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one frame leads to."""

    state: State
    score: float | None
    """0 to 1; 0.5 is the threshold; `None` where there is not enough to judge."""
    evidence: float | None
    confidence: float
    why: str | None
    """What there is too little of, where there is not enough to judge; else what limits confidence most."""
    since: float | None
    """Seconds, of the frame from which on the face is altered."""
    signals: Mapping[str, Named]
    reasons: tuple[str, ...]
    """The triggered signals that say most, at most three, while the face is altered."""
    face: tuple[float, float, float, float] | None
    """Left, top, width and height, in samples of the frame."""

    @property
    def readings(self) -> dict[str, float | None]:
        """The numbers, under the names of their measures."""
        values = {name: each.value for name, each in self.signals.items()}
        limit = None if self.why is None else WHY.index(self.why) + 1
        return {
            "evidence": self.evidence,
            "confidence": self.confidence,
            "limit": limit,
            **{name: values.get(name) for name in SIGNALS},
        }

    def to_json(self) -> dict[str, Any]:
        """The whole of it."""
        return {
            "state": self.state,
            "note": ALTERED_NOTE if self.since is not None else NOTICE,
            "evidence": self.evidence,
            "confidence": self.confidence,
            "because": self.why,
            "since": self.since,
            "reasons": list(self.reasons),
            "face": None if self.face is None else list(self.face),
            "signals": {name: asdict(each) for name, each in self.signals.items()},
        }


class Judge:
    """Decides frame by frame for one track, in the order they are shown."""

    def __init__(self, settings: Settings | None = None, threshold: float = 0.5) -> None:
        """`threshold` is the score from which on a face is altered."""
        self._settings = settings or Settings()
        self._threshold = threshold
        self._last: float | None = None
        self._quick: float | None = None
        self._slow: float | None = None
        self._since: float | None = None

    def push(self, pts: float, measured: Measured) -> Judgement:
        """What the frame shown at `pts` seconds leads to."""
        face = measured.face
        limits = None if face is None else measured.limits
        named, steps = self._named(measured.signals)
        confidence, why = self._confidence(limits)
        raw = self._evidence(named, steps, held=limits is not None)
        step = 0.04 if self._last is None else min(max(pts - self._last, 0.0), 0.5)
        self._last = pts
        if raw is None:
            self._quick = self._slow = None
        else:
            self._quick = _smoothed(self._quick, raw, step, self._settings.quick_s)
            enough = self._enough(named, measured.second)
            bounded = raw if enough else min(raw, self._settings.one_family)
            self._slow = _smoothed(self._slow or 0.0, bounded, step, self._settings.slow_s)
        certain = any(
            each.triggered and self._settings.limits[name].family == "replay"
            for name, each in named.items()
        )
        score = None
        if self._slow is not None and (confidence >= self._settings.judged or certain):
            score = 1 / (1 + exp((self._settings.threshold - self._slow) / self._settings.slope))
        since, reasons = self._altered(pts, score, named, steps)
        return Judgement(
            state=_state(score, since),
            score=score,
            evidence=self._quick,
            confidence=confidence,
            why=why,
            since=since,
            signals=named,
            reasons=reasons,
            face=None if face is None else (face.left, face.top, face.size, face.size),
        )

    def reset(self) -> None:
        """Forget what was before: the track is another one, or its baseline begins anew."""
        self._last = self._quick = self._slow = self._since = None

    def _altered(
        self, pts: float, score: float | None, named: dict[str, Named], steps: dict[str, float]
    ) -> tuple[float | None, tuple[str, ...]]:
        """Since when the face is altered, and what says so most."""
        if score is None or score < self._threshold * self._settings.clear / 0.5:
            self._since = None
        elif score >= self._threshold and self._since is None:
            self._since = pts
        if self._since is None:
            return None, ()
        limits = self._settings.limits
        weight = {
            name: steps[name] * limits[name].weight
            for name, each in named.items()
            if each.triggered
        }
        most = sorted(weight, key=lambda name: (-weight[name], name))
        return self._since, tuple(most[: self._settings.reasons])

    def _named(self, signals: Mapping[str, Signal]) -> tuple[dict[str, Named], dict[str, float]]:
        named, steps = {}, {}
        for name, limit in self._settings.limits.items():
            signal = signals.get(name)
            if signal is None:
                continue
            if signal.value is not None:
                steps[name] = limit.excess(signal.value)
            triggered = steps.get(name, -1.0) >= 0
            named[name] = Named(signal.value, signal.usual, signal.z, triggered)
        return named, steps

    def _evidence(
        self, named: dict[str, Named], steps: dict[str, float], *, held: bool
    ) -> float | None:
        """Of the static statistics their mean, and of each family the most that is beyond its limit."""
        settings = self._settings
        families: dict[str, float] = {}
        for name, excess in steps.items():
            limit = settings.limits[name]
            beyond = min(max(excess + limit.soft, 0.0), settings.excess_cap) * limit.weight
            families[limit.family] = max(families.get(limit.family, 0.0), beyond)
        cap = settings.composite_cap
        parts = [
            (weight, min(max(each.z, -cap), cap))
            for name, weight in settings.composite.items()
            if (each := named.get(name)) is not None and each.z is not None
        ]
        if not parts and not families.get("replay"):
            return None
        total = sum(weight for weight, _ in parts)
        composite = sum(weight * z for weight, z in parts) / total if total else 0.0
        return settings.composite_weight * composite + sum(families.values())

    def _enough(self, named: dict[str, Named], second: float | None) -> bool:
        """Whether signals of two families are triggered, or one that is certain.

        A change is of two families itself where two of edge, colour and detail are far from their own baseline.
        """
        limits = self._settings.limits
        families = {limits[name].family for name, each in named.items() if each.triggered}
        changed = "change" in families and second is not None and second >= self._settings.second
        return changed or len(families) > 1 or bool(families & CERTAIN)

    def _confidence(self, limits: Limits | None) -> tuple[float, str | None]:
        """The product of what limits it, and what limits it most."""
        if limits is None:
            return 0.0, WHY[0]
        settings = self._settings
        low, high = settings.baseline_s
        known = settings.early + (1 - settings.early) * _share(limits.baseline_s, (low, high))
        caps = (
            _share(limits.face_height, settings.face_height),
            _share(limits.luma, settings.luma),
            _share(limits.ring, settings.ring),
            _share(limits.counted, settings.counted),
            known if limits.window_s >= low else 0.0,
            0.5 + 0.5 * limits.found,
        )
        least = min(caps)
        return prod(caps), WHY[1 + caps.index(least)] if least < 1 else None


def _state(score: float | None, since: float | None) -> State:
    if score is None:
        return "not enough to judge"
    return "nothing unusual" if since is None else "face region altered"


def _share(value: float, between: tuple[float, float]) -> float:
    low, high = between
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _smoothed(last: float | None, value: float, step: float, constant: float) -> float:
    """Exponentially weighted mean that follows the time between frames."""
    return value if last is None else last + (value - last) * (1 - exp(-step / constant))
