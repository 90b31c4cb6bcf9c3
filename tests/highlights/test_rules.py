"""What the offline engine hears in plain English, subject by subject. Sentences are our own."""

from datetime import UTC, datetime

import pytest

from tests.highlights.said import say
from v100_ai.highlights.model import KINDS, Finding, Kind, Segment
from v100_ai.highlights.roster import Person, Roster
from v100_ai.highlights.rules.actions import THRESHOLD as ACTION, action
from v100_ai.highlights.rules.cue import Cues, cue, score
from v100_ai.highlights.rules.deadlines import Calendar, deadline
from v100_ai.highlights.rules.engine import Rules
from v100_ai.highlights.rules.names import spoken
from v100_ai.highlights.rules.phrase import phrase
from v100_ai.highlights.rules.questions import THRESHOLD as QUESTION, question
from v100_ai.highlights.rules.sentiment import feeling
from v100_ai.highlights.rules.utterance import Utterance, utterance


def said(text: str) -> Utterance:
    return utterance(Segment(id="s0", participant="A", start=0.0, end=2.0, text=text))


def heard(*lines: tuple[str, str], seconds: float = 3.0) -> list[Finding]:
    rules = Rules(own=frozenset(KINDS))
    return [finding for segment in say(*lines, seconds=seconds) for finding in rules.push(segment)]


def of(kind: Kind, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.type == kind]


ASKING = [
    "What is the budget for the second phase?",
    "what is the budget for the second phase",
    "Um so do you think we can ship it in June?",
    "so do you think we can ship it in june",
    "how many people are coming to the workshop",
    "Have you talked to the supplier about this?",
    "is there a reason why we don't reuse the old one",
    "which one would you take for the front page",
    "I wonder who could own this from now on",
    "You already tested that on a phone, didn't you?",
    "Any ideas how the invoice got lost?",
    "are we paying by the hour or for the whole thing",
]
NOT_ASKING = [
    "What we need is a better plan for the launch.",
    "when I looked at the numbers they were fine",
    "which is why the test was so slow.",
    "I asked him how long it would take and he said a week.",
    "Let's see what happens with the next release.",
    "The question was answered in the last report.",
    "Okay, I think that covers everything, thank you.",
    "what?",
]


@pytest.mark.parametrize("text", ASKING)
def test_a_question_is_heard_with_or_without_its_mark(text: str):
    assert question(said(text))[0] >= QUESTION


@pytest.mark.parametrize("text", NOT_ASKING)
def test_a_statement_is_no_question(text: str):
    assert question(said(text))[0] < QUESTION


ASSIGNING = [
    "I'll send the contract to the lawyers by Friday.",
    "i will write up the minutes and circulate them",
    "Can you prepare the slides for the next meeting?",
    "You're going to work on the user interface until the next meeting.",
    "Action item for Ben: check with the vendor.",
    "We need to follow up with the customer before next time.",
    "Sarah will contact the printer tomorrow.",
    "Could you look into the failing build before Thursday?",
]
NOT_ASSIGNING = [
    "I'll go back to the previous slide.",
    "If you send it twice, people will see a warning.",
    "I sent the report last week already.",
    "Users will have to press the button twice.",
    "We won't need to book a room for that.",
    "It will be red and it should be easy to hold.",
    "You can put it in your pocket.",
    "I will, yeah.",
]


@pytest.mark.parametrize("text", ASSIGNING)
def test_work_that_is_handed_out_or_taken_on_is_an_action_item(text: str):
    assert action(said(text), wrapping=False)[0] >= ACTION


@pytest.mark.parametrize("text", NOT_ASSIGNING)
def test_talk_about_doing_is_no_action_item(text: str):
    assert action(said(text), wrapping=False)[0] < ACTION


def test_every_point_of_a_score_has_its_reason():
    points, cues = action(said("I'll send the contract to the lawyers by Friday."), wrapping=False)
    assert points == score(cues)
    assert all(each.reason and each.weight for each in cues)
    (finding, *_) = of(
        "action_item", heard(("A", "I'll send the contract to the lawyers by Friday."))
    )
    assert finding.reasons


