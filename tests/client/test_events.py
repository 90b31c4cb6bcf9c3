import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import aclosing

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, strategies as st

from tests.client.service import KEY, Service, Turn, envelope, log, serving
from v100_ai.client import AsyncClient, Client, Event
from v100_ai.errors import ApiError, HistoryLost, ServiceUnreachable

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with serving(Service(events=log(3))) as found:
        yield found


def told(service: Service, events: list[dict[str, object]], *turns: Turn, first: int = 1) -> None:
    """What the service has and does from now on."""
    service.events, service.turns, service.first = events, list(turns), first
    service.opened.clear()


def blocking(service: Service, **how: object) -> list[Event]:
    """All events for those who block, without the pauses."""
    with Client(service.url, api_key=KEY, pause=lambda _: None) as client:
        return list(client.streams.events("str_1", **how))  # type: ignore[arg-type]


async def no_pause(seconds: float) -> None:
    await anyio.lowlevel.checkpoint()


def waiting(service: Service, **how: object) -> list[Event]:
    """All events for those who wait, without the pauses."""

    async def collect() -> list[Event]:
        async with AsyncClient(service.url, api_key=KEY, pause=no_pause) as client:
            return [each async for each in client.streams.events("str_1", **how)]  # type: ignore[arg-type]

    return anyio.run(collect)


BOTH = pytest.mark.parametrize("read", [blocking, waiting])


@BOTH
def test_all_events_come_once_and_in_order_until_the_session_ends(service: Service, read):
    told(service, log(5))
    events = read(service)
    assert [each.seq for each in events] == [1, 2, 3, 4, 5]
    assert events[0] == Event(**envelope(1))
    assert events[-1].type == "session.ended"
    assert service.opened == [{"after": "0", "authorization": f"Bearer {KEY}"}]


@BOTH
def test_a_reader_goes_on_with_the_number_and_epoch_it_saw_last(service: Service, read):
    events = log(6)
    for each in events[3:]:
        each["epoch"] = 2
    told(service, events, Turn(cut=4), Turn(cut=4))
    assert [each.seq for each in read(service)] == [1, 2, 3, 4, 5, 6]
    places = [(each["after"], each.get("epoch")) for each in service.opened]
    assert places == [("0", None), ("2", "1"), ("4", "2")]


turns = st.builds(
    Turn,
    cut=st.integers(0, 8),
    refuse=st.none() | st.none() | st.sampled_from([500, 502, 503, 504, 429]),
    back=st.integers(0, 3),
    skip=st.sampled_from([0, 0, 0, 1, 2]),
    garbage=st.none() | st.none() | st.sampled_from(["{}", "[]", "no", '{"type":"scene.cut"}']),
    code=st.sampled_from([0, 1000, 1001, 1011, 1012, 4008]),
)


@given(st.integers(1, 20), st.lists(turns, max_size=8), st.data())
def test_wherever_it_is_cut_no_event_is_skipped_or_repeated(
    service: Service, count: int, turns: list[Turn], data: st.DataObject
):
    after = data.draw(st.integers(0, count - 1))
    told(service, log(count), *turns)
    events = blocking(service, after=after)
    assert [each.seq for each in events] == list(range(after + 1, count + 1))


@given(st.integers(1, 20), st.lists(turns, max_size=8))
def test_the_same_for_those_who_wait(service: Service, count: int, turns: list[Turn]):
    told(service, log(count), *turns)
    assert [each.seq for each in waiting(service)] == list(range(1, count + 1))


@BOTH
def test_history_that_is_gone_is_an_error(service: Service, read):
    told(service, log(9), first=5)
    with pytest.raises(HistoryLost) as caught:
        read(service, after=2)
    assert (caught.value.session, caught.value.expected, caught.value.found) == ("str_1", 3, 5)


@BOTH
def test_a_reader_that_may_goes_on_with_what_there_is(service: Service, read):
    told(service, log(9), first=5)
    service.events = service.events[4:]
    assert [each.seq for each in read(service, after=2, lost="continue")] == [5, 6, 7, 8, 9]


