from hypothesis import given, strategies as st

from tests.viral.talk import DULL, LIVELY, segments
from v100_ai.highlights.model import Segment
from v100_ai.viral.speech import KEPT_S, MOST_SPEAKERS, Speech


def heard(found):
    speech = Speech()
    for each in found:
        speech.hear(each)
    return speech


def test_without_punctuation_segments_are_sentences():
    spell = heard(segments(LIVELY)).at(10.0)
    assert [each.text for each in spell.ended] == list(LIVELY[:2])
    assert [each.text for each in spell.begun] == list(LIVELY[:3])


def test_with_punctuation_sentences_go_over_segments():
    cut = ["This one ends. It goes on", "until here. And then", "some more of it.", "Over."]
    spell = heard(segments(cut, seconds=2.0)).at(8.0)
    assert [each.text for each in spell.ended] == [
        "This one ends.",
        "It goes on until here.",
        "And then some more of it.",
        "Over.",
    ]


def test_words_with_times_are_taken_where_they_are():
    from v100_ai.words import Word  # noqa: PLC0415

    words = tuple(
        Word(text=text, start=at, end=at + 0.3) for text, at in (("early", 1.0), ("late", 8.0))
    )
    speech = heard(
        [Segment(id="1", participant="A", start=0.0, end=9.0, text="early late", words=words)]
    )
    assert speech.at(5.0).words == ("early",)
    assert speech.at(9.0).words == ("early", "late")


def test_a_reply_to_somebody_elses_question_is_an_answer():
    asked = segments(["What did you do?"], speaker="A")
    replied = segments(["I walked home alone."], start=5.0, speaker="B")
    spell = heard([*asked, *replied]).at(10.0)
    assert [(each.answers, each.alone) for each in spell.ended] == [(False, True), (True, False)]


def test_what_comes_a_minute_late_is_left_out_and_counted():
    speech = heard(segments(DULL, start=2 * KEPT_S))
    speech.forget(KEPT_S)
    speech.hear(segments(LIVELY)[0])
    assert speech.left_out == 1


def test_other_languages_are_told():
    german = [
        "wir gingen hinunter zum fluss und waren begeistert",
        "dort haben wir lange gesessen und geredet",
    ]
    assert heard(segments(german)).at(8.0).english is False
    assert heard(segments(LIVELY)).at(16.0).english is True
    assert heard(segments(["hm"])).at(8.0).english is None


@given(st.permutations(segments(LIVELY)))
def test_segments_in_another_order_are_the_same_words(found):
    assert heard(found).at(16.0).words == heard(segments(LIVELY)).at(16.0).words


def test_memory_is_bounded_however_fast_it_comes(monkeypatch):
    monkeypatch.setattr("v100_ai.viral.speech.MOST_TOKENS", 500)
    speech = Speech()
    for number in range(600):
        speech.hear(
            Segment(
                id=str(number), participant=str(number), start=0.0, end=1.0, text="one two three"
            )
        )
    assert len(speech._tokens) == 500
    assert len(speech._turns) == MOST_SPEAKERS
