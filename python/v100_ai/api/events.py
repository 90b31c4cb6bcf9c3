"""What events hold, for those kinds that do not travel as the classes they are decided in."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from v100_ai.alerts import AlertOpened, AlertResolved
from v100_ai.events.kinds import FrameAnalysis
from v100_ai.highlights.highlight import HighlightCreated, HighlightUpdated
from v100_ai.session.settings import Model

Reading = float | Literal["inf", "-inf"]
"""A value as JSON has it."""


class AnswerShown(Model):
    """When and by whom a question was answered."""

    by: str
    at: float
    segment: str


class HighlightShown(Model):
    """A highlight; `deadline` is an ISO date, `timestamp` HH:MM:SS into the meeting, `start` the same in seconds."""

    id: str
    type: Literal["question", "action_item", "decision", "topic", "sentiment"]
    text: str
    assignee: str | None
    deadline: str | None
    timestamp: str
    confidence: float
    status: Literal["provisional", "confirmed", "retracted"]
    start: float
    segments: list[str]
    quote: str
    speaker: str
    answered: AnswerShown | None


class FramesShown(BaseModel):
    """A second of frames: least, mean and greatest of each reading under its name, or all in `columns`."""

    model_config = ConfigDict(extra="allow")

    frame: int
    frames: int
    from_pts: float
    to_pts: float
    columns: dict[str, list[float | str | None]] | None = None


class AlertOpenedShown(Model):
    """A reading was bad for as long as its rule says: since `start`, decided `at`."""

    rule: str
    incident: str
    reading: str
    value: Reading
    limit: float
    start: float
    at: float


class AlertResolvedShown(Model):
    """An alert is over: the reading was good from `end` on."""

    rule: str
    incident: str
    reading: str
    value: Reading | None
    worst: Reading
    start: float
    end: float
    at: float
    reason: Literal["recovered", "removed"]


SHOWN: Final[Mapping[Any, Any]] = {
    AlertOpened: AlertOpenedShown,
    AlertResolved: AlertResolvedShown,
    FrameAnalysis: FramesShown,
    HighlightCreated: HighlightShown,
    HighlightUpdated: HighlightShown,
}
"""What stands in for each of them."""
