"""Who may be spoken of: the roster of a meeting, and which name means whom."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# Short forms that everyday English uses for a full name.
_NICKNAMES = {
    "alex": ("alexander", "alexandra"), "andy": ("andrew",), "ben": ("benjamin",), "beth": ("elizabeth",),
    "bill": ("william",), "bob": ("robert",), "cathy": ("catherine",), "charlie": ("charles", "charlotte"),
    "chris": ("christopher", "christina", "christine"), "dan": ("daniel",), "dave": ("david",),
    "ed": ("edward",), "fred": ("frederick",), "greg": ("gregory",), "jen": ("jennifer",), "jenny": ("jennifer",),
    "jim": ("james",), "joe": ("joseph",), "jon": ("jonathan",), "josh": ("joshua",), "kate": ("katherine", "catherine"),
    "kathy": ("katherine",), "ken": ("kenneth",), "liz": ("elizabeth",), "maggie": ("margaret",),
    "matt": ("matthew",), "mike": ("michael",), "nick": ("nicholas",), "pat": ("patrick", "patricia"),
    "pete": ("peter",), "rich": ("richard",), "rob": ("robert",), "ron": ("ronald",), "sam": ("samuel", "samantha"),
    "steve": ("steven", "stephen"), "sue": ("susan",), "tim": ("timothy",), "tom": ("thomas",), "tony": ("anthony",),
    "vicky": ("victoria",), "will": ("william",), "zach": ("zachary",),
}  # fmt: skip
_LINE = re.compile(r"^\s*(?P<name>[^<>#]+?)\s*(?:<(?P<address>[^<>\s]+@[^<>\s]+)>)?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invited person. `participant` is their speaker label in the transcript, if they joined.

    `role`: what they are called by instead of their name, as in "the project manager".
    """

    name: str
    address: str | None = None
    participant: str | None = None
    nicknames: tuple[str, ...] = ()
    role: str | None = None


@dataclass(slots=True)
class Roster:
    """Everybody invited. A name that may mean two people means nobody."""

    people: tuple[Person, ...] = ()
    _known: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _surnames: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    _labels: dict[str, Person] = field(default_factory=dict[str, Person])

    def __post_init__(self) -> None:
        for index, person in enumerate(self.people):
            for name in _names(person):
                self._known.setdefault(name, set()).add(index)
            surname = person.name.lower().split()[-1:]
            for name in surname:
                self._surnames.setdefault(name, set()).add(index)
            if person.participant is not None:
                self._labels[person.participant] = person

    def find(self, name: str) -> Person | None:
        """The one person this name can mean: whole name, first name or its short form, role, surname."""
        key = " ".join(name.lower().split())
        for index, person in enumerate(self.people):
            if person.name.lower() == key and len(self._whole(key)) == 1:
                return self.people[index]
        meant = set(self._known.get(key, ()))
        for full in _NICKNAMES.get(key, ()):
            meant |= self._known.get(full, set())
        if not meant:
            meant = set(self._surnames.get(key, ()))
        return self.people[meant.pop()] if len(meant) == 1 else None

    def _whole(self, key: str) -> list[Person]:
        return [person for person in self.people if person.name.lower() == key]

    def known(self, name: str) -> bool:
        """Whether any person on the roster, even an ambiguous one, goes by this name."""
        key = " ".join(name.lower().split())
        return (
            key in self._known
            or key in self._surnames
            or any(full in self._known for full in _NICKNAMES.get(key, ()))
        )

    def speaker(self, label: str) -> str:
        """The name behind a speaker label; the label itself when nobody on the roster has it."""
        person = self._labels.get(label)
        return person.name if person else label

    @classmethod
    def parse(cls, text: str) -> "Roster":
        """From a JSON list of people, or one `Name <address>` a line.

        Raises:
            ValueError: the text is neither.
        """
        if text.lstrip().startswith("["):
            return cls(tuple(_person(entry) for entry in json.loads(text)))
        matches = [(line, _LINE.match(line)) for line in text.splitlines() if line.strip()]
        unread = [line for line, match in matches if match is None]
        if unread:
            raise ValueError(
                f"expected 'Name <address>' on each line of a roster, found {unread[0]!r}"
            )
        return cls(tuple(Person(name=m["name"], address=m["address"]) for _, m in matches if m))


def _names(person: Person) -> Iterable[str]:
    parts = person.name.lower().split()
    yield from {" ".join(parts), *parts[:1], *(each.lower() for each in person.nicknames)}
    if person.role:
        yield " ".join(person.role.lower().split())


def _person(entry: object) -> Person:
    if isinstance(entry, str):
        return Person(name=entry)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ValueError(  # noqa: TRY004  # it is the file that is wrong, not a caller's type
            f"expected a person with a name in a roster, found {entry!r}"
        )
    return Person(
        name=entry["name"],
        address=entry.get("address") or entry.get("email"),
        participant=entry.get("participant"),
        nicknames=tuple(entry.get("nicknames", ())),
        role=entry.get("role"),
    )
