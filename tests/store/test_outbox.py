from dataclasses import replace

import pytest

from tests.store.conftest import Made, Wall
from v100_ai.records import Append, Attempt, Delivery, DeliveryState, Draft, Endpoint, Stored
from v100_ai.store import Idempotent, Store, delivery_id

ENDPOINT = Endpoint(
    id="whk_a",
    tenant="t",
    url="https://a.example/",
    secrets=("whsec_new", "whsec_old"),
    created=1.0,
)


def fill(store: Store, session: str, *types: str) -> list[Stored]:
    drafts = tuple(Draft(type=type, data={}) for type in types)  # noqa: A001
    (events,) = store.append([Append(session=session, epoch=1, events=drafts)])
    assert isinstance(events, tuple)
    return list(events)


def claim(store: Store, limit: int = 99, per_endpoint: int = 99) -> list[Delivery]:
    return store.claim_due(limit, lease=30.0, per_endpoint=per_endpoint)


def settle(
    store: Store, delivery: Delivery, state: DeliveryState = "delivered", due: float = 0.0
) -> None:
    store.settle([Attempt(delivery=delivery.id, state=state, status=200, error="told", due=due)])


def test_an_endpoint_comes_back_as_it_was_given(store: Store):
    store.add_endpoint(ENDPOINT)
    assert store.endpoint(ENDPOINT.id) == ENDPOINT
    assert store.endpoints("t") == [ENDPOINT]
    assert store.endpoints("other") == []
    changed = replace(ENDPOINT, types=("a",), session="mtg_a", secrets=("whsec_new",))
    assert store.change_endpoint(changed)
    assert store.endpoint(ENDPOINT.id) == changed
    assert not store.change_endpoint(replace(ENDPOINT, tenant="other"))
    assert store.remove_endpoint(ENDPOINT.id)
    assert not store.remove_endpoint(ENDPOINT.id)
    assert store.endpoint(ENDPOINT.id) is None
    store.add_endpoint(ENDPOINT)
    with pytest.raises(ValueError, match=r"."):
        store.add_endpoint(ENDPOINT)


def test_an_endpoint_is_made_once_for_one_key(store: Store, wall: Wall):
    answer = Idempotent(
        tenant="t", key="k", fingerprint="f", status=201, body=b"x", created=wall.now
    )
    assert store.add_endpoint(ENDPOINT, idempotent=answer) is None
    assert store.add_endpoint(replace(ENDPOINT, id="whk_b"), idempotent=answer) == answer
    assert store.endpoints("t") == [ENDPOINT]


def test_events_go_to_those_who_want_them(store: Store, made: Made):
    one, two, other = made("mtg_a"), made("mtg_b"), made("mtg_c", tenant="u")
    for id, fields in {  # noqa: A001
        "whk_all": {},
        "whk_type": {"types": ("b",)},
        "whk_session": {"session": two},
        "whk_tenant": {"tenant": "u"},
        "whk_off": {"disabled": "gone"},
    }.items():
        store.add_endpoint(replace(ENDPOINT, id=id, **fields))  # type: ignore[arg-type]
    for session in (one, two, other):
        fill(store, session, "a", "b")
    found = {(delivery.endpoint, delivery.session, delivery.type) for delivery in claim(store)}
    assert found == {
        *(("whk_all", session, type) for session in (one, two) for type in "ab"),  # noqa: A001
        *(("whk_type", session, "b") for session in (one, two)),
        *(("whk_session", two, type) for type in "ab"),  # noqa: A001
        *(("whk_tenant", other, type) for type in "ab"),  # noqa: A001
    }


