"""Meetings and streams over HTTP: made, shown, ended, removed, repeated."""

import anyio
import pytest

from tests.api.running import MEETING, STREAM, Api, events, types
from v100_ai.api.service import Service

pytestmark = pytest.mark.anyio

KINDS = pytest.mark.parametrize(
    ("home", "asked"), [("/v1/meetings", MEETING), ("/v1/streams", STREAM)]
)


@KINDS
async def test_a_session_is_made_shown_renamed_ended_and_removed(api: Api, home, asked):
    made = await api.http.post(home, json=asked)
    assert made.status_code == 201
    one = f"{home}/{made.json()['id']}"
    shown = (await api.http.get(one)).json()
    assert (shown["name"], shown["state"], shown["epoch"]) == (asked["name"], "active", 1)
    assert shown["links"]["events"] == f"{one}/events"
    renamed = await api.http.patch(one, json={"name": "  Other  "})
    assert renamed.json()["name"] == "Other"
    ended = (await api.http.post(f"{one}/end")).json()
    assert (ended["state"], ended["reason"], ended["name"]) == ("ended", "ended", "Other")
    assert (await api.http.post(f"{one}/end")).json() == ended
    assert (await api.http.delete(one)).status_code == 200
    assert (await api.http.get(one)).status_code == 404
    assert (await api.http.delete(one)).status_code == 404


@KINDS
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": None}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"name": "x" * 201}, "body.name"),
        ({"name": "a\x00b"}, "body.name"),
        ({"name": "a\x1b[31mb"}, "body.name"),
        ({"nmae": "x"}, "body.nmae"),
    ],
)
async def test_what_does_not_fit_is_told_field_by_field(api: Api, home, asked, change, where):
    answer = await api.http.post(home, json=asked | change)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["errors"][0]["where"] == where
    assert problem["errors"][0].keys() == {"where", "expected", "found"}
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["type"] == f"urn:v100:problem:{problem['code']}"
    assert problem["instance"] == home


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"reference": "http://a.example/b"}, "a source with the reference"),
        ({"analysis": {"alerts": [{"name": "a", "reading": "vmaf"}]}}, "above or below"),
        (
            {"analysis": {"alerts": [{"reading": "vmaf", "below": 1}]}},
            "alerts.0.name: expected a field of that name, found none",
        ),
        (
            {"analysis": {"alerts": [{"name": "a", "reading": "vmaf", "below": 1}]}},
            "frames with alerts, found none",
        ),
        (
            {"analysis": {"active_speaker": True}, "source": "http://a.example/b"},
            "frames with a source, found none",
        ),
        (
            {"analysis": {"smell": True}},
            "body.analysis.smell: expected no field of that name, found one of true or false",
        ),
        ({"restart": {"first": 0}}, "more than 0"),
        ({"pace": "slow"}, "'live' or 'fast'"),
    ],
)
async def test_a_stream_that_cannot_be_is_refused(api: Api, asked, said):
    answer = await api.http.post("/v1/streams", json=STREAM | asked)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "begins", ["2026-01-01T10:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon"]
)
async def test_a_meeting_begins_at_a_moment_that_can_be_counted_with(api: Api, begins):
    answer = await api.http.post("/v1/meetings", json=MEETING | {"begins": begins})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.begins"


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../../etc/passwd", "/etc/passwd", "Europe", "\x96"]
)
async def test_a_meeting_is_in_a_zone_that_there_is(api: Api, zone):
    answer = await api.http.post("/v1/meetings", json=MEETING | {"time_zone": zone})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.time_zone"


