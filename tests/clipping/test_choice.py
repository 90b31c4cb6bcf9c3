"""Clips begin and end between words, overlap nowhere, and leave nobody without what they need."""

from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings, strategies as st

from v100_ai.clips.choice import Boundaries, Clip, Lengths, Moments, candidates, choose
from v100_ai.clips.choice.selection import APART_S, best_set
from v100_ai.highlights.model import Segment
from v100_ai.words import Transcript


@dataclass(frozen=True)
class Scored:
    start: float
    end: float
    rank_score: float | None


def talk(*said: tuple[str, float, float] | tuple[str, float, float, str]) -> Transcript:
    return Transcript.of(
        Segment(
            id=str(i),
            participant=one[3] if len(one) > 3 else "A",
            start=one[1],
            end=one[2],
            text=one[0],
        )
        for i, one in enumerate(said)
    )


sentences = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.floats(0.5, 9),
        st.sampled_from([0.0, 0.0, 0.2, 1.0, 4.0]),
        st.sampled_from("AB"),
    ),
    min_size=4,
    max_size=40,
)
scores = st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=60, max_size=60)


def made(drawn: list[tuple[int, float, float, str]]) -> tuple[Transcript, float]:
    said, now = [], 0.0
    for i, (count, length, pause, speaker) in enumerate(drawn):
        text = " ".join(f"{chr(97 + (i * 7 + k) % 26)}ord{i}" for k in range(count)) + "."
        said.append((text, now, now + length, speaker))
        now += length + pause
    return talk(*said), now


def moments(values: list[float | None], duration: float) -> Moments:
    return Moments.of([Scored(5.0 * i, 5.0 * i + 5, v) for i, v in enumerate(values)], duration)


@given(sentences, scores, st.integers(1, 5))
@settings(max_examples=60)
def test_no_word_is_cut_none_overlap_and_all_are_as_long_as_asked(
    drawn: list[tuple[int, float, float, str]], values: list[float | None], count: int
):
    transcript, duration = made(drawn)
    boundaries = Boundaries(transcript, duration=duration)
    chosen = choose(boundaries, moments(values, duration), count=count, lengths=Lengths(8, 30))
    assert len(chosen) <= count
    for clip in chosen:
        assert 8 <= clip.end - clip.start <= 30
        for word in transcript.words:
            inside = clip.start <= word.start + 2e-3 and word.end <= clip.end + 2e-3
            outside = word.end <= clip.start + 2e-3 or word.start >= clip.end - 2e-3
            assert inside or outside
    assert all(b.start - a.end >= APART_S for a, b in pairwise(chosen))
    assert (
        choose(boundaries, moments(values, duration), count=count, lengths=Lengths(8, 30)) == chosen
    )


def clip(start: float, end: float, score: float) -> Clip:
    return Clip(start, end, score, text=f"{start}", first=0, last=0, rank_score=0.0)


spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.floats(-1, 1)).map(
        lambda each: clip(each[0], each[0] + each[1], each[2])
    ),
    max_size=9,
)


@given(spans, st.integers(1, 4))
@settings(max_examples=150)
def test_the_set_is_the_best_of_all_sets(found: list[Clip], count: int):
    def value(chosen: tuple[Clip, ...]) -> float:
        return sum(2.0 + each.score for each in chosen)

    def fits(chosen: tuple[Clip, ...]) -> bool:
        ordered = sorted(chosen, key=lambda each: each.start)
        return all(b.start - a.end >= APART_S for a, b in pairwise(ordered))

    every = [each for k in range(count + 1) for each in combinations(found, k) if fits(each)]
    chosen = best_set(found, count)
    assert fits(chosen)
    assert len(chosen) <= count
    assert value(chosen) == pytest.approx(max(map(value, every)))


LONG = "this stretch of talk goes on for quite a while without anything of note"


