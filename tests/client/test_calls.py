import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from starlette.responses import JSONResponse, Response

from tests.client.service import KEY, Service, log, serving
from v100_ai.alerts import Rule
from v100_ai.api.app import operations
from v100_ai.client import AsyncClient, Client, administration, clips, results, routes
from v100_ai.client.asking import flags
from v100_ai.client.call import Call, Resource, Route
from v100_ai.errors import ApiError, ServiceUnreachable, SettingRejected
from v100_ai.layers.active_speaker.settings import ActiveSpeakerSettings
from v100_ai.session.settings import Layers

SESSION: dict[str, Any] = {
    "id": "mtg_1",
    "kind": "meeting",
    "name": "Q2",
    "state": "active",
    "created": "2026-11-27T00:00:00.000Z",
    "ended": None,
    "reason": None,
    "seq": 4,
    "epoch": 1,
    "settings": {"layers": {}},
    "links": {"self": "/v1/meetings/mtg_1"},
    "webhook": None,
    "something": "new",
}
WEBHOOK = {"id": "whk_1", "url": "https://example.com", "created": "2026", "types": ["scene.cut"]}
MOMENT = datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with serving(Service(events=log(3))) as found:
        yield found


@pytest.fixture(params=["blocking", "waiting"])
def ask(request: pytest.FixtureRequest, service: Service) -> Callable[..., Any]:
    """Calls an operation by its name, the one way or the other."""
    service.requests.clear()
    service.answers.clear()

    def operation(client: Any, name: str) -> Any:
        for part in name.split("."):
            client = getattr(client, part)
        return client

    def blocking(name: str, /, *args: Any, **kwargs: Any) -> Any:
        with Client(service.url, api_key=KEY, pause=lambda _: None) as client:
            return operation(client, name)(*args, **kwargs)

    async def waiting(name: str, /, *args: Any, **kwargs: Any) -> Any:
        async def pause(_: float) -> None:
            await asyncio.sleep(0)

        async with AsyncClient(service.url, api_key=KEY, pause=pause) as client:
            return await operation(client, name)(*args, **kwargs)

    if request.param == "blocking":
        return blocking
    return lambda *args, **kwargs: asyncio.run(waiting(*args, **kwargs))


