"""Layer: the seam behind every flag, without clock, thread or socket: inputs in, steps out, each kept in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from v100_ai.errors import V100Error
from v100_ai.events import Audience, Event, Role
from v100_ai.events.event import SEEN
from v100_ai.highlights.roster import Person
from v100_ai.layers.inputs import Input, Past
from v100_ai.records import Json

Count = int | float | None


@dataclass(frozen=True, slots=True)
class Step:
    """What one input, or time, led to. All of it is kept together, or nothing is."""

    events: tuple[Event, ...] = ()
    journal: tuple[Json, ...] = ()
    """Records that `resume` is given again, in order."""
    state: Mapping[str, Json | None] = field(default_factory=dict[str, "Json | None"])
    """What `resume` is given again, by key: the last of each; None removes one. Keys begin with the layer's name."""
    inputs: tuple[Input, ...] = ()
    """What this brings in for the session and its other layers, such as words that were heard in sound."""

    def __add__(self, other: "Step") -> "Step":
        return Step(
            self.events + other.events,
            self.journal + other.journal,
            {**self.state, **other.state},
            self.inputs + other.inputs,
        )

    def __bool__(self) -> bool:
        return bool(self.events or self.journal or self.state or self.inputs)


NOTHING: Final = Step()

Keep = Callable[[Callable[[], Step]], Awaitable[None]]
"""Keeps the step that a function takes. The function is called at once when all that came before it is kept, so that
nothing comes between what it changes and what is written. Raises `Unkept` when that was not to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a layer may know when a session is opened."""

    settings: Any
    """Its own, of the class that its flag names."""
    on: tuple[str, ...]
    """All flags that are set."""
    options: Any
    """What goes with all flags alike: `rate`, `alerts`."""
    resource: Any = None
    """What the service opened for this layer, if its flag names something."""
    clock: Callable[[], float]
    begins: datetime
    """When the session begins, with its time zone: for deadlines."""
    people: tuple[Person, ...] = ()
    """Everybody invited."""
    session: str = ""
    """The session's id."""
    source: str | None = None
    """What a stream is decoded from, as it was asked for."""


class LayerOff(V100Error):
    """Something came in that no layer of this session takes."""

    def __init__(self, found: str, flags: Sequence[str]) -> None:
        super().__init__(f"expected {found} only where one of {', '.join(flags)} is on")
        self.flags = tuple(flags)


class Layer:
    """One flag of one session. A subclass says what it `takes` and answers with steps.

    Times called `now` are the clock's: seconds since the session was created. Nothing here waits, but for `run`.
    """

    name: ClassVar[str]
    """The flag's, and that of its counters and records."""
    takes: ClassVar[frozenset[type[Input]]] = frozenset()
    """The inputs, and classes of events, that `push` is given."""
    remembers: ClassVar[frozenset[type[Event]]] = frozenset()
    """The classes of events that `resume` is given."""
    audience: ClassVar[Audience] = "session"
    """Who may see its `state`."""
    patience: ClassVar[float | None] = None
    """Seconds that a session's end waits for `run`; None for as long as it takes."""

    @classmethod
    def open(cls, opening: Opening) -> Self:
        """The layer of a session. Raises `SettingRejected` for settings that cannot be followed here."""
        raise NotImplementedError

    def push(self, given: Input, now: float) -> Step:
        """Take one input in."""
        raise NotImplementedError

    def due(self, now: float) -> bool:
        """Whether `tick` has something to do."""
        return False

    @property
    def wakes(self) -> float | None:
        """When `due` may be true next, if nothing comes in; None for never. A layer that does not say is always asked."""
        return None if type(self).due is Layer.due else 0.0

    def tick(self, now: float) -> Step:
        """Time has passed."""
        return NOTHING

    def settle(self, now: float) -> Step:
        """No more comes in: what waits is decided. Again, it says nothing more."""
        return NOTHING

    def resume(self, past: Past) -> Step:
        """Take up an earlier run; what it left open is in the step."""
        return NOTHING

    @property
    def state(self) -> Json:
        """What stands now, as JSON: what whoever joins late is told, beside what other layers say."""
        return {}

    def seen(self, role: Role) -> Json:
        """The state, as far as somebody may see it."""
        return self.state if self.audience in SEEN[role] else {}

    @property
    def counts(self) -> Mapping[str, Count]:
        """What went through, and what was dropped."""
        return {}

    @property
    def runs(self) -> bool:
        """Whether `run` has to run beside the session."""
        return False

    async def run(self, keep: Keep) -> None:
        """Work that takes its time, until `settle` was called and all of it is done."""

    async def ready(self) -> None:
        """Wait while too much waits for `run`: whoever brings more in is held up so long."""


def summed(steps: Iterable[Step]) -> Step:
    """Steps as one."""
    total = NOTHING
    for step in steps:
        if step:
            total = total + step if total else step
    return total


SIGNED: Final = "layer"
"""What a record of the journal says of whose it is."""

UNSIGNED: Final = "highlights"
"""Whose the records are that say nothing: only they wrote any before records were signed."""


def signed(layer: Layer, step: Step) -> Step:
    """The step, its records with the layer's name."""
    if not step.journal:
        return step
    return replace(step, journal=tuple({**each, SIGNED: layer.name} for each in step.journal))


def own(layer: Layer, journal: Iterable[Json]) -> tuple[Json, ...]:
    """The records of a layer."""
    return tuple(each for each in journal if each.get(SIGNED, UNSIGNED) == layer.name)
