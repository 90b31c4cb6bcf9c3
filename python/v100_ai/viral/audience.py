"""Who is meant and when it is posted: the profile of an audience, topics that trend, the hour of the week."""

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from v100_ai.errors import SettingRejected
from v100_ai.viral.factors import Found, Part
from v100_ai.viral.vocabulary import features, known, tokens

MOST: Final = 500
"""Interests, or topics, that are read."""

HALF_LIFE_H: Final = 6.0
"""Hours in which a topic loses half its freshness."""

ENOUGH: Final = 3.0
"""Weight of interests that were met from which one more says nothing."""

HOURS: Final = 168
"""Of a week, from Monday 0 h, where the audience is."""

LETTERS: Final = (3.5, 5.5)
"""Mean letters of a word from easy to hard English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An audience. What is not told is not judged.

    Attributes:
        interests: words or short phrases it cares about, each with a weight above 0.
        language: what it speaks, as in `en`.
        level: how hard its texts may be, 0 easy to 1 hard.
        seconds: shortest and longest it watches.
        hours: how good each hour of the week is, 168 numbers from 0 to 1, from Monday 0 h where it lives.
    """

    interests: Mapping[str, float] = field(default_factory=dict[str, float])
    language: str | None = None
    level: float | None = None
    seconds: tuple[float, float] | None = None
    hours: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.interests) > MOST:
            raise SettingRejected(f"expected at most {MOST} interests, found {len(self.interests)}")
        for name, weight in self.interests.items():
            if not tokens(name) or not math.isfinite(weight) or weight <= 0:
                raise SettingRejected(
                    f"expected words with a weight above 0, found {name!r}: {weight!r}"
                )
        if self.level is not None and not 0 <= self.level <= 1:
            raise SettingRejected(f"expected a level from 0 to 1, found {self.level!r}")
        if self.hours is not None and (
            len(self.hours) != HOURS or not all(0 <= h <= 1 for h in self.hours)
        ):
            raise SettingRejected(f"expected {HOURS} hours from 0 to 1, found {len(self.hours)}")

    @classmethod
    def parse(cls, told: Mapping[str, Any]) -> "Profile":
        """A profile from a table: `interests` a list of words, or words with weights.

        Raises:
            SettingRejected: something in it is unknown, or not of its kind.
        """
        unknown = sorted(set(told) - {"interests", "language", "level", "seconds", "hours"})
        if unknown:
            raise SettingRejected(f"expected a profile, found {', '.join(unknown)} in it")
        try:
            given = told.get("interests", {})
            interests = (
                dict.fromkeys(given, 1.0) if isinstance(given, list | tuple) else dict(given)
            )
            return cls(
                interests={str(name): float(weight) for name, weight in interests.items()},
                language=None if told.get("language") is None else str(told["language"]),
                level=None if told.get("level") is None else float(told["level"]),
                seconds=None if told.get("seconds") is None else _pair(told["seconds"]),
                hours=None if told.get("hours") is None else tuple(map(float, told["hours"])),
            )
        except (TypeError, ValueError, AttributeError) as wrong:
            if isinstance(wrong, SettingRejected):
                raise
            raise SettingRejected(f"expected a profile of an audience: {wrong}") from wrong

    @classmethod
    def read(cls, path: Path) -> "Profile":
        """The profile in a TOML file. Raises `SettingRejected`."""
        try:
            return cls.parse(tomllib.loads(path.read_text("utf-8")))
        except (OSError, ValueError) as wrong:
            if isinstance(wrong, SettingRejected):
                raise
            raise SettingRejected(f"{path}: expected a profile as TOML: {wrong}") from wrong


@dataclass(frozen=True, slots=True)
class Trend:
    """A topic that is talked about, since when, and how much, 0 to 1."""

    topic: str
    since: datetime
    weight: float = 1.0


def trends(told: object) -> tuple[Trend, ...]:
    """Topics from JSON: a list of `{"topic", "since" (ISO 8601 with a time zone), "weight"}`.

    Raises:
        SettingRejected: it is another thing.
    """
    if isinstance(told, Mapping):
        told = told.get("trends")
    if not isinstance(told, Sequence) or isinstance(told, str) or len(told) > MOST:
        raise SettingRejected(
            f"expected a list of at most {MOST} topics, found {type(told).__name__}"
        )
    return tuple(map(_trend, told))


