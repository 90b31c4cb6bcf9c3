"""What a limit would have done: a rule followed over readings that are at hand, at many limits, against what was really wrong."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from math import exp, inf, isfinite, isnan, sqrt
from statistics import median
from typing import Any, Final

from v100_ai.alerts import Rule, Rules
from v100_ai.errors import ExtraMissing, SettingRejected
from v100_ai.events import AlertOpened

LIMITS: Final = 41
"""Limits that are tried where none are given: as many quantiles of the readings."""

SURE: Final = 0.05
"""Chance that there really are more false alarms than an upper bound says."""

HOUR_S: Final = 3600.0

Span = tuple[float, float]
"""Seconds, from and to."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one limit would have done.

    Attributes:
        limit: from where on a reading is bad.
        alarms: how many would have opened.
        precision: the share of them that opened while something was wrong, or as late after it as the rule waits; None without any.
        recall: the share of what was wrong in which one opened; None where nothing was.
        false_alarms_per_hour: those that opened while nothing was wrong.
        at_most: false alarms an hour that there are no more of, at 95 %: few hours cannot show that something is rare.
        seconds_to_detect: the median from when something went wrong to its alarm; None without any.
    """

    limit: float
    alarms: int
    precision: float | None
    recall: float | None
    false_alarms_per_hour: float
    at_most: float
    seconds_to_detect: float | None


@dataclass(frozen=True, slots=True)
class Sweep:
    """A rule at many limits, from the one that rings least.

    Attributes:
        rule: what was followed; its limit and where it resolves move together.
        hours: of readings.
        wrong: how many times something was wrong.
        found: one for each limit.
    """

    rule: Rule
    hours: float
    wrong: int
    found: tuple[Swept, ...]

    def __iter__(self) -> Iterator[Swept]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def pick(
        self, *, max_alarms_per_hour: float | None = None, min_precision: float | None = None
    ) -> Swept:
        """The limit that finds most of what was wrong; of equal ones, that with fewest false alarms, then the soonest.

        Args:
            max_alarms_per_hour: false alarms an hour, at most.
            min_precision: the share of alarms in which something is wrong, at least.

        Raises:
            SettingRejected: no limit keeps to that, or nothing was wrong, so that nothing says what an alarm is worth.
        """
        if not self.wrong:
            raise SettingRejected(
                "expected at least one labelled time in which something was wrong, found none"
            )
        kept = [
            each
            for each in self.found
            if each.recall
            and (max_alarms_per_hour is None or each.false_alarms_per_hour <= max_alarms_per_hour)
            and (min_precision is None or (each.precision or 0.0) >= min_precision)
        ]
        if not kept:
            least = min(
                (each.false_alarms_per_hour for each in self.found if each.recall), default=inf
            )
            raise SettingRejected(
                f"rule {self.rule.name!r}: expected a limit that finds something with at most "
                f"{max_alarms_per_hour} false alarms an hour and a precision of at least {min_precision}, "
                f"found {least:g} an hour at best"
            )
        return max(
            kept,
            key=lambda each: (
                each.recall,
                -each.false_alarms_per_hour,
                -(each.seconds_to_detect or 0.0),
            ),
        )

    def ruled(self, picked: Swept) -> Rule:
        """The rule at that limit."""
        return moved(self.rule, picked.limit)

    def to_config(self, picked: Swept) -> str:
        """A part of the file that `v100 serve --config` reads: the rule at that limit."""
        return to_config([self.ruled(picked)])

    def columns(self) -> dict[str, list[float | None]]:
        """As columns, for a table of any library."""
        names = Swept.__slots__
        return {name: [getattr(each, name) for each in self.found] for name in names}

    def plot(self, axes: Any = None) -> Any:
        """Recall and false alarms an hour over the limit, on Matplotlib axes, which are returned.

        Raises:
            ExtraMissing: Matplotlib is not installed.
        """
        if axes is None:
            try:
                from matplotlib import pyplot  # noqa: PLC0415  # an extra
            except ImportError as missing:
                raise ExtraMissing("notebook", "matplotlib") from missing
            _, axes = pyplot.subplots()
        limits = [each.limit for each in self.found]
        axes.plot(limits, [each.recall for each in self.found], label="recall")
        axes.plot(limits, [each.precision for each in self.found], label="precision")
        beside = axes.twinx()
        beside.plot(
            limits, [each.false_alarms_per_hour for each in self.found], "k:", label="false alarms"
        )
        beside.set_ylabel("false alarms an hour")
        axes.set_xlabel(f"{self.rule.reading} of {self.rule.name}")
        axes.set_ylim(0, 1.05)
        axes.legend()
        return axes

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in Swept.__slots__)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_told(getattr(each, name))}</td>' for name in Swept.__slots__)}</tr>"
            for each in self.found
        )
        return f"<table><caption>{escape(self.rule.name)}, {self.hours:.2f} hours</caption><tr>{head}</tr>{rows}</table>"


def sweep(
    times: Sequence[float],
    readings: Sequence[float | None],
    labels: Sequence[Span],
    rule: Rule,
    *,
    limits: Sequence[float] | None = None,
) -> Sweep:
    """What the rule would have done at each limit, by the same decider that alerts of sessions come from.

    Args:
        times: seconds of each reading, ascending.
        readings: the rule's reading, None or NaN where it is not known.
        labels: when something was really wrong; overlapping ones count as one.
        rule: whose limit is moved, and where it resolves with it.
        limits: which to try; as many quantiles of the readings if none are given.

    Raises:
        SettingRejected: no readings, or as many times as there are not readings.
    """
    known = [value for value in readings if value is not None and not isnan(value)]
    if len(times) != len(readings) or not known:
        raise SettingRejected(
            f"expected a time for each reading and at least one that is known, found {len(times)} times, "
            f"{len(readings)} readings, {len(known)} known"
        )
    wrong = _joined(labels)
    hours = max((times[-1] - times[0]) / HOUR_S, 1e-9)
    tried = sorted(set(limits if limits is not None else _quantiles(known)))
    if rule.above is not None:
        tried.reverse()
    found = tuple(_swept(times, readings, wrong, moved(rule, limit), hours) for limit in tried)
    return Sweep(rule, hours, len(wrong), found)


def moved(rule: Rule, limit: float) -> Rule:
    """The rule with another limit; it resolves as far from it as it did."""
    by = limit - rule.limit
    resolve = None if rule.resolve is None else rule.resolve + by
    if rule.above is not None:
        return replace(rule, above=limit, resolve=resolve)
    return replace(rule, below=limit, resolve=resolve)


def to_config(rules: Sequence[Rule]) -> str:
    """Rules as the part `alerts` of the file that `v100 serve --config` reads."""
    return "\n".join(_table(rule) for rule in rules)


def _table(rule: Rule) -> str:
    fields = ((name, getattr(rule, name)) for name in Rule.__slots__)
    lines = [f"{name} = {json.dumps(value)}" for name, value in fields if value is not None]
    return "\n".join(["[[alerts]]", *lines, ""])


def _swept(
    times: Sequence[float],
    readings: Sequence[float | None],
    wrong: Sequence[Span],
    rule: Rule,
    hours: float,
) -> Swept:
    alarms = Rules([rule]).follow(times, {rule.reading: readings})
    opened = [each.at for each in alarms if isinstance(each, AlertOpened)]
    starts = [start for start, _ in wrong]
    detected: dict[int, float] = {}
    false = 0
    for at in opened:
        index = bisect_right(starts, at) - 1
        # An alarm that stood before anything went wrong has found nothing.
        if index < 0 or at > wrong[index][1] + rule.trigger_seconds:
            false += 1
        else:
            detected.setdefault(index, at - starts[index])
    return Swept(
        limit=rule.limit,
        alarms=len(opened),
        precision=(len(opened) - false) / len(opened) if opened else None,
        recall=len(detected) / len(wrong) if wrong else None,
        false_alarms_per_hour=false / hours,
        at_most=_upper(false) / hours,
        seconds_to_detect=median(detected.values()) if detected else None,
    )


def _joined(labels: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(labels):
        if not (isfinite(start) and isfinite(end) and start <= end):
            raise SettingRejected(
                f"expected labels from a time to a later one, found {start} to {end}"
            )
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _quantiles(known: list[float]) -> list[float]:
    ordered = sorted(known)
    last = len(ordered) - 1
    return [ordered[round(last * step / (LIMITS - 1))] for step in range(LIMITS)]


def _upper(count: int) -> float:
    """The mean of a Poisson distribution that gives so few or fewer with a chance of `SURE` (Garwood 1936)."""
    low, high = float(count), count + 10.0 + 5.0 * sqrt(count)
    for _ in range(60):
        mean = (low + high) / 2
        term = total = exp(-mean)
        for n in range(1, count + 1):
            term *= mean / n
            total += term
        low, high = (mean, high) if total > SURE else (low, mean)
    return high


def _told(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
