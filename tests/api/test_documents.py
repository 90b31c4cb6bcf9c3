"""The documents say what the service does: they are what it serves, and what it does is in them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import anyio
import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from schemathesis.checks import ignored_auth, positive_data_acceptance

from tests.api.running import Api, events, running
from v100_ai.api import documents
from v100_ai.api.app import operations
from v100_ai.events import EVENTS, AlertOpened, AlertResolved, FrameAnalysis
from v100_ai.events.document import example
from v100_ai.layers.frames.window import FrameWindow

DOCS = Path(__file__).parents[2] / "docs"
RENEW = "renew it: python -m v100_ai.api.documents"


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
@pytest.mark.anyio
async def test_the_document_in_the_repository_is_the_one_that_is_served(api: Api, name):
    served = await api.http.get(f"/v1/{name}.json", headers={"authorization": ""})
    assert served.status_code == 200
    assert documents.text(served.json()) == (DOCS / f"{name}.json").read_text(), RENEW


def test_the_command_writes_the_documents(tmp_path):
    documents.main(tmp_path)
    for name in ("openapi", "asyncapi"):
        assert (tmp_path / f"{name}.json").read_text() == (DOCS / f"{name}.json").read_text()
    assert (tmp_path / "events.md").read_text() == (DOCS / "events.md").read_text(), RENEW


@pytest.mark.parametrize("kind", EVENTS, ids=lambda each: each.type)
def test_the_example_of_every_event_fits_its_schema(kind):
    data = json.loads(json.dumps(example(kind).to_json()))
    fits({"id": "evt_1", "type": kind.type, "time": "2026-01-01T00:00:00.000Z", "session": "mtg_1", "seq": 1,
          "epoch": 1, "data": data})  # fmt: skip


def test_every_operation_is_in_the_document_with_all_it_takes():
    document = documents.openapi(operations(None))
    found = {
        one["operationId"]: one for path in document["paths"].values() for one in path.values()
    }
    every = operations(None)
    assert len(found) == len(every) > 50
    for one in every:
        told = found[one.name]
        assert ("requestBody" in told) == (one.body is not None)
        named = {each["name"] for each in told["parameters"]}
        assert (set(one.query.model_fields) if one.query else set()) <= named


def schema(kind: str) -> dict[str, Any]:
    """The schema of a message, with all that it refers to."""
    document = documents.asyncapi()
    return {
        **document["components"]["messages"][kind]["payload"],
        "components": document["components"],
    }


def fits(message: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema(message["type"])).validate(message)


@pytest.mark.anyio
async def test_what_a_session_tells_fits_the_document(api: Api):
    meeting = await api.meeting(participants=[{"id": "bob", "name": "Bob Stone"}])
    await api.say(meeting, "Bob, will you send the plan by Friday?", "Yes, I will send it by Friday.",
                  "We decided to ship in May.", "That is a great result, I love it!")  # fmt: skip
    for who, level in (("alice", -20.0), ("bob", -70.0)) * 2:
        levels = [{"participant": who, "level": level, "at": 5 + n / 50} for n in range(100)]
        assert (await api.http.post(f"/v1/meetings/{meeting}/levels", json=levels)).is_success
    await api.http.patch(f"/v1/meetings/{meeting}/participants/bob", json={"muted": True})
    await api.http.delete(f"/v1/meetings/{meeting}/participants/bob")
    async with api.socket(f"/v1/meetings/{meeting}/events") as socket:
        await api.http.post(f"/v1/meetings/{meeting}/end")
        found = await events(socket)
    for message in found:
        fits(message)
    told = {each["type"] for each in found}
    assert {"hello", "end", "highlight.created", "talk.started", "layout.changed"} <= told


numbers = st.floats(-1e6, 1e6)


def made(kind: Any) -> st.SearchStrategy[Any]:
    if kind is FrameAnalysis:
        return st.sampled_from(["second", "frame"]).map(window)
    if kind in (AlertOpened, AlertResolved):
        values = [name for name in ("value", "worst") if name in kind.__slots__]
        return st.builds(kind, **dict.fromkeys(values, numbers | st.just(inf)))
    return st.from_type(kind)


def window(rate: Any) -> FrameAnalysis:
    gathered = FrameWindow()
    gathered.push(
        {"frame": [0, 1], "pts": [0.0, 0.1], "psnr": [inf, 40.0], "visual_blur": [None, 1]}
    )
    return gathered.flush()[0].told(rate)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda each: each.type)
@given(data=st.data())
def test_every_kind_of_event_fits_its_schema(kind, data):
    st.register_type_strategy(float, numbers)
    event = data.draw(made(kind)).draft()
    envelope = {"id": "evt_1", "type": event.type, "time": "2026-01-01T00:00:00.000Z",
                "session": "mtg_1", "seq": 1, "epoch": 1, "data": event.data}  # fmt: skip
    fits(json.loads(json.dumps(envelope, default=dict)))


@schemathesis.serializer("audio/l16", "application/sdp", "application/trickle-ice-sdpfrag")
def samples(_: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@dataclass(slots=True)
class Beside:
    """A service that runs beside the test, in a thread of its own."""

    url: str
    secret: str


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    told: SimpleQueue[Any] = SimpleQueue()

    async def serve() -> None:
        async with running(tmp_path_factory.mktemp("beside"), allow_private=True) as api:
            over = anyio.Event()
            meeting = await api.meeting()
            told.put((f"http://127.0.0.1:{api.port}", api.secret, meeting, over, token()))
            await over.wait()

    def token() -> Any:
        return anyio.lowlevel.current_token()

    thread = threading.Thread(target=anyio.run, args=(serve,))
    thread.start()
    url, secret, _, over, token_ = told.get()
    yield Beside(url, secret)
    anyio.from_thread.run_sync(over.set, token=token_)
    thread.join()


def tried(beside: Beside, examples: int) -> None:
    """Every operation, with what fits its schema and what does not."""
    config = schemathesis.Config()
    loaded = schemathesis.openapi.from_dict(documents.openapi(operations(None)), config=config)
    loaded.config.update(base_url=beside.url)
    count = 0
    for result in loaded.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # ours are

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def holds(case: Any) -> None:
            # What fits a schema may still be refused: an address, a time zone, a session that is none.
            case.call_and_validate(
                headers={"authorization": f"Bearer {beside.secret}"},
                # And the key is in the request whatever is tried; `test_access` tries others.
                excluded_checks=[positive_data_acceptance, ignored_auth],
            )

        holds()
        count += 1
    assert count > 50


def test_no_request_is_answered_otherwise_than_the_document_says(beside: Beside):
    tried(beside, 3)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_request_of_many_is_answered_otherwise_than_the_document_says(beside: Beside):
    tried(beside, 60)
