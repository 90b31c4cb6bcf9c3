"""What comes into a session over HTTP and WebSocket: participants, transcript, levels and sound."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from v100_ai.api import verdict
from v100_ai.api.models import (
    Accepted,
    Caption,
    Captions,
    CaptionsAccepted,
    Face,
    LevelHeard,
    Levels,
    Participant,
    ParticipantChanged,
    ParticipantPage,
    ParticipantShown,
    SoundAsked,
)
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem, not_found
from v100_ai.api.service import Service
from v100_ai.events.speaker import Box
from v100_ai.highlights.model import Segment
from v100_ai.layers.inputs import Level
from v100_ai.records import PLURAL, Kind
from v100_ai.session.session import Session
from v100_ai.words import Word
from v100_ai.words.placing import settled

SOUND = "audio/l16"
"""Raw samples of 16 bit; little endian, as sound cards and browsers have them."""

LARGEST_SOUND = 4 << 20

EDGE = 1e-9
"""What rounding may add to a sum of fractions."""


def operations(service: Service, kind: Kind) -> list[Operation]:
    """The operations that bring something into one kind of session."""
    plural = PLURAL[kind]
    one = f"/v1/{plural}/{{id}}"

    def bound(work: Any) -> Any:
        return partial(work, service, kind)

    return [
        Operation(
            method="POST", path=f"{one}/participants", name=f"{plural}.participants.add",
            summary="Somebody is there; again and again is as good as once", scope="ingest",
            body=Participant, result=ParticipantShown, status=201, idempotent=True, answer=bound(_join),
        ),
        Operation(
            method="GET", path=f"{one}/participants", name=f"{plural}.participants.list",
            summary="Everybody who is here", scope="read", result=ParticipantPage, answer=bound(_people),
        ),
        Operation(
            method="PATCH", path=f"{one}/participants/{{participant}}",
            name=f"{plural}.participants.update",
            summary="A name, a microphone muted or open, where the face is", scope="ingest",
            body=ParticipantChanged, result=ParticipantShown, answer=bound(_change),
        ),
        Operation(
            method="DELETE", path=f"{one}/participants/{{participant}}",
            name=f"{plural}.participants.remove", summary="Somebody is gone",
            scope="ingest", status=204, answer=bound(_leave),
        ),
        verdict.operation(service, kind),
        Operation(
            method="POST", path=f"{one}/captions", name=f"{plural}.captions",
            summary="Pieces of transcript, one or many; kept when this answers",
            scope="ingest", body=Captions, result=CaptionsAccepted, status=202, answer=bound(_captions),
            idempotent=True,
        ),
        Operation(
            method="POST", path=f"{one}/levels", name=f"{plural}.levels",
            summary="Audio levels, one or many", scope="ingest",
            body=Levels, result=Accepted, status=202, idempotent=True, answer=bound(_levels),
        ),
        Operation(
            method="POST", path=f"{one}/audio", name=f"{plural}.audio",
            summary="A participant's sound: mono, 16 bit, little endian", scope="ingest",
            body=bytes, takes=SOUND, largest=LARGEST_SOUND, query=SoundAsked,
            result=Accepted, status=202, idempotent=True, answer=bound(_sound),
        ),
    ]  # fmt: skip


async def _join(service: Service, kind: Kind, call: Call) -> ParticipantShown:
    session = await service.session(call.caller, kind, call.path["id"])
    asked: Participant = call.body
    if asked.source is not None:
        session.need_pixels()
        await service.readable(asked.source)
    await session.join(asked.id, asked.name, asked.role)
    if asked.source is not None:
        await service.hub.show(session.id, asked.id, asked.source)
    return _shown(session, call.body.id, _talking(session))


async def _people(service: Service, kind: Kind, call: Call) -> ParticipantPage:
    session = await service.session(call.caller, kind, call.path["id"])
    talking = _talking(session)
    return ParticipantPage(items=[_shown(session, one, talking) for one in session.participants])


async def _change(service: Service, kind: Kind, call: Call) -> ParticipantShown:
    session = await service.session(call.caller, kind, call.path["id"])
    who, asked = call.path["participant"], call.body
    if who not in session.participants:
        raise not_found("participant")
    if asked.name is not None or asked.role is not None:
        await session.join(who, asked.name, asked.role)
    if asked.muted is not None:
        await session.mute(who, muted=asked.muted)
        if service.media is not None:
            service.media.mute(session.id, who, muted=asked.muted)
    if "face" in asked.model_fields_set:
        await session.face(who, box(asked.face))
    return _shown(session, who, _talking(session))


async def _leave(service: Service, kind: Kind, call: Call) -> None:
    session = await service.session(call.caller, kind, call.path["id"])
    if service.media is not None:
        service.media.remove(session.id, call.path["participant"])
    if not await session.leave(call.path["participant"]):
        raise not_found("participant")


async def _captions(service: Service, kind: Kind, call: Call) -> CaptionsAccepted:
    session = await service.session(call.caller, kind, call.path["id"])
    many = isinstance(call.body, tuple)
    given = call.body if many else (call.body,)
    return await heard(session, given, many=many)


async def _levels(service: Service, kind: Kind, call: Call) -> Accepted:
    session = await service.session(call.caller, kind, call.path["id"])
    given = call.body if isinstance(call.body, tuple) else (call.body,)
    await session.levels(levels(session, given))
    return Accepted(accepted=len(given))


async def _sound(service: Service, kind: Kind, call: Call) -> Accepted:
    session = await service.session(call.caller, kind, call.path["id"])
    asked: SoundAsked = call.query
    count = await session.sound(asked.participant, call.body or b"", rate=asked.rate, at=asked.at)
    return Accepted(accepted=count)


async def heard(
    session: Session, captions: Sequence[Caption], *, many: bool = True
) -> CaptionsAccepted:
    """Take captions in; what became of them. Raises `Problem`."""
    if not all(one.final for one in captions):
        await session.speaking()
    for index, one in enumerate(captions):
        if one.end < one.start:
            where = f"{index}.end" if many else "end"
            detail = f"{where}: expected an end from {one.start:g} on, found {one.end:g}"
            raise Problem(422, "invalid", detail)
    final = [_segment(one) for one in captions if one.final and one.text.strip()]
    taken = await session.captions(final)
    return CaptionsAccepted(
        accepted=taken.new,
        revised=taken.revised,
        repeated=taken.repeated,
        not_final=len(captions) - len(final),
    )


def levels(session: Session, given: Sequence[LevelHeard]) -> list[Level]:
    """The levels on the session's axis: where they say, or now."""
    now = session.clock()
    return [
        Level(at=now if one.at is None else one.at, participant=one.participant, level=one.level)
        for one in given
    ]


