"""The dashboard: files that were built before the package was, as they are."""

import mimetypes
import re
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

POLICY: Final = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


NAME: Final = re.compile(r"[\w-]+\.(?:js|css|svg)")
FOREVER: Final = "public, max-age=31536000, immutable"
"""A name holds the hash of what is in it: it never means anything else."""

ABSENT: Final = (
    "This v100_ai was built without its dashboard: scripts/dashboard builds it, with Node. "
    "Everything else works; the API is described at /v1/openapi.json."
)


def routes() -> list[BaseRoute]:
    """The page for whoever comes, and what it consists of: it holds nothing that is anybody's."""
    home = files("v100_ai.api").joinpath("assets")

    async def page(_: Request) -> Response:
        index = home.joinpath("index.html")
        if not index.is_file():
            return PlainTextResponse(ABSENT)
        headers = {"content-security-policy": POLICY, "cache-control": "no-cache", **HEADERS}
        return Response(index.read_bytes(), media_type="text/html", headers=headers)

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        found = home.joinpath("assets", name)
        if not NAME.fullmatch(name) or not found.is_file():
            return Response(status_code=404)
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        headers = {"cache-control": FOREVER, **HEADERS}
        return Response(found.read_bytes(), media_type=kind, headers=headers)

    return [Route("/", page), Route("/assets/{name}", asset)]
