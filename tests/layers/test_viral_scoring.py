"""Viral scoring behind its flag: the moments of the pure scorer, however inputs are batched, none told twice."""

import json
from collections.abc import Iterable

import anyio
import anyio.abc
import numpy as np
import pytest

from tests.layers.opened import BEHIND, Kept, opened
from tests.viral.talk import DULL, LIVELY, segments
from v100_ai.addresses.fetching import fetched
from v100_ai.addresses.networks import EVERYWHERE
from v100_ai.errors import AddressRefused, SettingRejected
from v100_ai.events import Event, TranscriptSegment, ViralScored
from v100_ai.layers.inputs import Frames, Past, Segments, Sound
from v100_ai.layers.viral_scoring.layer import ViralScoringLayer
from v100_ai.layers.viral_scoring.settings import ViralScoringSettings
from v100_ai.viral import ViralScorer, scored
from v100_ai.viral.audience import trends_from

TALK = segments([*DULL * 4, *LIVELY * 4])


def made() -> ViralScoringLayer:
    layer = opened(BEHIND["viral_scoring"], "viral_scoring")
    assert isinstance(layer, ViralScoringLayer)
    return layer


def scores(events: Iterable[Event]) -> list[ViralScored]:
    return [each for each in events if isinstance(each, ViralScored)]


def pushed(layer: ViralScoringLayer, batches) -> list[ViralScored]:
    events: list[Event] = []
    for batch in batches:
        events += layer.push(Segments(batch), 0.0).events
    return scores([*events, *layer.settle(0.0).events])


def plain(events):
    return [json.dumps(each.to_json()) for each in events]


def test_a_session_tells_the_moments_of_the_scorer():
    events = pushed(made(), [[each] for each in TALK])
    moments = list(scored(TALK, ViralScorer()))
    assert [(each.from_pts, each.viral_score) for each in events] == [
        (each.start, round(each.viral_score or 0.0, 3)) for each in moments
    ]
    assert made().counts == {"scores": 0, "late": 0}


@pytest.mark.parametrize("size", [2, 3, 50])
def test_how_captions_are_batched_changes_nothing(size):
    batches = [TALK[at : at + size] for at in range(0, len(TALK), size)]
    assert plain(pushed(made(), batches)) == plain(pushed(made(), [[each] for each in TALK]))


def test_sound_and_frames_make_their_factors():
    layer = made()
    samples = (np.random.default_rng(0).normal(size=48_000 * 20) * 2000).astype("<i2").tobytes()
    events = list(layer.push(Sound("ana", samples, 48_000, 0.0), 0.0).events)
    columns = {
        "frame": range(20),
        "pts": [float(at) for at in range(20)],
        "visual_exposure": [0.5] * 20,
    }
    events += layer.push(Frames(columns), 0.0).events
    events += layer.settle(0.0).events
    known = {
        each.name for event in scores(events) for each in event.factors if each.value is not None
    }
    assert known >= {"emotional_intensity", "visual_appeal"}


def test_who_goes_on_tells_nothing_twice():
    whole = pushed(made(), [[each] for each in TALK])
    first, kept = made(), Kept()
    for each in TALK[:16]:
        kept.keep(first, first.push(Segments([each]), 0.0))
    said = [
        TranscriptSegment(
            id=each.id, participant=each.participant, start=each.start, end=each.end, text=each.text
        )
        for each in TALK[:16]
    ]
    told = scores(kept.events)
    second = made()
    events = [*told, *scores(second.resume(Past(events=(*told, *said))).events)]
    events += pushed(second, [[each] for each in TALK[16:]])
    assert [each.from_pts for each in events] == [each.from_pts for each in whole]


@pytest.mark.parametrize("wrong", [{"posting": "2026-05-01T10:00:00"}, {"posting": "soon"}])
def test_a_time_of_posting_without_a_zone_is_refused(wrong):
    with pytest.raises(SettingRejected, match="time zone"):
        ViralScoringSettings(**wrong)


@pytest.mark.anyio
async def test_topics_are_never_asked_of_this_machine():
    with pytest.raises(AddressRefused):
        await fetched("http://127.0.0.1:8080/topics.json")


@pytest.mark.anyio
async def test_topics_are_read_from_a_url_that_is_allowed():
    answer = b'[{"topic": "rust", "since": "2026-05-04T06:00:00+00:00"}]'
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def serve(stream):
        async with stream:
            await stream.receive()
            await stream.send(
                b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
                % (len(answer), answer)
            )

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610  # a socket's attribute
        found = await fetched(f"http://127.0.0.1:{port}/t.json", allow=EVERYWHERE)
        tasks.cancel_scope.cancel()
    assert trends_from(found)[0].topic == "rust"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
