"""Roster: who was invited to a session, who is there, and whose microphone is not heard."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from v100_ai.errors import SettingRejected
from v100_ai.events import (
    Event,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantMuted,
    Role,
)
from v100_ai.session.settings import Person

MOST: Final = 512
"""Participants at once."""


@dataclass(slots=True)
class Roster:
    """`invited` are names by the labels that people have once they are there."""

    invited: Mapping[str, str] = field(default_factory=dict[str, str])
    here: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    """Who is there, with their names."""
    muted: set[str] = field(default_factory=set[str])
    hosts: set[str] = field(default_factory=set[str])
    """Who of those that are there, or are invited, is a host."""

    def role(self, participant: str) -> Role:
        """What somebody is in the session."""
        return "host" if participant in self.hosts else "participant"

    def missing(self, people: AbstractSet[str]) -> list[str]:
        """Those of these people who are not there. Raises `SettingRejected` where they have no room."""
        if len(people | self.here.keys()) > MOST:
            raise SettingRejected(f"expected at most {MOST} participants at once")
        return sorted(people - self.here.keys())

    def join(self, participant: str, name: str | None, role: Role | None = None) -> bool:
        """Whether this is news: they were not there, or had another name or role. Without one it is the invited's."""
        promoted = role not in (None, self.role(participant))
        if role is not None:
            (self.hosts.add if role == "host" else self.hosts.discard)(participant)
        known = participant in self.here
        if not known and name is None:
            name = self.invited.get(participant)
        if known and name in (None, self.here[participant]):
            return promoted
        self.here[participant] = name
        return True

    def leave(self, participant: str) -> bool:
        """Whether they were there."""
        self.muted.discard(participant)
        was = participant in self.here
        self.here.pop(participant, None)
        return was

    def mute(self, participant: str, *, muted: bool) -> bool:
        """Whether this is news."""
        if muted == (participant in self.muted):
            return False
        (self.muted.add if muted else self.muted.discard)(participant)
        return True

    def follow(self, event: Event) -> None:
        """What was told of an earlier run."""
        match event:
            case ParticipantJoined():
                self.join(event.participant, event.name, event.role or "participant")
                self.here[event.participant] = event.name
            case ParticipantLeft():
                self.leave(event.participant)
            case ParticipantMuted():
                self.mute(event.participant, muted=event.muted)
            case _:
                pass


def invited(people: Iterable[Person]) -> Roster:
    """Everybody who is expected, by the label they will have; nobody is here yet."""
    known = [(one.id, one) for one in people if one.id is not None]
    hosts = {id for id, one in known if one.role == "host"}  # noqa: A001
    return Roster({id: one.name for id, one in known}, hosts=hosts)  # noqa: A001
