"""Every operation on clips."""

from collections.abc import Sequence
from urllib.parse import quote

from v100_ai.client.asking import an_object, below, body, call, nothing
from v100_ai.client.call import Call, Resource, Route
from v100_ai.client.results import Page, listed, made
from v100_ai.records import Json


class ClipRoutes(Resource):
    """Clips: made of a stream whose `id` is given, then known by an id of their own."""

    @Route
    def create(
        self,
        id: str,  # noqa: A002
        *,
        from_pts: float,
        to_pts: float,
        aspects: Sequence[str] | None = None,
    ) -> Call[Json]:
        """A clip of a range, in seconds on the stream's axis; told ready or failed as an event."""
        asked = body(from_pts=from_pts, to_pts=to_pts, aspects=aspects)
        return call("POST", below(self, id, "clips"), an_object, json=asked)

    @Route
    def list(self, id: str) -> Call[Sequence[Json]]:  # noqa: A002
        """The clips of a stream."""
        path = below(self, id, "clips")
        return call("GET", path, lambda found: listed(made(Page, found).items))

    @Route
    def get(self, clip: str) -> Call[Json]:
        """One clip, and how far it is."""
        return call("GET", _clip(clip), an_object)

    @Route
    def delete(self, clip: str) -> Call[None]:
        """Removes a clip's files; one that is not ready yet is cancelled."""
        return nothing("DELETE", _clip(clip))

    @Route
    def file(self, clip: str, name: str) -> Call[bytes]:
        """One of its files."""
        return Call(method="GET", path=f"{_clip(clip)}/files/{quote(name, safe='')}", read=bytes)

    @Route
    def keep(self, clip: str, *, kept: bool = True) -> Call[Json]:
        """A clip that outlives its stream's history, or does not any more."""
        return call("POST", f"{_clip(clip)}/keep", an_object, json=body(kept=kept))

    @Route
    def edit(self, clip: str, *, version: int, operations: Sequence[Json]) -> Call[Json]:
        """The clip under an edit's operations; `version` is the one that they were made from, a stale one is refused (409)."""
        asked = body(version=version, operations=list(operations))
        return call("PATCH", f"{_clip(clip)}/edit", an_object, json=asked)


def _clip(clip: str) -> str:
    return f"/v1/clips/{quote(clip, safe='')}"
