"""What a meeting's socket says, awaited."""

import json
from typing import Any

import anyio

from tests.api.running import Api


async def told(
    api: Api, meeting: str, kinds: set[tuple[str, str | None]], *, seconds: float = 150
) -> list[dict[str, Any]]:
    """What the socket says until each of these came: a type, and whose track or voice it is of."""
    found: list[dict[str, Any]] = []
    secret = api.secret or None
    with anyio.move_on_after(seconds):
        async with api.socket(f"/v1/meetings/{meeting}/events?after=0", secret=secret) as socket:
            while kinds:
                one = json.loads(await socket.recv())
                data = one.get("data", {})
                if "seq" in one:
                    found.append(one)
                who = data.get("track") or data.get("participant")
                kinds = kinds - {(one["type"], who), (one["type"], None)}
    session = await api.service.hub.session(meeting)
    assert not kinds, (kinds, session.counts)
    return found
