"""What is kept: one frozen class per kind of row. Times are seconds since 1970 unless said otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from v100_ai.ids import Prefix

Json = Mapping[str, Any]

Kind = Literal["meeting", "stream"]
PLURAL: Final[Mapping[Kind, str]] = {"meeting": "meetings", "stream": "streams"}
"""What each kind is called in a path."""

PREFIX: Final[Mapping[Kind, Prefix]] = {"meeting": "mtg", "stream": "str"}
"""What the ids of each kind begin with."""

SessionState = Literal["active", "ended"]
Scope = Literal["admin", "ingest", "metrics", "read"]
DeliveryState = Literal["pending", "delivered", "dead"]
Engine = Literal["faster-whisper", "sherpa-onnx", "pocketsphinx"]
"""What makes text of speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A meeting or a stream.

    `epoch` counts its owners: each takeover raises it, and an append with an older one is refused.
    """

    id: str
    kind: Kind
    tenant: str
    name: str
    settings: Json
    created: float
    state: SessionState = "active"
    ended: float | None = None
    reason: str | None = None
    owner: str | None = None
    epoch: int = 0
    lease: float = 0.0
    """When the owner's claim runs out."""
    seq: int = 0
    """The number of its newest event."""
    forgotten: float | None = None
    """When all that tells of people in it was removed, if it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event that has no number yet."""

    type: str
    data: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An event with its number. `body` is its envelope as JSON, the same bytes for every reader."""

    id: str
    type: str
    time: float
    session: str
    seq: int
    epoch: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """What one session writes in one transaction, or not at all.

    `journal` are records its layers resume from, in order; `state` replaces its values by key (`None`
    removes one); `ends` ends the session for that reason.
    """

    session: str
    epoch: int
    events: tuple[Draft, ...] = ()
    journal: tuple[Json, ...] = ()
    state: Mapping[str, Json | None] = field(default_factory=dict[str, Json | None])
    ends: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key; only the SHA-256 of its secret is kept. `session` narrows it to one."""

    id: str
    tenant: str
    name: str
    digest: str
    scopes: tuple[Scope, ...]
    created: float
    session: str | None = None
    expires: float | None = None
    revoked: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where events are sent to.

    `types` are event types, or none for all; `session` narrows it to one. `secrets` are `whsec_` strings, the
    newest first: while one is being rotated out, both sign.
    """

    id: str
    tenant: str
    url: str
    secrets: tuple[str, ...]
    created: float
    types: tuple[str, ...] = ()
    session: str | None = None
    disabled: str | None = None
    """Why nothing is sent to it, if so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint. The event's id and the endpoint's make its own, for its whole life."""

    id: str
    endpoint: str
    event: str
    type: str
    session: str
    seq: int
    created: float
    state: DeliveryState
    attempts: int
    due: float
    """When it is tried next."""
    status: int | None = None
    """The last answer's HTTP status."""
    error: str | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How sending a delivery went, and what becomes of it: `due` is when it is tried again, if it is."""

    delivery: str
    state: DeliveryState
    status: int | None
    error: str | None
    due: float
