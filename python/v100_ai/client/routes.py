"""Every operation on meetings and streams."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Unpack

from v100_ai.client.asking import (
    accepted,
    an_object,
    below,
    body,
    call,
    flags,
    given,
    many,
    nothing,
    one,
)
from v100_ai.client.call import Call, Resource, Route
from v100_ai.client.results import (
    EventPage,
    Page,
    Participant,
    Session,
    Ticket,
    event_page,
    listed,
    made,
    page,
)
from v100_ai.layers.flags import Asked
from v100_ai.records import Json

PCM = "audio/l16"


class SessionRoutes(Resource):
    """What meetings and streams have in common."""

    @Route
    def list(
        self, *, limit: int = 50, after: str | None = None, state: str | None = None
    ) -> Call[Page[Session]]:
        """Some sessions, the newest first."""
        query = given(limit=limit, after=after, state=state)
        return call("GET", self.home, lambda found: page(Session, found), query=query)

    @Route
    def get(self, id: str) -> Call[Session]:  # noqa: A002
        """One session."""
        return one("GET", below(self, id), Session)

    @Route
    def update(self, id: str, *, name: str) -> Call[Session]:  # noqa: A002
        """The session under another name."""
        return one("PATCH", below(self, id), Session, json={"name": name})

    @Route
    def end(self, id: str) -> Call[Session]:  # noqa: A002
        """The session, ended; its events and its report stay."""
        return one("POST", below(self, id, "end"), Session)

    @Route
    def delete(self, id: str) -> Call[None]:  # noqa: A002
        """Ends it, whatever state it is in, and forgets all of it."""
        return nothing("DELETE", below(self, id))

    @Route
    def state(self, id: str) -> Call[Json]:  # noqa: A002
        """What stands now: speaker, layout, talk, summary, alerts."""
        return call("GET", below(self, id, "state"), an_object)

    @Route
    def alerts(self, id: str) -> Call[Sequence[Json]]:  # noqa: A002
        """The alerts that are open."""
        return call("GET", below(self, id, "alerts"), lambda found: listed(made(Page, found).items))

    @Route
    def history(
        self,
        id: str,  # noqa: A002
        *,
        after: int = 0,
        limit: int = 200,
        types: Sequence[str] = (),
    ) -> Call[EventPage]:
        """Events after a number that are in the log by now, in order."""
        query = given(after=after, limit=limit, types=",".join(types) or None)
        return call("GET", below(self, id, "events"), event_page, query=query)

    @Route
    def ticket(self, id: str, *, participant: str | None = None) -> Call[Ticket]:  # noqa: A002
        """What a browser opens one WebSocket with; a participant sees what their role may."""
        query = given(participant=participant)
        return one("POST", below(self, id, "tickets"), Ticket, query=query)

    @Route
    def report(self, id: str, *, transcript: bool = False) -> Call[str]:  # noqa: A002
        """The report as one page of HTML that needs no other file."""
        query = given(transcript="true" if transcript else None)
        return Call(method="GET", path=below(self, id, "report"), read=bytes.decode, query=query)

    @Route
    def report_document(self, id: str, *, transcript: bool = False) -> Call[Json]:  # noqa: A002
        """The report as a document."""
        query = given(transcript="true" if transcript else None)
        return call("GET", below(self, id, "report.json"), an_object, query=query)

    @Route
    def report_table(self, id: str) -> Call[bytes]:  # noqa: A002
        """The readings as a Parquet file."""
        return Call(method="GET", path=below(self, id, "report.parquet"), read=bytes)

    @Route
    def verdict(
        self,
        id: str,  # noqa: A002
        verdict: Literal["confirmed", "dismissed"],
        *,
        by: str,
        track: str | None = None,
        reason: str | None = None,
    ) -> Call[None]:
        """What the host says of an altered face's flag: that everybody may know of it, or that it is none."""
        asked = body(verdict=verdict, by=by, track=track, reason=reason)
        return Call(
            method="POST", path=below(self, id, "deepfake"), read=lambda _: None, json=asked
        )


