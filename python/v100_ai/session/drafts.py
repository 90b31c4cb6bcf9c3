"""Every kind of event there is, and each of them as what the log takes."""

from dataclasses import asdict
from enum import Enum
from typing import Any, Final, get_args

from v100_ai.alerts import AlertOpened, AlertResolved, to_json as alert_to_json
from v100_ai.director import (
    CameraZoom,
    LayoutChanged,
    SpeakerChanged,
    TalkStarted,
    TalkStopped,
    TalkSummary,
)
from v100_ai.events.kinds import FrameAnalysis, SessionEvent
from v100_ai.events.media import MediaEvent
from v100_ai.highlights.absence import ActionNotified
from v100_ai.highlights.highlight import HighlightCreated, HighlightUpdated, to_json
from v100_ai.highlights.summary import SummaryUpdated
from v100_ai.records import Draft

LayerEvent = (
    AlertOpened
    | AlertResolved
    | ActionNotified
    | CameraZoom
    | HighlightCreated
    | HighlightUpdated
    | LayoutChanged
    | SpeakerChanged
    | SummaryUpdated
    | TalkStarted
    | TalkStopped
    | TalkSummary
)
Event = SessionEvent | LayerEvent | MediaEvent
EVENTS: Final = tuple(sorted(get_args(Event), key=lambda each: each.kind))
"""All kinds of events that are kept."""


def draft(event: Event) -> Draft:
    """The event as the log takes it."""
    if isinstance(event, HighlightCreated | HighlightUpdated):
        return Draft(type=event.kind, data=to_json(event.highlight))
    if isinstance(event, AlertOpened | AlertResolved):
        return Draft(type=event.kind, data=alert_to_json(event))
    if isinstance(event, FrameAnalysis):
        return Draft(type=event.kind, data=event.window)
    return Draft(type=event.kind, data=asdict(event, dict_factory=_fields))


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """As `dict`, with enumerations by their values."""
    return {name: value.value if isinstance(value, Enum) else value for name, value in pairs}
