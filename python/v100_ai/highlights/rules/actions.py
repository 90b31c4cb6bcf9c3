"""Action items: work somebody takes on, or is given, for after this moment."""

from v100_ai.highlights.rules.cue import Cue, Cues, cue, score
from v100_ai.highlights.rules.utterance import Utterance

THRESHOLD = 0.4
FEWEST_WORDS = 4

# Verbs whose result can be handed over or checked later.
_DELIVER = (
    "send|email|mail|forward|share|post|upload|write|draft|prepare|prep|make|create|build|design"
    "|develop|implement|test|fix|update|revise|edit|review|check|verify|confirm|find out|look into"
    "|look up|look at|investigate|research|contact|call|ask|talk to|speak to|speak with|schedule|arrange"
    "|book|organise|organize|set up|order|buy|get back|follow up|report|submit|deliver|finish|complete"
    "|finalise|finalize|collect|gather|put together|work on|work out|come up with|think about|write up"
    "|type up|document|present|put|try|figure out|sort out|take care of|handle|bring|do|read|run"
    "|invite|remind|tell|clean up|add|get|give|take|start|move|summarise|summarize|circulate|distribute"
)
# Of these, the ones that name a deliverable by themselves, outside any talk about the thing discussed.
_TASK = (
    "send|email|mail|forward|upload|write up|type up|draft|prepare|prep|find out|look into|look up"
    "|investigate|research|contact|schedule|arrange|book|follow up|get back|report back|submit|deliver"
    "|finalise|finalize|put together|work on|work out|come up with|circulate|distribute|take care of"
    "|talk to|speak to|speak with|sort out|set up|summarise|summarize|remind|check with|share"
)
_TASK_WORDS = (
    "send email mail forward upload write type draft prepare prep find look investigate research "
    "contact schedule arrange book follow get report submit deliver finalise finalize put work come "
    "circulate distribute take talk speak sort set summarise summarize remind check share"
)
_SOFT = r"(?: (?:just|also|then|all|both|probably|maybe|definitely|go and|try to|try and|have to|need to|start|actually|really|please|still|now|be able to|try))*"

