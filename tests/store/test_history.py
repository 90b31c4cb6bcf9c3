from tests.store.conftest import Made, Wall
from tests.store.test_outbox import ENDPOINT
from v100_ai.records import Append, Attempt, Draft
from v100_ai.store import Span, Store


def fill(store: Store, session: str, *types: str, epoch: int = 1, ends: str | None = None) -> None:
    drafts = tuple(Draft(type=type, data={}) for type in types)  # noqa: A001
    store.append([Append(session=session, epoch=epoch, events=drafts, ends=ends)])


def test_pages_follow_each_other_without_gap_or_repeat(store: Store, made: Made):
    session = made()
    fill(store, session, *["e"] * 23)
    seen, after = [], 0
    while page := store.read(session, after=after, limit=5):
        seen += [event.seq for event in page]
        after = page[-1].seq
    assert seen == list(range(1, 24))


def test_only_the_asked_types_are_read(store: Store, made: Made):
    session = made()
    fill(store, session, "a", "b", "c", "a")
    found = store.read(session, after=0, limit=9, types=["a", "c"])
    assert [event.seq for event in found] == [1, 3, 4]


def test_an_event_tells_the_epoch_it_was_written_under(store: Store, made: Made):
    session = made()
    fill(store, session, "a")
    assert store.claim(session, "other", 10.0, dead={"me"}) == 2
    fill(store, session, "b", epoch=2)
    assert [store.epoch_at(session, seq) for seq in (1, 2, 3)] == [1, 2, None]
    assert store.span(session) == Span(first=1, last=2, epoch=2)


def test_a_reader_can_tell_that_history_is_gone(store: Store, made: Made):
    session = made()
    assert store.span(session) == Span(first=1, last=0, epoch=1)
    fill(store, session, *["e"] * 9)
    assert store.purge(session, 4) == 3
    assert store.span(session) == Span(first=4, last=9, epoch=1)
    assert store.epoch_at(session, 3) is None
    assert [event.seq for event in store.read(session, after=0, limit=2)] == [4, 5]
    assert store.purge(session, 99) == 6
    assert store.span(session) == Span(first=10, last=9, epoch=1)
    fill(store, session, "e")
    assert store.span(session) == Span(first=10, last=10, epoch=1)


def test_what_is_on_its_way_outlives_the_log(store: Store, made: Made, wall: Wall):
    store.add_endpoint(ENDPOINT)
    session = made()
    fill(store, session, "a", "b")
    (sent, unsent) = store.claim_due(9, lease=30.0, per_endpoint=9)
    store.settle(
        [Attempt(delivery=sent.id, state="delivered", status=200, error=None, due=wall.now)]
    )
    store.purge(session, 99)
    assert store.deliveries(ENDPOINT.id, limit=9) == [unsent]
    wall.now += 30
    (again,) = store.claim_due(9, lease=30.0, per_endpoint=9)
    assert again.body == unsent.body != b""
