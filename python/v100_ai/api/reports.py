"""The report of a session over HTTP: a page, a document, a table; made from its log alone."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from anyio.to_thread import run_sync
from starlette.responses import HTMLResponse, JSONResponse, Response

from v100_ai.api.models import Ticketed
from v100_ai.api.operation import Call, Operation
from v100_ai.api.service import Service
from v100_ai.hub import reported
from v100_ai.records import PLURAL, Kind
from v100_ai.report import session_table

PARQUET: Final = "application/vnd.apache.parquet"


class TableAsked(Ticketed):
    """How the readings are had."""


class ReportAsked(Ticketed):
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
            ticketed=True, result=bytes, media_type="text/html", answer=partial(_page, service, kind),
        ),
        Operation(
            method="GET", path=f"{home}.json", name=f"{plural}.report.json", scope="read",
            summary="The report as a document", query=ReportAsked, ticketed=True, result=dict[str, Any],
            answer=partial(_document, service, kind),
        ),
        Operation(
            method="GET", path=f"{home}.parquet", name=f"{plural}.report.parquet", scope="read",
            query=TableAsked, ticketed=True,
            summary="The readings as a table", result=bytes, media_type=PARQUET,
            answer=partial(_table, service, kind),
        ),
    ]  # fmt: skip


async def _page(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])
    role, wanted = call.caller.role, call.query.transcript
    made = partial(reported.page, service.store, record.id, role, transcript=wanted)
    headers = {
        "content-security-policy": "sandbox allow-scripts",
        # A ticket in its address is nothing for where its links lead.
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(await run_sync(made, limiter=service.reports), headers=headers)


async def _document(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])
    role, wanted = call.caller.role, call.query.transcript
    made = partial(reported.document, service.store, record.id, role, transcript=wanted)
    return JSONResponse(await run_sync(made, limiter=service.reports))


async def _table(service: Service, kind: Kind, call: Call) -> Response:
    record = await service.record(call.caller, kind, call.path["id"])

    def made() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report.parquet")
            session_table.write(
                reported.envelopes(service.store, record.id, call.caller.role), path
            )
            return path.read_bytes()

    name = f'attachment; filename="{record.id}.parquet"'
    content = await run_sync(made, limiter=service.reports)
    return Response(content, headers={"content-disposition": name}, media_type=PARQUET)
