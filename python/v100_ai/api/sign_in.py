"""Signing in of a browser: its key goes into a cookie that no script reads and no other page uses."""

from functools import partial
from typing import Any, Final

from starlette.responses import JSONResponse, Response

import v100_ai
from v100_ai.api.authentication import COOKIE, Caller, bearer
from v100_ai.api.operation import Call, Operation
from v100_ai.api.service import Service
from v100_ai.events import Role
from v100_ai.records import Scope
from v100_ai.session.settings import Model

DAY: Final = 86_400
"""Seconds after which a browser asks for the key again."""


class SignedIn(Model):
    """Who asks, and what they may."""

    tenant: str
    scopes: list[Scope]
    role: Role
    key: str | None
    """The id of their key; null on a server without keys."""
    session: str | None
    """The only session they know of, where there is one."""
    media: bool
    """Whether the server has rooms."""
    version: str
    """Of the server."""


def operations(service: Service) -> list[Operation]:
    """The operations on who asks."""

    def bound(work: Any) -> Any:
        return partial(work, service)

    path = "/v1/sign-in"
    return [
        Operation(
            method="GET", path=path, name="sign_in.get", scope="read",
            summary="Who asks, and what they may", result=SignedIn, answer=bound(_who),
        ),
        Operation(
            method="POST", path=path, name="sign_in.create", scope="read",
            summary="Keep the key that asks in a cookie of the browser", result=SignedIn, status=201,
            answer=bound(_sign_in),
        ),
        Operation(
            method="DELETE", path=path, name="sign_in.delete", scope="read",
            summary="Forget the cookie", status=204, answer=bound(_sign_out),
        ),
    ]  # fmt: skip


def _told(service: Service, caller: Caller) -> SignedIn:
    return SignedIn(
        tenant=caller.tenant,
        scopes=sorted(caller.scopes),
        role=caller.role,
        key=caller.key,
        session=caller.session,
        media=service.media is not None,
        version=v100_ai.__version__,
    )


async def _who(service: Service, call: Call) -> SignedIn:
    return _told(service, call.caller)


async def _sign_in(service: Service, call: Call) -> Response:
    answer = JSONResponse(_told(service, call.caller).model_dump(mode="json"), 201)
    secret = bearer(call.request.headers.get("authorization"))
    if secret is not None:
        answer.set_cookie(
            COOKIE, secret, max_age=DAY, httponly=True, samesite="strict", secure=_secure(call)
        )
    return answer


async def _sign_out(_: Service, call: Call) -> Response:
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=_secure(call))
    return answer


def _secure(call: Call) -> bool:
    return call.request.url.scheme == "https"
