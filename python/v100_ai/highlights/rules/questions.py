"""Questions: what one participant wants to know from the others."""

import re

from v100_ai.highlights.rules.cue import Cue, Cues, cue, score
from v100_ai.highlights.rules.utterance import Utterance

THRESHOLD = 0.4
# A shorter one ("what", "is it") asks nothing that a reader of the list could answer.
FEWEST_WORDS = 5

_BE = r"(?:is|are|was|were|am|isn't|aren't|wasn't|weren't)"
_DO = r"(?:do|does|did|don't|doesn't|didn't)"
_MODAL = (
    r"(?:can|could|will|would|should|shall|may|might|must|can't|couldn't|won't|wouldn't|shouldn't)"
)
_HAVE = r"(?:have|has|had|haven't|hasn't)"
_AUX = f"(?:{_BE}|{_DO}|{_MODAL}|{_HAVE})"
_WHO = (
    r"(?:i|you|we|they|he|she|it|this|that|these|those|there|the|a|an|your|our|my|any|anyone"
    r"|anybody|people|everyone|everybody|someone|somebody|one|all)"
)
_WH = r"(?:what|who|which|where|when|why|how|whose|what's|who's|where's|how's|when's|why's)"
_WH_WORDS = "what who which where when why how whose what's who's where's how's when's why's"
_AUX_WORDS = (
    "is are was were am isn't aren't wasn't weren't do does did don't doesn't didn't can could will "
    "would should shall may might must can't couldn't won't wouldn't shouldn't have has had haven't hasn't"
)

_CUES = Cues((
    cue("an auxiliary before its subject opens a yes-no question", 0.55,
        rf"{_AUX} {_WHO}\b", _AUX_WORDS, lead=True),
    cue("an auxiliary before a person or noun, later inverted clauses apart", 0.2,
        rf"{_AUX} (?!not\b|been\b|to\b|have\b|be\b)\w+", _AUX_WORDS, lead=True),
    cue("a question word directly before an auxiliary", 0.6,
        rf"(?:\w+ )?(?:{_WH}(?: \w+){{0,4}}? {_AUX} {_WHO}|(?:what's|who's|where's|how's) )\b",
        _WH_WORDS, lead=True),
    cue("a question word as the subject of a verb", 0.45,
        rf"(?:who|what|which(?: \w+)?) (?:{_BE}|{_MODAL}|{_HAVE}|does|did)\b", "who what which", lead=True),
    cue("how many, how much, what kind: asks for a quantity or a kind", 0.45,
        r"(?:\w+ )?(?:how (?:many|much|long|often|far|big|old|soon|do|does|did|would|about)"
        r"|what (?:kind|sort|type|about|if|time|else)|which one|why not)\b",
        "how what which why", lead=True),
    cue("an inverted clause after another one", 0.4,
        rf"\b(?:but|so|and|or|then|like|well|because|mean|think|know|okay|now) {_WH} {_AUX} "
        rf"(?:i|you|we|they|he|she|it|this|that|there|the)\b", _WH_WORDS),
    cue("an inverted yes-no clause after another one", 0.35,
        rf"\b(?:but|so|or|then|well|okay|now|sorry) (?:{_BE}|do|does|did|can|could|would|should|have|has) "
        rf"(?:you|we|they|it|this|that|there|i)\b", _AUX_WORDS),
    cue("do you think, do you know, have you: asks the listener", 0.45,
        r"\b(?:do|did|don't|didn't|have|haven't|are|were|can|could|would|will) (?:you|they|we)"
        r"(?: guys| all| both| just| also| really| still| ever)? "
        r"(?:think|know|want|mean|have|got|see|need|like|agree|remember|feel|understand|find|say|use|get|say)\b",
        "do did don't didn't have haven't are were can could would will"),
    cue("says that it wonders or asks", 0.45,
        r"\b(?:i wonder|wondering|my question|the question is|a question (?:is|for|about)|i'd like to know"
        r"|i want to know|i was curious|let me ask|any (?:questions|ideas|thoughts|comments|suggestions))\b",
        "wonder wondering question questions know curious ask ideas thoughts comments suggestions"),
    cue("a tag turns the statement into a question", 0.3,
        rf"\b{_AUX} (?:it|you|we|they|he|she|there|that)$", _AUX_WORDS),
    cue("trails off in an alternative", 0.3, r"\bor(?: not| no| what| something like that)?$", "or"),
    cue("offers the listener an alternative", 0.12,
        rf"^(?:{_AUX}) .*\bor\b", "or"),
    cue("a request to act, not to tell", -0.3,
        r"(?:can|could|would|will) (?:you|we|i|everyone|somebody|someone)(?: just| all| please| maybe| quickly| also)* "
        r"(?:go|start|move|pass|show|put|turn|close|open|have a look|look|take|skip|stop|hold|wait|come|bring|sit"
        r"|explain|repeat|just)\b|shall we|shall i|let's|can i (?:just|have)|may i\b",
        "can could would will shall let's may", lead=True),
    cue("a question word that opens a statement about it", -0.4,
        rf"(?:what|when|where|how|why|which|who) (?:i|you|we|they|he|she|it|this|that|the|people|my|our)\b"
        rf"(?! {_AUX})", "what when where how why which who", lead=True),
    cue("a relative clause picked up from the sentence before", -0.3,
        r"(?:which|who) (?:is|are|was|were|would|will|can|has|have|means|makes)\b(?! (?:the|your|our|it|that|one))",
        "which who", lead=True),
    cue("reports a question instead of asking it", -0.3,
        r"\b(?:asked|asking|tell you|told|know|knows|see|shows?|explain|decide|depends on|matter|figure out|found out)"
        r" (?:what|who|how|why|where|when|which|if|whether)\b(?!.*\byou (?:think|know|want)\b)",
        "asked asking tell told know knows see show shows explain decide depends matter figure found"),
    cue("rhetorical: expects no answer", -0.25,
        r"\b(?:who knows|who cares|why not|guess what|what can i say|how should i|what do you call|what's it called"
        r"|what was i|you know what)\b", "who why guess what how you"),
    cue("a call for attention more than a question", -0.25, r"\byou know$|\byou see$", "know see"),
))  # fmt: skip

