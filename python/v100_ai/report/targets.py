"""Targets: where results are written, looked at before the first of them is there.

A file appears under its name when it is whole; a device and a pipe are written to as they are; `-` is standard output.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import EEXIST, EISDIR, ENOENT
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Final

from v100_ai.errors import TargetRefused

STANDARD_OUTPUT: Final = "-"

SAME: Final = frozenset({"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
"""Names of standard output."""


def check(targets: Mapping[str, str], inputs: Iterable[str]) -> None:
    """Tries every target, by what it is for: its folder, its name, its rights.

    Raises `TargetRefused` for an input, and for one target twice; `OSError`, with the name, for what cannot be written.
    """
    seen = dict[object, str]()
    patterns = list[re.Pattern[str]]()
    for source in inputs:
        for name in _files(source):
            patterns += _pattern(name)
            for key in _keys(name):
                seen.setdefault(key, "the input")
    for name, target in targets.items():
        for key in _keys(target):
            other = seen.get(key)
            if other is None and any(each.fullmatch(str(key)) for each in patterns):
                other = "the input"
            if other is not None:
                raise TargetRefused(
                    target, f"expected a file of its own for --{name}, found that of {other}"
                )
            seen[key] = f"--{name}"
        _try(target)


def _files(source: str) -> list[str]:
    """The files behind FFmpeg's name of an input."""
    for prefix in ("concat:", "file://", "file:"):
        if source.startswith(prefix):
            return source.removeprefix(prefix).split("|" if prefix == "concat:" else "\0")
    return [source]


def _pattern(name: str) -> list[re.Pattern[str]]:
    """What the names of an image sequence look like."""
    if re.search(r"%0?\d*d", name) is None:
        return []
    parts = re.split(r"%0?\d*d", os.path.realpath(name))
    return [re.compile(r"\d+".join(map(re.escape, parts)))]


def _keys(name: str) -> list[object]:
    """By what two names are known to lead to the same place."""
    if name in SAME:
        return [STANDARD_OUTPUT]
    try:
        found = Path(name).stat()
    except (OSError, ValueError):
        return [os.path.realpath(name)]
    if stat.S_ISCHR(found.st_mode):
        # Whatever is written to a terminal or to /dev/null may be written twice.
        return []
    return [os.path.realpath(name), (found.st_dev, found.st_ino)]


def _try(target: str) -> None:
    """Raises `OSError` where nothing could be written."""
    if target in SAME:
        return
    path = Path(os.path.realpath(target))
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "no such folder", str(path.parent))
    if path.is_dir():
        raise IsADirectoryError(EISDIR, "is a folder", target)
    if path.exists():
        if path.is_file():
            with path.open("r+b"):
                pass
        return
    # The name itself, and the right to make it.
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    path.unlink()


def through(target: str) -> bool:
    """Whether it is written to as it is: standard output, a device, a pipe."""
    if target in SAME:
        return True
    try:
        return not stat.S_ISREG(Path(target).stat().st_mode)
    except OSError:
        return False


@contextmanager
def stream(target: str) -> Iterator[int]:
    """A descriptor to write to as results come."""
    if target in SAME:
        sys.stdout.flush()
        descriptor = os.dup(sys.stdout.fileno())
    else:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def whole(target: str) -> Iterator[Path]:
    """A place to write a file to, which takes the target's name, or goes through it, when all is written."""
    if through(target):
        with TemporaryDirectory() as folder:
            place = Path(folder) / "result"
            yield place
            with (
                stream(target) as descriptor,
                place.open("rb") as found,
                os.fdopen(os.dup(descriptor), "wb") as out,
            ):
                shutil.copyfileobj(found, out)
        return
    # A link stays one: what it leads to is written.
    path = Path(os.path.realpath(target))
    part = _part(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """A name beside the target that is as long as file systems allow at most."""
    for _ in range(8):
        part = path.with_name(f".{token_hex(6)}.part")
        if not part.exists():
            return part
    raise FileExistsError(EEXIST, "no free name for a file of parts", str(path.parent))
