"""`v100 tune viral`: a table of weights of one's own, from what became of one's posts."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from v100_ai.cli.outcome import USAGE, Outcome
from v100_ai.errors import SettingRejected, V100Error
from v100_ai.highlights.transcript import read
from v100_ai.report import targets
from v100_ai.viral.scorer import ViralScorer, scored
from v100_ai.viral.table import FACTOR_NAMES
from v100_ai.viral.tuning import Tuned, tuned

OUTCOME: Final = "outcome"
TRANSCRIPT: Final = "transcript"

Row = tuple[dict[str, float | None], float]


def configure(command: argparse.ArgumentParser) -> None:
    """What `v100 tune viral` takes."""
    command.add_argument("--posts", type=Path, required=True, metavar="POSTS.csv",
                       help=f"a row a post: {OUTCOME} (views, shares: any number, more is better), and its factors "
                            f"({', '.join(FACTOR_NAMES)}; 0 to 1, empty where not known) or the path of its {TRANSCRIPT}")  # fmt: skip
    command.add_argument(
        "--out", type=Path, required=True, metavar="TABLE.json", help="where the table is written"
    )


def run(options: argparse.Namespace) -> Outcome:
    """Fit, print what held-out posts say, write the table."""
    try:
        targets.check({"out": str(options.out)}, [str(options.posts)])
        rows = list(_rows(options.posts))
        found = tuned([factors for factors, _ in rows], [outcome for _, outcome in rows])
        with targets.whole(str(options.out)) as part:
            part.write_text(json.dumps(found.table, indent=1) + "\n", "utf-8")
    except (V100Error, OSError) as refused:
        return Outcome(USAGE, str(refused))
    sys.stdout.write(_summary(found, options.out))
    return Outcome()


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names = set(table.fieldnames or ())
        if OUTCOME not in names or not names & {*FACTOR_NAMES, TRANSCRIPT}:
            raise SettingRejected(
                f"{path}: expected columns {OUTCOME} and factors or {TRANSCRIPT}, found {', '.join(sorted(names)) or 'none'}"
            )
        for number, row in enumerate(table, 2):
            try:
                yield _row(row, path.parent)
            except (ValueError, TypeError, OSError) as wrong:
                raise SettingRejected(f"{path}, line {number}: {wrong}") from wrong


def _row(row: Mapping[str, str | None], folder: Path) -> Row:
    factors: dict[str, float | None] = {}
    where = (row.get(TRANSCRIPT) or "").strip()
    if where:
        factors |= _scored(folder / where)
    for name in FACTOR_NAMES:
        told = (row.get(name) or "").strip()
        if told:
            factors[name] = float(told)
    return factors, float(row[OUTCOME] or "")


def _scored(path: Path) -> dict[str, float | None]:
    """The mean of each factor over a transcript's moments."""
    values: dict[str, list[float]] = {name: [] for name in FACTOR_NAMES}
    for moment in scored(read(path), ViralScorer()):
        for factor in moment.factors:
            if factor.value is not None:
                values[factor.name].append(factor.value)
    return {name: sum(found) / len(found) if found else None for name, found in values.items()}


def _summary(found: Tuned, out: Path) -> str:
    low, high = found.interval
    lines = [
        f"{found.posts} posts; on posts that were not fitted, the score goes with the outcome by Spearman "
        f"{found.spearman:.3f} [{low:.3f}, {high:.3f}]; the weights before: {found.before:.3f}",
        "expected and observed mean percentile, by fifths of the score: "
        + ", ".join(f"{expected:.2f}/{observed:.2f}" for expected, observed in found.quintiles),
    ]
    if found.kept:
        lines.append(
            "fitted weights were no better on held-out posts: the weights before stand, calibrated on your posts"
        )
    else:
        weights = ", ".join(
            f"{name} {weight:.3f}" for name, weight in found.table["weights"].items()
        )
        lines.append(f"weights: {weights}")
    lines.append(f"table {found.table['version']} written to {out}")
    return "\n".join(lines) + "\n"
