"""Which options FFmpeg knows at all: it passes over the others in silence, and PyAV keeps none of those that are left."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Final

MAPS: Final = Path("/proc/self/maps")
"""What this process has loaded."""

SEARCH: Final = 1 | 2
"""`AV_OPT_SEARCH_CHILDREN` and `AV_OPT_SEARCH_FAKE_OBJ`: of every format, protocol and codec there is."""

CLASSES: Final = (("libavformat", "avformat_get_class"), ("libavcodec", "avcodec_get_class"))


def unknown(name: str) -> bool:
    """Whether no format, protocol or codec of FFmpeg's has an option of that name; false where that cannot be told."""
    found = _libraries()
    if "libavutil" not in found:
        return False
    find = found["libavutil"].av_opt_find
    find.restype = ctypes.c_void_p
    find.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    for library, getter in CLASSES:
        if library not in found:
            return False
        get = found[library][getter]
        get.restype, get.argtypes = ctypes.c_void_p, []
        # An object of FFmpeg's begins with a pointer to its class, and here is nothing else of it.
        kind = ctypes.c_void_p(get())
        if find(ctypes.byref(kind), name.encode(), None, 0, SEARCH):
            return False
    return True


@cache
def _libraries() -> dict[str, ctypes.CDLL]:
    """FFmpeg's libraries by name, as PyAV loaded them."""
    found = dict[str, ctypes.CDLL]()
    try:
        lines = MAPS.read_text().splitlines()
        for path in {Path(line.split(maxsplit=5)[5]) for line in lines if "libav" in line}:
            name = path.name.partition("-")[0].partition(".")[0]
            if name in {"libavutil", "libavformat", "libavcodec"}:
                found[name] = ctypes.CDLL(str(path))
    except (OSError, IndexError):
        return {}
    return found
