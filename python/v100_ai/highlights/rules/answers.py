"""Answers: whether somebody else took a question up at once."""

from v100_ai.highlights.lexicon import lexicon
from v100_ai.highlights.rules.utterance import FILLERS, Utterance

# Nine answers in ten begin within 3 s of the question's end; looking further adds only false ones.
WITHIN = 4.0
# One may answer before the question is over, but not as it begins.
_EARLIEST = 0.5

_LISTENING = lexicon("mm hmm mhm uh huh um oh ah wow ha haha sorry pardon what") | FILLERS


def answers(said: Utterance, question: Utterance) -> bool:
    """Whether this takes up that question: another speaker, at once, with more than a noise."""
    asked, segment = question.segment, said.segment
    return (
        segment.speaker != asked.speaker
        and asked.start + _EARLIEST <= segment.start <= asked.end + WITHIN
        and not said.vocabulary <= _LISTENING
    )