def trends_from(text: str | bytes) -> tuple[Trend, ...]:
    """Topics from the text of a file or an answer. Raises `SettingRejected`."""
    try:
        return trends(json.loads(text))
    except ValueError as wrong:
        if isinstance(wrong, SettingRejected):
            raise
        raise SettingRejected(f"expected topics as JSON: {wrong}") from wrong


def _trend(told: Any) -> Trend:
    try:
        trend = Trend(
            str(told["topic"]),
            datetime.fromisoformat(told["since"]),
            float(told.get("weight", 1.0)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise SettingRejected(f"expected a topic and since when, found {told!r:.100}") from wrong
    if trend.since.tzinfo is None or not 0 <= trend.weight <= 1 or not tokens(trend.topic):
        raise SettingRejected(
            f"expected a topic, a time with its zone and a weight from 0 to 1, found {told!r:.100}"
        )
    return trend


@dataclass(slots=True)
class Context:
    """What is known beside the stream itself.

    Attributes:
        profile: the audience, if one was given.
        trends: topics that trend.
        posting: when it is posted, with the audience's time zone; hours and trends are judged then.
        seconds: how long it is, where that is known.
    """

    profile: Profile | None = None
    trends: tuple[Trend, ...] = ()
    posting: datetime | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.posting is not None and self.posting.tzinfo is None:
            raise SettingRejected("expected the time of posting with its time zone, found none")

    def parts(self, words: Sequence[str]) -> Found:
        """What a moment's words meet of it."""
        found: Found = {}
        if self.profile is not None:
            relevance = self._relevance(self.profile, words)
            if relevance:
                found["audience_relevance"] = relevance
        timing = self._timing(words)
        if timing:
            found["timing"] = timing
        return found

    def _relevance(self, profile: Profile, words: Sequence[str]) -> dict[str, Part]:
        found: dict[str, Part] = {}
        if profile.interests and words:
            met = {name: weight for name, weight in profile.interests.items() if _said(name, words)}
            share = 1.0 - math.exp(-2.0 * sum(met.values()) / ENOUGH)
            found["interests"] = Part(share, text=", ".join(met) or None)
        if words and (profile.language is not None or profile.level is not None):
            found["language"] = Part(_fits(profile, words))
        if profile.seconds is not None and self.seconds is not None:
            low, high = profile.seconds
            found["format"] = Part(
                min(1.0, self.seconds / max(low, 1e-9), high / max(self.seconds, 1e-9))
            )
        return found

    def _timing(self, words: Sequence[str]) -> dict[str, Part]:
        found: dict[str, Part] = {}
        if self.posting is None:
            return found
        if self.trends and words:
            met = [
                (_fresh(each, self.posting), each.topic)
                for each in self.trends
                if _said(each.topic, words)
            ]
            value, topic = max(met, default=(0.0, None))
            found["trend"] = Part(value, text=topic)
        if self.profile is not None and self.profile.hours is not None:
            found["hour"] = Part(
                self.profile.hours[24 * self.posting.weekday() + self.posting.hour]
            )
        return found


def _said(phrase: str, words: Sequence[str]) -> bool:
    """Whether a phrase was said, its words one behind the other; an added s is no other word."""
    wanted = tokens(phrase)
    last = len(words) - len(wanted)
    return any(all(_same(w, words[at + i]) for i, w in enumerate(wanted)) for at in range(last + 1))


def _same(wanted: str, said: str) -> bool:
    return said == wanted or said in (wanted + "s", wanted + "'s")


def _fits(profile: Profile, words: Sequence[str]) -> float:
    english = known(words)
    spoken = english if profile.language in (None, "en") else 1.0 - english
    if profile.level is None:
        return spoken
    easy, hard = LETTERS
    level = min(1.0, max(0.0, (features(words)["letters"] - easy) / (hard - easy)))
    return spoken * (1.0 - abs(level - profile.level))


def _fresh(trend: Trend, now: datetime) -> float:
    age = max(0.0, (now - trend.since).total_seconds() / 3600.0)
    return float(trend.weight * 0.5 ** (age / HALF_LIFE_H))


def _pair(told: Any) -> tuple[float, float]:
    low, high = map(float, told)
    if not 0 <= low <= high:
        raise SettingRejected(f"expected shortest and longest seconds, found {told!r}")
    return low, high
