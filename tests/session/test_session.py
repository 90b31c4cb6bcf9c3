"""A session knows no layer: it refuses what none takes, writes each step whole, and follows from its log."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.highlights.staged import conversation
from v100_ai.errors import SettingRejected, StoreUnavailable
from v100_ai.events import read
from v100_ai.events.speaker import Box
from v100_ai.layers.flags import FLAGS
from v100_ai.layers.inputs import Level
from v100_ai.layers.layer import LayerOff
from v100_ai.records import Append, SessionRecord, Stored
from v100_ai.session.opening import Earlier, opened, remembered
from v100_ai.session.session import Session

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Log:
    """What is written, in one list; fails when told to."""

    def __init__(self) -> None:
        self.appends: list[Append] = []
        self.away = False

    async def write(self, append: Append) -> tuple[Stored, ...]:
        if self.away:
            raise StoreUnavailable("away")
        json.dumps([each.data for each in append.events], allow_nan=False)
        self.appends.append(append)
        return ()

    def earlier(self, settings: dict[str, Any]) -> Earlier:
        types = {each.type for each in remembered(settings)}
        events = [each for one in self.appends for each in one.events if each.type in types]
        state: dict[str, Any] = {}
        for one in self.appends:
            state |= one.state
        return Earlier(
            events=[found for each in events if (found := read(each.type, each.data)) is not None],
            journal=[each for one in self.appends for each in one.journal],
            state={key: value for key, value in state.items() if value is not None},
        )


def session(log: Log, past: Earlier | None = None, **layers: Any) -> Session:
    record = SessionRecord(
        id="mtg_1", kind="meeting", tenant="t", name="n", settings={"layers": layers}, created=1.0
    )
    made = opened(
        record, write=log.write, clock=lambda: 1.0, tell=lambda _: None, resources={}, past=past
    )
    return made.session


@pytest.mark.parametrize(
    ("bring", "flag"),
    [
        (lambda one: one.levels([Level(0.0, "a", -30.0)]), "active_speaker"),
        (lambda one: one.levels([]), "active_speaker"),
        (lambda one: one.sound("a", b"\0\0", rate=16_000), "transcription"),
        (lambda one: one.mute("a", muted=True), "active_speaker"),
        (lambda one: one.face("a", Box(x=0.0, y=0.0, width=0.5, height=0.5)), "active_speaker"),
        (lambda one: one.show("a", "rtsp://a.example/x"), "visual"),
    ],
    ids=["levels", "no levels", "sound", "mute", "face", "source"],
)
async def test_what_no_layer_takes_is_refused_with_one_error(bring: Callable[..., Any], flag: str):
    log = Log()
    one = session(log, highlights=True)
    with pytest.raises(LayerOff, match=flag) as refused:
        await bring(one)
    assert flag in refused.value.flags
    with pytest.raises(LayerOff, match="visual"):
        one.push(np.zeros((36, 64), np.uint8), 0.0)
    assert log.appends == []
    assert one.participants == {}


async def test_one_input_is_one_transaction_whatever_layers_it_goes_through():
    log = Log()
    one = session(log, highlights={"budget": False}, active_speaker=True)
    await one.captions(conversation(12))
    (append,) = log.appends
    types = [each.type for each in append.events]
    assert types[0] == "participant.joined"
    assert {"transcript.segment", "layout.changed", "highlight.created"} <= set(types)
    assert {each["layer"] for each in append.journal} == {"highlights"}
    await one.captions(conversation(12))
    assert len(log.appends) == 1


async def test_what_could_not_be_written_was_not():
    log = Log()
    one = session(log, highlights=True)
    log.away = True
    with pytest.raises(StoreUnavailable):
        await one.captions(conversation(3))
    assert one.failed
    assert log.appends == []


async def test_records_from_before_they_were_signed_are_taken_up():
    log = Log()
    layers: Any = {"highlights": {"budget": False}}
    one = session(log, **layers)
    await one.captions(conversation(12))
    earlier = log.earlier({"layers": layers})
    unsigned = [{k: v for k, v in each.items() if k != "layer"} for each in earlier.journal]
    for journal in (earlier.journal, unsigned):
        again = session(log, Earlier(earlier.events, journal, earlier.state), **layers)
        assert again.state == one.state
        assert (await again.captions(conversation(12))).new == 0


async def test_a_layer_that_there_is_not_yet_cannot_be_opened():
    missing = [each.name for each in FLAGS if not each.layers]
    for flag in missing:
        with pytest.raises(SettingRejected, match=flag):
            session(Log(), None, **{flag: True})
