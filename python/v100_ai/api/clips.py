"""Clips of streams over HTTP: asked for by hand, shown, edited, and their files."""

from collections.abc import Sequence
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
from v100_ai.layers.clips.resource import KEPT
from v100_ai.layers.clips.settings import Aspect
from v100_ai.layers.inputs import ClipAsked, ClipCancelled, ClipEdited
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
    """open, waiting, ready, failed, or removed: it was ready, and its files are gone."""
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
    kept: bool = False
    """Whether its files outlive the stream's history."""


class ClipKeep(Model):
    """Whether a clip outlives its stream's history."""

    kept: bool = True


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
            method="POST", path=one + "/keep", name="clips.keep",
            summary="Keep a clip's files when its stream's history is forgotten, or no more",
            scope="admin", body=ClipKeep, result=ClipShown, answer=partial(_keep, service),
        ),
        Operation(
            method="DELETE", path=one, name="clips.delete",
            summary="Remove a clip's files; one that is not ready yet is cancelled",
            scope="admin", status=204, answer=partial(_delete, service),
        ),
    ]  # fmt: skip


def shown(clip: ClipRecord) -> ClipShown:
    """The clip as it is told of."""
    fields = ClipShown.model_fields.keys() - {"kept"}
    return ClipShown(**{name: getattr(clip, name) for name in fields})


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
    return ClipPage(items=await _told(service, sorted(found, key=lambda each: each.number)))


async def _get(service: Service, call: Call) -> ClipShown:
    (found,) = await _told(service, [await _clip(service, call)])
    return found


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


async def _keep(service: Service, call: Call) -> ClipShown:
    asked: ClipKeep = call.body
    clip, folder = await _clip(service, call), service.settings.clips
    (found,) = await _told(service, [clip])
    if folder is None or found.status != "ready":
        raise Problem(409, "not_ready", f"expected a clip that is ready, found it {found.status}")
    mark = Path(folder) / _session(clip.id) / f"{clip.name}{KEPT}"
    await service.ask(mark.touch if asked.kept else partial(mark.unlink, missing_ok=True))
    return found.model_copy(update={"kept": asked.kept})


async def _delete(service: Service, call: Call) -> None:
    clip = await _clip(service, call)
    if clip.status in ("open", "waiting"):
        session = await service.session(call.caller, STREAM, _session(clip.id))
        await session.give(ClipCancelled(clip.id))
    if service.settings.clips is not None:
        await service.ask(removed, Path(service.settings.clips) / _session(clip.id), clip.name)


async def _told(service: Service, clips: Sequence[ClipRecord]) -> tuple[ClipShown, ...]:
    """Clips as they are told of, with what lies on the disk of them."""
    folder = service.settings.clips
    if folder is None:
        return tuple(map(shown, clips))
    return await service.ask(_on_disk, Path(folder), clips)


def _on_disk(folder: Path, clips: Sequence[ClipRecord]) -> tuple[ClipShown, ...]:
    found = []
    for clip in clips:
        beside = folder / _session(clip.id) / clip.name
        changes: dict[str, Any] = {"kept": beside.with_name(clip.name + KEPT).exists()}
        if clip.status == "ready" and not beside.with_name(f"{clip.name}.json").exists():
            changes |= {"status": "removed", "files": ()}
        found.append(shown(clip).model_copy(update=changes))
    return tuple(found)


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