def test_a_meeting_is_made_as_it_is_written(service: Service, ask):
    service.answers.append(
        JSONResponse({**SESSION, "webhook": {**WEBHOOK, "secret": "whsec_x"}}, 201)
    )
    ai = {"highlights": True, "webhook": "https://app.example.com/hooks"}
    made = ask("meetings.create", name="Q2", ai=ai, begins=MOMENT)
    assert (made.id, made.seq, made.settings) == ("mtg_1", 4, {"layers": {}})
    assert made.webhook == results.Webhook(
        id="whk_1",
        url="https://example.com",
        created="2026",
        types=("scene.cut",),
        secret="whsec_x",  # noqa: S106
    )
    assert "whsec" not in repr(made)
    ((method, path, headers, body),) = service.requests
    assert (method, path) == ("POST", "/v1/meetings")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert len(headers["idempotency-key"]) == 32
    assert json.loads(body) == {"name": "Q2", "ai": ai, "begins": "2026-11-27T01:02:03+00:00"}
    with pytest.raises(FrozenInstanceError):
        made.name = "other"


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], object, str, object]] = [
    ("streams.create", (), {"name": "n", "source": "a.mp4", "analysis": {"quality_metrics": True}}, SESSION,
     "POST /v1/streams", {"name": "n", "source": "a.mp4", "analysis": {"quality_metrics": True}}),
    ("streams.list", (), {"state": "active"}, {"items": [SESSION], "next": "str_9"},
     "GET /v1/streams?limit=50&state=active", None),
    ("meetings.get", ("mtg_1",), {}, SESSION, "GET /v1/meetings/mtg_1", None),
    ("meetings.update", ("mtg_1",), {"name": "other"}, SESSION, "PATCH /v1/meetings/mtg_1", {"name": "other"}),
    ("meetings.end", ("mtg_1",), {}, SESSION, "POST /v1/meetings/mtg_1/end", None),
    ("meetings.delete", ("mtg_1",), {}, None, "DELETE /v1/meetings/mtg_1", None),
    ("meetings.state", ("mtg_1",), {}, {"speaker": "a"}, "GET /v1/meetings/mtg_1/state", None),
    ("meetings.alerts", ("mtg_1",), {}, {"items": [{}]}, "GET /v1/meetings/mtg_1/alerts", None),
    ("streams.history", ("str_1",), {"after": 3, "types": ["a.b", "c.d"]},
     {"events": [{"type": "a.b", "data": {}, "session": "str_1"}], "next": 4, "epoch": 1},
     "GET /v1/streams/str_1/events?after=3&limit=200&types=a.b%2Cc.d", None),
    ("streams.ticket", ("str_1",), {}, {"ticket": "tkt_1", "expires": "2026"}, "POST /v1/streams/str_1/tickets", None),
    ("streams.report_document", ("str_1",), {"transcript": True}, {"a": 1},
     "GET /v1/streams/str_1/report.json?transcript=true", None),
    ("meetings.participants.add", ("mtg_1", "a/../b"), {"name": "A"}, {"id": "a"},
     "POST /v1/meetings/mtg_1/participants", {"id": "a/../b", "name": "A"}),
    ("meetings.participants.list", ("mtg_1",), {}, {"items": [{"id": "a", "muted": True}]},
     "GET /v1/meetings/mtg_1/participants", None),
    ("meetings.participants.update", ("mtg_1", "a"), {"muted": False}, {"id": "a"},
     "PATCH /v1/meetings/mtg_1/participants/a", {"muted": False}),
    ("meetings.participants.remove", ("mtg_1", "a"), {}, None, "DELETE /v1/meetings/mtg_1/participants/a", None),
    ("meetings.captions.push", ("mtg_1", {"text": "hi"}), {}, {"accepted": 1},
     "POST /v1/meetings/mtg_1/captions", [{"text": "hi"}]),
    ("meetings.levels.push", ("mtg_1", [{"level": -20.0}]), {}, {"accepted": 1},
     "POST /v1/meetings/mtg_1/levels", [{"level": -20.0}]),
    ("webhooks.create", ("https://example.com",), {"types": ["a.b"]}, WEBHOOK,
     "POST /v1/webhooks", {"url": "https://example.com", "types": ["a.b"]}),
    ("webhooks.list", (), {}, {"items": [WEBHOOK]}, "GET /v1/webhooks", None),
    ("webhooks.get", ("whk_1",), {}, WEBHOOK, "GET /v1/webhooks/whk_1", None),
    ("webhooks.update", ("whk_1",), {"enabled": True}, WEBHOOK, "PATCH /v1/webhooks/whk_1", {"enabled": True}),
    ("webhooks.delete", ("whk_1",), {}, None, "DELETE /v1/webhooks/whk_1", None),
    ("webhooks.rotate", ("whk_1",), {}, WEBHOOK, "POST /v1/webhooks/whk_1/rotate", None),
    ("webhooks.replay", ("whk_1",), {"since": MOMENT}, {"accepted": 3},
     "POST /v1/webhooks/whk_1/replay", {"events": [], "since": "2026-11-27T01:02:03+00:00"}),
    ("webhooks.deliveries", ("whk_1",), {"state": "dead"}, {"items": [], "next": None},
     "GET /v1/webhooks/whk_1/deliveries?limit=50&state=dead", None),
    ("keys.create", (), {"name": "k", "scopes": ["read"]}, {"id": "key_1", "name": "k", "scopes": ["read"], "created": "2026"},
     "POST /v1/keys", {"name": "k", "scopes": ["read"]}),
    ("keys.list", (), {}, {"items": []}, "GET /v1/keys", None),
    ("keys.revoke", ("key_1",), {}, None, "DELETE /v1/keys/key_1", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "kwargs", "answer", "request_", "body"), CALLS)
