"""Bytes of a text file as text, whatever wrote them."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE

_MARKS = (
    (BOM_UTF8, "utf-8-sig"), (BOM_UTF32_LE, "utf-32"), (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SAMPLE = 4_000
_MOSTLY = 0.3


def decode(content: bytes) -> tuple[str, str | None]:
    """The text, and the encoding where that was only a guess."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace"), None
    wide = _wide(content[:_SAMPLE])
    if wide:
        return content.decode(wide, errors="replace"), None
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def _wide(sample: bytes) -> str | None:
    """UTF-16 without its mark: every other byte is mostly zero."""
    half = len(sample) // 2
    if not half:
        return None
    if sample[1::2].count(0) > _MOSTLY * half:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > _MOSTLY * half else None
