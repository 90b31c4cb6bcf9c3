"""Decisions of plain talk: said as such, or put to the others and agreed to; changed under their own name."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.model import Finding
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.reading import Reading, compiled
from v100_ai.highlights.rules.replies import agrees, assents, corrects, refuses, withdraws
from v100_ai.highlights.similarity import content

_WITHIN_SECONDS = 20.0
_CHANGED_WITHIN = 120.0
_BASE, _AGREED, _CAP = 0.42, 0.08, 0.6
_STEM = 5
_FEWEST_WORDS = 3
# How many sentences a claim stays in mind.
_LATELY = 8
# So few words of its own say what a claim is about by any of them.
_BRIEF = 3
_SHORTEST = 2
_ECHO = 6
# What is only proposed must say something of its own.
_FEWEST_STEMS = 2

_WE = r"(?:we|we all|the group|the team|the board|the committee|the council|management|the management|the steering committee|everybody|everyone)"
# Says itself that it is settled.
_DECLARED = compiled(
    r"\b(?:we(?: have| had)?(?: all| now| just| finally| already| then)* (?:decided|agreed|chosen|settled|opted|resolved|concluded|voted|picked|plumped|signed off)(?: to| on| for| against| that| not| in)?"
    r"|(?:final|our|the) (?:decision|verdict|conclusion|consensus|resolution|agreement|outcome)(?: is| then| here)?|^(?:(?:okay|so|right|then|and|well) )*(?:decision|decided|resolved|agreed that|agreed to)(?= (?:we|the|to|no|all|that|from|it is|a|an|our))"
    r"|it is (?:decided|settled|agreed|official|a deal|final)|that is (?:decided|settled|agreed|a deal|final)|has it$|the (?:motion|proposal|vote) (?:passes|carries|passed|is carried|is accepted)|(?:board|management|committee|boss|council|director|directors|ceo|leadership|partners|owner|landlord|head office|steering group) (?:has |have )?(?:now |finally |just )?(?:approved|signed off|agreed to|authori[sz]ed|rejected|turned down|cleared)|by (?:a )?(?:show of hands|majority)|unanimously"
    r"|i (?:hereby )?(?:approve|authori[sz]e|sign off on|give the green light|have signed off)|you have (?:my|our) (?:okay|approval|blessing|permission|go ahead|yes|signature|green light|support for)|(?:have|has|got|get|gave|give|given) (?:the |a |our |my )?(?:green light|go ahead|sign off|approval|all clear|thumbs up)"
    r"|nobody (?:objects|is against|disagrees)|no objections)\b"
)
_PASSIVE = compiled(
    r"\b(?:is|are|has been|have been|got|was|were)(?: now| all| hereby| finally| officially| formally| just| already)* (?:approved|signed off|authori[sz]ed|greenlit|green lit|accepted|granted|confirmed|cleared|adopted|rejected|turned down|cancelled|canceled|ruled out|scrapped|ratified|agreed|decided|settled|off the table|off the list|out of the race)\b"
)
_APPROVES = compiled(
    r"\b(?:approved|go ahead|granted|permission granted|you (?:can|may) go ahead|green light|fine by me go ahead|yes do (?:it|that)|signed off|you have my (?:okay|approval|blessing|yes))\b"
)
_MAY_I = compiled(
    r"\b(?:(?:can|may|could|shall|should) (?:i|we) (?:go ahead|proceed|start|order|book|buy|hire|sign|spend|have|get|use|take|do|send|move|switch|open|begin|release|ship|launch|announce|close|extend)|need (?:a yes|an okay|approval|sign off|your okay|your approval|a decision|a go|the go ahead)|is (?:it|that) (?:okay|all right|fine) (?:if|to|with you)|do (?:i|we) have (?:your|the) (?:okay|approval|go ahead)|would need a yes|asking for (?:approval|permission|your okay)|permission to|okay to)\b"
)
# What may stand before the claim of a sentence, and what turns it into something else.
_LEAD = r"^(?:[\w'@-]+ ){0,9}?"
_BOUND = compiled(
    r"\b(?:that|which|because|when|where|what|how|why|who|once|until|while|as|since|every|before|after|than|like|whatever|think|know|mean|say|hope|sure|if|earlier|about)\b"
)
# Put to the others: settled once somebody agrees.
_PUT = compiled(
    rf"{_LEAD}(?P<claim>we (?:are|will be) (?:going (?:with|for|ahead)|sticking (?:with|to)|staying with|dropping|scrapping|cutting|ending|starting|launching|renting|buying|selling|replacing|raising|lowering|delaying|skipping|splitting|keeping|moving|switching|postponing|cancelling|hiring|using|choosing|taking|closing|opening|not (?:going to|doing|having|using|taking|buying|changing|moving|renewing))"
    r"|we (?:will|shall)(?: then| now| just| all| therefore)* (?!be|do our|have to|see|know|need)(?:go|stick|stay|settle|opt|keep|drop|use|take|hold|have|do|not|buy|rent|start|stop|move|switch|leave|cancel|hire|order|open|close|meet|pay|run|split|raise|replace|wait|postpone|pick|choose|make|put|limit|extend|skip|launch|ship|\w+)"
    r"|we (?:do not|are not going to|will not) (?!have|know|need|see|think|like|be|get|allow|want|care|mind)\w+|we are not \w+ing|we(?: all)? (?:go|stick|stay) (?:with|for|to|ahead)|we (?:drop|keep|skip|rent|split|raise|lower|hold|leave|cancel|postpone|replace|switch|move|stop|buy|use|take|do (?:the|this|our|it|a|an|both|without)|open|close|pick|choose|settle|hire|limit|extend|launch|ship|order|make|put|run|start|meet|share|paint|return|renew)"
    r"|let us(?: just| then| not| all| rather)* \w+|going with|sticking with)\b"
)
_THEN = compiled(
    r"^(?:(?:okay|so|right|good|all right|well|and|great|fine|yes|oh|perfect|now|no) )*(?:then (?:no )?)?(?P<claim>(?:the|a|no|our|this|that) (?:[\w'@-]+ ){1,5}?(?:is (?:off the table|out|off|on|in|at|going to be)|stays?|remains?|gets?|goes|moves|becomes|starts?|ends?|closes?|opens?)|there (?:will not|will|is going to) (?:not )?be)\b"
)
_SCRAPS = compiled(
    r"^(?:(?:okay|right|well|no|wait|hang on|after all(?: that| this)?|scrap (?:that|it)|forget (?:that|it)|skip (?:that|it)|strike that|in that case|on second thoughts?) )+(?:, )?"
)
_SO_THEN = compiled(r"\b(?:then|instead|after all|off the table)\b")
_IT_IS = compiled(
    r"^(?:(?:okay|so|right|then|yes|well|and|fine|good|agreed|all right|great) )*(?P<claim>(?!i |you |we |they |me |such |for |too |it |th |that |this |what |how |where |as |think |whether |because |if |since |like |say |but )(?:[\w'@-]+ ){1,3}it is)(?: for [\w ]+)?(?: then)?$"
)
# Only proposed: settled once they agree in so many words, or two do.
_PROPOSED = compiled(
    r"\b(?:i (?:think|say|would say|reckon|believe|feel|vote)(?: that)?(?: we (?:should|ought to|had better|must|need to|go|take|use|keep)| (?:the|it) [^,]*(?:should|would be best|is better))|i (?:suggest|propose|recommend|would suggest|would propose|would recommend|am for|vote for|move)\b|how about(?: we)?|why do not we|shall we|should we|we should|we might as well|we had better|my (?:proposal|suggestion|vote) (?:is|goes)|would be (?:best|better))\b"
)
_CLOSES = compiled(
    r"^(?:(?:okay|so|right|then|good|all right|well|and|great|fine|yes|perfect|now) )+(?=.*\b(?:we|it|the|then|there)\b)|\b(?:then|instead|it is|after all)\b"
)
_ASKS_ASSENT = compiled(
    r"\b(?:everybody|everyone|all|anybody|anyone)(?: \w+){0,3} (?:okay|fine|happy|agree|agreed|good|object|against|on board)\b|\b(?:okay|yes|agreed|deal|any objections|objections|fine with (?:you|everybody|everyone|that)|okay with (?:you|that|everybody)|good with that|sounds good|is that okay|all right)$"
)

# What makes it none.
_OPEN = compiled(
    r"\b(?:no decision|not (?:yet|decided|decide|agree|agreed|sure)|can not (?:decide|say|agree)|could not (?:decide|agree)|still open|stays? open|leave (?:it|that|this)(?: \w+)? open|left open|undecided|come back to|to be decided|tbd|have not (?:decided|agreed)|did not (?:decide|agree)|has not been (?:decided|approved)|not been (?:decided|approved)|not approved yet|postpone the decision|decide (?:later|next|then|on (?:monday|tuesday|wednesday|thursday|friday))|think about it|sleep on it|look at (?:it|that) (?:later|next)|revisit|park (?:it|that|this)|wait and see|until we know|another time|talk about (?:it|that)|discuss|take (?:it|that) offline|open question|need to decide|have to decide|must decide|should decide|haven't)\b"
)
_SUPPOSED = compiled(
    r"\b(?:if|unless|suppose|supposing|imagine|would|might|could|maybe|perhaps|not sure|wish|assuming|hypothetically|whether|possibly|hopefully|otherwise|probably|i guess|prefer|rather|kind of|sort of|or$|in theory|depends|provided|when the time comes|or should)\b"
)
_HISTORY = compiled(
    r"\b(?:ago|used to|back then|in (?:my|our|their|the) (?:old|last|previous|former|first)|at (?:my|our) (?:old|last|previous|former)|last (?:year|month|time|summer|winter|spring|autumn|week)|years? before|in (?:19|20)\d\d|those days|once upon|when i was|had decided|had agreed|had chosen|were going|was going|before my time|the old|i remember|remember when|back in|historically|originally|at first|at the time|previously|formerly|my (?:old|last|previous|first) \w+)\b"
)
_OTHERS = compiled(
    r"\b(?:they|he|she|people|users?|(?:the|a|my|his|her|their|old|new) (?:customer|client|competition|competitor|competitors|government|neighbours?|neighbou?r|school|wife|husband|kids?|children|son|daughter|friend|friends|brother|sister|mother|father|parents|matron|city|court|judge|other (?:team|company|side))|@\d+)(?: \w+)? (?:have |has |had |all |just |finally )*(?:decided|agreed|went|chose|opted|settled|are going|is going|voted|wanted|told|said|says)\b"
    r"|\b(?:told (?:me|us)|said (?:that )?(?:they|he|she)|i (?:have )?(?:read|heard)|apparently|rumou?r|according to|i(?: have|'ve)? (?:decided|chosen|agreed)|the news|on (?:the news|tv|television)|in the film|in the movie|in the book)\b"
)
_PROCEDURE = compiled(
    r"\b(?:let us|shall we|we can|we will|should we|we should|we|then|i think we)(?: just| all| then| now| maybe| quickly| first| please)* (?:get (?:started|going|back|to|into)|go (?:on|ahead and start|through|around|round|over|back|to the next)|go$|start(?: with| now|$| the meeting)|begin|continue|move on|move to|take (?:a|five|ten|two|the next|questions|that offline|it from)|have a (?:break|look|round|coffee|think)|break|see|look|wait|hear|listen|stop (?:here|there)|wrap|finish|close (?:the meeting|here)|call it|talk|discuss|speak|jump|skip (?:to|ahead)|say|write (?:that|it|this) down|note|come back|switch to|meet again|give|wait|hope|be (?:honest|clear|quick|brief)|not (?:forget|worry|rush|get|go there|talk)|face it|do (?:a round|introductions|this quickly)|make sure|check|try|think|pretend|imagine|assume|turn to|keep (?:it (?:short|brief)|an eye|going|moving|in mind)|have (?:an|one|two|ten|five|the|a) (?:hour|minutes?|items?|points?|agenda)|sit|eat|leave it there|put a pin|step back|test|record|share|know|need|want)\b"
)
_TALK = compiled(
    r"\b(?:we (?:do not|are not|will not)(?: really| even| yet| all)* (?:know|have|need|see|get|understand|want to|mind|like|think|remember|hear|care|believe|agree|be able|usually|often|always|live|eat|talk)|we (?:have|do|get|take|make|put|run|use|start|open|keep|meet|hold)(?: \w+)?$)\b"
)
_CONTRADICTS = compiled(
    r"\b(?:wait|hang on|hold on|no no|actually|but|though|however|forgot|problem)\b"
)
_MIND = lexicon(
    "think guess say mean know make thing things something little really kind just much settled decided agreed decision decide final deal approved done official conclusion it's that's we've okay yes sure then now good great right fine agreed well let us we"
)


@dataclass(slots=True)
class _Claim:
    """Something that may be, or has become, a decision."""

    finding: Finding
    weight: float
    words: frozenset[str]
    speaker: str
    said: int
    told: bool = False
    over: bool = False
    agreed: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Settling:
    """What the group settles, in so many words. Every change is told under the name of its matter."""

    _claims: deque[_Claim] = field(default_factory=lambda: deque[_Claim](maxlen=30))
    _asked: deque[Reading] = field(default_factory=lambda: deque[Reading](maxlen=3))
    _lately: deque[tuple[int, str]] = field(
        default_factory=lambda: deque[tuple[int, str]](maxlen=8)
    )
    _count: int = 0
    _sentences: int = 0

    def hear(self, said: Reading, *, work: bool) -> list[Finding]:
        """What this sentence settles or unsettles. `work`: it hands out work, and is no decision besides."""
        self._sentences += 1
        found = [*self._permitted(said)]
        weight = 0.0 if found else weigh(said)
        if work and weight < DECLARED:
            weight = 0.0
        if not found:
            found += self._agreed(said)
        if weight > 0:
            found += self._claimed(said, weight)
        elif withdraws(said):
            found += self._dropped(said)
        if said.asks or _MAY_I.search(said.flat):
            self._asked.append(said)
        return found

    def forget(self, segment: str) -> None:
        """Nothing rests on this segment any more."""
        for claim in self._claims:
            claim.over |= claim.finding.segments[0] == segment

    def _agreed(self, said: Reading) -> Iterator[Finding]:
        """The claims that this agrees with."""
        segment = said.segment
        if not (assents(said) or agrees(said) or _echoes(said, self._claims)):
            if refuses(said):
                for claim in self._recent(said):
                    if not claim.told:
                        claim.over = True
            return
        for claim in self._recent(said):
            if claim.speaker == segment.participant or claim.told:
                continue
            claim.agreed.add(segment.participant)
            plainly = agrees(said) or (claim.weight > PROPOSED and _echoes(said, [claim]))
            needed = (
                DECLARED
                - (AGREED_WORTH if plainly else ASSENT_WORTH)
                - ASSENT_WORTH * (len(claim.agreed) - 1)
            )
            if claim.weight >= needed:
                yield self._tell(claim, said)
                return

    def _recent(self, said: Reading) -> Iterator[_Claim]:
        for claim in reversed(self._claims):
            if (
                said.segment.start - claim.finding.start > _WITHIN_SECONDS
                or self._sentences - claim.said > _LATELY
            ):
                return
            if not claim.over:
                yield claim

    def _tell(self, claim: _Claim, said: Reading | None) -> Finding:
        claim.told = True
        segments = claim.finding.segments
        if said is not None:
            segments = tuple(dict.fromkeys((*segments, said.segment.id)))
        claim.finding = replace(
            claim.finding,
            segments=segments,
            confidence=round(min(_CAP, claim.finding.confidence + _AGREED * bool(claim.agreed)), 2),
        )
        return claim.finding

    def _claimed(self, said: Reading, weight: float) -> Iterator[Finding]:
        segment, words = said.segment, _stems(said)
        if len(words) < (_FEWEST_STEMS if weight <= PROPOSED else 1):
            return
        agreed: set[str] = set()
        # Decided anew: what was settled lately about the same thing now reads otherwise.
        for claim in reversed(self._claims):
            if claim.over or segment.start - claim.finding.start > _CHANGED_WITHIN:
                continue
            shared = words & claim.words
            anew = (
                corrects(said)
                or withdraws(said)
                or " not " in f" {said.flat} "
                or self._contradicted(claim)
            )
            near = bool(shared) and (len(shared) > 1 or min(len(words), len(claim.words)) <= _BRIEF)
            if claim.told and (
                near
                or (
                    anew
                    and self._sentences - claim.said <= _LATELY
                    and (shared or withdraws(said) or self._contradicted(claim))
                )
            ):
                if anew and (claim.finding.text != phrase(segment.text)):
                    claim.words |= words
                    claim.said = self._sentences
                    claim.finding = replace(
                        claim.finding, text=phrase(segment.text), quote=segment.text,
                        segments=tuple(dict.fromkeys((*claim.finding.segments, segment.id))),
                    )  # fmt: skip
                    yield claim.finding
                return
            if not claim.told and near and self._sentences - claim.said <= _LATELY:
                claim.over = True
                agreed |= claim.agreed - {segment.participant}
        self._count += 1
        claim = _Claim(
            finding=Finding(
                type="decision", text=phrase(segment.text), quote=segment.text, speaker=segment.participant,
                start=segment.start, segments=(segment.id,), confidence=_BASE + 0.1 * min(1.0, weight),
                reasons=("said to be settled" if weight >= DECLARED else "put to the others, who agreed",),
                matter=f"settled {self._count}",
            ),
            weight=weight, words=words, speaker=segment.participant, said=self._sentences, agreed=agreed,
        )  # fmt: skip
        self._claims.append(claim)
        if weight >= DECLARED:
            yield self._tell(claim, None)

    def _contradicted(self, claim: _Claim) -> bool:
        return any(
            _CONTRADICTS.search(flat) for number, flat in self._lately if number > claim.said
        )

    def _permitted(self, said: Reading) -> Iterator[Finding]:
        """Somebody may: the question and the yes make the decision."""
        self._lately.append((self._sentences, said.flat))
        if said.asks or refuses(said) or not _APPROVES.search(said.flat):
            return
        for asked in reversed(self._asked):
            near = said.segment.start - asked.segment.end <= _WITHIN_SECONDS
            if (
                near
                and asked.segment.participant != said.segment.participant
                and _MAY_I.search(asked.flat)
            ):
                self._count += 1
                segment = asked.segment
                yield Finding(
                    type="decision", text=phrase(segment.text), quote=segment.text, speaker=said.segment.participant, start=segment.start,
                    segments=(segment.id, said.segment.id) if segment.id != said.segment.id else (segment.id,), confidence=_BASE + 0.1,
                    reasons=("asked for and approved",), matter=f"settled {self._count}",
                )  # fmt: skip
                self._asked.clear()
                return

    def _dropped(self, said: Reading) -> Iterator[Finding]:
        words = _stems(said)
        for claim in self._recent(said):
            if claim.told and (words & claim.words or len(words) <= 1):
                claim.over = True
                claim.finding = replace(claim.finding, retracted=True)
                yield claim.finding
                return
            if not claim.told:
                claim.over = True


# A claim of this weight stands by itself; agreement adds what is missing.
DECLARED = 1.0
PUT_THEN, PUT, PROPOSED = 0.62, 0.45, 0.4
AGREED_WORTH, ASSENT_WORTH = 0.6, 0.35


def weigh(said: Reading) -> float:  # noqa: PLR0911  # what rules it out, in order
    """How surely this settles something: 1 by itself, less where others must agree, 0 for none."""
    flat = _SCRAPS.sub("", said.flat)
    asked = said.asks and not _ASKS_ASSENT.search(flat)
    if (
        len(said.words) < _FEWEST_WORDS
        or _OPEN.search(flat)
        or _HISTORY.search(flat)
        or _OTHERS.search(flat)
    ):
        return 0.0
    proposed = bool(_PROPOSED.search(flat))
    if asked:
        return PROPOSED if proposed and not _PROCEDURE.search(flat) else 0.0
    if proposed and not _PROCEDURE.search(flat):
        return PROPOSED
    if _SUPPOSED.search(flat):
        return 0.0
    declared = _DECLARED.search(flat) or _PASSIVE.search(flat)
    if declared and not _BOUND.search(
        " ".join(flat[: declared.start()].split()[-2:])
        if not flat[: declared.start()].endswith(", ")
        else ""
    ):
        return DECLARED
    claim = (
        _PUT.match(flat)
        or _IT_IS.match(flat)
        or (_THEN.match(flat) if _SO_THEN.search(flat) or _ASKS_ASSENT.search(flat) else None)
    )
    if (
        claim is None
        or _PROCEDURE.search(flat)
        or _TALK.search(flat)
        or _BOUND.search(flat[: claim.start("claim")])
    ):
        return 0.0
    return PUT_THEN if _CLOSES.search(flat) else PUT


def _stems(said: Reading) -> frozenset[str]:
    return frozenset(
        word[:_STEM]
        for word in content(said.segment.text)
        if len(word) > _SHORTEST and word not in _MIND
    )


def _echoes(said: Reading, claims: object) -> bool:
    """Whether this says the matter of a claim back: "June it is", "Yes, grey"."""
    if said.asks or len(said.words) > _ECHO or not isinstance(claims, list | deque):
        return False
    words = _stems(said)
    return bool(words) and any(
        words <= claim.words for claim in list(claims)[-3:] if not claim.over
    )
