"""Whether somebody who is not in the meeting must hear of work given to them. A decision, no sending."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from v100_ai.events.highlights import ActionNotified, Change
from v100_ai.highlights.roster import Roster

# However a meeting goes, or whoever speaks into it, nobody's mailbox fills.
MOST_A_MEETING = 20
MOST_A_SPEAKER = 8


@dataclass(slots=True)
class Absences:
    """Notifies each absent assignee once for each action item."""

    roster: Roster
    _sent: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _by_speaker: Counter[str] = field(default_factory=Counter[str])

    def decide(self, change: Change, present: AbstractSet[str]) -> ActionNotified | None:
        """The notification this change calls for. `present`: names of those who have joined.

        Nobody is told of what is only provisional, or when the name may mean two people.
        """
        highlight = change.highlight
        if highlight.type != "action_item" or highlight.status != "confirmed":
            return None
        person = self.roster.find(highlight.assignee) if highlight.assignee else None
        if person is None or person.address is None or person.name in present:
            return None
        key = (highlight.id, person.name)
        full = len(self._sent) >= MOST_A_MEETING
        if key in self._sent or full or self._by_speaker[highlight.speaker] >= MOST_A_SPEAKER:
            return None
        self._sent.add(key)
        self._by_speaker[highlight.speaker] += 1
        return ActionNotified(
            highlight=highlight.id,
            person=person.name,
            address=person.address,
            text=highlight.text,
            deadline=highlight.deadline.isoformat() if highlight.deadline else None,
            timestamp=highlight.timestamp,
        )
