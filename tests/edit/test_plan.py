"""A plan cuts in no word that stays, gives every word its place, and takes nothing from what was not touched."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from v100_ai.edit import (
    CutRange,
    CutWords,
    Edit,
    FixText,
    KeepWords,
    Operation,
    Piece,
    ShortenPauses,
    plan,
)
from v100_ai.errors import EditRejected
from v100_ai.words import Transcript, Word

RATES = [Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60000, 1001), Fraction(24)]
COUNT = 25


def spoken(*lengths_and_pauses: tuple[float, float], speaker: str = "A") -> Transcript:
    """Words of these lengths, each with the pause after it."""
    words, now = [], 0.0
    for index, (length, pause) in enumerate(lengths_and_pauses):
        words.append(
            Word(text=f"w{index}", start=round(now, 3), end=round(now + length, 3), speaker=speaker)
        )
        now = round(now + length + pause, 3)
    return Transcript(tuple(words))


lengths = st.tuples(st.floats(0.04, 0.9), st.one_of(st.just(0.0), st.floats(0.0, 2.0)))
transcripts = st.lists(lengths, min_size=COUNT, max_size=COUNT).map(lambda each: spoken(*each))
ids = st.integers(0, COUNT - 1)
stretches = st.tuples(ids, ids).map(sorted)
operations = st.one_of(
    stretches.map(lambda each: CutWords(*each)),
    stretches.map(lambda each: KeepWords(*each)),
    st.tuples(st.floats(0, 20), st.floats(0.05, 5)).map(lambda each: CutRange(each[0], sum(each))),
    st.just(ShortenPauses()),
    st.tuples(ids, st.text("xyz")).map(lambda each: FixText(*each)),
)
edits = st.lists(operations, max_size=8).map(lambda each: Edit(tuple(each)))


def end(transcript: Transcript) -> float:
    return max(word.end for word in transcript.words) + 0.5


@given(transcripts, edits, st.sampled_from(RATES))
@settings(max_examples=200)
def test_no_cut_lies_in_a_word_that_stays(transcript: Transcript, edit: Edit, rate: Fraction):
    made = plan(edit, transcript, rate=rate, span=(0.0, end(transcript)))
    assert all(a.last < b.first for a, b in pairwise(made.pieces))
    assert all(len(piece) > 0 for piece in made.pieces)
    for placed in made.words:
        word = transcript.words[placed.id]
        holds = [
            piece
            for piece in made.pieces
            if piece.first - 1e-5 <= word.start * rate and word.end * rate <= piece.last + 1e-5
        ]
        assert len(holds) == 1
        # What is heard then is what was said: the word is as long as it was, on the output's axis.
        at = sum(len(piece) for piece in made.pieces if piece.last <= holds[0].first)
        assert math.isclose(
            placed.word.start, float((at - holds[0].first) / rate) + word.start, abs_tol=1e-3
        )
        assert math.isclose(
            placed.word.end - placed.word.start, word.end - word.start, abs_tol=1e-3
        )
    starts = [placed.word.start for placed in made.words]
    assert starts == sorted(starts)


@given(transcripts, edits, st.sampled_from(RATES))
def test_words_that_go_are_gone_and_all_others_are_there(
    transcript: Transcript, edit: Edit, rate: Fraction
):
    made = plan(edit, transcript, rate=rate, span=(0.0, end(transcript)))
    gone: set[int] = set()
    for each in edit.operations:
        match each:
            case CutWords(first, last):
                gone |= set(range(first, last + 1))
            case KeepWords(first, last):
                gone -= set(range(first, last + 1))
            case CutRange(start, stop):
                words = enumerate(transcript.words)
                gone |= {i for i, w in words if start <= (w.start + w.end) / 2 < stop}
            case _:
                pass
    assert {placed.id for placed in made.words} == set(range(COUNT)) - gone
    for i in gone:
        word = transcript.words[i]
        heard = [
            frame
            for frame in range(math.ceil(word.start * rate), math.floor(word.end * rate))
            if any(piece.first <= frame < piece.last for piece in made.pieces)
        ]
        # A frame of it at each end may stay where a word that is kept needs it.
        assert len(heard) <= 2


@given(transcripts, edits, operations, st.sampled_from(RATES))
def test_undo_is_the_plan_before(
    transcript: Transcript, edit: Edit, operation: Operation, rate: Fraction
):
    span = (0.0, end(transcript))
    before = plan(edit, transcript, rate=rate, span=span)
    done = edit.then(operation)
    assert done.version == edit.version + 1
    assert plan(done.undo(), transcript, rate=rate, span=span) == before
    assert plan(edit, transcript, rate=rate, span=span) == before


@given(transcripts, edits)
def test_an_edit_comes_back_from_its_json(transcript: Transcript, edit: Edit):
    assert Edit.from_json(edit.to_json(), len(transcript)) == edit


def test_without_an_edit_the_span_is_whole():
    made = plan(Edit(), spoken((0.3, 0.2), (0.3, 4.0)), rate=Fraction(25), span=(0.1, 3.0))
    assert made.pieces == (Piece(3, 75),)
    assert made.duration == 72 / 25


def test_a_word_goes_with_half_of_the_pauses_beside_it():
    transcript = spoken((0.4, 0.2), (0.4, 0.4), (0.4, 0.0))
    made = plan(Edit().cut([1]), transcript, rate=Fraction(1000), span=(0.0, 1.8))
    assert made.pieces == (Piece(0, 500), Piece(1200, 1800))


def test_words_at_the_ends_go_with_all_that_is_beside_them():
    transcript = spoken((0.4, 0.2), (0.4, 0.4), (0.4, 0.6))
    made = plan(Edit().cut([0, 2]), transcript, rate=Fraction(1000), span=(0.0, 2.4))
    assert made.pieces == (Piece(500, 1200),)


def test_where_two_words_touch_the_quietest_place_in_the_one_that_goes_is_taken():
    asked = []

    def quietest(start: float, stop: float) -> float:
        asked.append((round(start, 3), round(stop, 3)))
        return stop - 0.01

    transcript = spoken((0.4, 0.0), (0.4, 0.0), (0.4, 0.0))
    made = plan(
        Edit().cut([1]), transcript, rate=Fraction(1000), span=(0.0, 1.2), quietest=quietest
    )
    assert asked == [(0.4, 0.46), (0.74, 0.8)]
    assert made.pieces == (Piece(0, 450), Piece(790, 1200))


def test_pauses_are_shortened_in_their_middle_and_not_where_something_is_heard():
    transcript = spoken((0.4, 1.0), (0.4, 0.5), (0.4, 0.0))
    span = (0.0, 2.7)
    made = plan(Edit().pauses(0.6, 0.3), transcript, rate=Fraction(100), span=span)
    assert made.pieces == (Piece(0, 55), Piece(125, 270))
    loud = plan(
        Edit().pauses(0.6, 0.3),
        transcript,
        rate=Fraction(100),
        span=span,
        silent=lambda start, stop: start > 1,
    )
    assert loud.pieces == (Piece(0, 270),)


def test_pauses_around_a_word_that_goes_are_one():
    transcript = spoken((0.4, 0.5), (0.4, 0.9), (0.4, 0.0))
    made = plan(Edit().cut([1]).pauses(0.6, 0.3), transcript, rate=Fraction(100), span=(0.0, 2.6))
    assert made.pieces == (Piece(0, 55), Piece(205, 260))
    assert [placed.id for placed in made.words] == [0, 2]
    assert made.output(0.5) == 0.5
    assert made.output(1.0) is None
    assert made.output(2.3) == pytest.approx(0.8)


def test_a_correction_moves_no_time_and_an_empty_one_shows_nothing():
    transcript = spoken((0.4, 0.1), (0.4, 0.1))
    made = plan(Edit().fix(0, "Word").fix(1, ""), transcript, rate=Fraction(25), span=(0.0, 1.0))
    assert made.pieces == (Piece(0, 25),)
    assert [word.text for word in made.said] == ["Word"]
    assert made.said[0].start == 0.0


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "cut_words", "first": 3, "last": 1},
        {"kind": "cut_words", "first": 0, "last": COUNT},
        {"kind": "cut_words", "first": 0},
        {"kind": "cut_words", "first": True, "last": 1},
        {"kind": "cut_range", "start": float("nan"), "end": 2},
        {"kind": "cut_range", "start": 2, "end": 2},
        {"kind": "shorten_pauses", "above": 0.1, "to": 0.5},
        {"kind": "fix_text", "word": 0, "text": "a\nb"},
        {"kind": "fix_text", "word": 0, "text": "a", "more": 1},
        {"kind": "explode"},
        "cut",
    ],
    ids=str,
)
def test_an_operation_that_cannot_be_done_is_refused_with_what_was_expected(told: object):
    with pytest.raises(EditRejected, match="expected"):
        Edit.from_json({"operations": [told]}, COUNT)
