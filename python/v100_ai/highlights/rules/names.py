"""Who is spoken of: names of the roster and of whoever is heard, in any case, and nobody rather than a guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.roster import Roster

# Speaker labels that name nobody.
_ANONYMOUS = re.compile(
    r"^(?:(?:unknown|unidentified|anonymous|unnamed)(?:[ _-]?(?:speaker|user|participant|person|caller))?(?:[ _-]?\d+)?"
    r"|n/?a|none|null|nobody|-+|\?+|)$",
    re.IGNORECASE,
)
_TITLES = lexicon("mr mrs ms miss dr prof professor sir madam herr frau")
_BRACKETS = re.compile(r"\s*[(\[{<].*$")
_LONGEST_NAME = 4

# Capitalised only because they open the sentence, or no person at all.
NOBODY = lexicon(
    "i i'll i'm i've i'd we we'll we're we've you you'll you're they they'll they're he she it it'll it's that that's this "
    "these those there there's what what's who who's which where when why how then so and but or if because the a an my your our "
    "their his her its everyone everybody someone somebody anyone anybody nobody people users user customers customer clients "
    "client one maybe perhaps okay ok yeah yes no well now also just please let let's right good great sure today tomorrow "
    "monday tuesday wednesday thursday friday saturday sunday next first second third last all some any both each action todo can "
    "could would will should must have has need needs want like going got able used try go come back up out as not only "
    "really still always never probably definitely thing things time way january february march april may june july "
    "august september october november december hello hi hey thanks thank sorry oh ah um uh note decision question "
    "system assistant agenda summary english german french spanish italian christmas easter did do does is are was were "
    "shall had been by for from with at on in of to after before until once as since while fine perfect cool lovely "
    "nice exactly agreed alright anyway actually basically nobody nothing something anything everything whoever hopefully"
)
# Those who work together are no one person.
DEPARTMENTS = lexicon(
    "legal marketing sales finance accounting accounts hr it ops operations engineering support product design "
    "procurement purchasing security compliance qa research development logistics payroll facilities management "
    "leadership reception maintenance devops infra infrastructure data marketing communications comms pr admin "
    "administration catering housekeeping nursing pharmacy warehouse billing"
)
_GROUPS = lexicon(
    "team teams department departments dept group groups office board committee council crew staff guys people side "
    "unit division company agency vendor supplier bank firm system server bot shop printer customer client union"
)
# Names that are words besides: only as one writes, or addresses, a person.
_WORDS_TOO = lexicon(
    "will may mark bill grant rose hope art sue rob pat jack drew frank chase dean june april august dawn joy grace faith "
    "summer amber ruby pearl ivy daisy lily olive iris miles max rich nick gene guy cliff clay cole dale glen heath lance "
    "lane reed rod ray skip stone sky sunny victor ward wade penny ginger melody harmony destiny charity christian bob don "
    "ken chip chuck duke earl major norm randy ross rusty sandy tab tad trip val van wally angel bee belle candy carol case "
    "josh kit long love young king page cook hunter mason carter fisher baker cooper porter turner walker tanner archer "
    "will-i-am hall park day field wood woods brown green black white gray grey price short sharp swift noble person man"
) - lexicon("bob ken carol josh iris max sandy nick victor ray")
_MODALS = lexicon("will can could would should must has needs is to please 'll and , shall")
# What stands before a name that is a thing.
_THINGS = lexicon(
    "the a an our this that my your their its no every each new old same whole entire"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One person spoken of; `name` is None where two may be meant. `listed`: the roster or a voice knows the name."""

    name: str | None
    length: int
    ending: str
    listed: bool


_Raw = Sequence[tuple[str, int, int]]