@BOTH
def test_another_history_under_the_same_numbers_is_noticed(service: Service, read):
    events = [envelope(seq, epoch=2) for seq in range(1, 6)]
    told(service, events)
    with pytest.raises(HistoryLost):
        read(service, after=3, epoch=1)


@BOTH
def test_what_will_always_be_refused_is_an_error_at_once(service: Service, read):
    for status in (401, 403, 404, 422):
        told(service, log(3), Turn(refuse=status))
        with pytest.raises(ApiError) as caught:
            read(service)
        assert (caught.value.status, caught.value.code) == (status, "refused")
        assert len(service.opened) == 1


@BOTH
def test_only_wanted_types_come_and_their_numbers_resume(service: Service, read):
    events = log(6)
    events[1]["type"] = events[4]["type"] = "fault.found"
    told(service, events, Turn(cut=3))
    found = read(service, types=["fault.found"])
    assert [each.seq for each in found] == [2, 5]
    assert service.opened[1]["after"] == "2"


@BOTH
def test_samples_come_only_when_wanted_and_count_for_nothing(service: Service, read):
    sample = {"type": "frame.sample", "session": "str_1", "data": {"motion_magnitude": 0.5}}
    told(service, log(4))
    service.between = [sample]
    try:
        assert [each.seq for each in read(service)] == [1, 2, 3, 4]
        found = read(service, samples=True)
    finally:
        service.between = []
    assert [each.seq for each in found] == [None, 1, 2, 3, 4]
    assert found[0].data == {"motion_magnitude": 0.5}


@BOTH
def test_from_the_newest_on_there_is_nothing_to_catch_up_with(service: Service, read):
    told(service, log(4))
    assert read(service, after="latest") == []
    assert service.opened[0]["after"] == "latest"


@BOTH
def test_a_connection_that_falls_silent_is_left(
    service: Service, read, monkeypatch: pytest.MonkeyPatch
):
    for kind in ("blocking", "waiting"):
        monkeypatch.setattr(f"v100_ai.client.{kind}.SILENCE", 0.2)
    told(service, log(5), Turn(cut=4, silent=True))
    assert [each.seq for each in read(service)] == [1, 2, 3, 4, 5]
    assert len(service.opened) == 2


@BOTH
def test_a_service_that_never_answers_is_given_up(read):
    with serving(Service(events=log(1))) as gone:
        pass
    with pytest.raises(ServiceUnreachable, match="no word"):
        read(gone, patience=0.2)


def test_a_reader_outlives_its_server():
    first = Service(events=log(40, ended=False), turns=[Turn(cut=12, code=0)])
    paused = threading.Event()
    seen: list[int | None] = []

    def pause(_: float) -> None:
        paused.set()
        threading.Event().wait(0.02)

    def read() -> None:
        with Client(first.url, pause=pause) as client:
            seen.extend(each.seq for each in client.streams.events("str_1"))

    with serving(first):
        port = int(first.url.rpartition(":")[2])
        reader = threading.Thread(target=read)
        reader.start()
        assert paused.wait(20)
    with serving(Service(events=log(60)), port=port):
        reader.join(20)
    assert seen == list(range(1, 61))


def test_three_hundred_cuts_in_a_row_leave_nothing_out(service: Service):
    chance = random.Random(10)  # noqa: S311
    cuts = [Turn(cut=chance.randrange(7), code=chance.choice([0, 1012])) for _ in range(300)]
    told(service, log(2000), *cuts)
    assert [each.seq for each in blocking(service)] == list(range(1, 2001))
    assert len(service.opened) == 301


async def test_a_reader_may_leave_at_any_time(service: Service):
    told(service, log(50))
    async with (
        AsyncClient(service.url) as client,
        aclosing(client.streams.events("str_1")) as events,  # type: ignore[type-var]
    ):
        async for event in events:
            if event.seq == 3:
                break
    with Client(service.url) as other:
        assert [each.seq for each in itertools.islice(other.streams.events("str_1"), 3)] == [
            1,
            2,
            3,
        ]
