from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from v100_ai.records import SessionRecord
from v100_ai.store import Store


@dataclass
class Wall:
    """A clock that stands still until it is set."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'v100.db'}"
    return str(request.getfixturevalue("postgres"))


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test that fails leaves open is closed, so that it fails alone."""
    made: list[Store] = []
    opens = Store.open.__func__  # type: ignore[attr-defined]

    def opened(cls: type[Store], url: str, *, wall: Callable[[], float]) -> Store:
        made.append(opens(cls, url, wall=wall))
        return made[-1]

    monkeypatch.setattr(Store, "open", classmethod(opened))
    yield
    for each in made:
        each.close()


@pytest.fixture
def store(url: str, wall: Wall) -> Iterator[Store]:
    opened = Store.open(url, wall=wall)
    yield opened
    opened.close()


def owned(store: Store, id: str = "mtg_a", tenant: str = "t") -> str:  # noqa: A002
    """A new session that `me` owns under epoch 1."""
    store.add_session(
        SessionRecord(id=id, kind="meeting", tenant=tenant, name="n", settings={}, created=1.0)
    )
    assert store.claim(id, "me", 10.0) == 1
    return id


Made = Callable[..., str]


@pytest.fixture
def made(store: Store) -> Made:
    """Makes sessions that `me` owns under epoch 1."""
    return partial(owned, store)
