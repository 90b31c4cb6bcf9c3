"""What goes in and out over HTTP. Names are the product's own."""

from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

from v100_ai.api.forms import AFTER, MANY, ONE, Id, Seconds, Seq, Text, Type, Types, many, split
from v100_ai.records import DeliveryState, Kind, SessionState
from v100_ai.session.settings import (
    Label,
    Layers,
    Model,
    Moment,
    Name,
    Person,
    Restart,
    SourceInput,
    Url,
    Zone,
)
from v100_ai.worker import Pace


class MeetingAsked(Model):
    """A meeting to be held."""

    name: Name
    ai: Layers = Layers.model_validate({"active_speaker": True})
    participants: Annotated[tuple[Person, ...], Field(max_length=512)] = ()
    """Everybody invited."""
    time_zone: Zone = "UTC"
    begins: Moment | None = None


class StreamAsked(Model):
    """A stream to be watched."""

    name: Name
    source: Url | None = None
    """A file in the server's folder, or a URL; without one, frames come from the program that holds the server."""
    reference: Url | None = None
    """What the source is scored against: with it there are SSIM, PSNR and VMAF."""
    input: SourceInput = SourceInput()
    analysis: Layers = Layers.model_validate({"scene_complexity": True, "motion_estimation": True})
    pace: Pace = "live"
    late: Literal["drop", "keep", "end"] = "drop"
    """Of a file at pace `live` that is more than two seconds behind, frames are left out and counted until it is in time
    again (`drop`), or all are measured, later and later (`keep`), or the stream ends (`end`)."""
    restart: Restart = Restart()


class RemovedShown(Model):
    """How much was removed, by what it was: for good, from the database and its log."""

    sessions: int
    events: int
    journal: int
    state: int
    deliveries: int
    endpoints: int
    answers: int


class Renamed(Model):
    """What can be changed of a session."""

    name: Name


class SessionShown(Model):
    """A meeting or a stream."""

    id: str
    kind: Kind
    name: str
    state: SessionState
    created: str
    ended: str | None
    reason: str | None
    seq: int
    epoch: int
    settings: dict[str, Any]
    links: dict[str, str]
    webhook: "EndpointMade | None" = None
    """Only in the answer that made it."""


class SessionPage(Model):
    """Some sessions, the newest first."""

    items: list[SessionShown]
    next: str | None


class Paged(Model):
    """Which page: `after` is the `next` of the one before."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Id | None = None


class SessionsAsked(Paged):
    """Which sessions."""

    state: SessionState | None = None


class Participant(Model):
    """Somebody in the session."""

    id: Label
    name: Name | None = None
    role: Literal["host", "participant"] | None = None
    source: Url | None = None
    """Where their picture comes from, until they leave: a URL, or a file in the server's folder."""


class ParticipantShown(Model):
    """Somebody who is here."""

    id: str
    name: str | None
    muted: bool
    talking: bool
    role: Literal["host", "participant"]


class ParticipantPage(Model):
    """Everybody who is here."""

    items: list[ParticipantShown]


class Face(Model):
    """A rectangle in fractions of a picture."""

    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]


class ParticipantChanged(Model):
    """What became known of a participant; what is left out stays."""

    name: Name | None = None
    role: Literal["host", "participant"] | None = None
    muted: bool | None = None
    face: Face | None = None


class WordHeard(Model):
    """A word of a caption, and when it was said, in seconds on the session's axis."""

    text: Annotated[str, Field(min_length=1, max_length=200)]
    start: Seconds
    end: Seconds
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None


class Caption(Model):
    """A piece of transcript. One that is not final yet only tells that somebody is speaking."""

    id: Label | None = None
    participant: Label
    start: Seconds
    end: Seconds
    text: Text
    words: Annotated[tuple[WordHeard, ...], Field(max_length=2_000)] | None = None
    """Each with its times, where they are known."""
    final: bool = True


class LevelHeard(Model):
    """An audio level: dBov as in RFC 6464; `at` in seconds on the session's axis, now if left out."""

    participant: Label
    level: Annotated[float, Field(ge=-127, le=0)]
    at: Seconds | None = None


