"""Decisions: what the group settles, most of all when another participant agrees."""

import re

from v100_ai.highlights.rules.cue import Cue, Cues, cue, score
from v100_ai.highlights.rules.floor import Floor
from v100_ai.highlights.rules.utterance import Utterance

THRESHOLD = 0.8
FEWEST_WORDS = 4

_CUES = Cues((
    cue("says that it is decided", 0.6,
        r"\b(?:we|we've|we have|i've|been|is|that's|it's)(?: \w+)? (?:decided|agreed|settled|concluded|chosen)\b|\b(?:final|our) decision\b"
        r"|\bdecision (?:is|was)\b|\bwe all agree\b|\bmade (?:a|the|our) decision\b|\bit's (?:decided|settled|a deal)\b",
        "decided agreed settled concluded chosen decision agree deal"),
    cue("goes with one option", 0.55,
        r"\b(?:go(?:ing)?|went|stick(?:ing)?|stay(?:ing)?|settle) (?:with|for)\b", "go going went stick sticking stay staying settle"),
    cue("proposes for the group: let's", 0.45,
        r"\blet's (?:not |just |say |all )*(?:use|have|make|do|keep|take|go|say|put|leave|drop|skip|forget|stick|call|try|assume|get|choose|pick)\b", "let's"),
    cue("the group will have, use or make it", 0.35,
        r"\bwe(?:'ll| will|'re going to| are going to|'re| shall)(?: \w+)? (?:have|use|using|make|making|keep|keeping|do|doing|need|put|include|add|leave|drop|get|sell|take|call|start|aim|focus|target|skip|be)\b",
        "we'll we we're"),
    cue("the group wants or needs it so", 0.3,
        r"\bwe(?: really| just| also| still| only)? (?:want|need|should|have to|must|don't (?:need|want|have to)|won't|can't|shouldn't|got to|have got to)\b", "we"),
    cue("says what the thing must be", 0.2,
        r"\b(?:should|must|has to|needs to|have to|got to|ought to) (?:(?:only|also|just|really|still|definitely|not) )*(?:be|have|not|include|come|look|cost|stay|reach|go)\b",
        "should must has needs have got ought"),
    cue("fixes a figure", 0.25,
        r"\b(?:price|cost|costs|budget|profit|target|range|limit|maximum|minimum|deadline|aim|rate|market|number)\b.*\b(?:is|be|of|at|to|for)\b",
        "price cost costs budget profit target range limit maximum minimum deadline aim rate market number"),
    cue("sums up what holds from here on", 0.25,
        r"^(?:okay |alright |right |yeah |well |all right )*so (?:we|it|it's|that|that's|the|then|basically|i think we|i guess we|no|just)\b", "so"),
    cue("states how it is going to be", 0.25,
        r"\b(?:it's|it is|that's|it'll|it will|this is|they're)(?: \w+)? (?:going to be|be)\b|\b(?:is|are) going to (?:be|have)\b|\b(?:will|would) be\b",
        "going be"),
    cue("rules an option out", 0.3,
        r"\b(?:no need (?:for|to)|forget (?:about )?(?:it|the|that)|get rid of|rule out|leave (?:it|that|out)|instead of|not (?:going to )?(?:use|have|need|do)|without)\b",
        "no forget rid rule leave instead not without"),
    cue("names the best option", 0.25,
        r"\b(?:best (?:option|idea|choice|solution|way)|i(?:'d| would) (?:say|go|choose|prefer|suggest|recommend)|(?:good|great|better) idea"
        r"|makes sense|prefer)\b",
        "best i'd i good great better sense prefer"),
    cue("an opinion on what the group does", 0.15, r"\bi (?:think|guess|say|suppose|believe) (?:that )?we\b", "think guess say suppose believe"),
    cue("proposes what the group could do", 0.3,
        r"\bwe (?:could|can|might)(?: \w+)? (?:have|use|make|do|put|include|add|get|go|try|keep|leave|say|take|combine|sell|just)\b", "we"),
    cue("counts a vote or settles a mark", 0.25,
        r"\b(?:vote[sd]?|voting|unanimous|consensus|majority|everyone (?:agrees|happy|okay)|are we (?:all )?(?:agreed|happy|okay)|all in favou?r|we're all|we all)\b",
        "vote votes voted voting unanimous consensus majority everyone agreed happy favour favor all"),
    cue("closes the point", 0.15,
        r"\b(?:then|definitely|for sure|that's it|done|final|fine|okay then|so yeah|in that case|anyway|just)\b$|\bthen$|\bdefinitely\b|\bfor sure\b",
        "then definitely sure it done final fine yeah case anyway just"),
    cue("a figure with its unit", 0.15,
        r"\b(?:\d+|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million|half)\b(?: \w+)? (?:euros?|dollars?|pounds?|percent|cents?|million|thousand|hundred|weeks?|months?|days?|people|years?)\b",
        "euro euros dollar dollars pound pounds percent cent cents million thousand hundred week weeks month months day days people year years"),
    cue("reports the speaker's own work or state", -0.15,
        r"\bi (?:have|had|was|did|put|got|looked|found|thought|made|tried|saw|am|don't know|didn't|couldn't|can)\b|\bi'(?:ve|m)\b", "i i've i'm"),
    cue("tells what anybody can do with it", -0.15,
        r"\b(?:you|they|people|users?) (?:can|could|will|want|need|have|just|get|press|don't|do|would|might)\b|\byou'(?:ll|d|re)\b", "you they people user users you'll you'd you're"),
    cue("hedged", -0.05, r"\b(?:maybe|might|perhaps|could|i guess|not sure|i don't know|possibly|would|wonder|probably)\b",
        "maybe might perhaps could guess sure know possibly would wonder probably"),
    cue("supposes it", -0.2, r"\bif (?:you|we|they|it|he|she|i|the|people)\b|\b(?:imagine|suppose|for example|for instance)\b", "if imagine suppose example instance"),
    cue("about the course of the meeting itself", -0.35,
        r"\b(?:meeting|minutes|agenda|presentation|slides?|email|talk about|discuss|look at|see|start|move on|get started|next|begin|draw|whiteboard|wait|time)\b",
        "meeting minutes agenda presentation slide slides email talk discuss look see start move started next begin draw whiteboard wait time"),
    cue("told as past or as others' doing", -0.2,
        r"\b(?:i was|they|people|users?|he|she|was|were|had|most|usually|you have|there are|there's|i've|research)\b",
        "was they people user users he she were had most usually you there there's i've research"),
    cue("the speaker alone", -0.15, r"\b(?:i'll|i'm|my|myself)\b", "i'll i'm my myself"),
))  # fmt: skip


