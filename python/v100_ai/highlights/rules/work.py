"""Work that one sentence hands out or takes on: any verb, with whoever shall do it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from v100_ai.highlights.rules.reading import Reading, compiled
from v100_ai.highlights.rules.verbs import pronoun_only, worth

Act = Literal["commits", "asks", "assigns", "passive", "lacks", "seeks"]

_PERSON = r"@\d+(?!['\d])"
_PEOPLE = rf"{_PERSON}(?: (?:(?:and|or) )?(?:{_PERSON}|i|me|you)\b(?!'))*"
_SOFT = (
    r"(?: (?:just|also|then|all|both|probably|definitely|gladly|personally|quickly|simply|start|actually|really|please|still|myself|first|finally|certainly|surely|therefore"
    r"|go and|go ahead and|try to|try and|have to|need to|be able to|make sure to|make sure i|make sure we|make sure you|go|now|already|then))*"
)
_WILL = r"(?:will|am going to|is going to|are going to|shall)"
_VERB = r"(?P<verb>[a-z][\w'-]*)"
_OF_OTHERS = r"(?:will|is going to|are going to|has to|have to|needs to|need to|should|must|ought to|is supposed to|is to|are to|had better)"

# What each pattern is worth by itself; under `SURE` it takes a date, a name, or somebody who agrees.
SURE = 0.7


@dataclass(frozen=True, slots=True)
class _Form:
    act: Act
    pattern: re.Pattern[str]
    sure: float


def _form(act: Act, sure: float, pattern: str) -> _Form:
    return _Form(act, compiled(pattern), sure)


_FORMS = (
    _form("assigns", 1.0, rf"\b(?:action (?:items?|points?)|action|ai|todos?|tasks?|next steps?|homework|assignment)(?: is| are)? (?:for|on|to|goes to|with) (?P<who>{_PEOPLE})(?: is)?(?: to)? {_VERB}"),
    _form("assigns", 1.0, rf"(?<!\w)(?P<who>{_PEOPLE}) (?:(?:has|gets|takes|with) (?:an|the) (?:action|todo|task)(?: item)? (?:of|to|for)?|(?:is|are)(?: \w+)? (?:responsible for|in charge of|taking care of|looking after|on the hook for)|(?:takes care of|looks after|is on|takes over|owns|handles|takes on)) {_VERB}"),
    _form("lacks", 0.75, rf"\b(?:somebody|someone|one of us|one of you|anybody|we all|everybody|everyone)(?: (?:still|really|also|just))? (?:needs to|has to|should|must|had better|ought to|will have to|will need to|need to|is going to have to){_SOFT} {_VERB}"),
    _form("seeks", 0.5, rf"\b(?:i|we)(?: still| also| really)? (?:need|would need|want|am looking for|are looking for) (?:somebody|someone|anybody|a volunteer|one of you|a pair of hands)(?: who can| who could| who will| to| for) (?:the )?{_VERB}"),
    _form("seeks", 0.5, rf"(?:^|(?<=, )|(?<=so )|(?<=and )|(?<=okay )|(?<=then )|(?<=but )|(?<=now )|(?<=@\d )|(?<=\w{{4}} ))who (?:can|could|will|would|wants to|would like to|is going to|is able to|has time to|takes|does|owns|is){_SOFT} (?:the )?{_VERB}"),
    _form("seeks", 0.5, rf"\b(?:can|could|would|will) (?:somebody|someone|anybody|anyone|one of you){_SOFT} {_VERB}"),
    _form("seeks", 0.5, r"\b(?P<verb>any (?:volunteers?|takers?)|volunteers?)\b"),
    _form("seeks", 0.5, rf"\b(?:would|will) be (?:great|good|nice|lovely|helpful|useful|wonderful) if (?:someone|somebody|anybody|one of you){_SOFT} (?:could|can|would|might){_SOFT} {_VERB}"),
    _form("asks", 0.8, rf"\b(?:appreciate it|grateful|be (?:great|good|nice|lovely|helpful|useful|wonderful|kind)|glad|happy|help (?:me )?a lot|mean a lot) if (?P<you>you|@\d+){_SOFT} (?:could|can|would|might){_SOFT} {_VERB}"),
    _form("asks", 0.7, r"\b(?:would|do) you mind(?: quickly| also)? (?P<verb>\w+ing)"),
    _form("commits", 0.6, r"\b(?P<self>you) will (?:have|get|receive|find|see) (?P<verb>it|them|that|this|those|these|the|a|an|my|our|everything|\w+)"),
    _form("asks", 0.9, rf"(?<!\w)(?P<who>{_PEOPLE}) (?:please |kindly )?(?:(?:do not forget|never forget|remember|be sure) to {_VERB}|(?:make|be) (?P<sure>sure)|see to it that)"),
    _form("asks", 0.9, rf"(?<!you )(?<!i )(?<!we )(?<!to )\b(?:please )?(?:(?:do not forget|remember|be sure) to {_VERB}|make (?P<sure>sure)|see to it that)"),
    _form("asks", 0.7, rf"(?<!you )(?<!what )(?<!how )(?<!where )(?<!when )(?<!who )(?<!why )(?<!which )(?<!we )(?<!that )\b(?:can|could|would|will) (?P<you>you|{_PERSON})(?: (?:maybe|perhaps|just|also|please|kindly|possibly|quickly|all|two|both|then|still|be able to|go and|be so kind to|be so kind as to|try to|and @\d+))* {_VERB}"),
    _form("asks", 0.7, rf"\b(?:can|could|may|might) i (?:ask|get|have|bother) (?P<you>you|{_PERSON}) to{_SOFT} {_VERB}"),
    _form("asks", 0.8, rf"\bi(?: would| will| do)?(?: really| still)? (?:want|like|need|love|ask|appreciate it if|expect|trust) (?P<you>you(?! can)(?: two)?|{_PERSON}) to{_SOFT} {_VERB}"),
    _form("asks", 0.8, rf"\b(?:are|is) (?P<you>you|{_PERSON}) able to {_VERB}"),
    _form("asks", 0.85, rf"(?<!\w)(?P<who>{_PERSON}) (?:if )?you (?:please |could |can |might |may |will |would |should |need to |have to |are going to |must |get to |take care of |then )*{_VERB}"),
    _form("asks", 0.85, rf"\b(?:you and (?P<who>{_PERSON})) (?:please |could |can |will |should |need to |have to |must )*{_VERB}"),
    _form("asks", 0.8, rf"(?<!yes )(?<!no )\bplease(?: just| also| kindly)? {_VERB}"),
    _form("asks", 0.7, rf"(?:^|\x20)(?P<who>{_PERSON})\x20,\x20(?!i\b|we\b|it\b|that\b|this\b|the\b|he\b|she\b|they\b|you\b|what\b|who\b|how\b|when\b|where\b|why\b|and\b|or\b|is\b|are\b|do\b|did\b|does\b|was\b|yes\b|no\b|sorry\b|let\b|a\b|my\b|if\b|thanks\b|thank\b|go\b|right\b|okay\b|sure\b|good\b|great\b|then\b|can\b|could\b|would\b|will\b|any\b|there\b|so\b|but\b|hi\b|hello\b|nice\b|well\b|@)(?P<verb>[a-z][\w'-]*)(?= (?:the|a|an|my|our|your|this|that|these|those|me|us|him|her|them|it|all|some|up|out|in|with|to|for|on)\b)"),
    _form("asks", 0.45, rf"\byou (?:will|need to|have to|should|must|are going to|have got to){_SOFT} {_VERB}"),
    _form("commits", 0.85, rf"(?P<who>{_PERSON}(?: {_PERSON})*) (?:and )(?P<self>i) (?:{_WILL}|have to|need to|can|should|are going to){_SOFT} {_VERB}"),
    _form("commits", 0.9, rf"\b(?P<self>i) {_WILL}{_SOFT} {_VERB}"),
    _form("commits", 0.8, rf"\b(?P<self>let me){_SOFT} {_VERB}"),
    _form("commits", 0.85, rf"\b(?P<self>i) (?:am|would be|will be)(?: \w+ly| very| more than)? (?:happy|glad|willing|pleased|delighted) to{_SOFT} {_VERB}"),
    _form("commits", 0.9, rf"\b(?P<self>i) (?:promise|volunteer|undertake|commit|offer|pledge|am committed)(?: \w+)? to{_SOFT} {_VERB}"),
    _form("commits", 0.6, rf"\b(?P<self>i) (?:need to|have to|must|have got to|got to|ought to|should|plan to|intend to|want to|aim to|am planning to|am supposed to|am about to|better|had better|would like to|can|could|would){_SOFT} {_VERB}"),
    _form("commits", 0.55, r"\b(?P<self>i) am(?: \w+ly)? (?P<verb>\w+ing)\b(?! to\b)"),
    _form("commits", 0.6, rf"\b(?P<self>i)(?: still)? owe (?:you|@\d+|them|him|her) {_VERB}"),
    _form("commits", 0.6, r"\b(?P<verb>\w+) (?:is|are)(?: still| already| also| now)* on my (?:list|plate|desk|agenda|side|todo list)"),
    _form("passive", 0.65, rf"\b(?<!i )(?<!we )(?<!you )(?<!he )(?<!she )(?:will|has to|have to|needs to|need to|must|should|is going to|are going to|is to|are to|ought to|is supposed to|is due to)(?: still| all| also| then| now)* (?:be|get) (?P<verb>\w+(?:ed|en|ent|ade|uilt|ought|aught|one|ut|old|aid|ead|et|ound|rawn|un|it|eld|eft))\b(?: (?:up|out|off|down|in|over|back))?(?P<by> by (?P<who>{_PEOPLE}))?"),
    _form("passive", 0.65, r"\b(?:still )?(?:needs?|requires?) (?P<verb>(?!to\b)\w+ing)\b"),
    _form("passive", 0.3, r"\b(?P<verb>(?!it\b|that\b|this\b|which\b|i\b|we\b|you\b|he\b|she\b|they\b|there\b|who\b|somebody\b|someone\b)\w+) (?:still )?(?:has|have|needs?|must) (?:to )?(?:go|come|leave|arrive|be (?:ready|done|there|out|finished|in|on|with|complete|gone))"),
    _form("assigns", 0.8, rf"(?<!by )(?<!\w)(?P<who>{_PEOPLE}) (?:{_OF_OTHERS}|can|could|(?P<to>to)){_SOFT} {_VERB}"),
    _form("assigns", 0.45, rf"(?<!\w)(?P<who>{_PEOPLE}) (?P<verb>(?!is\b|was\b|has\b|says\b|goes\b|thinks\b|wants\b|knows\b|needs\b|likes\b|means\b|this\b|yes\b|us\b|thus\b|always\b|as\b)\w+s)\b"),
    _form("assigns", 0.45, r"(?<!\w)(?P<who>@\d+)(?: is|'s) (?:the one )?(?P<verb>\w+ing)\b"),
    _form("assigns", 0.44, rf"\b(?:she|he|they)(?: also| still)? (?:should|will|needs to|has to|must|is going to|ought to|can){_SOFT} {_VERB}"),
    _form("assigns", 0.6, rf"\b(?P<team>(?:the (?:\w+ ){{1,3}}(?:team|department|group|office|crew|staff|people|guys|side|committee|board)|legal|marketing|sales|finance|accounting|hr|ops|engineering|support|procurement|purchasing|security|compliance|qa|facilities|operations)) (?:{_OF_OTHERS}){_SOFT} {_VERB}"),
    _form("commits", 0.4, rf"\b(?P<group>we) (?:{_WILL}|need to|have to|should|must|have got to|had better|ought to){_SOFT} {_VERB}"),
)  # fmt: skip

# Before the act: what makes it a tale, a wish or somebody else's words.
_SUPPOSED = compiled(
    r"\b(?:if|unless|imagine|suppose|supposing|in a perfect world|ideally|in theory|in an ideal|hypothetically|one day|some day|someday|in my dreams|would have|wish|even if|assuming|were to|for example|for instance|maybe one day|as if|next life)\b"
)
_TOLD = compiled(
    r"(?:\b(?:he|she|they|it|guy|man|woman|lady|who|boss|customer|client|people|somebody|someone|everybody|everyone|colleague|@\d+|\w+er|\w+or) (?:just |then |always |once )?(?:goes|go|went|said|says|say|told \w+|tells \w+|was like|were like|is like|wrote|answered|replied|promised(?: \w+)?|claimed|claims|thought|thinks|asked|asks|shouted|swore)(?: to \w+)?|\bto quote|\bquote)(?: that)?(?: ,)* $"
)
_PAST = compiled(r"\b(?:used to|back then|in those days|years? ago|in the old days|last year)\b")
_HYPOTHETICAL_AFTER = compiled(
    r"^[^.]*\b(?:if (?:i|we|he|she|they|it) (?:had|were|could|was)|in a perfect world|if only)\b"
)
_SHORTEST_ING = 5
_NEGATED = re.compile(r"^(?:not|never|no|hardly|nobody|nothing)$")


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work in a sentence.

    `owners`: places in `people`, "self" for the speaker, "you" for whoever is spoken to and not named.
    `worth` is how much like work the verb is, `sure` how surely it is handed out. `about` is what is
    said after the verb; `begin` and `end` are places in `flat`.
    """

    act: Act
    owners: tuple[str, ...]
    verb: str
    about: str
    sure: float
    worth: float
    begin: int
    end: int

    @property
    def pronoun(self) -> bool:
        """Whether only a pronoun says what the work is about."""
        return pronoun_only(self.about)