_CUES = Cues((
    cue("the speaker commits to a deliverable", 0.5,
        rf"\bi(?:'ll| will|'m going to| am going to| shall){_SOFT} (?:{_TASK})\b",
        "i'll i i'm"),
    cue("the speaker commits to do something", 0.22,
        rf"\bi(?:'ll| will|'m going to| am going to){_SOFT} (?:{_DELIVER})\b", "i'll i i'm"),
    cue("the speaker offers a deliverable", 0.35,
        rf"\b(?:i can|i could|let me|i should|i need to|i have to|i've got to|i want to){_SOFT} (?:{_TASK})\b",
        _TASK_WORDS),
    cue("work is given to the listener", 0.45,
        rf"\b(?:you'll|you will|you're going to|you are going to|you guys(?: will| can| should)?|both of you"
        rf"|the two of you|you two|i want you to|i'd like you to|i need you to){_SOFT} (?:be )?(?:{_TASK}|working on|doing|work)\b",
        "you'll you you're"),
    cue("the listener is asked for a deliverable", 0.4,
        rf"\b(?:can|could|would|will) you{_SOFT} (?:{_TASK})\b", "can could would will"),
    cue("the listener is told to do something", 0.22,
        rf"\b(?:you'll|you will|you should|you need to|you have to|you've got to|you can|you could|i want you to"
        rf"|i'd like you to){_SOFT} (?:{_DELIVER})\b",
        "you'll you you've"),
    cue("the group takes on a deliverable", 0.3,
        rf"\bwe(?:'ll| will| need to| have to| should| must|'ve got to| got to|'re going to){_SOFT} (?:{_TASK})\b",
        "we we'll we've we're"),
    cue("somebody, not yet named, is needed for it", 0.3,
        rf"\b(?:someone|somebody|one of us|one of you|who) (?:should|has to|needs to|will|can|could|must)\b.*\b(?:{_DELIVER})\b",
        "someone somebody one who"),
    cue("a third person is said to do it", 0.3,
        rf"\b(?!(?:it|that|this|which|what|there|they|people|users?|we|you|i|he|she)\b)\w+ (?:will|is going to|has to|needs to|should|can) (?:{_TASK})\b",
        _TASK_WORDS),
    cue("names an action item as such", 0.6,
        r"\b(?:action (?:items?|points?)|todos?|to do list|next steps?|homework|assignments?|followups?)\b",
        "action todo todos list steps step homework assignment assignments followup followups"),
    cue("speaks of somebody's task or job", 0.3,
        r"\b(?:your|my|his|her|our|individual|personal) (?:\w+ )?(?:tasks?|jobs?|homework|assignments?|actions?|responsibilit(?:y|ies))\b",
        "task tasks job jobs homework assignment assignments action actions responsibility responsibilities"),
    cue("puts somebody in charge", 0.35,
        r"\b(?:in charge of|responsible for|take care of|take over|assigned? to|take that on|take it on|volunteer)\b",
        "charge responsible care over assign assigned take volunteer"),
    cue("for the next meeting", 0.35,
        r"\b(?:(?:for|before|until|till|by|in) (?:the|our|your) next (?:meeting|time|session|one|phase)|(?:before|until|till|by) next time"
        r"|before we meet|when we meet (?:again|next)|between now and)\b", "next meet between"),
    cue("the next meeting is spoken of", 0.15, r"\bnext (?:meeting|time|session)\b", "next"),
    cue("says by when", 0.3,
        r"\b(?:by|before|until|till) (?:the )?(?:end of|tomorrow|tonight|today|noon|lunch|monday|tuesday|wednesday|thursday"
        r"|friday|saturday|sunday|next week|then|january|february|march|april|june|july|august|september|october|november|december)\b",
        "by before until till"),
    cue("names a day or a week ahead", 0.15,
        r"\b(?:tomorrow|tonight|next week|this week|this afternoon|later today|after (?:the|this) meeting|over the weekend"
        r"|(?:on|next) (?:monday|tuesday|wednesday|thursday|friday)|in (?:\w+ )?(?:minutes|hours|days|weeks))\b",
        "tomorrow tonight week afternoon later after weekend monday tuesday wednesday thursday friday minutes hours days weeks"),
    cue("material is announced for the work to come", 0.3,
        r"\b(?:you'll|you will|we'll|we will|i'll|i will)(?: all| both| each)? (?:get|receive|find|be (?:given|sent|emailed)|send|have)\b.*"
        r"\b(?:instructions?|details|emails?|minutes|information|notes|summary|report)\b",
        "you'll you we'll we i'll i"),
    cue("a report, minutes or notes to hand over", 0.15,
        r"\b(?:report|minutes|notes|summary|write-up|proposal|prototype|draft|slides|presentation|document|agenda|spreadsheet)\b",
        "report minutes notes summary write-up proposal prototype draft slides presentation document agenda spreadsheet"),
    cue("asks for nothing, supposes it", -0.3, r"\b(?:if (?:i|you|we|they|he|she|it|people|the)|imagine|suppose|for example|for instance)\b",
        "if imagine suppose example instance"),
    cue("hedged", -0.2, r"\b(?:might|may|(?:could|would)(?! you\b)|i guess|i suppose|perhaps|not sure|i don't know|probably)\b",
        "might may could would guess suppose perhaps sure know probably"),
    cue("declined or already done", -0.35,
        r"\b(?:won't|will not|don't (?:need|have|want)|doesn't|can't|cannot|didn't|never|not going to|already|shouldn't|no need|wouldn't)\b",
        "won't not don't doesn't can't cannot didn't never already shouldn't no wouldn't"),
    cue("about this very moment of the meeting", -0.3,
        r"\b(?:right now|quickly|real quick|for a (?:second|minute|moment)|this slide|next slide|my (?:presentation|slides)|the whiteboard"
        r"|go over|show you|tell you|start with|move on|talk about|wait|draw)\b",
        "now quickly quick second minute moment slide slides presentation whiteboard over show tell start move talk wait draw"),
    cue("what users of a thing do with it", -0.25,
        r"\b(?:users?|people|customers?|they|person|consumers?|anyone|you can (?:just )?(?:use|press|put|push|turn|see|get|have|choose|do)|you have to (?:press|push|use|turn))\b",
        "user users people customer customers they person consumer consumers anyone you"),
))  # fmt: skip

WRAP_UP = cue(
    "the meeting is being wrapped up: work is handed out", 0.0,
    r"\b(?:wrap (?:this |it |things )?up|next meeting|before we (?:go|finish|close|leave)|that's (?:it|all) for (?:today|now)"
    r"|finish (?:up|here|the meeting)|end of the meeting|close the meeting|to conclude|next steps|action items?"
    r"|until (?:then|next time)|see you (?:next|then|later|tomorrow)|minutes left|to close)\b",
    "wrap meeting before that's finish close conclude steps action until see left",
)  # fmt: skip
_WRAPPING = Cue("said while the meeting wraps up", 0.2, WRAP_UP.pattern, frozenset(), lead=False)
_ASKED = Cue("put as a question", -0.15, WRAP_UP.pattern, frozenset(), lead=False)
_ASSIGNS = 0.2


def action(said: Utterance, *, wrapping: bool) -> tuple[float, list[Cue]]:
    """How sure it is that this hands out or takes on work, 0 and up, and why."""
    if len(said.words) < FEWEST_WORDS:
        return 0.0, []
    found = _CUES.read(said)
    if not any(each.weight > _ASSIGNS for each in found):
        return 0.0, found
    if wrapping:
        found.append(_WRAPPING)
    if said.asks:
        found.append(_ASKED)
    return score(found), found
