"""The companion of the rows: all that is told of a run beside its frames, as one JSON object."""

from math import isinf
from typing import Any

from v100_ai.measures import MEASURES
from v100_ai.report.page import Report
from v100_ai.report.rows import OUTWARD_COLUMN
from v100_ai.report.series import Total


def document(report: Report) -> dict[str, Any]:
    """The input, its gaps, faults and cuts, the figures over all frames, and what is doubtful about them.

    JSON has no infinity: it is written as "inf", as in rows.
    """
    return {
        "name": report.name,
        "version": report.version,
        "input": dict(report.about),
        "frames": report.series.frames,
        "lost": report.lost,
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "gaps": [
            {"start": gap.start, "end": gap.end, "reason": gap.reason, "held": gap.held}
            for gap in report.gaps
        ],
        "faults": [
            {
                "kind": each.kind,
                "start": each.start,
                "end": each.end,
                "frames": each.frames,
                "worst": each.worst,
            }
            for each in report.faults
        ],
        "cuts": [
            {"frame": each.frame, "pts": each.pts, "score": each.score} for each in report.cuts
        ],
        "measures": {
            column: _figures(total)
            for each in MEASURES
            if (
                total := report.series.totals.get(
                    column := OUTWARD_COLUMN.get(each.column, each.column)
                )
            )
        },
        "comparison": _comparison(report),
    }


def _figures(total: Total) -> dict[str, Any]:
    return {
        "frames": total.count,
        "equal": total.infinite,
        "min": _plain(total.low),
        "mean": _plain(total.mean),
        "max": _plain(total.high),
    }


def _comparison(report: Report) -> dict[str, Any] | None:
    against = report.against
    if against is None:
        return None
    lie = against.alignment
    names = ("paired", "unpaired", "duplicated", "dropped", "offset_seconds", "confidence")
    return {
        "reference": against.reference,
        "model": against.model,
        "vmaf_harmonic_mean": against.harmonic_mean,
        "alignment": lie and {name: getattr(lie, name) for name in names},
    }


def _plain(value: float | None) -> float | str | None:
    return str(value) if value is not None and isinf(value) else value
