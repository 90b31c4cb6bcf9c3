"""Every way a call can end, through the real SDK against a local server."""

import os

import anyio
import pytest

from tests.highlights.fake_claude import EMPTY, KEY, VERSION, FakeClaude, fake_claude
from tests.highlights.said import say
from v100_ai.highlights.claude.call import Call, NoAnswer, Reply, accepted, retry_after
from v100_ai.highlights.claude.client import connect
from v100_ai.highlights.claude.prompt import Context, request
from v100_ai.highlights.roster import Roster

pytestmark = pytest.mark.anyio

CONTEXT = Context(
    roster=Roster(), present=frozenset(), summary="", open_questions=[], noted=[], earlier=[]
)


async def ask(fake: FakeClaude, *, deadline: float = 2.0, key: str = KEY) -> Reply:
    async with connect(key, base_url=fake.url) as send:
        call = Call(send, deadline=deadline, jitter=lambda: 0.0)
        return await call(request(say(("A", "Hello everybody here.")), CONTEXT))


async def refused(fake: FakeClaude, *, deadline: float = 2.0, key: str = KEY) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        await ask(fake, deadline=deadline, key=key)
    return caught.value


async def test_an_answer_comes_back_with_its_tokens():
    async with fake_claude() as fake:
        reply = await ask(fake)
    assert '"highlights": []' in reply.text
    assert (reply.usage.fresh, reply.usage.cache_read, reply.usage.output) == (900, 1500, 40)


async def test_the_request_carries_key_version_and_no_retries_of_the_sdk():
    async with fake_claude() as fake:
        await ask(fake)
    headers, body = fake.requests[0]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["anthropic-version"] == VERSION
    assert headers["x-stainless-retry-count"] == "0"
    assert "x-api-key" not in headers
    assert body["thinking"] == {"type": "disabled"}
    assert body["output_config"]["effort"] == "low"
    assert body["messages"][-1]["role"] == "user"


async def test_a_thinking_block_before_the_text_is_passed_over():
    async with fake_claude(scenario="thinking first") as fake:
        assert (await ask(fake)).text == '{"highlights": [], "updates": [], "summary": "So far."}'


@pytest.mark.parametrize("name", ["429", "429 soon", "529", "500", "503 html", "drop", "truncated"])
async def test_trouble_that_passes_is_asked_again(name: str):
    async with fake_claude(script=[name, "ok"]) as fake:
        await ask(fake)
    assert len(fake.requests) == 2


@pytest.mark.parametrize("name", ["429", "529", "500", "503 html", "drop", "truncated"])
async def test_trouble_that_stays_is_given_up_after_three_attempts(name: str):
    async with fake_claude(scenario=name) as fake:
        await refused(fake)
    assert len(fake.requests) == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("400", "status 400"),
        ("401", "status 401"),
        ("429 never", "status 429"),
        ("200 html", "not a message"),
        ("200 empty", "not a message"),
        ("cut", "max_tokens"),
        ("refusal", "refusal"),
    ],
)
async def test_what_asking_again_cannot_mend_is_asked_once(name: str, reason: str):
    async with fake_claude(scenario=name) as fake:
        assert (await refused(fake)).reason == reason
    assert len(fake.requests) == 1


async def test_an_hour_of_retry_after_does_not_hold_a_live_batch():
    async with fake_claude(scenario="429 an hour") as fake:
        with anyio.fail_after(20):
            failure = await refused(fake)
    assert failure.rest == 120
    assert len(fake.requests) == 1


async def test_a_slow_reply_ends_with_our_deadline_not_the_timeout_of_each_attempt():
    async with fake_claude(scenario="slow") as fake:
        with anyio.fail_after(20):
            assert (await refused(fake, deadline=0.5)).reason == "deadline"
    assert len(fake.requests) == 1


async def test_a_refused_key_closes_the_door_for_minutes():
    async with fake_claude() as fake:
        failure = await refused(fake, key="another")
    assert (failure.reason, failure.rest) == ("status 401", 300)


async def test_cancelling_is_not_mistaken_for_a_failure():
    async with fake_claude(scenario="slow") as fake:
        with anyio.move_on_after(0.05) as scope:
            await ask(fake)
    assert scope.cancelled_caught


async def test_no_key_is_found_where_none_was_given(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(os.environ, "ANTHROPIC_API_KEY", "from the environment")
    with pytest.raises(ValueError, match="empty"):
        async with connect(" "):
            pass


async def test_another_token_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(os.environ, "ANTHROPIC_AUTH_TOKEN", "from the environment")
    async with fake_claude() as fake:
        await ask(fake)
    assert fake.requests[0][0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("change", [{"temperature": 1.0}, {"top_k": 5}, {"top_p": 1.0}])
async def test_the_fake_refuses_sampling_parameters(change: dict[str, float]):
    async with fake_claude() as fake, connect(KEY, base_url=fake.url) as send:
        body = request(say(("A", "Hello.")), CONTEXT) | {"extra_body": change}
        with pytest.raises(NoAnswer, match="status 400"):
            await Call(send)(body)


async def test_the_fake_refuses_a_prefilled_answer():
    async with fake_claude() as fake, connect(KEY, base_url=fake.url) as send:
        body = request(say(("A", "Hello.")), CONTEXT)
        body["messages"].append({"role": "assistant", "content": "{"})
        with pytest.raises(NoAnswer, match="status 400"):
            await Call(send)(body)


def test_an_error_inside_a_stream_of_status_200_is_not_asked_again():
    class Streamed(Exception):
        status_code = 200

    sent = []

    async def send(body: dict[str, object]) -> object:
        sent.append(body)
        raise Streamed

    with pytest.raises(NoAnswer, match="status 200"):
        anyio.run(Call(send), {})
    assert len(sent) == 1


def test_a_message_that_never_stopped_is_a_silent_loss_and_refused():
    class Message:
        type = "message"
        content = ()
        stop_reason = None

    Message.content = []  # type: ignore[assignment]
    with pytest.raises(NoAnswer, match="None"):
        accepted(Message())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (None, 0),
        ({}, 0),
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "150", "retry-after": "7"}, 0.15),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "inf"}, 0),
    ],
)
def test_retry_after_is_read_in_seconds(headers: dict[str, str] | None, seconds: float):
    assert retry_after(headers) == seconds


def test_the_answer_of_the_fake_is_what_the_schema_asks():
    assert EMPTY.keys() == {"highlights", "updates", "summary"}
