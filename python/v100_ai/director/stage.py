"""Who is on the stage: floor, motion and policy in, layout changes out. Knows no clock.

The floor may change faster than a picture should. A shot stands for a while, nobody who was just
cut away from comes straight back, and two who take the floor in turns are shown side by side.
Nobody holding the floor is no reason to cut: whoever was last shown stays.
"""

from collections import deque
from dataclasses import dataclass, field

from v100_ai.director import layout
from v100_ai.events.speaker import LayoutChanged, Reason, Tile, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the stage may do. Times are seconds.

    Attributes:
        view: speaker (which shows two who argue side by side), grid or spotlight.
        spotlight: who is alone on the stage in the spotlight; None is whoever has the floor.
        shot: the shortest time one layout stands. Only somebody's leaving cuts earlier.
        no_return: the time after a cut away from somebody before a cut back.
        inset: whether the one shown before stays as picture-in-picture.
        argue_turns: changes of the floor between the same two that are an argument; 0 is never.
        argue_within: the time these changes have to happen in, and how long the argument then
            lasts without another.
        motion_cut: motion magnitude from which somebody is cut to; None is never.
    """

    view: View = View.SPEAKER
    spotlight: str | None = None
    shot: float = 2.0
    no_return: float = 4.0
    inset: bool = True
    argue_turns: int = 4
    argue_within: float = 20.0
    motion_cut: float | None = None

    def __post_init__(self) -> None:
        """Refuses what cannot be followed.

        Raises:
            ValueError: the view is no policy, or a number negative.
        """
        if self.view is View.SIDE_BY_SIDE:
            raise ValueError("expected speaker, grid or spotlight; side by side comes by itself")
        if min(self.shot, self.no_return, self.argue_within, self.argue_turns) < 0:
            raise ValueError(f"expected no negative number, found {self}")


@dataclass(slots=True)
class Stage:
    """Decides what the screen shows."""

    policy: Policy = field(default_factory=Policy)
    current: LayoutChanged | None = None
    """What stands now: what a joiner has to be told."""
    _here: list[str] = field(default_factory=list[str])
    _floor: str | None = None
    _moving: tuple[str, float] | None = None
    _main: str | None = None
    _before: str | None = None
    _left_at: dict[str, float] = field(default_factory=dict[str, float])
    _turns: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=32))
    _now: float = float("-inf")

    def join(self, participant: str, *, at: float) -> LayoutChanged | None:
        """Somebody is there; again and again is as good as once."""
        if participant not in self._here:
            self._here.append(participant)
        return self._decide(at, Reason.JOINED)

    def leave(self, participant: str, *, at: float) -> LayoutChanged | None:
        """Somebody is gone, from the screen at once."""
        if participant in self._here:
            self._here.remove(participant)
        self._left_at.pop(participant, None)
        self._turns = deque((t for t in self._turns if t[1] != participant), maxlen=32)
        if self._floor == participant:
            self._floor = None
        if self._before == participant:
            self._before = None
        if self._main == participant:
            self._main, self._before = self._before, None
        if self._moving and self._moving[0] == participant:
            self._moving = None
        return self._decide(at, Reason.LEFT)

    def floor(self, participant: str | None, *, at: float) -> LayoutChanged | None:
        """Somebody took the floor, or nobody has it."""
        if participant is not None and participant not in self._here:
            self._here.append(participant)
        self._floor = participant
        if participant is not None and (not self._turns or self._turns[-1][1] != participant):
            self._turns.append((at, participant))
        return self._decide(at, Reason.SPEAKER)

    def motion(self, participant: str, magnitude: float, *, at: float) -> LayoutChanged | None:
        """Somebody moves by `magnitude`."""
        limit = self.policy.motion_cut
        if limit is not None and magnitude >= limit and participant in self._here:
            self._moving = (participant, at)
        return self._decide(at, Reason.MOTION)

    def tick(self, *, at: float) -> LayoutChanged | None:
        """Time went on: what had to wait may be due."""
        return self._decide(at, Reason.SPEAKER)

    def choose(self, policy: Policy, *, at: float) -> LayoutChanged | None:
        """Another policy, followed at once."""
        self.policy = policy
        return self._decide(at, Reason.CHOSEN)

    def _decide(self, at: float, reason: Reason) -> LayoutChanged | None:
        now = self._now = max(self._now, at)
        view, reason, main = self._wanted(now, reason)
        tiles = self._tiles(view, main)
        shown = self.current
        if shown is not None and (shown.view, shown.tiles) == (view, tiles):
            return None
        if shown is None and not tiles:
            return None
        # A layout cannot wait that shows somebody who left, or that is not what was chosen.
        here = set(self._here)
        broken = shown is not None and any(tile.participant not in here for tile in shown.tiles)
        at_once = shown is None or not shown.tiles or broken or reason is Reason.CHOSEN
        joined = view is View.GRID and shown is not None and shown.view is View.GRID
        if not at_once and not joined and shown is not None and now - shown.at < self.policy.shot:
            return None
        self._cut(main, now)
        self.current = LayoutChanged(
            at=now, view=view, reason=reason, tiles=self._tiles(view, self._main)
        )
        return self.current

    def _wanted(self, now: float, reason: Reason) -> tuple[View, Reason, str | None]:
        policy = self.policy
        if policy.view is View.GRID:
            return View.GRID, reason, None
        if policy.view is View.SPOTLIGHT:
            chosen = policy.spotlight
            return View.SPOTLIGHT, reason, chosen if chosen in self._here else self._next(now)
        if self._arguing(now) is not None:
            return View.SIDE_BY_SIDE, Reason.ARGUMENT, self._main
        moving = self._mover(now)
        if moving is not None:
            return View.SPEAKER, Reason.MOTION, moving
        return View.SPEAKER, reason, self._next(now)

    def _tiles(self, view: View, main: str | None) -> tuple[Tile, ...]:
        pair = self._arguing(self._now)
        if view is View.SIDE_BY_SIDE and pair is not None:
            return layout.side_by_side(*pair)
        if view is View.GRID:
            return layout.grid(self._here)
        if main is None:
            return ()
        if view is View.SPOTLIGHT or not self.policy.inset:
            return layout.spotlight(main)
        inset = self._before if main == self._main else self._main
        return layout.speaker(main, inset if inset != main else None)

    def _cut(self, main: str | None, now: float) -> None:
        if main is None or main == self._main:
            return
        if self._main is not None:
            self._left_at[self._main] = now
        self._main, self._before = main, self._main

    def _next(self, now: float) -> str | None:
        """Who should be large: the floor's holder, unless just cut away from; else who is now."""
        wanted = self._floor
        if wanted is None or (wanted != self._main and not self._may_return(wanted, now)):
            return self._main or next(iter(self._here), None)
        return wanted

    def _mover(self, now: float) -> str | None:
        """Who moved within the last shot's time and may be cut to."""
        if self._moving is None:
            return None
        who, when = self._moving
        if now - when >= self.policy.shot:
            self._moving = None
            return None
        return who if who == self._main or self._may_return(who, now) else None

    def _may_return(self, who: str, now: float) -> bool:
        return now - self._left_at.get(who, float("-inf")) >= self.policy.no_return

    def _arguing(self, now: float) -> tuple[str, str] | None:
        """The two between whom the floor went to and fro, in the order of their names."""
        turns = self.policy.argue_turns
        if not turns or len(self._turns) <= turns:
            return None
        # The floor's last holders, that is one more than changes between them.
        recent = list(self._turns)[-turns - 1 :]
        pair = sorted({who for _, who in recent})
        changes_start = recent[1][0]
        last = recent[-1][0]
        within = self.policy.argue_within
        if len(pair) != 2 or last - changes_start > within or now - last > within:  # noqa: PLR2004
            return None
        return pair[0], pair[1]
