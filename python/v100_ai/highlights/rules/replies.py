"""What a short turn does to the one before: agrees, refuses, takes it on, takes it back, knows nothing."""

from v100_ai.highlights.rules.reading import Reading, compiled

_OPENS = r"(?:(?:oh|ah|well|okay|all right|right|so|and|great|good|hm|hmm|um|yes|no|but|then|perfect|sorry|actually|@\d+) )*"

_ASSENT = compiled(
    rf"^{_OPENS}(?:yes|sure|okay|all right|right|will do|of course|no problem|no worries|not a problem|got it|gladly|absolutely|definitely|certainly"
    r"|fine|on it|i am on it|consider it done|happy to|with pleasure|understood|roger|noted|agreed|agree|deal|perfect|sounds good|works for me|that works"
    r"|can do|my pleasure|you got it|correct|exactly|good|great|cool|lovely|nice|brilliant|excellent|wonderful|done|i agree|it is me|i can do that|i will(?: do (?:that|it))?$"
    r"|makes sense|fair enough|that is (?:fine|good|right|okay|true|it|sensible|settled|great)|same here|me too|by all means|please do|go for it|go ahead|finally|hooray|leave it (?:with|to) me)\b"
)
_STRONG = compiled(
    r"\b(?:agreed|i agree|we agree|i am in favou?r|approved|let us do (?:that|it)|that is (?:the )?(?:decided|decision|conclusion|agreed|what we said)|sold|all in favou?r|seconded|decided|done deal|go for it|unanimous)\b"
)
_REFUSES = compiled(
    r"\b(?:i (?:can not|could not|will not|would not|do not have (?:the )?time|have no time|am (?:away|off|not here|not in|busy|swamped|travelling|traveling|out)|will be (?:away|off|out|on leave|on holiday))"
    r"|not me|count me out|i would rather not|i am afraid (?:not|i can not)|not able to|no chance|ask somebody else|not my|i disagree|i do not agree|i am against)\b"
    rf"|^{_OPENS}(?:no|nope|not really|i do not think so)$|^no (?!problem|worries|doubt|need|no)"
)
_DONE = compiled(
    r"\b(?:(?:i|we|@\d+)(?: have| has)? already(?! (?:know|see))|already (?:done|sent|\w+ed|did|there|taken)|(?:i|we)(?: have)?(?: just)? (?:did|done|sent|\w+ed) (?:it|that|them|those|this|one|all of (?:it|them))(?! last)"
    r"|(?:it|that|this|they)(?: is| are| has been| have been| was)(?: all)?(?: already)? (?:done|sorted|sent|finished|taken care of)|been (?:done|sent|taken care of)|no longer open)\b"
)
_WITHDRAWS = compiled(
    r"\b(?:no need|not necessary|unnecessary|do not bother|never mind|nevermind|forget (?:it|that|about (?:it|that|the)|the)|scrap (?:it|that|the|this)"
    r"|skip (?:it|that|the|this)|cancel (?:it|that|the|this)|drop (?:it|that|this)|do not worry about (?:it|that|the)|(?:we|you|they|i) do not need (?:to|it|that|them|the|a|an|any)(?! wait)"
    r"|you do not have to|you need not|then i will not|i will not then|i will leave it then|i will skip (?:it|that)|not needed|no longer (?:needed|necessary|needs)|do not do (?:it|that)|strike that|hold off|spare yourself|save yourself|leave (?:it|that)(?: then| out| be)?$"
    r"|is not needed|(?:it|that|this|which|there) will not be (?:necessary|needed)|(?:it|that|this) is (?:off|cancelled|canceled|not happening|obsolete)|is obsolete|has been cancelled|one less thing|do not send|let us not (?:do|bother)|take (?:it|that) off (?:the|your|my) list|not any ?more|off the list)\b"
)
_TAKES = compiled(
    r"\b(?:(?:i can|i will|i could|let me|i am happy to|i would be happy to|i am glad to|happy to|i am going to|i would|i want to|i would like to|i would love to)(?: \w+){0,2} (?:do|take|handle|grab|cover|own|manage|sort|look after|pick|organi[sz]e|run|get|deal with) (?:it|that|this|them|one|those|these|care of|on|up|over|both)"
    r"|put me down|count me in|leave (?:it|that|this|them) (?:with|to|up to) me|i am on (?:it|that)|(?:i have|i) got (?:it|this|that|you)|i volunteer|consider it (?:done|handled|sorted)|my turn|(?:that|this) one is mine|(?:that|this|it) is (?:mine|on me)|i take (?:it|that|this)|i do (?:it|that)"
    r"|i can take|i will take (?:that|it|this|care)|i am your (?:man|woman|person)|it is with me|sign me up|add me|i would do (?:it|that)|i will own)\b"
    rf"|^{_OPENS}(?:i can|i will|i could|me|i would|i am|mine)(?: @\d+)?$|^{_OPENS}i can do (?:it|that)"
)
_CORRECTS = compiled(
    r"\b(?:no wait|wait no|wait|sorry no|no sorry|hang on|hold on|scratch that|scrap that|strike that|correction|actually|rather|instead|make that|make it|let us make it|i mean|on second thoughts?|change of plan|or better|even better|no no|then no|not @\d+ but|oh no|better)\b"
)
_IGNORANT = compiled(
    rf"^{_OPENS}(?:i really|i honestly|i am afraid i|i am afraid|honestly|honest|to be honest|really)? ?(?:no idea|no clue|not a clue|have no (?:idea|clue)|i have no (?:idea|clue|information)|do not know|i do not know|i do not have (?:a clue|an idea|that|it|the|any)|beats me|search me|dunno|who knows|hard to say|no one knows|nobody knows|not sure|i am not sure|i could not (?:say|tell)|i can not (?:say|tell|remember|recall)|can not say|you tell me|your guess|good question|i would not know|not that i know|i forgot|i forget|i have forgotten|i am not the right person|i never heard|wish i knew)\b"
    r"|\b(?:no idea|no clue|nobody (?:knows|can say|told)|i have not heard(?: anything)?|beats me|not a clue|can not say|could not tell you|wish i knew|anybody's guess|anyone's guess|up in the air|not (?:been )?(?:decided|settled|clear|known) yet|we do not know|unclear|your guess is)\b"
)
_UNKNOWING = compiled(r"\bi (?:really |honestly |just |also )?do not (?:really )?know\b")
_DEFERS = compiled(
    r"\b(?:(?:i(?: will| would| have| need| can| must| am going| should| had| could| better)*(?: to)?|we (?:will|would|have to|need to|must|should)(?: have to)?) (?:get back to|come back to|find out|look (?:it|that|this) up|look into|check|ask|let you know|follow up|clarify|confirm|report back|circle back|see|look)\b"
    r"|take (?:it|that|this|that one|this one) (?:later|offline|off ?line)|(?:later|another time|next (?:time|week|meeting)|after (?:the|this) (?:meeting|call|break))|let me (?:check|ask|find out|look|come back|get back|see)|come back to (?:it|that|this)|park (?:it|that|this)|to be (?:confirmed|decided|announced)|tbd|tbc|remind me|not now|in a minute|will tell you|ask me (?:again|later|tomorrow)|i would have to|i will have to|need to ask|table (?:it|that))\b"
)
_DISTURBED = compiled(
    r"\b(?:(?:hold|hang) on(?: a (?:second|sec|minute|moment))?|one (?:second|sec|moment|minute)|just a (?:second|sec|moment|minute)|give me a (?:second|sec|moment|minute)|my (?:dog|cat|kid|kids|phone|screen|laptop|camera|headset|doorbell|mic|microphone)|(?:sorry|moment|second|oh|on|wait) the (?:phone|doorbell|door|postman|line|connection|courier)|(?:phone|doorbell|alarm|line)(?: is| has| just)? (?:ringing|rang|rings|dropped|gone|going|at the door)|barking|crying|somebody is at|someone is at|you are (?:breaking|on mute|muted)|i lost you|did not (?:hear|catch|get) (?:you|that)|(?:what|pardon|sorry)$|can you repeat|say (?:that )?again|what did you say|come again|be right back|excuse me|i was on mute|bless you)\b"
)
_ELSEWHERE = compiled(
    r"\b(?:before (?:we|i) (?:go on|continue|move on|forget|start|get to)|by the way|on another (?:note|topic|subject)|something else|anyway|speaking of|moving on|next (?:point|topic|item)|back to|look at the time|the (?:next|second|first|last) slide|we need to stop|i (?:must|have to) (?:go|run|leave)|another call|another meeting|did (?:you|anybody|anyone) see|that reminds me|while i remember|can i just (?:say|add)|sorry i am late|is it (?:just )?me)\b"
)
_COUNTERS = compiled(
    rf"^{_OPENS}(?:do you mean|you mean|which|what do you mean|compared to|in what|what kind|what sort|for (?:what|which|whom)|why do you|why|what for|how do you mean|depends|that depends|of what|who|where|when|what|how)\b"
)


