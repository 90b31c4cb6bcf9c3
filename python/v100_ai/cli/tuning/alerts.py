"""`v100 tune alerts`: limits of alerts, from readings and labels of one's own."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from v100_ai.alerts import DEFAULTS, Rule
from v100_ai.cli.outcome import LOST, USAGE, Outcome
from v100_ai.errors import ExtraMissing, SettingRejected, V100Error
from v100_ai.tuning import Span, Sweep, Swept, sweep, to_config

TIME: Final = "pts"

Columns = dict[str, list[Any]]


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 tune alerts` takes."""
    command.add_argument("--table", type=Path, required=True, metavar="TABLE",
                         help="readings, as `v100 analyze` writes them: .parquet, .csv or .jsonl")  # fmt: skip
    command.add_argument("--labels", type=Path, required=True, metavar="LABELS.csv",
                         help="when something was really wrong: a row `start,end` in seconds each, and `rule` where a label is of one rule")  # fmt: skip
    command.add_argument("--max-alarms-per-hour", type=float, default=0.1, metavar="N",
                         help="false alarms an hour that are let pass (%(default)s)")  # fmt: skip
    command.add_argument("--rule", action="append", choices=[each.name for each in DEFAULTS],
                         help="only these of the default rules; all whose reading is in the table if none is named")  # fmt: skip
    command.add_argument("--out", type=Path, metavar="ALERTS.toml",
                         help="where the rules are written, as `v100 serve --config` reads them")  # fmt: skip


def run(options: argparse.Namespace) -> Outcome:
    """Sweep each rule, print what its limits would have done, write those that were picked."""
    try:
        table = _table(options.table)
        labels = list(_labels(options.labels))
        picked: list[Rule] = []
        for rule in DEFAULTS:
            if options.rule and rule.name not in options.rule:
                continue
            if all(value is None for value in table.get(rule.reading, ())):
                continue
            spans = [span for span, of in labels if of in ("", rule.name)]
            found = sweep(_times(table, options.table), table[rule.reading], spans, rule)
            chosen = _picked(found, options.max_alarms_per_hour)
            if chosen is not None:
                picked.append(found.ruled(chosen))
        if options.out is not None and picked:
            options.out.write_text(to_config(picked), "utf-8")
            sys.stdout.write(f"{len(picked)} rules written to {options.out}\n")
    except (V100Error, OSError) as refused:
        return Outcome(USAGE, str(refused))
    return Outcome() if picked else Outcome(LOST, "no rule keeps to that: nothing was written")


def _picked(found: Sweep, most: float) -> Swept | None:
    name = found.rule.name
    try:
        chosen = found.pick(max_alarms_per_hour=most)
    except SettingRejected as refused:
        sys.stdout.write(f"{name}: left out: {refused}\n")
        return None
    sys.stdout.write(
        f"{name}: {found.rule.reading} {'from' if found.rule.above is not None else 'below'} {chosen.limit:.4g} "
        f"(default {found.rule.limit:g}): {chosen.recall or 0:.0%} of {found.wrong} found, precision {chosen.precision or 0:.0%}, "
        f"{chosen.false_alarms_per_hour:.3g} false alarms an hour (at most {chosen.at_most:.3g} at 95 %, from {found.hours:.2f} hours), "
        f"after {chosen.seconds_to_detect or 0:.1f} s\n"
    )
    return chosen


def _times(table: Columns, path: Path) -> list[float]:
    times = table.get(TIME)
    if times is None:
        raise SettingRejected(
            f"{path}: expected a column {TIME}, found {', '.join(sorted(table))[:200]}"
        )
    return [float(each) for each in times]


def _table(path: Path) -> Columns:
    if path.suffix == ".parquet":
        try:
            from pyarrow import parquet  # noqa: PLC0415  # an extra
        except ImportError as missing:
            raise ExtraMissing("tables", "pyarrow") from missing
        return dict(parquet.read_table(path).to_pydict())
    if path.suffix in {".jsonl", ".ndjson", ".json"}:
        with path.open(encoding="utf-8") as lines:
            return _columns([json.loads(line) for line in lines if line.strip()], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            {name: _number(value) for name, value in row.items()} for row in csv.DictReader(file)
        ]
    return _columns(rows, path)


def _columns(rows: Sequence[dict[str, Any]], path: Path) -> Columns:
    rows = [row for row in rows if row.get(TIME) is not None]
    if not rows:
        raise SettingRejected(f"{path}: expected rows with {TIME}, found none")
    names = {name for row in rows for name in row}
    return {name: [_cell(row.get(name)) for row in rows] for name in names}


def _cell(value: object) -> float | None:
    if isinstance(value, str):
        return _number(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _labels(path: Path) -> Iterator[tuple[Span, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        if not {"start", "end"} <= set(table.fieldnames or ()):
            told = ", ".join(table.fieldnames or ()) or "none"
            raise SettingRejected(f"{path}: expected columns start and end, found {told}"[:500])
        for number, row in enumerate(table, 2):
            try:
                yield (float(row["start"]), float(row["end"])), (row.get("rule") or "").strip()
            except (TypeError, ValueError) as wrong:
                raise SettingRejected(
                    f"{path}, line {number}: expected seconds, found {wrong}"
                ) from wrong
