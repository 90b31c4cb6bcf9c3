"""One line of the table, and the machine it was measured on."""

import platform
from dataclasses import dataclass
from pathlib import Path

from v100_ai.analyzers import cpu_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure; `target` is what it must reach, empty where it stands for comparison."""

    what: str
    value: float
    unit: str
    target: str = ""
    reached: bool | None = None
    note: str = ""


def at_most(what: str, value: float, unit: str, most: float, note: str = "") -> Row:
    """A figure that must not be larger than `most`."""
    target = f"<= {most:g} {unit}"
    return Row(what=what, value=value, unit=unit, target=target, reached=value <= most, note=note)


def at_least(what: str, value: float, unit: str, least: float, note: str = "") -> Row:
    """A figure that must not be smaller than `least`."""
    target = f">= {least:g} {unit}"
    return Row(what=what, value=value, unit=unit, target=target, reached=value >= least, note=note)


def machine() -> str:
    """What the processor calls itself, where it says so, and the instructions in use."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    name = next(names, platform.processor() or platform.machine())
    return f"{name}, {cpu_level()}"