class MeetingRoutes(SessionRoutes):
    """Meetings."""

    @Route
    def token(
        self,
        id: str,  # noqa: A002
        participant: str,
        *,
        publish: bool = True,
        subscribe: bool = True,
        seconds: float = 600.0,
    ) -> Call[Json]:
        """A token that lets a participant into the meeting's room, to publish, to receive, or both."""
        asked = body(participant=participant, publish=publish, subscribe=subscribe, seconds=seconds)
        return call("POST", below(self, id, "tokens"), an_object, json=asked)

    @Route
    def create(
        self,
        *,
        name: str,
        ai: Asked | Json | None = None,
        participants: Sequence[Json] | None = None,
        time_zone: str | None = None,
        begins: datetime | None = None,
        **layers: Unpack[Asked],
    ) -> Call[Session]:
        """A new meeting; its layers are keywords, such as `highlights=True`, or stand in `ai`, and so does its webhook."""
        asked = body(
            name=name,
            ai=flags(ai, layers),
            participants=participants,
            time_zone=time_zone,
            begins=begins,
        )
        return one("POST", self.home, Session, json=asked)


class StreamRoutes(SessionRoutes):
    """Streams."""

    @Route
    def create(
        self,
        *,
        name: str,
        source: str | None = None,
        reference: str | None = None,
        input: Json | None = None,  # noqa: A002 - the field's name
        analysis: Asked | Json | None = None,
        pace: str | None = None,
        late: str | None = None,
        restart: Json | None = None,
        **layers: Unpack[Asked],
    ) -> Call[Session]:
        """A new stream; its layers are keywords, such as `visual=True`, or stand in `analysis`, and so does its webhook."""
        asked = body(
            name=name,
            source=source,
            reference=reference,
            input=input,
            analysis=flags(analysis, layers),
            pace=pace,
            late=late,
            restart=restart,
        )
        return one("POST", self.home, Session, json=asked)


class ParticipantRoutes(Resource):
    """Who is in a session; `id` is the session's."""

    @Route
    def add(
        self,
        id: str,  # noqa: A002
        participant: str,
        *,
        name: str | None = None,
        role: Literal["host", "participant"] | None = None,
        source: str | None = None,
    ) -> Call[Participant]:
        """Somebody is there; again and again is as good as once. Their picture comes from `source`, until they leave."""
        asked = body(id=participant, name=name, role=role, source=source)
        return one("POST", below(self, id, "participants"), Participant, json=asked)

    @Route
    def list(self, id: str) -> Call[Sequence[Participant]]:  # noqa: A002
        """Everybody who is here."""
        path = below(self, id, "participants")
        return call("GET", path, lambda found: page(Participant, found).items)

    @Route
    def update(
        self,
        id: str,  # noqa: A002
        participant: str,
        *,
        name: str | None = None,
        role: Literal["host", "participant"] | None = None,
        muted: bool | None = None,
        face: Json | None = None,
    ) -> Call[Participant]:
        """A name, a role, a microphone muted or open, where the face is in fractions of the picture."""
        asked = body(name=name, role=role, muted=muted, face=face)
        return one("PATCH", below(self, id, "participants", participant), Participant, json=asked)

    @Route
    def remove(self, id: str, participant: str) -> Call[None]:  # noqa: A002
        """Somebody is gone."""
        return nothing("DELETE", below(self, id, "participants", participant))


class CaptionRoutes(Resource):
    """What was said."""

    @Route
    def push(self, id: str, segments: Json | Sequence[Json]) -> Call[int]:  # noqa: A002
        """Pieces of transcript, kept when this returns; how many final ones were new.

        Each has `participant`, `start`, `end` (seconds on the session's axis) and `text`; `id` and `final` if wanted.
        """
        return call("POST", below(self, id, "captions"), accepted, json=many(segments))


class LevelRoutes(Resource):
    """How loud it was."""

    @Route
    def push(self, id: str, levels: Json | Sequence[Json]) -> Call[int]:  # noqa: A002
        """Audio levels: each has `participant`, `level` in dBov (RFC 6464), and `at` in seconds if it is not now."""
        path = below(self, id, "levels")
        return call("POST", path, accepted, json=many(levels), repeatable=False)


class AudioRoutes(Resource):
    """What it sounded like."""

    @Route
    def push(
        self,
        id: str,  # noqa: A002
        samples: bytes,
        *,
        participant: str,
        rate: int,
        at: float | None = None,
    ) -> Call[int]:
        """A participant's sound: mono, 16 bit, little endian, `rate` samples a second; `at` in seconds."""
        return Call(
            method="POST",
            path=below(self, id, "audio"),
            read=lambda content: accepted(json.loads(content)),
            query=given(participant=participant, rate=rate, at=at),
            content=bytes(samples),
            kind=PCM,
            repeatable=False,
        )
