"""Landlock: the kernel's word that this process opens no file but those it needs, and reaches no port but one.

Linux 5.13 and later; see landlock(7). Without it a worker is still bound by its limits and by what FFmpeg is told
that it may open; with it, not even code that somebody smuggles in through a broken decoder reads the service's
database or keys.
"""

import ctypes
import os
import ssl
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

CREATE, ADD, RESTRICT = 444, 445, 446
"""System calls, of the same number on every processor."""

VERSION: Final = 1
"""Flag that asks for the ABI and makes nothing."""

BENEATH, PORT = 1, 2
"""Kinds of rules."""

READ_FILE: Final = 1 << 2
READ_FOLDER: Final = 1 << 3
WRITING: Final = 1 << 1 | 1 << 5 | 1 << 8 | 1 << 14
"""To write, to remove, to make and to shorten a file."""
FILES: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Everything that can be done with files, by the ABI that added it: all of it needs a rule."""

BIND, CONNECT = 1 << 0, 1 << 1
"""Of TCP, from ABI 4 on."""

NET: Final = 4
SCOPED: Final = 6
SCOPES: Final = 3
"""Abstract sockets and signals stay among the process's own kind, from ABI 6 on."""

NEEDED: Final = (
    "/usr",
    "/lib",
    "/lib64",
    "/dev/null",
    "/dev/urandom",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ld.so.cache",
    "/run/systemd/resolve",
)
"""Where libraries, certificates and the way to look up names are, beside Python's own places."""


def enclose(
    files: Iterable[Path],
    port: int | None,
    folder: Path | None = None,
    beneath: Path | None = None,
) -> bool:
    """Give up all files but those and the program's own, all listening, and all ports but `port` if there is one.

    In `folder` files may be made, written and removed; all that is `beneath` may be read.

    Returns whether the kernel can hold to it. Only this thread and those it starts are bound; it needs
    `no_new_privs`. Raises `OSError`.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(CREATE, None, 0, VERSION)
    if abi < 1:
        return False
    handled = sum(rights for since, rights in FILES.items() if since <= abi)
    net = (BIND | (CONNECT if port is not None else 0)) if abi >= NET else 0
    attributes = struct.pack("QQQ", handled, net, SCOPES if abi >= SCOPED else 0)
    size = 24 if abi >= SCOPED else 16 if abi >= NET else 8
    rules = _checked(libc.syscall(CREATE, attributes, size, 0))
    try:
        for path in map(Path, dict.fromkeys((*NEEDED, *_own()))):
            _allow(libc, rules, path)
        for path in files:
            # A folder or a device is no input: naming one opens nothing.
            if path.is_file():
                _allow(libc, rules, path)
        if beneath is not None:
            _allow(libc, rules, beneath)
        if folder is not None:
            _allow(libc, rules, folder, WRITING & handled)
        if net and port is not None:
            _checked(libc.syscall(ADD, rules, PORT, struct.pack("QQ", CONNECT, port), 0))
        _checked(libc.syscall(RESTRICT, rules, 0))
    finally:
        os.close(rules)
    return True


def _own() -> list[str]:
    """Where this Python finds its modules and its certificates."""
    trusted = ssl.get_default_verify_paths()
    places = (sys.prefix, sys.base_prefix, *sys.path, trusted.cafile, trusted.capath)
    return [place for place in places if place]


def _allow(libc: ctypes.CDLL, rules: int, path: Path, more: int = 0) -> None:
    """Reading, of a file or of all that is in a folder, and `more`; what is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = READ_FILE | (READ_FOLDER if path.is_dir() else 0) | more
        _checked(libc.syscall(ADD, rules, BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock: {os.strerror(number)}")
    return result
