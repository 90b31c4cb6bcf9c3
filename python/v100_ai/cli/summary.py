"""The tables at the end of `v100 analyze`."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from v100_ai.measures import MEASURES, decibels as in_decibels
from v100_ai.report.page import Against, Report
from v100_ai.report.rows import OUTWARD_COLUMN


def show(console: Console, report: Report, *, decibels: bool | None = None) -> None:
    """What the input says of itself, every measure over all frames, the faults, and what is doubtful."""
    series = report.series
    if not series.frames:
        return
    shapes = ", ".join(f"{width}x{height}" for width, height in series.shapes)
    console.print(
        Text(
            f"{report.name}: {series.frames} frames, {series.seconds:.2f} s, {shapes},"
            f" {len(report.cuts)} cuts, {len(report.faults)} faults",
            style="bold",
        ),
        soft_wrap=True,
    )
    console.print(Text(", ".join(report.words), style="dim"), soft_wrap=True)
    if report.against is not None:
        console.print(Text(_against(report.against)), soft_wrap=True)
    console.print(_measures(report))
    ssim = report.series.totals.get("ssim")
    if decibels and ssim is not None and ssim.mean is not None:
        # As ffmpeg's `ssim` has it.
        error = 1 - ssim.mean
        console.print(Text(f"SSIM {_number(in_decibels(error))} dB"), soft_wrap=True)
    if report.faults:
        console.print(_faults(report))
    for note in report.notes:
        console.print(Text(f"note: {note}", style="dim"), soft_wrap=True)
    for warning in report.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"), soft_wrap=True)


def _measures(report: Report) -> Table:
    table = _table("measure", "unit", numbers=("least", "mean", "most"))
    for each in MEASURES:
        total = report.series.totals.get(OUTWARD_COLUMN.get(each.column, each.column))
        if total is None or total.mean is None:
            continue
        unit = (
            f"{each.unit}, {total.infinite} of {total.count} frames equal"
            if total.infinite
            else each.unit
        )
        table.add_row(
            Text(each.title), Text(unit), *map(_number, (total.low, total.mean, total.high))
        )
    return table


def _against(against: Against) -> str:
    parts = [f"against {against.reference} by {against.model}"]
    if against.harmonic_mean is not None:
        parts.append(f"VMAF's harmonic mean {against.harmonic_mean:.4g}")
    lie = against.alignment
    if lie is not None:
        counts = ("paired", "unpaired", "duplicated", "dropped")
        parts += [f"{getattr(lie, name)} {name}" for name in counts]
        if lie.offset_seconds is not None:
            parts.append(f"offset {lie.offset_seconds:.3f} s")
        if lie.confidence is not None:
            parts.append(f"confidence {lie.confidence:.2f}")
    return ", ".join(parts)


def _faults(report: Report) -> Table:
    table = _table("fault", numbers=("from s", "to s", "frames", "worst"))
    for each in report.faults:
        table.add_row(
            Text(each.kind),
            f"{each.start:.2f}",
            f"{each.end:.2f}",
            str(each.frames),
            _number(each.worst),
        )
    return table


def _table(*words: str, numbers: tuple[str, ...]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for word in words:
        table.add_column(word)
    for number in numbers:
        table.add_column(number, justify="right")
    return table


def _number(value: float) -> str:
    return f"{value:,.4g}"