def test_an_operation_asks_for_what_it_is_for(service: Service, ask, *, name, args, kwargs, answer, request_, body):  # fmt: skip
    service.answers.append(Response(status_code=204) if answer is None else JSONResponse(answer))
    found = ask(name, *args, **kwargs)
    ((method, path, _, content),) = service.requests
    assert f"{method} {path}" == request_
    assert (json.loads(content) if content else None) == body
    assert (found is None) == (answer is None)


def test_sound_is_sent_as_it_is(service: Service, ask):
    service.answers.append(JSONResponse({"accepted": 2}, 202))
    sent = ask("meetings.audio.push", "mtg_1", b"\x01\x02", participant="a b", rate=48000, at=1.5)
    assert sent == 2
    ((_, path, headers, body),) = service.requests
    assert path == "/v1/meetings/mtg_1/audio?participant=a+b&rate=48000&at=1.5"
    assert (headers["content-type"], body) == ("audio/l16", b"\x01\x02")


def test_a_report_is_a_page_and_a_table_is_bytes(service: Service, ask):
    service.answers += [Response("<p>ü"), Response(b"PAR1\xff")]
    assert ask("streams.report", "str_1") == "<p>ü"
    assert ask("streams.report_table", "str_1") == b"PAR1\xff"


def test_no_id_leads_to_another_path(service: Service, ask):
    service.answers.append(JSONResponse(SESSION))
    ask("meetings.get", "../keys?x=1#y")
    assert service.requests[0][1] == "/v1/meetings/..%2Fkeys%3Fx%3D1%23y"


def test_a_refusal_is_an_error_with_the_problem_it_told(service: Service, ask):
    told = {"code": "invalid", "detail": "body.name: expected text", "status": 422}
    service.answers.append(JSONResponse(told, 422))
    with pytest.raises(ApiError) as caught:
        ask("meetings.create", name="")
    assert (caught.value.status, caught.value.code) == (422, "invalid")
    assert caught.value.detail == "body.name: expected text"
    assert len(service.requests) == 1


def test_a_service_that_comes_back_is_asked_again_under_the_same_key(service: Service, ask):
    away = JSONResponse({"code": "draining", "detail": "later"}, 503, {"retry-after": "1"})
    service.answers += [away, away, JSONResponse(SESSION, 201)]
    assert ask("meetings.create", name="Q2").id == "mtg_1"
    assert len({headers["idempotency-key"] for _, _, headers, _ in service.requests}) == 1
    assert len(service.requests) == 3


def test_what_may_not_happen_twice_is_asked_once(service: Service, ask):
    service.answers.append(JSONResponse({"code": "draining", "detail": "later"}, 503))
    with pytest.raises(ApiError):
        ask("meetings.levels.push", "mtg_1", {"participant": "a", "level": -20})
    assert len(service.requests) == 1


@pytest.mark.parametrize("name", ["meetings.get", "webhooks.rotate", "streams.list", "keys.list"])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"no", b'{"id":1}', b"\xff", b"[" * 100_000, b'{"items":3}']
)
def test_an_answer_that_is_none_of_the_service_is_an_error(
    service: Service, ask, name: str, content: bytes
):
    service.answers.append(Response(content))
    args = [] if name.endswith("list") else ["x"]
    with pytest.raises(ApiError, match="unreadable"):
        ask(name, *args)


def test_a_service_that_is_not_there_is_an_error_of_ours():
    with serving(Service(events=log(1))) as gone:
        pass
    with Client(gone.url, pause=lambda _: None) as client, pytest.raises(ServiceUnreachable):
        client.meetings.get("mtg_1")


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8100", "ftp://x", "http://", "http://a b", "http://a?b"]
)
def test_a_url_that_is_none_is_refused(url: str):
    with pytest.raises(SettingRejected):
        Client(url)