_CONNECTS = re.compile(r"(?: ,| and| but| then| so| while| also)+ ?$")


def work(said: Reading) -> list[Work]:
    """The pieces of work a sentence holds, in order; each ends where the next begins."""
    flat = said.flat
    found: list[tuple[_Form, re.Match[str]]] = []
    for form in _FORMS:
        for match in form.pattern.finditer(flat):
            if not any(
                match.start() < other.end() and other.start() < match.end() for _, other in found
            ):
                found.append((form, match))
    found.sort(key=lambda each: each[1].start())
    ends = [_CONNECTS.sub("", flat[: other.start()]) for _, other in found[1:]]
    pieces = []
    for place, (form, match) in enumerate(found):
        end = len(ends[place]) if place < len(ends) else len(flat)
        piece = _piece(said, form, match, max(end, match.end()), first=place == 0)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _piece(  # noqa: PLR0911  # one case a form
    said: Reading, form: _Form, match: re.Match[str], end: int, *, first: bool
) -> Work | None:
    flat = said.flat
    before = flat[: match.start()] + (
        " " if match.start() and flat[match.start() - 1] != " " else ""
    )
    if (
        _SUPPOSED.search(before)
        or _TOLD.search(before)
        or _PAST.search(flat)
        or _HYPOTHETICAL_AFTER.search(flat[match.end() :])
    ):
        return None
    verb, about = match.groupdict().get("verb") or "sure", flat[match.end() : end]
    if _NEGATED.match(verb):
        return None
    value = _value(form, verb, about, match[0])
    if value <= 0:
        return None
    owners = tuple(_owners(said, form, match))
    named = match.groupdict()
    if named.get("to") and not all(
        said.people[int(each[1:])].listed for each in owners if each.startswith("@")
    ):
        return None
    if match[0].startswith(("she ", "he ", "they ")) and not owners:
        return None
    if form.act == "asks" and not about and not named.get("sure"):
        return None
    return Work(form.act, owners, verb, about, form.sure, value, 0 if first else match.start(), end)