_ASKED = Cue(
    "the transcript ends it with a question mark",
    0.7,
    _CUES.cues[0].pattern,
    frozenset(),
    lead=False,
)
_BRIEF = Cue("asks briefly", 0.7, _CUES.cues[0].pattern, frozenset(), lead=False)
_ENDED = Cue(
    "the transcript ends it as a statement", -0.45, _CUES.cues[0].pattern, frozenset(), lead=False
)


# Short, and yet a reader could answer it.
_SHORT = re.compile(
    r"(?:who|whose|when|where|why|what|which|how (?:much|many|long|often|far|big|old|soon|fast|high|late))(?:'s|'re)?\b(?: \w+)* "
    r"(?!(?:that|it|this|you|up|so|now|next|else|we|i|they|he|she|one|about|for|not|happened|going|wrong|mean|there|me)$)[\w']+$|how (?:much|many|long|old|far|big) (?:is|are|was|will) \w+$"
)
_WHO_DOES = re.compile(
    r"(?:who|who's|which \w+) (?!cares|knows|said|does|did|is|was)\w+ (?:this|that|it|them|these)$"
)
_LISTENERS = re.compile(
    r"(?:(?:the line dropped |i didn't (?:hear|catch) (?:you|that) )?what did you (?:say|just say)|(?:can|could|do|did) (?:you|everybody|everyone|anybody|anyone|you all|you guys|they|people|he|she)(?: all| guys| both)? (?:still |now |please |already )?(?:hear|see) (?:me|us|my|this|the|that|it|anything|him|her|them)|(?:is|does|are) (?:my|the|your|this|our) (?:\w+ )?(?:mic|microphone|sound|audio|camera|video|screen|headset|line|connection|volume)\b"
    r"|am i (?:audible|on mute|muted|too|sharing|coming|loud|back|still|clear)|(?:are you|is (?:he|she|everybody|everyone|anybody|anyone|that|this|it)) (?:(?:still )?(?:there|here|muted|on mute|frozen)|better(?: now)?|working(?: now)?|loud enough|okay now|clear now|on|back)$|(?:can|should|shall) i (?:share|start|begin)\b|who (?:just )?(?:joined|dropped)|is everybody (?:here|there|ready|in)|(?:anyone|anybody|someone) (?:else )?(?:missing|joining)|are we (?:all here|recording|live)$|what was that|come again|say (?:that )?again)\b"
)
_RHETORIC = re.compile(
    r"\b(?:who does that|what can (?:you|i|we|one) (?:do|say|expect)|who (?:knows|cares|needs|wouldn't|would have thought|doesn't (?:love|like|want))|how (?:should|would) i know|what else (?:is new|can|could|would)|what (?:do|did|would) you expect|what(?:'s| is) the point|isn't (?:it|that) (?:great|nice|funny|awful|crazy|amazing|lovely|terrible)|how (?:hard|difficult) can it be|can you believe|would you believe|who am i|why (?:me|bother|on earth)|what on earth|guess what|what's not to|what is not to|how (?:cool|great|nice|crazy|lovely|funny|weird) is that|is it just me|what are the odds|how many times|when will (?:it|this) (?:ever )?(?:end|stop)|what's wrong with (?:me|people|you)|what is this|where does the time go|who would do that|what a)\b"
)
_BRIEF_YES = re.compile(
    r"(?:is|are|was|were|do|does|did|have|has|can|could|will|would|should) (?:the|that|this|it|we|you|they|he|she|there|our|your|my|these|those|anybody|anyone|\w+s?) (?!that$|so$|it$|now$|here$|okay$|right$|true$|sure$|not$|one$)\w+(?: \w+)*$"
)
# A bare piece of one: "for the front page?", not "this one?".
_FRAGMENT = re.compile(
    r"(?!(?:yeah|yes|no|okay|right|really|sorry|pardon|everything|everybody|everyone|what|agreed|any)\b)(?=.*\b(?!this\b|that\b|these\b|those\b|okay\b|good\b|right\b|exactly\b|better\b|complete\b|really\b|sure\b|again\b|yeah\b|mean\b|what\b|where\b|then\b|with\b|about\b|like\b|your\b)[a-z]{4,})\S+ \S+ \S+(?: \S+)?$"
)
_GREETING = re.compile(
    r"\b(?:how (?:are|is) (?:you|everybody|everyone|it going|things|life|we all)|how was (?:your|the) (?:weekend|holiday|trip|vacation|evening|flight)|how do you do|what's up|how's it going|did you sleep|are you well|how have you been)\b"
)


def question(said: Utterance) -> tuple[float, list[Cue]]:
    """How sure it is that this asks something, 0 and up, and why."""
    opening = said.lead.removeprefix("hello ").removeprefix("hi ").removeprefix("sorry ")
    if _LISTENERS.match(opening) or _RHETORIC.search(said.plain) or _GREETING.match(opening):
        return 0.0, []
    short = len(said.words) < FEWEST_WORDS and len(said.segment.text.split()) < FEWEST_WORDS + 1
    if short:
        asks = (
            _SHORT.match(said.lead)
            or _WHO_DOES.match(said.lead)
            or (said.asks and _BRIEF_YES.match(said.lead))
        )
        if said.asks and not asks:
            asks = _FRAGMENT.match(said.plain)
        return (0.7, [_BRIEF]) if asks and not said.stops else (0.0, [])
    found = _CUES.read(said)
    if said.asks:
        found.append(_ASKED)
    elif said.stops and found:
        found.append(_ENDED)
    return score(found), found