def test_no_confidence_of_the_rules_is_above_its_cap():
    cap = {"question": 0.85, "action_item": 0.85, "decision": 0.6, "topic": 0.5, "sentiment": 0.5}
    texts = [
        *ASKING,
        *ASSIGNING,
        "So we all agreed, final decision, let's go with the red one then.",
    ]
    findings = heard(*[("ABC"[i % 3], text) for i, text in enumerate(texts * 20)])
    assert {each.type for each in findings} >= {"question", "action_item", "decision"}
    assert all(0 < each.confidence <= cap[each.type] for each in findings)


def test_an_answer_is_who_speaks_next_and_not_the_one_who_asked():
    found = of(
        "question",
        heard(
            ("A", "What is the budget for the second phase?"), ("B", "Forty thousand, I believe.")
        ),
    )
    assert [each.answered is not None for each in found] == [False, True]
    assert found[-1].answered is not None
    assert (found[-1].answered.by, found[-1].answered.at) == ("B", 3.0)
    alone = heard(
        ("A", "What is the budget for the second phase?"), ("A", "It says forty thousand here.")
    )
    assert all(each.answered is None for each in of("question", alone))


def test_a_noise_is_no_answer():
    found = heard(("A", "What is the budget for the second phase?"), ("B", "Mm-hmm."))
    assert all(each.answered is None for each in of("question", found))


def test_an_answer_that_comes_late_answers_something_else():
    segments = say(
        ("A", "What is the budget for the second phase?"), ("B", "Forty thousand, I believe.")
    )
    late = Segment(id="s1", participant="B", start=20.0, end=22.0, text=segments[1].text)
    rules = Rules()
    found = [*rules.push(segments[0]), *rules.push(late)]
    assert all(each.answered is None for each in of("question", found))


BEFORE_DECIDING = [
    ("A", "So which one should we choose, the red or the blue?"),
    ("B", "The other option was the green one."),
    ("C", "How about the blue one with the frame."),
]


def test_a_claim_becomes_a_decision_when_others_agree():
    talk = BEFORE_DECIDING * 3
    found = of(
        "decision",
        heard(
            *talk,
            ("A", "Okay, let's go with the blue one then."),
            ("B", "Yeah, good."),
            ("C", "Agreed."),
        ),
    )
    assert found[-1].quote == "Okay, let's go with the blue one then."
    assert found[-1].confidence > found[0].confidence


def test_a_decision_by_the_rules_never_looks_sure():
    talk = BEFORE_DECIDING * 6
    found = of(
        "decision",
        heard(
            *talk,
            ("A", "So we all agreed, final decision, let's go with the blue one then."),
            ("B", "Yes."),
        ),
    )
    assert max(each.confidence for each in found) <= 0.6


