"""Rooms over HTTP: WHIP to publish (RFC 9725), WHEP to receive, tokens to come in, and the page that does all of it."""

from functools import partial
from importlib.resources import files
from typing import Annotated, Any, Final

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem, not_found
from v100_ai.api.service import Service, moment
from v100_ai.hub import Connection, Media
from v100_ai.records import Kind, Scope
from v100_ai.rooms import Grant, Role, credentials, token
from v100_ai.session.settings import Label, Model

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"
LARGEST_OFFER: Final = 64 * 1024

ROLES: Final[dict[str, Role]] = {"whip": "publish", "whep": "subscribe"}

ASSETS: Final = {"room.js": "text/javascript", "room.css": "text/css"}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class RoomAsked(Model):
    """As whom; left out where a room's token says it."""

    participant: Label | None = None


class RoomTokenAsked(Model):
    """Who is to come into the room, what they may there, and for how many seconds from now."""

    participant: Label
    publish: bool = True
    subscribe: bool = True
    seconds: Annotated[float, Field(ge=1, le=43_200)] = 600


class RoomTokenMade(Model):
    """Lets its participant in until it expires; who is in by then stays."""

    token: str
    expires: str


def operations(service: Service, kind: Kind) -> list[Operation]:
    """The operations on meetings' rooms; streams have none."""
    if kind != "meeting":
        return []
    one = "/v1/meetings/{id}"

    def bound(work: Any, *more: Any) -> Any:
        return partial(work, service, *more)

    found = [
        Operation(
            method="POST", path=f"{one}/tokens", name="meetings.tokens", scope="admin",
            summary="A token for a participant to publish, to receive, or both", body=RoomTokenAsked,
            result=RoomTokenMade, status=201, answer=bound(_token),
        ),
    ]  # fmt: skip
    for path, role in ROLES.items():
        scope: Scope = "ingest" if role == "publish" else "read"
        found += [
            Operation(
                method="POST", path=f"{one}/{path}", name=f"meetings.{path}", scope=scope,
                summary="Publish by WHIP: an SDP offer" if role == "publish" else "Receive by WHEP: an SDP offer",
                body=bytes, takes=SDP, largest=LARGEST_OFFER, query=RoomAsked, result=bytes, status=201,
                media_type=SDP, room=role, answer=bound(_join, role),
            ),
            Operation(
                method="PATCH", path=f"{one}/{path}/{{connection}}", name=f"meetings.{path}.update",
                summary="A new offer: ICE begun anew, or more lines; candidates of the client are not needed",
                scope=scope, body=bytes, takes=SDP, takes_too=(FRAGMENT,), largest=LARGEST_OFFER, result=bytes,
                media_type=SDP, room=role, answer=bound(_update, role),
            ),
            Operation(
                method="DELETE", path=f"{one}/{path}/{{connection}}", name=f"meetings.{path}.end",
                summary="End the connection", scope=scope, room=role, answer=bound(_end, role),
            ),
        ]  # fmt: skip
    return found


def routes() -> list[BaseRoute]:
    """The page, for whoever has a link; what it may do is decided by the token it was given."""

    async def page(_: Request) -> Response:
        return _asset("room.html", "text/html; charset=utf-8", {"content-security-policy": POLICY})

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response(status_code=404)
        return _asset(name, f"{ASSETS[name]}; charset=utf-8", {})

    async def options(_: Request) -> Response:
        return Response(status_code=204, headers={"accept-post": SDP, "allow": "OPTIONS, POST"})

    asked = [Route(f"/v1/meetings/{{id}}/{path}", options, methods=["OPTIONS"]) for path in ROLES]
    return [Route("/rooms/assets/{name}", asset), Route("/rooms/{id}", page), *asked]


def _asset(name: str, kind: str, headers: dict[str, str]) -> Response:
    content = files("v100_ai.rooms").joinpath("assets", name).read_bytes()
    more = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", **headers}
    return Response(content, headers={"content-type": kind, **more})


def _media(service: Service) -> Media:
    if service.media is None:
        raise Problem(409, "media_off", "expected a server that was started with media, found none")
    return service.media


async def _token(service: Service, call: Call) -> RoomTokenMade:
    record = await service.record(call.caller, "meeting", call.path["id"])
    media, asked = _media(service), call.body
    expires = service.wall() + asked.seconds
    made = Grant(
        tenant=record.tenant,
        session=record.id,
        participant=asked.participant,
        publish=asked.publish,
        subscribe=asked.subscribe,
        expires=expires,
    )
    return RoomTokenMade(token=token(made, media.secret), expires=moment(expires) or "")


async def _join(service: Service, role: Role, call: Call) -> Response:
    session = await service.session(call.caller, "meeting", call.path["id"])
    media, who = _media(service), _participant(call)
    service.offers.take(call.caller, call.request)
    connection, answer = await media.join(session, who, role, _text(call))
    path = "whip" if role == "publish" else "whep"
    response = Response(answer.sdp, 201, media_type=SDP)
    response.headers["location"] = f"/v1/meetings/{session.id}/{path}/{connection.id}"
    response.headers["etag"] = f'"{answer.ufrag}"'
    response.headers["accept-patch"] = f"{SDP}, {FRAGMENT}"
    settings = media.settings
    if settings.turn_secret is not None:
        secret = settings.turn_secret.get_secret_value()
        for server in credentials(settings.turn_urls, secret, connection.id, now=service.wall()):
            response.headers.append("link", server.link)
    return response


async def _update(service: Service, role: Role, call: Call) -> Response:
    connection = await _connection(service, role, call)
    media = _media(service)
    matches = call.request.headers.get("if-match")
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FRAGMENT:
        if matches is None:
            raise Problem(
                428, "precondition", "expected If-Match with the connection's ETag, found none"
            )
        if matches == "*":
            detail = f"expected a whole offer as {SDP} to begin ICE anew, found a fragment"
            raise Problem(422, "invalid", detail)
        if f'"{connection.ufrag}"' not in map(str.strip, matches.split(",")):
            raise Problem(412, "precondition", "expected the connection's ETag, found another")
        return Response(status_code=204)  # the server is where it says: it needs no candidates
    service.offers.take(call.caller, call.request)
    renewed, answer = await media.renew(connection, _text(call))
    return Response(answer.sdp, 200, media_type=SDP, headers={"etag": f'"{renewed.ufrag}"'})


async def _end(service: Service, role: Role, call: Call) -> Response:
    connection = await _connection(service, role, call)
    _media(service).leave(connection)
    return Response(status_code=200)


async def _connection(service: Service, role: Role, call: Call) -> Connection:
    """The connection, if it exists for the caller: theirs, where they have a token."""
    record = await service.record(call.caller, "meeting", call.path["id"])
    found = _media(service).connections.get(call.path["connection"])
    if (
        found is None
        or (found.role, found.session) != (role, record.id)
        or call.caller.participant not in (None, found.participant)
    ):
        raise not_found("connection")
    return found


def _participant(call: Call) -> str:
    """As whom; a token says it, and only a key may say otherwise."""
    asked, caller = call.query.participant, call.caller
    if caller.participant is not None:
        if asked not in (None, caller.participant):
            raise Problem(403, "forbidden", "expected the token's participant, found another")
        return caller.participant
    if asked is None:
        raise Problem(422, "invalid", "query: expected participant, found none")
    return str(asked)


def _text(call: Call) -> str:
    try:
        return call.content.decode()
    except UnicodeDecodeError as broken:
        raise Problem(400, "malformed", "expected an SDP offer in UTF-8") from broken
