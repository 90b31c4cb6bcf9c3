"""What a host says of an altered face's flag."""

from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from v100_ai.api.operation import Call, Operation
from v100_ai.api.service import Service
from v100_ai.layers.inputs import Verdict
from v100_ai.records import PLURAL, Kind
from v100_ai.session.settings import Model


class FlagVerdict(Model):
    """What a host says of an altered face's flag: that everybody may know of it, or that it is none."""

    verdict: Literal["confirmed", "dismissed"]
    by: Annotated[str, Field(min_length=1, max_length=200)]
    """Who says so."""
    track: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Whose picture; left out for a stream's own."""
    reason: Annotated[str, Field(max_length=500)] = ""


def operation(service: Service, kind: Kind) -> Operation:
    """The operation for one kind of session."""
    plural = PLURAL[kind]
    return Operation(
        method="POST", path=f"/v1/{plural}/{{id}}/deepfake", name=f"{plural}.deepfake",
        summary="What the host says of an altered face: everybody may know, or it is none",
        scope="admin", body=FlagVerdict, status=204, answer=partial(_give, service, kind),
    )  # fmt: skip


async def _give(service: Service, kind: Kind, call: Call) -> None:
    session = await service.session(call.caller, kind, call.path["id"])
    asked: FlagVerdict = call.body
    await session.verdict(Verdict(asked.verdict, asked.by, asked.track, asked.reason))