def test_a_key_that_would_break_a_header_is_refused_and_never_shown():
    with pytest.raises(SettingRejected) as caught:
        Client("http://127.0.0.1:1", api_key="canary\r\nx: y")
    assert "canary" not in str(caught.value)


def template(path: str) -> str:
    named = "{address}" if path.startswith("/v1/people") else "{id}"
    path = path.replace("/files/", "/files/{name}")
    return path.replace("ID", named).replace("WHO", "{participant}")


def described() -> set[tuple[str, str]]:
    """Every request that the client can make, by method and path."""
    homes: dict[type[Resource], tuple[str, ...]] = {
        routes.MeetingRoutes: ("/v1/meetings",),
        routes.StreamRoutes: ("/v1/streams",),
        administration.WebhookRoutes: ("/v1/webhooks",),
        administration.KeyRoutes: ("/v1/keys",),
        administration.PeopleRoutes: ("/v1/people",),
    }
    both = ("/v1/meetings", "/v1/streams")
    homes |= {
        routes.ParticipantRoutes: both,
        routes.CaptionRoutes: both,
        routes.LevelRoutes: both,
        routes.AudioRoutes: both,
        clips.ClipRoutes: ("/v1/streams",),
    }
    found: set[tuple[str, str]] = set()
    for kind, paths in homes.items():
        for _, route in inspect.getmembers(kind, lambda each: isinstance(each, Route)):
            names = list(inspect.signature(route._call).parameters)[1:]
            values: dict[str, Any] = {"id": "ID", "participant": "WHO", "samples": b"", "rate": 1}
            values |= {"segments": [], "levels": [], "url": "", "name": "", "scopes": []}
            values |= {"clip": "ID", "from_pts": 0.0, "to_pts": 1.0, "version": 0, "operations": []}
            values |= {"verdict": "dismissed", "by": ""}
            given = {name: values[name] for name in names if name in values}
            for home in paths:
                call: Call[Any] = route._call(Resource(home), **given)
                found.add((call.method, template(call.path)))
    return found


def test_the_client_has_every_operation_of_the_service_and_no_other():
    # WHIP and WHEP speak SDP, not JSON: `v100_ai.rooms` speaks them. A cookie is for browsers.
    asked = {
        (each.method, each.path)
        for each in operations(cast("Any", None))
        if not any(part in each.path for part in ("/whip", "/whep", "/sign-in"))
    }
    assert len(asked) > 40
    assert described() == asked


def test_results_are_frozen():
    kinds = [
        each for each in vars(results).values() if isinstance(each, type) and is_dataclass(each)
    ]
    assert len(kinds) > 8
    assert all(each.__dataclass_params__.frozen and fields(each) for each in kinds)  # type: ignore[attr-defined]


def test_the_package_loads_nothing_of_it_before_it_is_used():
    code = (
        "import sys, v100_ai.client; "
        "print({'httpx2', 'websockets', 'anyio', 'standardwebhooks', 'numpy', 'av'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_layers_are_keywords_and_their_settings_typed():
    typed = flags(
        {"webhook": "https://a.example/"},
        {
            "active_speaker": ActiveSpeakerSettings(layout="grid", hold_seconds=1.5),
            "alerts": (Rule(name="dark", reading="visual_black_ratio", above=0.9),),
            "visual": True,
        },
    )
    assert typed is not None
    json.dumps(typed, allow_nan=False)
    layers = Layers.model_validate(typed)
    assert layers.on == ("active_speaker", "visual")
    assert getattr(layers, "active_speaker") == ActiveSpeakerSettings(  # noqa: B009
        layout="grid", hold_seconds=1.5
    )
    assert flags(None, {}) is None
