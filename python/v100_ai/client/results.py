"""What the service answers with: one frozen class per kind of thing. Times are RFC 3339 text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from v100_ai.errors import ApiError
from v100_ai.records import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where events are sent. `secret` is told once, to whoever made or rotated it."""

    id: str
    url: str
    created: str
    types: tuple[str, ...] = ()
    session: str | None = None
    enabled: bool = True
    disabled: str | None = None
    """Why nothing is sent to it, if so."""
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A meeting or a stream. `webhook` is told only to whoever made it."""

    id: str
    kind: str
    name: str
    state: str
    created: str
    ended: str | None = None
    reason: str | None = None
    seq: int = 0
    epoch: int = 0
    settings: Json = field(default_factory=dict[str, Any])
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. One that was only live, such as a sample, has no number."""

    type: str
    data: Json
    session: str
    id: str | None = None
    time: str | None = None
    seq: int | None = None
    epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some events, in order; `next` is the `after` of the page that follows."""

    events: tuple[Event, ...]
    next: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """What somebody was told of; `next` is the `after` of the page that follows."""

    events: tuple[Event, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody in a session."""

    id: str
    name: str | None = None
    muted: bool = False
    talking: bool = False
    role: str = "participant"
    """`host` sees what is for hosts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Opens one WebSocket from a browser, once, before it expires."""

    ticket: str = field(repr=False)
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event on its way to one webhook."""

    id: str
    event: str
    type: str
    session: str
    seq: int
    state: str
    attempts: int
    created: str
    due: str | None = None
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key. `secret` is told once, to whoever made it."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created: str
    session: str | None = None
    expires: str | None = None
    revoked: str | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of many; `next` is the `after` of the page that follows, or `None`."""

    items: tuple[T, ...]
    next: str | None = None


def made(kind: type[T], found: Any) -> T:
    """An object of the answer as one of ours; what we do not know of it is left out.

    Raises:
        ApiError: it is not such an object.
    """
    if not isinstance(found, Mapping):
        raise unreadable(f"expected a {kind.__name__}, found {type(found).__name__}")
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    given = {name: _frozen(value) for name, value in found.items() if name in known}
    if isinstance(given.get("webhook"), Mapping):
        given["webhook"] = made(Webhook, given["webhook"])
    try:
        return kind(**given)
    except TypeError as error:
        raise unreadable(f"expected a {kind.__name__}: {error}") from None


def page(kind: type[T], found: Any) -> Page[T]:
    """A page of the answer."""
    given: Page[Any] = made(Page, found)
    items = tuple(made(kind, each) for each in listed(given.items))
    return Page(items=items, next=given.next)


def event_page(found: Any) -> EventPage:
    """A page of events."""
    given = made(EventPage, found)
    events = tuple(made(Event, each) for each in listed(given.events))
    return EventPage(events=events, next=given.next, epoch=given.epoch)


def listed(found: Any) -> tuple[Any, ...]:
    """The things of a list in the answer."""
    if not isinstance(found, tuple):
        raise unreadable(f"expected a list, found {type(found).__name__}")
    return found


def notifications(found: Any) -> Notifications:
    """A page of somebody's notifications."""
    given = made(Notifications, found)
    return Notifications(events=tuple(made(Event, each) for each in given.events), next=given.next)


def unreadable(detail: str) -> ApiError:
    """An answer that is not one of the service's."""
    return ApiError(200, "unreadable", detail)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
