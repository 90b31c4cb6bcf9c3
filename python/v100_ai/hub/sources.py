"""A session's source: decoded in a process of its own, its story told to the session."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from v100_ai import clock
from v100_ai.addresses import SOURCES, WEB, Network, check
from v100_ai.config import Settings
from v100_ai.errors import SettingRejected
from v100_ai.events import FaultFound, SceneCut, SourceConnected, SourceDisconnected
from v100_ai.layers.inputs import NOTHING
from v100_ai.session.session import Session
from v100_ai.worker import (
    Axis,
    CutFound,
    Died,
    Ended,
    FaultFound as WorkerFault,
    Gap,
    GapFound,
    Input,
    Limits,
    Lost,
    Opened,
    Policy,
    Position,
    Readings,
    Refused,
    Spec,
    Stats,
    Told,
    supervise,
    told_of,
)

MIB: Final = 1 << 20
NOWHERE: Final = ("0.0.0.0/8",)


def located(source: str, files: Path | None) -> str:
    """The source as a worker opens it: a URL as it is, a file inside the folder.

    Raises:
        SettingRejected: it is a file, and there is no folder for files or it lies outside.
    """
    if "://" in source:
        return source
    if files is None:
        raise SettingRejected(
            f"expected a URL, found {source!r}: this server has no folder of files"
        )
    root = files.resolve()
    path = (root / source).resolve()
    if not path.is_relative_to(root):
        raise SettingRejected(f"expected a file in the server's folder, found {source!r}")
    return str(path)


def spec(
    session: Session, settings: Settings, allowed: Sequence[Network], track: str | None = None
) -> Spec:
    """What a worker is to do for a track of the session. Raises `SettingRejected`."""
    asked = session.settings
    reference = source = None
    if track is None:
        source = asked.source
        reference = None if asked.reference is None else located(asked.reference, settings.files)
    elif track in session.tracks.sources:
        source = session.tracks.sources[track].url
    return Spec(
        source=located(source or "", settings.files),
        reference=reference,
        layers=asked.layers.pixels,
        pace=asked.pace,
        input=Input(**asked.input.model_dump()),
        files=settings.files is not None,
        closed=NOWHERE,
        opened=tuple(map(str, allowed)),
        limits=Limits(memory=settings.worker_memory * MIB),
    )


async def followed(
    session: Session, settings: Settings, allowed: Sequence[Network], track: str | None = None
) -> str:
    """Take a track's source in until it ends for good; why it did."""
    restart = session.settings.restart
    policy = Policy(
        restart=restart.when, first=restart.first, most=restart.longest, attempts=restart.attempts
    )

    async def checked(url: str) -> str:
        found = await check(url, schemes=SOURCES, allow=allowed)
        # Over HTTP the worker itself checks every hop, and TLS needs the name.
        return url if found.target.scheme in WEB else found.pinned

    axis = _axis(session, track)
    told: AbstractAsyncContextManager[Any] = supervise(
        spec(session, settings, allowed, track), policy, axis=axis, check=checked
    )
    async with told as messages:
        async for message in messages:
            ended = await _heard(session, message, axis, track)
            if ended is not None:
                return ended
    return "the source ended"


def _axis(session: Session, track: str | None) -> Axis:
    kept = session.tracks.place(track).get("position")
    if kept is None:
        # A stream's own source brings the axis with it; a participant's picture begins when it comes.
        return Axis(clock.monotonic, begins=None if track is None else session.clock)
    fields = dict(kept)
    ago = max(0.0, session.clock() - float(fields.pop("at")))
    return Axis(clock.monotonic, Position(**fields), clock.monotonic() - ago)


async def _heard(  # noqa: C901  # one case a message
    session: Session, message: Told, axis: Axis, track: str | None
) -> str | None:
    """Tell the session; why the source ended, if it did."""
    match message:
        case Opened():
            await session.keep(
                SourceConnected(
                    width=message.width,
                    height=message.height,
                    codec=message.codec,
                    rate=message.rate,
                    track=track,
                )
            )
        case Readings():
            here = axis.position
            position = None if here is None else {**asdict(here), "at": session.clock()}
            await session.frames(message.columns, track=track, position=position)
        case CutFound():
            cut = SceneCut(pts=message.pts, frame=message.frame, score=message.score)
            await session.frames(NOTHING, [cut], track=track)
        case WorkerFault():
            fault = FaultFound(
                fault=message.fault,
                from_pts=message.from_pts,
                to_pts=message.to_pts,
                frames=message.frames,
                worst=message.worst,
            )
            await session.frames(NOTHING, [fault], track=track)
        case Gap() | GapFound():
            await session.gap(message.from_pts, message.to_pts, message.reason, track)
        case Lost():
            await session.keep(
                SourceDisconnected(reason=message.reason, retry_in=message.retry_in, track=track)
            )
        case Stats():
            place = "source" if track is None else f"source/{track}"
            session.counts[place] = asdict(message)
        case Ended(broken=None):
            return "the source ended"
        case Ended() | Refused() | Died():
            reason = told_of(message)
            await session.keep(SourceDisconnected(reason=reason, retry_in=None, track=track))
            return reason
    return None
