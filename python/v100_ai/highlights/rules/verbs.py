"""Which verbs carry work: any, but those that hand nothing over, and those that run the meeting itself."""

import re

from v100_ai.highlights.lexicon import lexicon

# What one is, feels or says: no work, even with a date.
STATES = lexicon(
    "be been being have-been know think guess bet hope love like hate want mean admit say wonder suppose imagine assume agree "
    "happen miss cry laugh die complain lie seem appear become belong depend matter exist believe doubt feel fear wish regret "
    "forget remember sleep sneeze cough smile enjoy suffer retire not never never-mind probably no only so to very a the and or "
    "i you we he she it they that this there what who how if when where why honestly too as at in on of for with by from about "
    "but also still all need survive win lose fall break fail freeze explode rain snow last cost sound "
    "rather bear mind start-with concede confess swear"
)
# Work only with a date or a name to it: mostly they say what comes next in this very meeting.
LIGHT = lexicon(
    "have see tell go stay wait stop start begin continue move skip jump show share mute unmute speak repeat explain mention let "
    "give try switch hear listen look watch hang hold take get come leave stand sit drop hop pass hand read play pause scroll "
    "zoom turn close open press click put find ask use keep try run do make talk discuss cover present walk quote point note "
    "summarize recap leave bring pick add work eat drink drive join jump step hurry pay sell buy stick call throw quit live "
    "accept allow set meet visit answer interrupt draw change figure introduce"
)
# Of these, what is work with an object of its own, though no day was named.
_WITH_PARTICLE = re.compile(
    r"(?:(?:look|dig) into|find out|(?:get|report|come) back to|follow up|set up|put (?:up|together|in)|bring (?:in|along)|take (?:over|on|care of|the minutes|notes)"
    r"|work on|pick up|ask (?:@\d+|the|our|my|them|him|her|around|legal|finance|if|whether)|call (?:@\d+|the|our|my|them|him|her|up)|tell (?:@\d+|them|him|her|the)"
    r"|talk to (?:@\d+|the|our|my|them|him|her)|(?:speak|meet) (?:to|with) (?:@\d+|the|our|them|him|her)|give (?:@\d+|them|him|her|the \w+) (?:a|the)"
    r"|buy (?:the|a|some|new|more|two|three)|change the|make (?:the|a) (?:list|copy|plan|draft|appointment|booking|reservation|call|offer|poster|sign|backup)|run the (?:numbers|tests?|report|backup)|add (?:it|that|them|the|a) .*to"
    r"|sort out|figure out|go through|answer (?:the|their|his|her)|introduce (?:@\d+|the|them|him|her)|pay (?:the|for|them|him|her)|open a (?:ticket|bug|case|pull)|close the (?:ticket|bug|issue)|get (?:the|a|an|some|new|it|them|that|those|two|three|\w+ more) "
    r"|have (?:it|them|that|those|the|a|an|this|these|my|our|your)(?: \w+)*? (?:ready|done|finished|sent|printed|fixed|out|over|prepared|complete|completed|written|signed|by|on|tomorrow|today))\b"
)
# Running the meeting, or this very moment.
_NOW = re.compile(
    r"\b(?:right now|just now|now$|(?:in|for|just|wait) (?:a|one) (?:second|sec|minute|moment|bit)|in the meantime|quickly|real quick|right back|my screen|the screen|your screen"
    r"|(?:next|last|first|previous|one|this|that) slide\b|back (?:one|a|to the) slide|mute|unmute|microphone|mic|camera|headset|headphones|volume|louder|speak up|closer|echo"
    r"|go first|go next|go ahead|a coffee|some water|a drink|(?:two|five|ten|few|some|more) (?:more )?minutes|(?:take|have) a (?:break|look|picture|photo|seat|guess|moment)"
    r"|an example|you a story|what i mean|my point|the floor|hand over to|pass it (?:on )?to|where i am|for a change)\b"
)
# Likewise, with a verb that says little by itself.
_HERE = re.compile(
    r"\b(?:the (?:agenda|chart|page|door|window|lights?|screen|slides?|list|point|floor|topic|graph|numbers here)|over to (?:you|@\d+)|here$|there$|up to speed|to it$|from the (?:top|beginning))\b"
)
_JEST = re.compile(
    r"\b(?:out of the window|to death|on fire|eat my|kill (?:him|her|them|it|me|myself)|go (?:crazy|mad|insane)|(?:his|her|your|their|my) (?:hat|shoes|head)|forever|ha ha|haha|just kidding|joking)\b"
)
_EMPTY = lexicon(
    "it that this them me you us him her there here now then so too okay again first tomorrow today tonight later soon please "
    "maybe and but or if because when as , well right yes no sorry a the in the on at by myself yourself though anyway up"
)


_READ = 12


def worth(verb: str, following: str) -> float:  # noqa: PLR0911  # what rules it out, in order
    """How much like work it is to do this: 0 not at all, 1 plainly. `following`: what is said after the verb."""
    following = " ".join(following.split()[:_READ])
    following = f" {following}" if following else ""
    if verb in STATES or len(verb) == 1 or _JEST.search(following):
        return 0.0
    phrase = f"{verb}{following}"
    if _NOW.search(phrase) or (verb in LIGHT and _HERE.search(phrase)):
        return 0.0
    if _WITH_PARTICLE.match(phrase):
        return 1.0
    if verb in LIGHT:
        return 0.4
    words = [word for word in following.split()[:8] if word != ","]
    if not words:
        return 0.2
    if all(word in _EMPTY for word in words[:3]):
        return 0.6 if words[0] in {"it", "that", "this", "them", "him", "her"} else 0.3
    return 1.0


def idle(flat: str) -> bool:
    """Whether this is about running the meeting, this very moment, or in jest."""
    return bool(_NOW.search(flat) or _JEST.search(flat))


def plain(verb: str) -> bool:
    """Whether the verb says by itself what is to be done."""
    return verb not in LIGHT and verb not in STATES


def pronoun_only(following: str) -> bool:
    """Whether what the work is about was said before: "it", "that one"."""
    words = [word for word in following.split() if word != ","][:2]
    return bool(words) and words[0] in {"it", "that", "this", "them", "these", "those", "one", "so"} and (
        not words[1:] or words[1] in _EMPTY | {"one", "by", "before", "until", "for", "right", "on", "instead", "done", "with", "myself", "@0", "@1", "@2"}
    )  # fmt: skip
