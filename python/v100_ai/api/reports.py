"""The report of a session over HTTP: a page, a document, a table; made from its log alone."""

import json
import tempfile
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from anyio.to_thread import run_sync
from starlette.responses import HTMLResponse, JSONResponse, Response

from v100_ai.api.operation import Call, Operation
from v100_ai.api.service import Service
from v100_ai.events import Role, visible
from v100_ai.records import PLURAL, Json, Kind
from v100_ai.report import session_page, session_table
from v100_ai.report.session import SessionReport, collect
from v100_ai.session.settings import Model
from v100_ai.store import Store

PARQUET: Final = "application/vnd.apache.parquet"
PAGE: Final = 1_000


class ReportAsked(Model):
    """Whether what was said is in it too."""

    transcript: bool = False


def operations(service: Service, kind: Kind) -> list[Operation]:
    """The operations on one kind of session's report."""
    plural = PLURAL[kind]
    home = f"/v1/{plural}/{{id}}/report"
    return [
        Operation(
            method="GET", path=home, name=f"{plural}.report", scope="read",
            summary="The report as one page that needs no other file", query=ReportAsked,
            result=bytes, media_type="text/html", answer=partial(_page, service, kind),
        ),
        Operation(
            method="GET", path=f"{home}.json", name=f"{plural}.report.json", scope="read",
            summary="The report as a document", query=ReportAsked, result=dict[str, Any],
            answer=partial(_document, service, kind),
        ),
        Operation(
            method="GET", path=f"{home}.parquet", name=f"{plural}.report.parquet", scope="read",
            summary="The readings as a table", result=bytes, media_type=PARQUET,
            answer=partial(_table, service, kind),
        ),
    ]  # fmt: skip


def events(store: Store, session: str, role: Role) -> Iterator[Json]:
    """The envelopes of a session that somebody may see, in order."""
    after, types = 0, visible(role)
    while page := store.read(session, after=after, limit=PAGE, types=types):
        for one in page:
            yield json.loads(one.body)
        after = page[-1].seq


def told(store: Store, session: str, role: Role, *, transcript: bool) -> SessionReport:
    """The report of a session, as somebody may see it."""
    return collect(events(store, session, role), transcript=transcript)


async def _page(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])
    wanted: bool = call.query.transcript

    def made() -> str:
        return session_page.html(
            told(service.store, record.id, call.caller.role, transcript=wanted), version("v100_ai")
        )

    headers = {
        "content-security-policy": "sandbox allow-scripts",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(await run_sync(made, limiter=service.reports), headers=headers)


async def _document(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])
    wanted: bool = call.query.transcript

    def made() -> dict[str, Any]:
        return session_page.document(
            told(service.store, record.id, call.caller.role, transcript=wanted)
        )

    return JSONResponse(await run_sync(made, limiter=service.reports))


async def _table(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])

    def made() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report.parquet")
            session_table.write(events(service.store, record.id, call.caller.role), path)
            return path.read_bytes()

    name = f'attachment; filename="{record.id}.parquet"'
    content = await run_sync(made, limiter=service.reports)
    return Response(content, headers={"content-disposition": name}, media_type=PARQUET)
