"""Rules: rows of readings in, alerts out. What is open outlives a restart, if its state is kept."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any, Final, Self

from v100_ai.alerts.rule import Rule
from v100_ai.alerts.watch import Alert, Watch, ended, incident
from v100_ai.errors import SettingRejected
from v100_ai.events.numbers import plain

MOST_RULES: Final = 64
"""Rules of one session, at most."""

GAP_S: Final = 3.0
"""Seconds without a value after which intervals start anew. Values come once a second at least; one that
is late is no gap, three that are missing are."""


class Rules:
    """Follows every rule of one session, in the order of its frames."""

    def __init__(self, rules: Iterable[Rule], *, gap: float = GAP_S, suffix: str = "") -> None:
        """Nothing is open yet.

        Args:
            rules: at most `MOST_RULES`, each with a name of its own.
            gap: seconds without a value after which intervals start anew.
            suffix: what the names of incidents end in, where others are followed beside these.

        Raises:
            SettingRejected: two of a name, or too many.
        """
        self._watches: dict[str, Watch] = {}
        for rule in rules:
            if rule.name in self._watches:
                raise SettingRejected(
                    f"expected rules of different names, found {rule.name!r} twice"
                )
            self._watches[rule.name] = Watch(rule)
        if len(self._watches) > MOST_RULES:
            raise SettingRejected(
                f"expected at most {MOST_RULES} rules, found {len(self._watches)}"
            )
        self._gap, self._suffix = gap, suffix
        self._count = 0
        self._gone: dict[str, Mapping[str, Any]] = {}

    def push(self, pts: float, row: Mapping[str, float | None]) -> list[Alert]:
        """The alerts that open or resolve with this row; a reading that is not known changes nothing."""
        found: list[Alert] = self._removed(pts) if self._gone else []
        for watch in self._watches.values():
            value = row.get(watch.rule.reading)
            if value is None or isnan(value):
                continue
            was = watch.incident
            name = f"{watch.rule.name}-{self._count + 1}{self._suffix}"
            alert = watch.push(pts, value, gap=self._gap, name=name)
            if alert is not None:
                found.append(alert)
                self._count += was is None
        return found

    def follow(
        self, times: Sequence[float], columns: Mapping[str, Sequence[float | None]]
    ) -> list[Alert]:
        """As `push`, for readings by column; those that no rule is about are not looked at."""
        read = {watch.rule.reading for watch in self._watches.values()}
        known = [(name, columns[name]) for name in read if name in columns]
        if not known and not self._gone:
            return []
        return [
            alert
            for index, pts in enumerate(times)
            for alert in self.push(pts, {name: values[index] for name, values in known})
        ]

    def _removed(self, pts: float) -> list[Alert]:
        """The ends of alerts whose rule is gone, each told once."""
        gone, self._gone = self._gone, {}
        found: list[Alert] = []
        for name, saved in gone.items():
            left = incident(saved)
            if left is not None:
                last = pts if saved["last"] is None else saved["last"]
                found.append(ended(name, saved["reading"], left, value=None, end=last, at=pts))
        return found

    @property
    def open(self) -> tuple[str, ...]:
        """The incidents that are open."""
        watches = [each.incident for each in self._watches.values()]
        return tuple(each.name for each in watches if each is not None)

    @property
    def standing(self) -> list[dict[str, Any]]:
        """What is known of each incident that is open: its rule, and the worst value and when it began, in seconds."""
        return [
            {
                "rule": rule.name,
                "incident": found.name,
                "reading": rule.reading,
                "limit": rule.limit,
                "worst": plain(found.worst),
                "start": found.start,
            }
            for each in self._watches.values()
            if (found := each.incident) is not None
            for rule in (each.rule,)
        ]

    def save(self) -> dict[str, Any]:
        """The state as JSON, to be kept together with the alerts it led to."""
        watches = {name: watch.save() for name, watch in self._watches.items()}
        return {"count": self._count, "watches": watches, "gone": dict(self._gone)}

    @classmethod
    def load(
        cls,
        rules: Iterable[Rule],
        saved: Mapping[str, Any],
        *,
        gap: float = GAP_S,
        suffix: str = "",
    ) -> Self:
        """Goes on from what `save` returned.

        The rules may be others by now: an alert whose rule is gone, or reads something else, is resolved
        with the next row.

        Raises:
            SettingRejected: as on construction.
        """
        loaded = cls(rules, gap=gap, suffix=suffix)
        loaded._count = saved["count"]
        loaded._gone = dict(saved["gone"])
        for name, kept in saved["watches"].items():
            watch = loaded._watches.get(name)
            if watch is not None and watch.rule.reading == kept["reading"]:
                loaded._watches[name] = Watch.load(watch.rule, kept)
            elif kept["incident"] is not None:
                loaded._gone[name] = kept
        return loaded