def assents(said: Reading) -> bool:
    """Agrees, accepts or acknowledges."""
    return bool(_ASSENT.match(said.flat)) and not said.asks and not refuses(said)


def agrees(said: Reading) -> bool:
    """Agrees in so many words."""
    return (
        bool(_STRONG.search(said.flat))
        and not said.asks
        and not refuses(said)
        and " not " not in f" {said.flat} "
    )


def refuses(said: Reading) -> bool:
    """Says no to what was asked or proposed."""
    return bool(_REFUSES.search(said.flat)) and not takes(said)


def done(said: Reading) -> bool:
    """Says that it is done already."""
    return bool(_DONE.search(said.flat)) and not said.asks


def withdraws(said: Reading) -> bool:
    """Says that it need not be done."""
    return bool(_WITHDRAWS.search(said.flat)) and not said.asks


def takes(said: Reading) -> bool:
    """The speaker takes it on."""
    return bool(_TAKES.search(said.flat)) and not said.asks


def corrects(said: Reading) -> bool:
    """What was just said is put right."""
    return bool(_CORRECTS.search(said.flat))


def ignorant(said: Reading) -> bool:
    """The speaker does not know."""
    brief = len(said.words) <= _BRIEF and _UNKNOWING.search(said.flat)
    return bool(brief or _IGNORANT.search(said.flat))


def defers(said: Reading) -> bool:
    """Puts it off to another time, or to somebody who would know."""
    return bool(_DEFERS.search(said.flat))


def disturbed(said: Reading) -> bool:
    """Something gets in the way of talk."""
    return bool(_DISTURBED.search(said.flat))


def elsewhere(said: Reading) -> bool:
    """Says openly that it is about something else."""
    return bool(_ELSEWHERE.search(said.flat))


def counters(said: Reading) -> bool:
    """Asks back."""
    return bool(_COUNTERS.match(said.flat)) and (said.asks or len(said.words) <= _SHORT_QUESTION)


_SHORT_QUESTION = 6
_BRIEF = 9