Captions = Annotated[
    Annotated[Caption, Tag(ONE)]
    | Annotated[tuple[Caption, ...], Field(max_length=2_000), Tag(MANY)],
    Discriminator(many),
]
Levels = Annotated[
    Annotated[LevelHeard, Tag(ONE)]
    | Annotated[tuple[LevelHeard, ...], Field(max_length=10_000), Tag(MANY)],
    Discriminator(many),
]


class Accepted(Model):
    """How much of what came in was new."""

    accepted: int


class CaptionsAccepted(Accepted):
    """What became of captions: `accepted` were new, `revised` came again in other words, `repeated` changed nothing.

    Such as are `not_final`, or empty, are not kept.
    """

    revised: int = 0
    repeated: int = 0
    not_final: int = 0


class SoundAsked(Model):
    """Whose sound it is, its rate in samples a second, and where it lies on the session's axis."""

    participant: Label
    rate: Annotated[int, Field(ge=8_000, le=48_000)]
    at: Seconds | None = None


class EventsAsked(Model):
    """Which events: those after a number, of some types (with commas between them)."""

    after: Seq = 0
    limit: Annotated[int, Field(ge=1, le=1_000)] = 200
    types: Types = ""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The types of events, or none for all."""
        return split(self.types)


class EventPage(Model):
    """Some events, in order; `next` is the `after` of the page that follows."""

    events: list[dict[str, Any]]
    next: int
    epoch: int


class TicketAsked(Model):
    """Who is to open the WebSocket: what a participant may see is a matter of their role."""

    participant: Label | None = None


class TicketMade(Model):
    """Opens one WebSocket or one report, once, before it expires."""

    ticket: str
    expires: str


class AlertShown(Model):
    """An alert that is open."""

    rule: str
    incident: str
    """Unique in its session; the events of its beginning and end have the same."""
    reading: str
    limit: float
    worst: float | str
    """The worst value so far; "inf" where that is infinite."""
    start: float
    """Seconds, when it began to be bad."""
    track: str | None = None
    """Whose picture; null for a stream's own."""


class AlertPage(Model):
    """The alerts that are open."""

    items: list[AlertShown]


class EndpointAsked(Model):
    """Where events are to be sent: of some types, of one session, or all."""

    url: Url
    types: Annotated[tuple[Type, ...], Field(max_length=64)] = ()
    session: Id | None = None


class EndpointChanged(Model):
    """What can be changed of an endpoint; what is left out stays."""

    url: Url | None = None
    types: Annotated[tuple[Type, ...], Field(max_length=64)] | None = None
    enabled: bool | None = None


class EndpointShown(Model):
    """Where events are sent."""

    id: str
    url: str
    types: list[str]
    session: str | None
    created: str
    enabled: bool
    disabled: str | None


class EndpointMade(EndpointShown):
    """The endpoint with the secret that its events are signed with, told once."""

    secret: str


class EndpointPage(Model):
    """All endpoints."""

    items: list[EndpointShown]


class DeliveriesAsked(Paged):
    """Which deliveries."""

    state: DeliveryState | None = None


class DeliveryShown(Model):
    """One event on its way to one endpoint."""

    id: str
    event: str
    type: str
    session: str
    seq: int
    state: str
    attempts: int
    created: str
    due: str | None
    status: int | None
    error: str | None


class DeliveryPage(Model):
    """Some deliveries, the newest first."""

    items: list[DeliveryShown]
    next: str | None


class ReplayAsked(Model):
    """What is sent again: events by id, or all between two times."""

    events: Annotated[tuple[Id, ...], Field(max_length=1_000)] = ()
    since: Moment | None = None
    until: Moment | None = None


class Ticketed(Model):
    """How a socket is opened."""

    ticket: Annotated[str, StringConstraints(max_length=100)] | None = None


class SocketAsked(Ticketed):
    """How a socket is opened. `after` and `epoch` are those of the last event that was seen."""

    after: Annotated[str, StringConstraints(pattern=AFTER)] = "0"
    epoch: Seq | None = None
    types: Types = ""
    samples: bool = False

    @property
    def latest(self) -> bool:
        """Whether nothing that was before is wanted."""
        return self.after == "latest"

    @property
    def seen(self) -> int:
        """The number of the last event that was seen."""
        return int(self.after)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The types of events, or none for all."""
        return split(self.types)


class ProblemShown(Model):
    """What went wrong (RFC 9457); further members say more."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
