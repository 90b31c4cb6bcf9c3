"""What short turns say of work that was spoken of before: another day, thanks, that it must be done."""

import re

from v100_ai.highlights.rules.reading import compiled

MOVES = compiled(
    r"\b(?:make it|let us (?:say|make it|do|aim for)|say|push (?:it|that|this)|move (?:it|that|this)|shift (?:it|that|this)|postpone (?:it|that|this)|bring (?:it|that) forward|rather|instead|then$|better|(?:could|can|would|will) (?:you|we|i) (?:do|make|have|get|send|manage) (?:it|that|this|them)"
    r"|(?:have|get|do|finish|send|deliver|need) (?:it|them|that|this|those)|(?:is|would be) (?:fine|okay|enough|better|early enough|good|realistic|soon enough)|works|sorry|actually|no wait|wait|hang on|on second thoughts?|i mean|i can (?:only )?(?:have|do|get|manage) (?:it|them|that|this)|(?:they|it|that|this) (?:needs?|has|have|must) to be|(?:yes|sure|okay|fine|all right|right|good)|no)\b"
)
DAY_ONLY = 4
PRONOUNS = frozenset({"it", "them", "that", "this", "those"})
PUT_RIGHT = re.compile(
    r"\b(?:sorry,? no|no,? sorry|no,? wait|wait,? no|or rather|i mean|make that|correction|scratch that|actually)\b",
    re.IGNORECASE,
)
MOMENT = re.compile(r"\b(?:minutes?|seconds?|moment|hours?)\b", re.IGNORECASE)
MUST = compiled(
    r"\b(?:has to|have to|needs to|need to|must|should|still (?:need|open|missing)|nobody has|no one has|who|any volunteers|somebody|someone|anybody|is missing|to be done|not been)\b"
)
NOT_MUST = compiled(
    r"\b(?:do not have|does not have|not need|it (?:needs|has|must|should)|should|like to|if|look|idea)\b"
)
THANKS = compiled(
    r"\b(?:thanks|thank you|that would (?:be|help)|you are a star|appreciate|please do|cheers|brilliant|perfect|great|lovely|super)\b"
)
WILLING = compiled(
    r"\b(?:sure|will do|of course|no problem|no worries|not a problem|gladly|absolutely|definitely|certainly|on it|i (?:will|can)|happy to|my pleasure|you got it|consider it|can do|got it|with pleasure|understood|noted)\b"
)
TODAY_ONLY = compiled(r"\b(?:both|all(?: of)?(?: (?:it|them|that))?|each|everything)\b")
