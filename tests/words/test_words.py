"""Words placed, settled, gathered into transcripts and sentences, and written as captions."""

import itertools
import math
from dataclasses import dataclass

import pytest
from hypothesis import example, given, strategies as st

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights.model import Segment
from v100_ai.highlights.transcript import parse
from v100_ai.words import Transcript, Word, placed
from v100_ai.words.cues import cues, joined, srt, vtt
from v100_ai.words.placing import settled
from v100_ai.words.word import LONGEST_S, words_from

texts = st.lists(st.text("abcdé,.?", min_size=1, max_size=9), min_size=1, max_size=30).map(" ".join)
moments = st.tuples(st.floats(0, 1e4), st.floats(0.1, 40))


def said(text: str, start: float, end: float, speaker: str = "A") -> Segment:
    return Segment(id=f"s{start}", participant=speaker, start=start, end=end, text=text)


@given(texts, moments)
@example("aaaaaaa aaaaaaa a a", (0.0, 0.1))
def test_words_are_placed_one_behind_the_other_within_their_segment(
    text: str, moment: tuple[float, float]
):
    start, length = moment
    words = placed(text, start, start + length)
    assert [word.text for word in words] == text.split()
    assert all(word.estimated and word.start <= word.end for word in words)
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(words))
    assert math.isclose(words[0].start, start, abs_tol=1e-3)
    assert math.isclose(words[-1].end, start + length, abs_tol=1e-3)


def test_longer_words_take_longer_and_a_full_stop_takes_a_pause():
    short, longer, after = placed("a considerable. word", 0.0, 3.0)
    assert longer.end - longer.start > 2 * (short.end - short.start)
    assert after.start - longer.end > 0.2


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 5), st.sampled_from("AB")), max_size=30))
def test_settled_words_are_short_and_of_one_voice_never_overlap(
    given_: list[tuple[float, float, str]],
):
    words = settled(
        Word(text="w", start=start, end=start + length, speaker=speaker)
        for start, length, speaker in given_
    )
    assert len(words) == len(given_)
    assert all(word.end - word.start <= LONGEST_S + 1e-3 for word in words)
    pairs = list(itertools.pairwise(words))
    assert all(a.start <= b.start for a, b in pairs)
    assert all(a.end <= b.start + 1e-3 for a, b in pairs if a.speaker == b.speaker)


def test_a_transcript_takes_the_words_it_is_told_and_places_the_others():
    told = (Word(text="Hi", start=0.5, end=0.9, speaker="A", confidence=0.8),)
    first = Segment(id="1", participant="A", start=0.0, end=1.0, text="Hi", words=told)
    transcript = Transcript.of([first, said("there you", 1.0, 2.0)])
    assert transcript.text == "Hi there you"
    assert transcript.words[0] == told[0]
    assert transcript.estimated
    assert not Transcript.of([first]).estimated
    assert list(transcript.between(0.9, 2.0)) == [1, 2]
    assert list(transcript.between(5.0, 9.0)) == []


def test_what_is_said_at_once_is_in_order_of_time():
    transcript = Transcript.of([said("one two three", 0, 3, "A"), said("yes", 1.2, 1.4, "B")])
    starts = [word.start for word in transcript.words]
    assert starts == sorted(starts)


def test_punctuation_ends_sentences_wherever_captions_break():
    transcript = Transcript.of(
        [said("We asked Dr. Lee. She said", 0, 3), said("no. Why not?", 3, 5)]
    )
    assert [one.text for one in transcript.sentences()] == [
        "We asked Dr. Lee.",
        "She said no.",
        "Why not?",
    ]


def test_without_punctuation_segments_are_sentences_and_a_pause_or_a_voice_ends_one():
    transcript = Transcript.of(
        [
            said("so we went there", 0, 2),
            said("and it was fine", 2, 4),
            said("right", 4, 4.5, "B"),
        ]
    )
    assert [one.text for one in transcript.sentences()] == [
        "so we went there",
        "and it was fine",
        "right",
    ]
    assert {one.first for one in transcript.sentences()} == {0, 4, 8}


@given(texts, moments, st.integers(8, 42), st.sampled_from([None, 3, 7]))
def test_cues_hold_every_word_once_in_lines_that_fit(
    text: str, moment: tuple[float, float], most: int, words_most: int | None
):
    words = placed(text, moment[0], sum(moment))
    shown = cues(words, most=most, words_most=words_most)
    assert [word for cue in shown for word in cue.words] == list(words)
    assert all(len(cue.lines) <= 2 for cue in shown)
    assert all(len(joined(line)) <= most or len(line) == 1 for cue in shown for line in cue.lines)
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(shown))


def test_scripts_without_spaces_are_joined_without():
    words = [Word(text=each, start=0, end=0) for each in ("今日", "は", "v100", "です")]
    assert joined(words) == "今日は v100 です"


def test_captions_written_are_read_back():
    transcript = Transcript.of([said("Salt & <pepper>.", 0, 1.5, "Ana Lee"), said("Yes!", 2, 2.5)])
    shown = cues(transcript.words)
    for text in (srt(shown), vtt(shown), vtt(shown, timed=True)):
        assert [one.start for one in parse(text)] == [0.0, 2.0]
    assert [(one.participant, one.text) for one in parse(vtt(shown, timed=True))] == [
        ("Ana Lee", "Salt & <pepper>."),
        ("A", "Yes!"),
    ]
    assert "<00:00:00." in vtt(shown, timed=True)


def test_words_of_json_lines_come_with_their_segment():
    line = (
        '{"id": "1", "participant": "A", "start": 0, "end": 2, "text": "Hi all", "words": ['
        '{"text": "Hi", "start": 0.1, "end": 0.4, "confidence": 0.9}, {"word": " all", "start": 0.5, "end": 1}]}'
    )
    (segment,) = parse(line)
    assert segment.words == (
        Word(text="Hi", start=0.1, end=0.4, speaker="A", confidence=0.9),
        Word(text="all", start=0.5, end=1.0, speaker="A"),
    )
    assert words_from([word.to_json() for word in segment.words], "A") == segment.words


@dataclass(frozen=True)
class Wrong:
    entry: object
    why: str


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong({"text": "a", "start": 2, "end": 1}, "0 <= start <= end"),
        Wrong({"text": "a", "start": 2}, "text, start and end"),
        Wrong({"text": "a", "start": "nan", "end": 1}, "0 <= start <= end"),
        Wrong("a", "text, start and end"),
    ],
    ids=str,
)
def test_a_word_that_is_none_is_refused(wrong: Wrong):
    with pytest.raises(TranscriptUnreadable, match=wrong.why):
        words_from([wrong.entry])  # type: ignore[list-item]  # as it may come from outside