def test_the_best_moment_is_taken():
    transcript = talk(*((f"Sentence {i} is said here in some ten seconds or so.", 10 * i, 10 * i + 9.5) for i in range(12)))  # fmt: skip
    scored = Moments.of(
        [Scored(5 * i, 5 * i + 5, 90 if 12 <= i < 15 else 40) for i in range(24)], 120
    )
    (best,) = choose(Boundaries(transcript, duration=120), scored, count=1)
    assert best.start <= 60.0
    assert best.end >= 69.5
    assert best.rank_score > 80


def test_an_answer_keeps_its_question_and_a_question_its_answer():
    transcript = talk(
        (f"Before it {LONG}.", 0, 12),
        ("What was the hardest part of it?", 12.5, 15, "B"),
        (f"The hardest part was {LONG}.", 15.5, 30),
        (f"Afterwards {LONG}.", 30.5, 44),
    )
    flat = Moments.of([], 44)
    (best,) = choose(Boundaries(transcript, duration=44), flat, count=1, lengths=Lengths(16, 20))
    assert best.text.startswith("What was the hardest part")
    assert "stands alone" in best.start_reason
    starts = {
        each.first: each for each in candidates(Boundaries(transcript), flat, Lengths(12, 18))
    }
    answer = next(each for each in starts.values() if each.text.startswith("The hardest"))
    assert "answers 'What was the hardest part of it?', which is left out" in answer.start_reason
    assert answer.cost >= 0.7


def test_an_opener_that_points_backward_costs():
    transcript = talk(
        ("And so he did it, " + LONG + ".", 0, 14), ("Bees dance, " + LONG + ".", 14.5, 28)
    )
    flat = Moments.of([], 28)
    (best,) = choose(Boundaries(transcript, duration=28), flat, count=1, lengths=Lengths(10, 15))
    assert best.text.startswith("Bees dance")


def test_laughter_after_the_last_word_is_kept_up_to_the_next_word():
    transcript = talk((f"First {LONG}.", 6, 16), ("Next one.", 21, 23))
    reactions = ((16.2, 19.0),)
    found = list(
        candidates(Boundaries(transcript, reactions=reactions), Moments.of([], 23), Lengths(9, 30))
    )
    first = next(each for each in found if each.last < len(transcript) - 2)
    assert first.end == 19.0
    assert first.ending == 1.0
    assert first.end_reason == "sentence, reaction kept"
    longer = Boundaries(transcript, reactions=((16.2, 30.0),))
    found = list(candidates(longer, Moments.of([], 23), Lengths(9, 30)))
    assert min(each.end for each in found) == 20.0


def test_a_boundary_moves_to_a_scenes_cut_where_no_word_is_in_the_way():
    transcript = talk((f"First {LONG}.", 1, 17), (f"Second {LONG}.", 18, 34))
    boundaries = Boundaries(transcript, scenes=(17.6,))
    assert boundaries.end(0)[0] == 17.6
    assert boundaries.start(1)[0] == 17.6
    price = Boundaries(
        talk((f"First {LONG}.", 1, 17), (f"Second {LONG}.", 17.1, 34)), scenes=(16.8,)
    )
    assert price.end(0)[1] == pytest.approx(0.2 + 0.1)


def test_no_joke_is_told_twice():
    joke = "Why did the chicken cross the road, asked everybody twice, and nobody laughed about chickens."
    transcript = talk(
        (joke, 0, 16), ("Something entirely different fills minutes here.", 20, 38), (joke, 45, 61)
    )
    chosen = choose(
        Boundaries(transcript, duration=61), Moments.of([], 61), count=3, lengths=Lengths(14, 20)
    )
    assert sum("chicken" in each.text for each in chosen) == 1
    assert len(chosen) == 2


def test_a_stream_that_nobody_scored_has_clips_all_the_same():
    assert Moments.of([], 3.0).seconds == (0.0, 0.0, 0.0)
    assert Moments.of([Scored(0, 2, None), Scored(2, 4, 50)], 5.0).seconds == (0.5,) * 5