async def test_pages_hold_every_session_once_newest_first(api: Api):
    secret = api.key(tenant="paging")
    key = {"authorization": f"Bearer {secret}"}
    made = []
    for number in range(7):
        answer = await api.http.post("/v1/streams", json={"name": f"s{number}"}, headers=key)
        made.append(answer.json()["id"])
    found, after = [], None
    while True:
        query = {"limit": 3} | ({} if after is None else {"after": after})
        page = (await api.http.get("/v1/streams", params=query, headers=key)).json()
        found += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == sorted(made, reverse=True)
    await api.http.post(f"/v1/streams/{made[0]}/end", headers=key)
    ended = await api.http.get("/v1/streams", params={"state": "ended"}, headers=key)
    assert [each["id"] for each in ended.json()["items"]] == [made[0]]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "after=mtg_1", "state=gone", "page=2", "limit=1&limit=2"],
)
async def test_a_query_that_does_not_fit_is_refused(api: Api, query):
    answer = await api.http.get(f"/v1/meetings?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"


@KINDS
async def test_a_request_sent_again_with_its_key_makes_one_session(api: Api, home, asked):
    key = {"idempotency-key": f"again {home}"}
    first = await api.http.post(home, json=asked, headers=key)
    again = await api.http.post(home, json=asked, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = await api.http.post(home, json=asked | {"name": "Other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    stranger = {**key, "authorization": f"Bearer {api.key(tenant='another')}"}
    theirs = await api.http.post(home, json=asked, headers=stranger)
    assert theirs.json()["id"] != first.json()["id"]


async def test_twins_at_the_same_time_make_one_session(api: Api):
    answers = []

    async def post() -> None:
        key = {"idempotency-key": "twins"}
        answers.append(await api.http.post("/v1/meetings", json=MEETING, headers=key))

    before = len(api.service.hub.live)
    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(post)
    assert {each.status_code for each in answers} == {201}
    assert len({each.text for each in answers}) == 1
    assert len(api.service.hub.live) == before + 1


async def test_whatever_is_posted_again_with_its_key_is_done_once(api: Api):
    meeting = await api.meeting()
    made = await api.http.post("/v1/webhooks", json={"url": "https://hooks.invalid/hook"})
    level = {"participant": "a", "level": -30.0, "at": 0.5}
    for path, body in (
        (f"/v1/webhooks/{made.json()['id']}/rotate", None),
        (f"/v1/webhooks/{made.json()['id']}/test", None),
        (
            f"/v1/meetings/{meeting}/captions",
            {"participant": "a", "start": 0, "end": 1, "text": "x"},
        ),
        (f"/v1/meetings/{meeting}/levels", level),
        (f"/v1/meetings/{meeting}/participants", {"id": "bob"}),
    ):
        key = {"idempotency-key": f"once {path}"}
        first = await api.http.post(path, json=body, headers=key)
        again = await api.http.post(path, json=body, headers=key)
        assert first.is_success
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["idempotency-replayed"] == "true"
    counts = api.service.hub.live[meeting].session.stats.counts["active_speaker"]
    assert counts["heard"] in {0, 1}


async def test_of_twins_that_rotate_a_secret_one_does(api: Api):
    made = await api.http.post("/v1/webhooks", json={"url": "https://hooks.invalid/hook"})
    path, found = f"/v1/webhooks/{made.json()['id']}/rotate", []

    async def post() -> None:
        found.append(await api.http.post(path, headers={"idempotency-key": "rotate at once"}))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(post)
    done = [each for each in found if each.status_code == 200]
    assert len({each.json()["secret"] for each in done}) == 1
    assert {each.json()["code"] for each in found if each not in done} <= {"still_running"}


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\tbed", "caf\xe9"])
async def test_a_key_that_cannot_be_kept_is_refused(api: Api, key):
    headers = {b"idempotency-key": key.encode("latin-1")}
    answer = await api.http.post("/v1/meetings", json=MEETING, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_a_session_is_removed_from_every_state(api: Api):
    active, ended, elsewhere, failed = [await api.meeting() for _ in range(4)]
    await api.http.post(f"/v1/meetings/{ended}/end")
    api.service.hub.live.pop(elsewhere)
    assert api.service.store.claim(elsewhere, "another", 60.0, dead={api.service.hub.me}) == 2
    api.service.hub.live[failed].session.failed = True
    for one in (active, ended, elsewhere, failed):
        removed = await api.http.delete(f"/v1/meetings/{one}")
        assert (removed.status_code, removed.json()["sessions"]) == (200, 1)
        assert removed.json()["events"] >= 1
        assert (await api.http.get(f"/v1/meetings/{one}")).status_code == 404
        assert one not in api.service.hub.live


async def test_a_session_of_another_server_is_not_to_be_had_now(api: Api):
    meeting = await api.meeting()
    api.service.hub.live.pop(meeting)
    assert api.service.store.claim(meeting, "another", 60.0, dead={api.service.hub.me}) == 2
    answer = await api.http.post(f"/v1/meetings/{meeting}/end")
    assert (answer.status_code, answer.json()["code"]) == (503, "session_elsewhere")
    assert answer.headers["retry-after"] == "1"
    assert (await api.http.get(f"/v1/meetings/{meeting}")).json()["epoch"] == 2


async def test_an_id_is_of_its_own_kind(api: Api):
    meeting = await api.meeting()
    for path in (
        f"streams/{meeting}",
        f"meetings/str_{meeting[4:]}",
        "meetings/x",
        "meetings/mtg_",
    ):
        answer = await api.http.get(f"/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_what_stands_is_told_while_it_stands(api: Api):
    meeting = await api.meeting()
    await api.say(meeting, "We will ship it on Friday.")
    state = (await api.http.get(f"/v1/meetings/{meeting}/state")).json()
    assert state["participants"] == {"alice": None}
    assert (await api.http.get(f"/v1/meetings/{meeting}/alerts")).json() == {"items": []}
    await api.http.post(f"/v1/meetings/{meeting}/end")
    assert (await api.http.get(f"/v1/meetings/{meeting}/state")).json() == {}


async def test_the_report_comes_in_three_forms_and_tells_what_was_said_on_demand(api: Api):
    meeting = await api.meeting()
    await api.say(meeting, "The zebra sings at noon.")
    await api.http.post(f"/v1/meetings/{meeting}/end")
    home = f"/v1/meetings/{meeting}/report"
    for path in (home, f"{home}.json"):
        assert "zebra" not in (await api.http.get(path)).text
        assert "zebra" in (await api.http.get(f"{path}?transcript=true")).text
    page = await api.http.get(home)
    assert page.headers["content-type"].startswith("text/html")
    assert "sandbox" in page.headers["content-security-policy"]
    table = await api.http.get(f"{home}.parquet")
    assert table.content.startswith(b"PAR1")


async def test_a_path_answers_other_methods_with_those_it_has(api: Api):
    meeting = await api.meeting()
    for method in ("PUT", "OPTIONS", "TRACE"):
        answer = await api.http.request(method, f"/v1/meetings/{meeting}")
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
        allowed = set(answer.headers["allow"].split(", "))
        assert allowed == {"GET", "HEAD", "PATCH", "DELETE"}
    head = await api.http.head(f"/v1/meetings/{meeting}")
    whole = await api.http.get(f"/v1/meetings/{meeting}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


async def test_every_answer_has_an_id_of_its_own(api: Api):
    paths = ["/healthz", "/readyz", "/metrics", "/v1/openapi.json", "/v1/meetings", "/nowhere"]
    answers = [await api.http.get(path) for path in paths]
    assert len({each.headers["x-request-id"] for each in answers}) == len(paths)
    missing = answers[-1]
    assert missing.status_code == 404
    assert missing.json()["request_id"] == missing.headers["x-request-id"]


async def test_a_fault_of_the_server_is_told_without_what_it_was(api: Api, monkeypatch):
    meeting = await api.meeting()

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("the canary")

    monkeypatch.setattr(Service, "record", broken)
    answer = await api.http.get(f"/v1/meetings/{meeting}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "canary" not in answer.text


async def test_the_end_of_a_session_that_is_removed_reaches_its_readers(api: Api):
    meeting = await api.meeting()
    async with api.socket(f"/v1/meetings/{meeting}/events") as socket:
        await events(socket, until="session.started")
        await api.http.delete(f"/v1/meetings/{meeting}")
        assert types(await events(socket))[-2:] == ["session.ended", "end"]
    assert socket.close_code == 1000


async def test_a_setting_of_a_layer_is_refused_by_its_place_in_the_body(api: Api):
    for ai, where in (
        ({"active_speaker": {"dwell": 2}}, "body.ai.active_speaker.dwell"),
        ({"active_speaker": {"zoom": 99}}, "body.ai.active_speaker"),
        ({"highlights": None}, "body.ai.highlights"),
        ({"highlights": {"categories": ["jokes"]}}, "body.ai.highlights.categories.0"),
    ):
        refused = await api.http.post("/v1/meetings", json={"name": "M", "ai": ai})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["where"] == where
