"""Clips of streams over HTTP: asked for by hand, shown, edited, and their files."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from starlette.responses import FileResponse, Response

from v100_ai.api.forms import Seconds
from v100_ai.api.operation import Call, Operation
from v100_ai.api.problems import Problem, not_found
from v100_ai.api.service import Service
from v100_ai.clips.rendering import removed
from v100_ai.edit.operations import MOST, operations_from
from v100_ai.ids import known
from v100_ai.layers.clips.layer import ClipsLayer
from v100_ai.layers.clips.record import ClipRecord
from v100_ai.layers.clips.settings import Aspect
from v100_ai.layers.inputs import ClipAsked, ClipEdited
from v100_ai.records import PREFIX, Kind
from v100_ai.session.session import Session
from v100_ai.session.settings import Model

STREAM: Kind = "stream"


class ClipWanted(Model):
    """A range of a stream, in seconds on its own axis."""

    from_pts: Seconds
    to_pts: Seconds
    aspects: Annotated[tuple[Aspect, ...], Field(min_length=1, max_length=5)] | None = None
    """Those of the stream's settings where none are given."""


class ClipShown(Model):
    """A clip, and how far it is."""

    id: str
    status: str
    """open, waiting, ready or failed."""
    by: str
    """score or request."""
    version: int
    """Of its edit."""
    from_pts: float
    to_pts: float | None
    duration: float | None
    aspects: tuple[str, ...]
    files: tuple[str, ...]
    """Names of its files, below `/v1/clips/{id}/files/`."""
    rank_score: float | None
    reasons: tuple[str, ...]
    text: str
    why: str | None
    """Why it failed."""


class ClipPage(Model):
    """The clips of a stream."""

    items: tuple[ClipShown, ...]


class ClipEdit(Model):
    """All operations of an edit, and the version that it was made from."""

    version: Annotated[int, Field(ge=0)]
    operations: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST)]
    """`cut_words`, `keep_words`, `shorten_pauses`, `fix_text` and `cut_range`, in order; they replace those before."""


def operations(service: Service) -> list[Operation]:
    """The operations on clips."""
    home, one = "/v1/streams/{id}/clips", "/v1/clips/{id}"
    return [
        Operation(
            method="POST", path=home, name="clips.create", summary="Make a clip of any range",
            scope="admin", body=ClipWanted, result=ClipShown, status=202, idempotent=True,
            answer=partial(_create, service),
        ),
        Operation(
            method="GET", path=home, name="clips.list", summary="The clips of a stream",
            scope="read", result=ClipPage, answer=partial(_list, service),
        ),
        Operation(
            method="GET", path=one, name="clips.get", summary="One clip",
            scope="read", result=ClipShown, answer=partial(_get, service),
        ),
        Operation(
            method="GET", path=one + "/files/{name}", name="clips.file",
            summary="A file of a clip: the clip itself, its captions, its thumbnail, its decisions",
            scope="read", result=bytes, media_type="application/octet-stream",
            answer=partial(_file, service),
        ),
        Operation(
            method="PATCH", path=one + "/edit", name="clips.edit",
            summary="Edit a clip by its words; 409 where somebody else did so first",
            scope="admin", body=ClipEdit, result=ClipShown, status=202,
            answer=partial(_edit, service),
        ),
        Operation(
            method="DELETE", path=one, name="clips.delete", summary="Remove a clip's files",
            scope="admin", status=204, answer=partial(_delete, service),
        ),
    ]  # fmt: skip


def shown(clip: ClipRecord) -> ClipShown:
    """The clip as it is told of."""
    return ClipShown(**{name: getattr(clip, name) for name in ClipShown.model_fields})


def _layer(session: Session) -> ClipsLayer:
    for layer in session.layers:
        if isinstance(layer, ClipsLayer):
            return layer
    raise Problem(409, "layer_off", "expected a stream with the layer clips, found it off")


async def _create(service: Service, call: Call) -> ClipShown:
    asked: ClipWanted = call.body
    session = await service.session(call.caller, STREAM, call.path["id"])
    layer = _layer(session)
    if asked.to_pts <= asked.from_pts:
        raise Problem(
            422, "invalid", f"expected to_pts after {asked.from_pts}, found {asked.to_pts}"
        )
    clip = layer.next()
    await session.give(ClipAsked(clip, asked.from_pts, asked.to_pts, asked.aspects or ()))
    return shown(layer.clips[clip])


async def _list(service: Service, call: Call) -> ClipPage:
    record = await service.record(call.caller, STREAM, call.path["id"])
    found = await _clips(service, record.id)
    return ClipPage(items=tuple(map(shown, sorted(found, key=lambda each: each.number))))


async def _get(service: Service, call: Call) -> ClipShown:
    return shown(await _clip(service, call))


async def _file(service: Service, call: Call) -> Response:
    clip, name, folder = await _clip(service, call), call.path["name"], service.settings.clips
    beside = [f"{clip.name}.{ending}" for ending in ("srt", "vtt", "jpg", "json")]
    if folder is None or clip.status != "ready" or name not in (*clip.files, *beside):
        raise not_found("file")
    path = Path(folder) / _session(clip.id) / name
    if not await service.ask(path.is_file):
        raise not_found("file")
    return FileResponse(path)


async def _edit(service: Service, call: Call) -> ClipShown:
    asked: ClipEdit = call.body
    known_ = await _clip(service, call)
    session = await service.session(call.caller, STREAM, _session(known_.id))
    layer = _layer(session)
    clip = layer.clips[known_.id]
    if clip.version != asked.version:
        raise Problem(
            409,
            "stale",
            f"expected version {clip.version}, found {asked.version}: it was edited since",
            version=clip.version,
        )
    if clip.status == "open" or clip.to_pts is None:
        raise Problem(409, "not_ready", "expected a clip whose range is decided, found it open")
    operations_from(list(asked.operations), layer.said(clip))
    await session.give(ClipEdited(clip.id, clip.version + 1, asked.operations))
    return shown(layer.clips[clip.id])


async def _delete(service: Service, call: Call) -> None:
    clip = await _clip(service, call)
    if service.settings.clips is not None:
        await service.ask(removed, Path(service.settings.clips) / _session(clip.id), clip.name)


async def _clip(service: Service, call: Call) -> ClipRecord:
    """The clip, if it exists for the caller. Raises `Problem`."""
    asked = call.path["id"]
    session = _session(asked)
    if not known(session, PREFIX[STREAM]):
        raise not_found("clip")
    record = await service.record(call.caller, STREAM, session)
    for clip in await _clips(service, record.id):
        if clip.id == asked:
            return clip
    raise not_found("clip")


async def _clips(service: Service, session: str) -> list[ClipRecord]:
    """All clips of a session, live or ended, as they are kept."""
    state = await service.ask(service.store.state, session)
    return [ClipRecord.from_json(told) for key, told in state.items() if key.startswith("clips/")]


def _session(clip: str) -> str:
    return clip.rpartition("-")[0]
