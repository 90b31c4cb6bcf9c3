"""A session's source: decoded in a process of its own, its story told to the session."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from v100_ai import clock
from v100_ai.addresses import SOURCES, WEB, Network, check
from v100_ai.config import Settings
from v100_ai.events import (
    AnalysisWarning,
    FaultFound,
    SceneCut,
    SourceBehind,
    SourceCaughtUp,
    SourceConnected,
    SourceDisconnected,
)
from v100_ai.layers.clips.settings import RECORDED, ClipsSettings
from v100_ai.layers.flags import FLAGS
from v100_ai.layers.inputs import NOTHING, Recorded, Sound
from v100_ai.session.session import Session
from v100_ai.worker import (
    Axis,
    Died,
    Ended,
    FaceSeen,
    Gap,
    GapFound,
    Input,
    Limits,
    Lost,
    Opened,
    Policy,
    Pool,
    Position,
    Readings,
    Recorded as WorkerRecorded,
    Recording,
    Refused,
    SoundDecoded,
    Spec,
    Stats,
    Told,
    start,
    supervise,
    told_of,
)
from v100_ai.worker.encoded import SOUND_RATE
from v100_ai.worker.located import located

LATE_S: Final = 2.0
"""Behind by more, a source is told of."""

PROMPT_S: Final = 0.5
STEADY_S: Final = 10.0
"""Behind by no more for so long, it is told to be in time again."""

MIB: Final = 1 << 20
CLIPS: Final = next(each for each in FLAGS if each.name == "clips")
NOWHERE: Final = ("0.0.0.0/8",)

SOURCE: Final = "source"
"""Whose voice a stream's own sound is."""


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
        late="drop" if asked.late == "drop" else "keep",
        input=Input(**asked.input.model_dump()),
        files=settings.files is not None,
        closed=NOWHERE,
        opened=tuple(map(str, allowed)),
        limits=Limits(memory=settings.worker_memory * MIB),
        recording=_recording(session, settings),
        sound=track is None and session.takes(Sound),
    )


def _recording(session: Session, settings: Settings) -> Recording | None:
    """Where a live source's packets are kept, if a layer wants them."""
    source, layers = session.settings.source or "", session.settings.layers
    if CLIPS.name not in layers.on or settings.clips is None or "://" not in source:
        return None
    asked: ClipsSettings = layers.of(CLIPS)
    folder = settings.clips / session.id / RECORDED
    folder.mkdir(parents=True, exist_ok=True)
    return Recording(str(folder), 60.0 * asked.keep_minutes, asked.keep_mib * MIB)


async def followed(
    session: Session,
    settings: Settings,
    allowed: Sequence[Network],
    track: str | None = None,
    pool: Pool | None = None,
) -> str:
    """Take a track's source in until it ends for good, in a process of the pool if there is one; why it did."""
    restart = session.settings.restart
    policy = Policy(
        restart=restart.when, first=restart.first, most=restart.longest, attempts=restart.attempts
    )

    async def checked(url: str) -> str:
        found = await check(url, schemes=SOURCES, allow=allowed)
        # Over HTTP the worker itself checks every hop, and TLS needs the name.
        return url if found.target.scheme in WEB else found.pinned

    axis, behind = _axis(session, track), Behind()
    told: AbstractAsyncContextManager[Any] = supervise(
        spec(session, settings, allowed, track),
        policy,
        axis=axis,
        check=checked,
        launch=start if pool is None else pool.place(),
    )
    async with told as messages:
        async for message in messages:
            ended = await _heard(session, message, axis, behind, track)
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


@dataclass(slots=True)
class Behind:
    """Since when a source is told to be behind, and since when it is prompt again."""

    since: float | None = None
    prompt: float | None = None


async def _late(session: Session, stats: Stats, behind: Behind, track: str | None) -> str | None:
    """Tell of a source that falls behind, and that it is in time again; why it is to end, if it is."""
    now = session.clock()
    if behind.since is None:
        if stats.lag > LATE_S:
            behind.since = now
            told = SourceBehind(at=now, lag=round(stats.lag, 2), dropped=stats.dropped, track=track)
            await session.keep(told)
            if session.settings.late == "end":
                return f"the source fell behind by {stats.lag:.1f} s"
        return None
    behind.prompt = (behind.prompt or now) if stats.lag <= PROMPT_S else None
    if behind.prompt is not None and now - behind.prompt >= STEADY_S:
        lasted = round(now - behind.since, 2)
        behind.since = behind.prompt = None
        await session.keep(
            SourceCaughtUp(at=now, lasted=lasted, dropped=stats.dropped, track=track)
        )
    return None


async def _heard(  # noqa: C901  # one case a message
    session: Session, message: Told, axis: Axis, behind: Behind, track: str | None
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
        case SceneCut() | FaultFound():
            await session.frames(NOTHING, [message], track=track)
        case WorkerRecorded():
            later = 0.0 if axis.position is None else axis.position.later
            kept = Recorded(
                message.file, message.from_pts + later, message.to_pts + later, later, message.bytes
            )
            await session.give(kept)
        case Gap() | GapFound():
            await session.gap(message.from_pts, message.to_pts, message.reason, track)
        case AnalysisWarning():
            await session.keep(replace(message, track=track))
        case Lost():
            await session.keep(
                SourceDisconnected(reason=message.reason, retry_in=message.retry_in, track=track)
            )
        case Stats():
            place = "source" if track is None else f"source/{track}"
            session.counts[place] = {**asdict(message), "lag": round(message.lag, 2)}
            session.stir()
            return await _late(session, message, behind, track)
        case SoundDecoded():
            await session.give(Sound(SOURCE, message.samples, SOUND_RATE, message.at))
        case FaceSeen():
            pass  # of rooms alone
        case Ended(broken=None):
            return "the source ended"
        case Ended() | Refused() | Died():
            reason = told_of(message)
            await session.keep(SourceDisconnected(reason=reason, retry_in=None, track=track))
            return reason
    return None
