"""Where a source is that a client named: a URL as it is, a file inside the server's folder."""

from pathlib import Path

from v100_ai.errors import SettingRejected


def located(source: str, files: Path | None) -> str:
    """The source as a worker opens it: a URL as it is, a file inside the folder.

    Raises:
        SettingRejected: it is a file, and there is no folder for files or it lies outside.
    """
    if "://" in source:
        return source
    if files is None:
        raise SettingRejected(
            f"expected a URL, found {source!r}: this server has no folder of files"
        )
    root = files.resolve()
    path = (root / source).resolve()
    if not path.is_relative_to(root):
        raise SettingRejected(f"expected a file in the server's folder, found {source!r}")
    return str(path)
