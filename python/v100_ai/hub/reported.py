"""What the log tells of one session when it is over, or so far, as far as somebody may see it."""

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final

from v100_ai.events import Role, as_seen, visible
from v100_ai.records import Json
from v100_ai.report import session_page
from v100_ai.report.session import SessionReport, collect
from v100_ai.store import Store

PAGE: Final = 1_000


def envelopes(store: Store, session: str, role: Role) -> Iterator[Json]:
    """The envelopes of a session that somebody may see, in order."""
    after, types = 0, visible(role)
    while page := store.read(session, after=after, limit=PAGE, types=types):
        for one in page:
            if (body := as_seen(role, one.body)) is not None:
                yield json.loads(body)
        after = page[-1].seq


def report(store: Store, session: str, role: Role, *, transcript: bool) -> SessionReport:
    """The report of a session, as somebody may see it."""
    return collect(envelopes(store, session, role), transcript=transcript)


def page(store: Store, session: str, role: Role, *, transcript: bool) -> str:
    """The report as one page of HTML that needs no other file."""
    found = report(store, session, role, transcript=transcript)
    return session_page.html(found, version("v100_ai"))


def document(store: Store, session: str, role: Role, *, transcript: bool) -> dict[str, Any]:
    """The report as a document for programs."""
    return session_page.document(report(store, session, role, transcript=transcript))
