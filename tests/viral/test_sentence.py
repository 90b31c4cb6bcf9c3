import pytest
from hypothesis import given, strategies as st

from v100_ai.viral import hook, quotability
from v100_ai.viral.sentence import asks, stands_alone
from v100_ai.viral.vocabulary import features, known, surprisal, tokens


def test_a_line_of_rare_words_and_feeling_is_more_quotable_than_a_passing_remark():
    assert quotability("A coward dies a thousand deaths.") > quotability(
        "Well, they were there, okay?"
    )


def test_a_statement_hooks_more_than_a_question():
    assert hook("This man lost everything he had.") > hook("Should we worry about our jobs?")


@given(st.text())
def test_any_text_has_figures(text):
    for value in (quotability(text), hook(text)):
        assert value == pytest.approx(value)
    assert all(value == pytest.approx(value) for value in features(tokens(text)).values())


@given(st.lists(st.sampled_from(["a", "man", "who", "never", "lies", "you", "went"]), min_size=1))
def test_saying_it_twice_is_no_more_quotable(words):
    once = " ".join(words)
    assert quotability(f"{once} {once}") == pytest.approx(quotability(once))


def test_words_nobody_counted_are_the_rarest():
    assert surprisal("the") < surprisal("committee") < surprisal("zyzzyva") == pytest.approx(6.0)
    assert surprisal("committee's") == surprisal("committee")


def test_english_is_known_and_other_languages_are_not():
    assert known(tokens("We walked down to the river and it was beautiful.")) > 0.9
    assert known(tokens("Wir gingen hinunter zum Fluss und waren ganz begeistert davon")) < 0.5


def test_an_opener_that_points_back_does_not_stand_alone():
    assert stands_alone(tokens("Nobody ever told me"))
    assert not stands_alone(tokens("And that is why"))
    assert not stands_alone([])


def test_questions_are_known_by_their_mark_or_their_first_word():
    assert asks(tokens("You did?"), "You did?")
    assert asks(tokens("what did you do"), "what did you do")
    assert not asks(tokens("What a day."), "What a day.")