def _context(reason: str, weight: float) -> Cue:
    return Cue(reason, weight, _CUES.cues[0].pattern, frozenset(), lead=False)


_ASKED = _context("put as a question", -0.15)
_OPENING = _context("the meeting has only begun: nothing was weighed yet", -0.2)
_LATE = _context("late in the meeting: groups weigh first and settle after", 0.1)
_PRESENTING = _context("one person presents, the others listen", -0.2)
_DISCUSSING = _context("the group talks back and forth", 0.05)
_SETTLING = _context("the last minute spoke of options and of deciding", 0.1)
_AMONG = _context("one claim among several: the group works through its points", 0.1)
_ASSENTED = _context("another participant agrees at once", 0.1)

_OPENING_SECONDS, _LATE_SECONDS = 300.0, 900.0
_PRESENTER_SHARE, _FEWEST_SPEAKERS, _BUSY_TURNS, _MOST_SETTLING = 0.75, 3, 20, 3
_MOST_AMONG, _CLAIMS_EACH = 2, 2
# A cue this strong says by itself that something is claimed for the group.
_CLAIM = 0.25
# Assent comes at once or not at all: seconds after the proposal ends.
ASSENT_WITHIN = 4.0
MOST_ASSENTS = 2

_ASSENT = re.compile(
    r"(?:yeah|yes|yep|okay|ok|sure|right|good|great|exactly|definitely|agreed|absolutely|fine|perfect"
    r"|cool|true|i agree|sounds good|that's (?:good|fine|right|great|true|it)|of course|i think so"
    r"|fair enough|alright|all right|makes sense)\b"
)


def decision(said: Utterance, floor: Floor) -> tuple[float, list[Cue]]:
    """How sure it is that this settles something, before anybody agreed, and why."""
    if len(said.words) < FEWEST_WORDS:
        return 0.0, []
    found = _CUES.read(said)
    if not any(each.weight >= _CLAIM for each in found) or score(found) <= 0:
        return 0.0, found
    found += _circumstances(said, floor)
    return score(found), found


def _circumstances(said: Utterance, floor: Floor) -> list[Cue]:
    segment = said.segment
    elapsed = floor.elapsed(segment.start)
    found = [_SETTLING] * min(_MOST_SETTLING, floor.settling)
    found += [_AMONG] * min(_MOST_AMONG, floor.claims // _CLAIMS_EACH)
    if said.asks:
        found.append(_ASKED)
    if elapsed < _OPENING_SECONDS:
        found.append(_OPENING)
    elif elapsed >= _LATE_SECONDS:
        found.append(_LATE)
    if floor.share(segment.participant) > _PRESENTER_SHARE or floor.speakers < _FEWEST_SPEAKERS:
        found.append(_PRESENTING)
    elif floor.turns >= _BUSY_TURNS:
        found.append(_DISCUSSING)
    return found


def assented(points: float, found: list[Cue]) -> tuple[float, list[Cue]]:
    """The score once one more participant agreed."""
    return round(points + _ASSENTED.weight, 3), [*found, _ASSENTED]


def assents(said: Utterance) -> bool:
    """Whether this agrees with what was just said."""
    return bool(_ASSENT.match(said.plain)) and not said.asks