CALENDAR = Calendar(datetime(2026, 3, 30, 10, tzinfo=UTC))
ROSTER = Roster((
    Person(name="Ana Silva", participant="A"),
    Person(name="Robert Hall"),
    Person(name="Sarah Lee"),
    Person(name="Sarah Moor"),
    Person(name="Will Young", role="treasurer"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("I'll send it to the bank tomorrow.", "Ana Silva"),
        ("I will ask Bob about the bill tomorrow.", "Ana Silva"),
        ("Bob will send the report by Friday.", "Robert Hall"),
        ("bob will send the report by friday", "Robert Hall"),
        ("Robert, can you check the contract by Friday?", "Robert Hall"),
        ("Can you check the contract by Friday, Bob?", "Robert Hall"),
        ("Could Robert call the printer by Friday?", "Robert Hall"),
        ("I'd like Robert to call the printer by Friday.", "Robert Hall"),
        ("Sarah will send the report by Friday.", None),
        ("Sarah Moor will send the report by Friday.", "Sarah Moor"),
        ("Can you send the report by Friday?", None),
        ("Somebody needs to send the report.", None),
        ("Maria will send the report by Friday.", "Maria"),
        ("Marketing will send the report by Friday.", None),
        ("The finance team will send the report by Friday.", None),
        ("The treasurer will send the report by Friday.", "Will Young"),
        ("Robert and Sarah Lee will paint the fence by Friday.", "Robert Hall and Sarah Lee"),
        ("The report will be sent by Bob on Friday.", "Robert Hall"),
    ],
)
def test_work_falls_to_whom_it_was_given_or_to_nobody(text: str, owner: str | None):
    rules = Rules(roster=ROSTER, calendar=CALENDAR)
    found = [each for segment in say(("A", text)) for each in rules.push(segment)]
    assert [each.assignee for each in of("action_item", found)] == [owner]


@pytest.mark.parametrize(
    ("label", "owner"), [("A", "A"), ("unknown", None), ("Unknown Speaker 2", None)]
)
def test_without_a_roster_the_speaker_goes_by_their_label(label: str, owner: str | None):
    rules = Rules(calendar=CALENDAR)
    found = [f for s in say((label, "I'll send the bill tomorrow.")) for f in rules.push(s)]
    assert [each.assignee for each in of("action_item", found)] == [owner]


def test_a_name_counts_as_spoken_only_as_a_word():
    assert spoken("Ana Silva", "ask Ana's brother")
    assert not spoken("Ana", "the banana")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("um so uh I I'll send the the report", "I I'll send the report"),
        ("  Okay, well,  we go with blue. ", "We go with blue."),
        ("yeah", "Yeah"),
        ("", ""),
    ],
)
def test_a_spoken_sentence_is_written_as_one_would_write_it(text: str, written: str):
    assert phrase(text) == written


def test_a_long_sentence_is_cut_at_a_word():
    cut = phrase("seven eight " * 100)
    assert len(cut) <= 280
    assert cut.endswith(("seven\u2026", "eight\u2026"))


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("this is great work", 1),
        ("this is a terrible problem", -1),
        ("not good at all", -1),
        ("the door is open", 0),
    ],
)
def test_feeling_follows_the_words_and_their_negation(text: str, felt: float):
    assert feeling(said(text)) == felt


def test_a_mood_that_turns_is_told_once():
    calm = [("A", "That is good and useful."), ("B", "Great, I like it.")] * 120
    angry = [("A", "This is a terrible problem."), ("B", "I am worried, it is broken again.")] * 40
    found = of("sentiment", heard(*calm, *angry))
    assert len(found) == 1
    assert "negative" in found[0].text


def test_a_topic_is_named_when_the_words_change():
    first = [("A", "The invoice from the supplier names another invoice number.")] * 130
    second = [("B", "The holiday party needs music and a garden for the party.")] * 130
    found = of("topic", heard(*first, *second))
    assert len(found) == 2
    assert "invoice" in found[0].text.lower()
    assert "party" in found[1].text.lower()


def test_only_the_kinds_asked_for_are_told():
    rules = Rules(kinds=frozenset({"question"}))
    found = [
        f for s in say(*[("A", text) for text in [*ASKING, *ASSIGNING]]) for f in rules.push(s)
    ]
    assert {each.type for each in found} == {"question"}


def test_a_cue_is_tried_only_where_one_of_its_words_was_said():
    family = Cues((cue("why", 0.5, r"\bx y\b", "x"), cue("always", 0.2, r"\by\b")))
    assert [each.reason for each in family.read(said("a x y"))] == ["why", "always"]
    assert [each.reason for each in family.read(said("a y"))] == ["always"]


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "text",
    ["who will " * 50_000, "a " * 200_000, "Ana can you, " * 40_000, "is " * 100_000 + "?", "\u00e9" * 300_000,
     "you could maybe then also just " * 20_000, "by the end of the " * 40_000, "Bob and Bob will " * 40_000],
)  # fmt: skip
def test_a_text_made_to_keep_us_busy_does_not(text: str):
    heard(("A", text), ("B", text))
    deadline(text, datetime(2026, 3, 30, tzinfo=UTC))


def test_numbers_read_out_are_no_other_language():
    rules = Rules()
    for segment in say(
        ("A", "Seven four nine two, thirteen eighty."),
        ("B", "Six fifty, nine hundred twenty five."),
    ):
        rules.push(segment)
    assert not rules.foreign