@dataclass(slots=True)
class Names:
    """The people of one meeting: those invited, and those who were heard."""

    roster: Roster = field(default_factory=Roster)
    _heard: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _labels: set[str] = field(default_factory=set[str])

    def hear(self, label: str) -> None:
        """This participant is in the meeting: their names mean them from now on."""
        if label in self._labels:
            return
        self._labels.add(label)
        name = self.speaker(label)
        if name is None:
            return
        for form in _forms(name):
            self._heard.setdefault(form, set()).add(name)

    def speaker(self, label: str) -> str | None:
        """The name behind a speaker label; None where it names nobody."""
        return None if _ANONYMOUS.match(label.strip()) else self.roster.speaker(label)

    def mentions(self, raw: _Raw) -> list[Mention | None]:
        """For each token whether a person's name begins there; the tokens it goes on over hold None."""
        cased = any(word[:1].isupper() and word[1:2].islower() for word, _, _ in raw)
        found: list[Mention | None] = [None] * len(raw)
        place = 0
        while place < len(raw):
            mention = self._listed(raw, place, cased=cased) or (
                self._new(raw, place) if cased else None
            )
            found[place] = mention
            place += mention.length if mention else 1
        return found

    def _listed(self, raw: _Raw, place: int, *, cased: bool) -> Mention | None:
        """The longest name known that begins here."""
        for length in range(min(_LONGEST_NAME, len(raw) - place), 0, -1):
            words = [word for word, _, _ in raw[place : place + length]]
            if "," in words:
                continue
            *head, last = words
            last, ending = _ending(last)
            form = " ".join((*head, last)).lower()
            if not self._knows(form):
                continue
            if length == 1 and form in _WORDS_TOO and not _named(raw, place, cased=cased):
                return None
            return Mention(self._who(form), length, ending, listed=True)
        return None

    def _knows(self, form: str) -> bool:
        return form in self._heard or self.roster.known(form)

    def _who(self, form: str) -> str | None:
        if self.roster.known(form):
            person = self.roster.find(form)
            return person.name if person else None
        names = self._heard[form]
        return next(iter(names)) if len(names) == 1 else None

    def _new(self, raw: _Raw, place: int) -> Mention | None:
        """A name nobody listed, only where it is written as one."""
        word, ending = _ending(raw[place][0])
        if not _proper(word) or word.lower() in NOBODY | DEPARTMENTS:
            return None
        before = raw[place - 1][0].lower() if place else ""
        opens = not place or before in {",", "and", "so", "okay", "ok", "then", "but", "well"}
        if opens and not ending and not _next(raw, place) & (_MODALS | {"you"}):
            return None
        if before in _THINGS:
            return None
        length = 1
        while (
            not ending and place + length < len(raw) and _proper(_ending(raw[place + length][0])[0])
        ):
            follower, follower_ending = _ending(raw[place + length][0])
            if follower.lower() in NOBODY:
                break
            word, ending, length = f"{word} {follower}", follower_ending, length + 1
        following = raw[place + length][0].lower() if place + length < len(raw) else ""
        if following in _GROUPS or word.split()[-1].lower() in _GROUPS:
            return None
        return Mention(word, length, ending, listed=False)


def _forms(name: str) -> set[str]:
    """What a person may be called, from a label as people have them: "Lee, Ana", "Dr. Ana Lee (Acme)"."""
    bare = _BRACKETS.sub("", name).strip()
    if bare.count(",") == 1:
        last, first = bare.split(",")
        bare = f"{first.strip()} {last.strip()}"
    parts = [part.strip(".").lower() for part in bare.split()]
    parts = [part for part in parts if part and part not in _TITLES]
    if not parts:
        return set()
    forms = {" ".join(parts), parts[0]} | ({parts[-1]} if len(parts) > 1 else set())
    return {
        form
        for form in forms
        if len(form) > 1 and not form.isdigit() and form not in NOBODY - {"may", "will"}
    }


def _ending(word: str) -> tuple[str, str]:
    """A name and what hangs on it, written out."""
    for ending, full in (("'s", "'s"), ("'ll", " will"), ("'d", " would")):
        if word.lower().endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)], full
    return (word[:-1], "'s") if word.endswith("s'") else (word, "")


def _next(raw: _Raw, place: int) -> frozenset[str]:
    return frozenset({raw[place + 1][0].lower()}) if place + 1 < len(raw) else frozenset()


def _proper(word: str) -> bool:
    return (
        len(word) > 1
        and word[0].isupper()
        and not word.isupper()
        and word.replace("-", "").isalpha()
    )


def _named(raw: _Raw, place: int, *, cased: bool) -> bool:
    """Whether a name that is also a word is meant as a name here."""
    following = _next(raw, place)
    if cased:
        return raw[place][0][0].isupper() and (place > 0 or bool(following & (_MODALS | {"you"})))
    return bool(following & _MODALS) and not (
        place and raw[place - 1][0] in {"i", "you", "we", "it", "he", "she", "they"}
    )


def spoken(name: str, text: str) -> bool:
    """Whether this name, or its first word, was said there."""
    words = {word.strip("'").removesuffix("'s") for word in re.findall(r"[\w'-]+", text.lower())}
    parts = name.lower().split()
    return bool(parts) and parts[0] in words
