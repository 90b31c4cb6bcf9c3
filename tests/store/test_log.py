import json
import math

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.store.conftest import Made, Wall, owned
from v100_ai.errors import Fenced, SessionOver
from v100_ai.records import Append, Draft, Json, Stored
from v100_ai.store import Receipt, Store


def say(session: str, *words: str, epoch: int = 1) -> Append:
    return Append(
        session=session, epoch=epoch, events=tuple(Draft(type=word, data={}) for word in words)
    )


def seqs(answer: tuple[Stored, ...] | Fenced) -> list[int]:
    if isinstance(answer, Fenced):
        raise answer
    return [event.seq for event in answer]


def test_readers_get_what_was_appended(store: Store, made: Made):
    session = made()
    (events,) = store.append(
        [Append(session=session, epoch=1, events=(Draft(type="cut", data={"pts": 1.5}),))]
    )
    assert isinstance(events, tuple)
    (event,) = events
    assert store.read(session, after=0, limit=9) == [event]
    envelope = json.loads(event.body)
    assert envelope["id"] == event.id
    assert envelope["seq"] == event.seq == 1
    assert envelope["epoch"] == 1
    assert envelope["data"] == {"pts": 1.5}


# Each append: which of three sessions, how many events, and whether its epoch is an old one.
appends = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.booleans()), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(appends, max_size=5))
def test_numbers_have_no_gap_whatever_the_batches(
    store: Store, batches: list[list[tuple[str, int, bool]]]
):
    fresh = {name: f"mtg_{name}" for name in "abc"}
    for session in fresh.values():
        store.remove_session(session)
        owned(store, session)
    told: dict[str, list[Stored]] = {session: [] for session in fresh.values()}
    for batch in batches:
        asked = [
            say(fresh[name], *["e"] * count, epoch=0 if old else 1) for name, count, old in batch
        ]
        for append, answer in zip(asked, store.append(asked), strict=True):
            assert isinstance(answer, Fenced) == (append.epoch == 0)
            if not isinstance(answer, Fenced):
                assert len(answer) == len(append.events)
                told[append.session] += answer
    for session, events in told.items():
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert store.read(session, after=0, limit=1000) == events


def test_appends_of_one_session_keep_their_order_within_a_batch(store: Store, made: Made):
    one, other = made("mtg_b"), made("mtg_a")
    answers = store.append([say(one, "x"), say(other, "p"), say(one, "y", "z"), say(other, "q")])
    assert [seqs(answer) for answer in answers] == [[1], [1], [2, 3], [2]]
    assert [event.type for event in store.read(one, after=0, limit=9)] == ["x", "y", "z"]


def test_an_old_epoch_writes_nothing_and_holds_up_nobody(store: Store, made: Made):
    one, other = made("mtg_a"), made("mtg_b")
    assert store.claim(one, "another", 10.0, dead={"me"}) == 2
    refused, written = store.append(
        [
            Append(
                session=one,
                epoch=1,
                events=(Draft(type="e", data={}),),
                journal=({"j": 1},),
                state={"k": {}},
                ends="over",
            ),
            say(other, "e"),
        ]
    )
    assert isinstance(refused, Fenced)
    assert not isinstance(refused, SessionOver)
    assert seqs(written) == [1]
    assert store.read(one, after=0, limit=9) == []
    assert store.journal(one) == []
    assert store.state(one) == {}
    session = store.session(one)
    assert session is not None
    assert session.state == "active"


def test_nothing_follows_the_end_of_a_session(store: Store, made: Made, wall: Wall):
    session = made()
    last = Append(
        session=session, epoch=1, events=(Draft(type="session.ended", data={}),), ends="done"
    )
    before, end, after = store.append([say(session, "e"), last, say(session, "late")])
    assert [seqs(before), seqs(end)] == [[1], [2]]
    assert isinstance(after, SessionOver)
    assert isinstance(store.append([say(session, "later")])[0], SessionOver)
    ended = store.session(session)
    assert ended is not None
    assert (ended.state, ended.reason, ended.ended) == ("ended", "done", wall.now)
    assert ended.seq == 2
    assert store.claim(session, "me", 10.0) is None
    assert store.orphans(9) == []


def test_a_removed_session_is_over(store: Store, made: Made):
    session = made()
    store.append([say(session, "e")])
    assert store.remove_session(session)
    assert isinstance(store.append([say(session, "late")])[0], SessionOver)
    assert not store.remove_session(session)
    assert store.span(session) is None


def test_journal_keeps_its_order_and_state_its_newest_value(store: Store, made: Made):
    session = made()
    records: list[Json] = [{"n": number} for number in range(20)]
    store.append(
        [
            Append(session=session, epoch=1, journal=tuple(records[:7]), state={"a": {"v": 1}}),
            Append(session=session, epoch=1, journal=tuple(records[7:9]), state={"a": {"v": 2}}),
        ]
    )
    store.append([Append(session=session, epoch=1, journal=tuple(records[9:]))])
    store.append([Append(session=session, epoch=1, state={"b": {"text": "\0\ud800"}})])
    assert store.journal(session) == records
    assert store.state(session) == {"a": {"v": 2}, "b": {"text": "\0\ud800"}}
    store.append([Append(session=session, epoch=1, state={"a": None, "never": None})])
    assert list(store.state(session)) == ["b"]


@pytest.mark.parametrize("word", ["a\0b", "\ud800", math.nan])
def test_what_cannot_be_kept_is_refused_whole(store: Store, made: Made, word: object):
    session = made()
    poison = Append(session=session, epoch=1, events=(Draft(type="e", data={"x": word}),))
    if word == "a\0b":
        assert seqs(store.append([poison])[0]) == [1]
        return
    with pytest.raises(ValueError, match=r"."):
        store.append([say(session, "e"), poison])
    assert store.read(session, after=0, limit=9) == []


def test_a_batch_with_a_receipt_is_written_once(store: Store, made: Made):
    one, other = made("mtg_a"), made("mtg_b")
    batch = [
        say(one, "x", "y"),
        say(other, "e", epoch=7),
        Append(session=other, epoch=1, journal=({},)),
        Append(session=other, epoch=1, ends="done"),
        say(other, "late"),
    ]
    first = store.append(batch, receipt=Receipt(writer="w", number=1))
    again = store.append(batch, receipt=Receipt(writer="w", number=1, again=True))
    assert [str(answer) for answer in again] == [str(answer) for answer in first]
    assert [type(answer) for answer in again] == [type(answer) for answer in first]
    assert store.journal(other) == [{}]
    assert len(store.read(one, after=0, limit=9)) == 2


def test_a_batch_that_was_never_written_is_written_when_it_comes_again(store: Store, made: Made):
    session = made()
    (first,) = store.append([say(session, "x")], receipt=Receipt(writer="w", number=1, again=True))
    (second,) = store.append([say(session, "y")], receipt=Receipt(writer="w", number=2, again=True))
    assert [seqs(first), seqs(second)] == [[1], [2]]