def _value(form: _Form, verb: str, about: str, phrase: str) -> float:
    if form.act == "passive" or (form.act == "seeks" and not about):
        return 1.0
    if (
        form.act == "commits" and phrase.startswith(("you will", "i still owe", "i owe"))
    ) or " on my " in phrase:
        return 1.0
    if verb == "sure":
        return 1.0
    base = verb.removesuffix("ing") if verb.endswith("ing") and len(verb) > _SHORTEST_ING else verb
    return worth(base, about)


def _owners(said: Reading, form: _Form, match: re.Match[str]) -> Iterator[str]:  # noqa: C901  # one case a form
    """Who shall do it, in the order they are named."""
    named = match.groupdict()
    if form.act in {"lacks", "seeks"} or named.get("team") or named.get("group"):
        return
    for person in re.findall(r"@\d+|\b(?:i|me|you)\b", named.get("who") or ""):
        yield person if person.startswith("@") else "self" if person != "you" else "you"
    if named.get("self") or (form.act == "commits" and " on my " in match[0]):
        yield "self"
    if named.get("who") or form.act in {"commits", "passive"}:
        return
    if (named.get("you") or "").startswith("@"):
        yield named["you"]
    elif form.act == "asks":
        called = _called(said, match)
        yield called or "you"
    elif match[0].startswith(("she ", "he ", "they ")):
        earlier = re.findall(r"@\d+", said.flat[: match.start()])
        if len(set(earlier)) == 1:
            yield earlier[0]


_BEFORE = re.compile(r"(@\d+)(?: ,)*(?: (?:so|and|maybe|then|please))* ?$")
_OPENING = re.compile(
    r"^(?:(?:and|so|okay|all|right|now|then|well|yes|no|hey|hi|thanks|great|good|,) )*(@\d+) ,"
)
_CLOSING = re.compile(
    r"(?:,|\byou\b.*|\bplease\b.*) (@\d+)(?: (?:,|please|thanks|thank you|then|right|okay))*$|(@\d+)$"
)


def _called(said: Reading, match: re.Match[str]) -> str | None:
    """The one who is spoken to, where their name is said."""
    before = _BEFORE.search(said.flat[: match.start()])
    if before:
        return before[1]
    opening = _OPENING.match(said.flat)
    if opening:
        return opening[1]
    closing = _CLOSING.search(said.flat[match.end() :])
    if closing:
        name = closing[1] or closing[2]
        at = said.flat.rfind(name)
        lead = said.flat[:at].split()[-1:] or [""]
        if closing[1] or lead[0] not in {
            "to",
            "for",
            "with",
            "from",
            "of",
            "by",
            "and",
            "at",
            "about",
            "the",
            "on",
            "in",
            "via",
            "after",
        }:
            return name
    return None