def box(face: Face | None) -> Box | None:
    """The rectangle. Raises `Problem` if it reaches out of the picture."""
    if face is None:
        return None
    found = Box(**face.model_dump())
    if found.x + found.width > 1 + EDGE or found.y + found.height > 1 + EDGE:
        raise Problem(422, "invalid", f"expected a face inside the picture, found {found}")
    return found


def _segment(caption: Caption) -> Segment:
    """Without an id of its own, what was said by whom and when tells whether it was sent before."""
    told = f"{caption.participant}\n{caption.start}\n{caption.end}\n{caption.text}"
    return Segment(
        id=caption.id or hashlib.sha256(told.encode()).hexdigest()[:24],
        participant=caption.participant,
        start=caption.start,
        end=caption.end,
        text=caption.text,
        words=settled(
            Word(
                text=one.text,
                start=one.start,
                end=max(one.start, one.end),
                speaker=caption.participant,
                confidence=one.confidence,
            )
            for one in caption.words or ()
        ),
    )


def _talking(session: Session) -> Sequence[str]:
    found: Sequence[str] = session.state.get("talking", ())
    return found


def _shown(session: Session, participant: str, talking: Sequence[str]) -> ParticipantShown:
    return ParticipantShown(
        id=participant,
        name=session.participants.get(participant),
        muted=participant in session.roster.muted,
        talking=participant in talking,
        role="host" if participant in session.roster.hosts else "participant",
    )
