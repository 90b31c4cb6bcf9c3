"""What may be asked of the active speaker: whom the screen shows, how long, and how near the camera goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from v100_ai.layers.settings import CLOSED, Between, Seconds, check


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveSpeakerSettings:
    """Settings of the flag `active_speaker`.

    Attributes:
        layout: the speaker large, everybody alike, or one participant alone.
        spotlight: who is alone in the spotlight; whoever holds the floor if nobody is named.
        hold_seconds: the shortest time a layout stands. Only somebody's leaving cuts earlier.
        return_seconds: the time after a cut away from somebody before a cut back.
        picture_in_picture: whether the one shown before stays as a small picture.
        argue_turns: changes of the floor between the same two that show both side by side; 0 is never.
        argue_seconds: the time these have to happen in, and how long both are shown without another.
        motion_cut: `motion_magnitude` of a participant's picture from which is cut to them; None is never.
        zoom: how much larger a speaker's head is brought, where the face is known and fits.
        zoom_seconds: how long the camera's move takes.
        zoom_margin: part of the face's own size kept free on each side.
        zoom_still: part of the picture the face has to move by before the camera follows.
        levels: settings of how the floor is found, as `notebooks/speaker.py` writes them; the service's else.
    """

    __pydantic_config__: ClassVar = CLOSED

    layout: Literal["speaker", "grid", "spotlight"] = "speaker"
    spotlight: str | None = None
    hold_seconds: Seconds = 2.0
    return_seconds: Seconds = 4.0
    picture_in_picture: bool = True
    argue_turns: Annotated[int, Between(0, 31)] = 4
    argue_seconds: Seconds = 20.0
    motion_cut: Annotated[float, Between(0.0, 255.0)] | None = None
    zoom: Annotated[float, Between(1.0, 8.0)] = 1.5
    zoom_seconds: Annotated[float, Between(0.0, 60.0)] = 0.8
    zoom_margin: Annotated[float, Between(0.0, 10.0)] = 0.5
    zoom_still: Annotated[float, Between(0.0, 1.0)] = 0.03
    levels: Mapping[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        check(self)
