from dataclasses import replace

import pytest

from tests.store.conftest import Made, Wall
from v100_ai.records import Key, SessionRecord
from v100_ai.store import Idempotent, Store

SESSION = SessionRecord(
    id="str_a",
    kind="stream",
    tenant="t",
    name="Launch",
    settings={"layers": ["motion"]},
    created=5.0,
)


def answer(wall: Wall, key: str = "k", body: bytes = b"{}") -> Idempotent:
    return Idempotent(tenant="t", key=key, fingerprint="f", status=201, body=body, created=wall.now)


def test_a_session_comes_back_as_it_was_given(store: Store):
    assert store.session(SESSION.id) is None
    assert store.add_session(SESSION) is None
    assert store.session(SESSION.id) == SESSION
    with pytest.raises(ValueError, match=r"."):
        store.add_session(SESSION)


def test_pages_go_from_the_newest_to_the_oldest_and_stay_with_their_tenant(store: Store):
    ids = [f"mtg_{number:02}" for number in range(7)]
    for id in ids:  # noqa: A001
        store.add_session(replace(SESSION, id=id, kind="meeting"))
    store.add_session(replace(SESSION, id="mtg_99", tenant="other"))
    store.add_session(SESSION)
    seen: list[str] = []
    while page := store.sessions("t", "meeting", limit=3, after=seen[-1] if seen else None):
        seen += [session.id for session in page]
    assert seen == ids[::-1]
    assert len(store.sessions("t", limit=99)) == 8
    assert store.sessions("t", "meeting", limit=9, state="ended") == []


def test_a_name_and_settings_can_be_changed(store: Store):
    store.add_session(SESSION)
    assert store.change_session(SESSION.id, name="New") == replace(SESSION, name="New")
    changed = store.change_session(SESSION.id, settings={})
    assert changed == store.session(SESSION.id) == replace(SESSION, name="New", settings={})
    assert store.change_session("str_none", name="x") is None


def test_the_same_request_again_gets_the_first_answer_and_makes_nothing(store: Store, wall: Wall):
    assert store.add_session(SESSION, idempotent=answer(wall)) is None
    other = replace(SESSION, id="str_b")
    assert store.add_session(other, idempotent=answer(wall, body=b"other")) == answer(wall)
    assert store.session("str_b") is None
    assert store.idempotent("t", "k") == answer(wall)
    assert store.idempotent("other", "k") is None


def test_an_answer_is_forgotten_after_a_day(store: Store, wall: Wall):
    store.add_session(SESSION, idempotent=answer(wall))
    wall.now += 24 * 3600
    assert store.idempotent("t", "k") is None
    other = replace(SESSION, id="str_b")
    assert store.add_session(other, idempotent=answer(wall)) is None
    assert store.idempotent("t", "k") == answer(wall)


def test_an_answer_is_not_kept_when_what_it_tells_of_was_not_made(store: Store, wall: Wall):
    store.add_session(SESSION)
    with pytest.raises(ValueError, match=r"."):
        store.add_session(SESSION, idempotent=answer(wall))
    assert store.idempotent("t", "k") is None


def test_a_lease_keeps_others_away_until_it_runs_out(store: Store, wall: Wall):
    store.add_session(SESSION)
    assert [session.id for session in store.orphans(9)] == [SESSION.id]
    assert store.claim(SESSION.id, "one", 10.0) == 1
    assert store.claim(SESSION.id, "two", 10.0) is None
    assert store.orphans(9) == []
    wall.now += 9
    assert store.renew("one", {SESSION.id: 1}, 10.0) == {SESSION.id}
    wall.now += 9
    assert store.claim(SESSION.id, "two", 10.0) is None
    wall.now += 1
    assert [session.owner for session in store.orphans(9)] == ["one"]
    assert store.claim(SESSION.id, "two", 10.0) == 2
    assert store.renew("one", {SESSION.id: 1}, 10.0) == set()


def test_the_dead_keep_nobody_away(store: Store):
    store.add_session(SESSION)
    store.claim(SESSION.id, "one", 10.0)
    assert store.claim(SESSION.id, "two", 10.0, dead={"zero"}) is None
    assert store.claim(SESSION.id, "two", 10.0, dead={"one", "zero"}) == 2
    assert store.owners() == {"two"}


def test_an_owner_that_claims_again_fences_off_its_own_past(store: Store):
    store.add_session(SESSION)
    assert store.claim(SESSION.id, "one", 10.0) == 1
    assert store.claim(SESSION.id, "one", 10.0) == 2
    assert store.renew("one", {SESSION.id: 1}, 10.0) == set()


def test_what_is_released_may_be_claimed_at_once(store: Store, made: Made):
    session = made()
    store.release(session, 7)
    assert store.claim(session, "two", 10.0) is None
    store.release(session, 1)
    assert store.owners() == set()
    assert store.claim(session, "two", 10.0) == 2


def test_a_key_is_found_by_its_digest_also_when_it_is_revoked(store: Store, wall: Wall):
    key = Key(id="key_a", tenant="t", name="n", digest="d", scopes=("ingest", "read"), created=1.0)
    assert not store.has_keys()
    store.add_key(key)
    assert store.key("d") == key
    assert store.key("e") is None
    assert store.keys("t") == [key]
    assert store.keys("other") == []
    revoked = store.revoke(key.id)
    assert revoked == store.key("d") == replace(key, revoked=wall.now)
    wall.now += 1
    assert store.revoke(key.id) == revoked
    assert store.revoke("key_none") is None
    assert store.has_keys()
