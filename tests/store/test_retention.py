"""What is forgotten of a session, and what is left of it."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.store.conftest import Made, Wall
from v100_ai.records import Append, Attempt, Draft, Endpoint, Key, SessionRecord
from v100_ai.store import Idempotent, Removed, Span, Store

NAME = "Anna Canary"
DAY = 86_400.0
PEOPLE = {"people": [{"name": NAME, "address": "anna.canary@example.org"}], "layers": {}}


def held(store: Store, id: str, *, ends: str | None = "done") -> str:  # noqa: A002
    """A session with somebody in all that is kept of it."""
    session = SessionRecord(
        id=id, kind="meeting", tenant="t", name=f"With {NAME}", settings=PEOPLE, created=1.0
    )
    endpoint = Endpoint(
        id=f"whk_{id}", tenant="t", url=f"https://a.example/{NAME}", secrets=("s",), created=1.0,
        session=id,
    )  # fmt: skip
    kept = Idempotent(
        tenant="t", key=id, fingerprint="f", status=201, body=f"{id} {NAME}".encode(),
        created=store._wall(),
    )  # fmt: skip
    store.add_session(session, endpoint=endpoint, idempotent=kept)
    digest = f"{id}-digest"
    store.add_key(
        Key(id=f"key_{id}", tenant="t", name=NAME, digest=digest, scopes=("read",), created=1.0, session=id)
    )  # fmt: skip
    assert store.claim(id, "me", 10.0) == 1
    told = {"text": NAME}
    store.append(
        [
            Append(
                session=id, epoch=1, events=(Draft(type="e", data=told),) * 3,
                journal=(told, told), state={"k": told}, ends=ends,
            )
        ]
    )  # fmt: skip
    return id


def settle(store: Store, state: str) -> None:
    for one in store.claim_due(99, lease=30.0, per_endpoint=99):
        attempt = Attempt(delivery=one.id, state=state, status=1, error=NAME, due=store._wall())  # type: ignore[arg-type]
        store.settle([attempt])


def whole(store: Store) -> str:
    """All that is kept, as text."""
    with store._database.read() as db:
        names = [
            "sessions",
            "events",
            "journal",
            "state",
            "deliveries",
            "endpoints",
            "answers",
            "keys",
        ]
        rows = [db.execute(text(f"SELECT * FROM {name}")).all() for name in names]  # noqa: S608
    return repr(
        [
            [tuple(bytes(c) if isinstance(c, memoryview) else c for c in row) for row in each]
            for each in rows
        ]
    )


def test_nothing_that_a_person_could_be_known_by_outlives_a_sessions_time(store: Store, wall: Wall):
    session = held(store, "mtg_a")
    settle(store, "dead")
    assert NAME in whole(store)
    wall.now += 2.0
    removed = store.expire(wall.now)
    assert removed == Removed(
        sessions=1, events=3, journal=2, state=1, deliveries=3, endpoints=1, answers=1
    )
    assert "canary" not in whole(store).casefold()
    left = store.session(session)
    assert left is not None
    assert (left.name, left.settings, left.reason) == ("", {}, None)
    assert (left.forgotten, left.state, left.seq, left.tenant) == (wall.now, "ended", 3, "t")
    assert store.span(session) == Span(first=4, last=3, epoch=1)
    assert store.sessions("t", limit=9) == []
    assert store.expire(wall.now) == Removed(), "once"


def test_only_what_ended_long_enough_ago_is_forgotten(store: Store, wall: Wall):
    old, running = held(store, "mtg_a"), held(store, "mtg_b", ends=None)
    wall.now += 100.0
    young = held(store, "mtg_c")
    assert store.expire(wall.now - 50.0).sessions == 1
    assert [one.id for one in store.sessions("t", limit=9)] == [young, running]
    for kept in (running, young):
        assert len(store.read(kept, after=0, limit=9)) == 3
        assert len(store.journal(kept)) == 2
    assert store.read(old, after=0, limit=9) == []


def test_what_is_still_tried_is_sent_with_its_body_and_then_goes(store: Store, wall: Wall):
    held(store, "mtg_a")
    wall.now += 1.0
    assert store.expire(wall.now).deliveries == 0
    waiting = store.claim_due(9, lease=30.0, per_endpoint=9)
    assert len(waiting) == 3
    assert all(NAME.encode() in one.body for one in waiting)
    for one in waiting:
        store.settle([Attempt(delivery=one.id, state="delivered", status=200, error=None, due=0.0)])
    assert store.expire(wall.now) == Removed(deliveries=3, endpoints=1)
    assert "canary" not in whole(store).casefold()


def test_many_are_forgotten_in_small_transactions(store: Store, made: Made, wall: Wall):
    for number in range(25):
        session = made(f"mtg_{number:02}")
        store.append([Append(session=session, epoch=1, ends="done")])
    wall.now += 1.0
    assert [store.expire(wall.now).sessions for _ in range(4)] == [10, 10, 5, 0]


@pytest.mark.parametrize("state", ["pending", "delivered", "dead"])
def test_a_removed_session_leaves_nothing_and_says_what_it_was(store: Store, state: str):
    session = held(store, "mtg_a")
    if state != "pending":
        settle(store, state)
    assert store.remove_session(session) == Removed(
        sessions=1, events=3, journal=2, state=1, deliveries=3, endpoints=1, answers=1
    )
    assert store.remove_session(session) is None
    with store._database.write() as db:
        db.execute(text("DELETE FROM keys"))
    assert "canary" not in whole(store).casefold()


def test_an_answer_that_tells_of_another_session_stays(store: Store, wall: Wall):
    held(store, "mtg_a")
    held(store, "mtg_b")
    wall.now += 1.0
    store.remove_session("mtg_a")
    assert store.idempotent("t", "mtg_a") is None
    assert store.idempotent("t", "mtg_b") is not None
    other = Idempotent(
        tenant="u", key="k", fingerprint="f", status=201, body=b"mtg_b", created=wall.now
    )
    store.keep_answer(replace(other))
    store.remove_session("mtg_b")
    assert store.idempotent("u", "k") is not None, "another tenant's"
