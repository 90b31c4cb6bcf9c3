"""What an operator has to know of a hub: what befell its sessions, and that the model will not serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from v100_ai.events import SessionNotice
from v100_ai.hub.live import Live
from v100_ai.layers.highlights.watched import Watched


@dataclass(slots=True)
class Befell:
    """What befell sessions since the server started."""

    takeovers: int = 0
    """Taken up from an owner that was gone."""
    lost: int = 0
    """Taken by another server."""
    failed: int = 0
    """Taken up again from the log after a fault."""


def paid(resources: Mapping[str, Any]) -> Watched | None:
    """The model that is paid for, among what the service opened for its layers."""
    asked = (getattr(each, "ask", None) for each in resources.values())
    return next((each for each in asked if isinstance(each, Watched)), None)


async def noticed(live: Live, resources: Mapping[str, Any]) -> None:
    """Tell a session, once, that the model refuses what it was to be asked for it."""
    model = paid(resources)
    asks = any(
        layer.runs and getattr(resources.get(layer.name), "ask", None) is model
        for layer in live.session.layers
    )
    if model is None or model.refused is None or not asks or live.noticed:
        return
    live.noticed = True
    detail = f"{model.refused}: what it was asked for comes from rules instead"
    notice = SessionNotice(at=live.session.clock(), code="model_refused", detail=detail)
    with live.guarded():
        await live.session.keep(notice)
