"""Small tables for notebooks: what `_repr_html_` of a result shows."""

from collections.abc import Iterable, Sequence
from html import escape


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table; numbers have six digits, whatever is not known is left empty."""
    parts = [f"<table><caption>{escape(caption)}</caption><thead><tr>"]
    parts += [f"<th>{escape(each)}</th>" for each in head]
    parts.append("</tr></thead><tbody>")
    for row in rows:
        parts.append("<tr>" + "".join(f"<td>{escape(_shown(each))}</td>" for each in row) + "</tr>")
    parts.append("</tbody></table>")
    return "".join(parts)


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