def test_a_delivery_carries_the_bytes_that_readers_get(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    (event,) = fill(store, made(), "a")
    assert store.next_due() == wall.now
    (delivery,) = claim(store)
    assert delivery.body == event.body
    assert delivery.id == delivery_id(event.id, ENDPOINT.id)
    assert delivery.id[4:14] == event.id[4:14]
    assert (delivery.event, delivery.seq, delivery.attempts) == (event.id, 1, 0)


def test_what_is_claimed_comes_back_unless_it_is_settled(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    fill(store, made(), "a", "b")
    one, two = claim(store)
    assert claim(store) == []
    assert store.next_due() == wall.now + 30
    settle(store, one)
    wall.now += 30
    assert [delivery.id for delivery in claim(store)] == [two.id]
    settle(store, two, "dead")
    assert store.next_due() is None
    states = [delivery.state for delivery in store.deliveries(ENDPOINT.id, limit=9)]
    assert sorted(states) == ["dead", "delivered"]


def test_a_failed_delivery_waits_for_its_next_attempt(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    fill(store, made(), "a")
    settle(store, claim(store)[0], "pending", due=wall.now + 5)
    assert claim(store) == []
    wall.now += 5
    (again,) = claim(store)
    assert (again.attempts, again.status, again.error) == (1, 200, "told")


def test_a_late_answer_does_not_undo_what_is_delivered(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    fill(store, made(), "a")
    (first,) = claim(store)
    wall.now += 31
    (second,) = claim(store)
    settle(store, second)
    settle(store, first, "pending", due=wall.now)
    assert claim(store) == []
    assert store.deliveries(ENDPOINT.id, limit=9)[0].state == "delivered"


def test_one_endpoint_does_not_take_the_place_of_the_others(store: Store, made: Made, wall: Wall):
    dead, good = replace(ENDPOINT, id="whk_dead"), replace(ENDPOINT, id="whk_good", types=("b",))
    store.add_endpoint(dead)
    store.add_endpoint(good)
    session = made()
    fill(store, session, *["a"] * 20)
    wall.now += 1
    fill(store, session, "b", "b", "b")
    first = claim(store, limit=6, per_endpoint=4)
    assert [delivery.endpoint for delivery in first] == [dead.id] * 4 + [good.id] * 2
    assert [delivery.endpoint for delivery in claim(store, per_endpoint=4)] == [good.id]
    settle(store, first[0])
    assert [delivery.endpoint for delivery in claim(store, per_endpoint=4)] == [dead.id]


def test_endpoints_that_are_skipped_or_disabled_wait(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    fill(store, made(), "a")
    assert store.claim_due(9, lease=30.0, per_endpoint=9, skip={ENDPOINT.id}) == []
    store.disable_endpoint(ENDPOINT.id, "410 Gone")
    assert store.next_due() is None
    assert claim(store) == []
    disabled = store.endpoint(ENDPOINT.id)
    assert disabled == replace(ENDPOINT, disabled="410 Gone")
    store.change_endpoint(ENDPOINT)
    assert store.next_due() == wall.now
    assert len(claim(store)) == 1


def test_deliveries_are_listed_page_by_page(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    session = made()
    for _ in range(7):
        wall.now += 1
        fill(store, session, "a")
    seen: list[Delivery] = []
    while page := store.deliveries(
        ENDPOINT.id, limit=3, after=seen[-1].id if seen else None, state="pending"
    ):
        seen += page
    assert [delivery.seq for delivery in seen] == [7, 6, 5, 4, 3, 2, 1]
    assert store.deliveries(ENDPOINT.id, limit=3, state="dead") == []


def test_replay_by_id_starts_from_the_first_attempt(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    events = fill(store, made(), "a", "b")
    for delivery in claim(store):
        settle(store, delivery, "dead")
    assert store.replay(ENDPOINT.id, events=[events[0].id, "evt_unknown"]) == 1
    (again,) = claim(store)
    assert (again.event, again.attempts, again.status) == (events[0].id, 0, None)
    assert store.replay("whk_none", events=[events[0].id]) == 0
    with pytest.raises(ValueError, match="neither"):
        store.replay(ENDPOINT.id)
    del wall


def test_replay_by_time_also_sends_what_was_never_on_its_way(store: Store, made: Made, wall: Wall):
    session, other = made("mtg_a"), made("mtg_b", tenant="u")
    early = fill(store, session, "a")
    wall.now += 10
    late = fill(store, session, "a", "b")
    fill(store, other, "a")
    store.add_endpoint(replace(ENDPOINT, types=("a",)))
    assert claim(store) == []
    assert store.replay(ENDPOINT.id, since=wall.now) == 1
    assert [delivery.event for delivery in claim(store)] == [late[0].id]
    assert store.replay(ENDPOINT.id, until=wall.now) == 2
    assert {delivery.event for delivery in claim(store)} == {early[0].id, late[0].id}


def test_replay_of_more_than_one_statement_takes(store: Store, made: Made):
    store.add_endpoint(ENDPOINT)
    session = made()
    events = fill(store, session, *["a"] * 1100)
    assert store.replay(ENDPOINT.id, events=[event.id for event in events]) == 1100
    assert len(claim(store, 2000, 2000)) == 1100


def test_a_test_event_is_in_no_log(store: Store, wall: Wall):
    store.add_endpoint(replace(ENDPOINT, types=("b",)))
    event = Stored(
        id="evt_00000000000000000000000000",
        type="webhook.test",
        time=wall.now,
        session="",
        seq=0,
        epoch=0,
        body=b"{}",
    )
    made = store.add_test(ENDPOINT.id, event)
    (delivery,) = claim(store)
    assert (delivery.id, delivery.body, delivery.seq) == (made, b"{}", 0)
    settle(store, delivery, "dead")
    assert store.replay(ENDPOINT.id, events=[event.id]) == 1
    assert claim(store)[0].body == b"{}"
    assert store.add_test("whk_none", event) is None


def test_a_removed_session_or_endpoint_sends_nothing(store: Store, made: Made):
    store.add_endpoint(ENDPOINT)
    store.add_endpoint(replace(ENDPOINT, id="whk_b"))
    session = made()
    fill(store, session, "a")
    store.remove_endpoint("whk_b")
    assert [delivery.endpoint for delivery in claim(store)] == [ENDPOINT.id]
    store.remove_session(session)
    assert store.deliveries(ENDPOINT.id, limit=9) == []


def test_a_clock_that_is_set_back_does_not_hold_up_what_was_made_before(
    store: Store, made: Made, wall: Wall
):
    session = made("mtg_a")
    store.add_endpoint(ENDPOINT)
    start = wall.now
    fill(store, session, "tried")
    (tried,) = claim(store)
    settle(store, tried, "pending", due=start + 300.0)
    wall.now = start + 86_400.0
    fill(store, session, "ahead", "also ahead")
    (again, _) = claim(store, limit=2)
    assert again.type == "tried"
    settle(store, again, "pending", due=start + 300.0)
    wall.now = start + 10.0
    fill(store, session, "now")
    # Also what is out under a claim that would have run out a day from now; what was tried waits as it was told to.
    found = {each.type for each in claim(store)}
    assert found == {"ahead", "also ahead", "now"}
    assert claim(store) == [], "and is taken once"
