"""The score: reasons add up, nothing is guessed, and how inputs are grouped changes no bit."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from tests.viral.talk import DULL, LIVELY, segments
from v100_ai.viral import ViralScorer, scored
from v100_ai.viral.audience import Context, Profile, Trend
from v100_ai.viral.factors import PARTS, Part, missing
from v100_ai.viral.model import Model
from v100_ai.viral.scorer import EVERY_S, HOLD_S, MOST_AT_ONCE
from v100_ai.viral.sound import RATE
from v100_ai.viral.table import FACTOR_NAMES, shipped

TALK = segments([*DULL * 6, *LIVELY * 3, *DULL * 3])
END = TALK[-1].end
FLASHES = {"visual_exposure": 0.5, "visual_contrast": 0.2, "visual_colourfulness": 40.0, "width": 1280,
           "visual_sharpness_laplacian_variance": 150.0, "motion_magnitude": 4.0}  # fmt: skip


def told(moments):
    return [json.dumps(each.to_json()) for each in moments]


def noise(seconds: float) -> np.ndarray:
    return (np.random.default_rng(7).normal(size=int(seconds * RATE)) * 3000).astype(np.int16)


def whole(**context):
    """All inputs at once."""
    scorer = ViralScorer(context=Context(**context))
    for each in TALK:
        scorer.hear(each)
    return scorer.finish(END)


def test_every_part_has_a_weight_and_those_of_a_factor_sum_to_one():
    assert tuple(PARTS) == FACTOR_NAMES
    assert all(sum(parts.values()) == pytest.approx(1.0) for parts in PARTS.values())


def test_moments_follow_each_other_every_five_seconds():
    moments = list(scored(TALK, ViralScorer()))
    assert moments[0].start == 0.0
    assert all(a.end == b.start and b.end - b.start == EVERY_S for a, b in pairwise(moments))
    assert END - 1.0 <= moments[-1].end < END + EVERY_S


def test_points_of_reasons_are_the_factors_and_theirs_the_raw_score():
    for moment in scored(TALK, ViralScorer()):
        assert moment.raw == pytest.approx(sum(each.points for each in moment.factors))
        for factor in moment.factors:
            assert sum(each.points for each in factor.reasons) == pytest.approx(factor.points)


def test_lively_speech_ranks_above_dull_speech():
    moments = list(scored(TALK, ViralScorer()))
    lively = [each.rank_score or 0.0 for each in moments if each.start >= 80 and each.end <= 115]
    dull = [each.rank_score or 100.0 for each in moments if each.end <= 70]
    assert min(lively) > max(dull)


def test_what_is_missing_is_named_and_lowers_the_confidence():
    alone = whole()[10]
    scorer = ViralScorer()
    for each in TALK:
        scorer.hear(each)
    for frame in range(int(END * 2)):
        scorer.see(FLASHES, frame / 2)
    seen = scorer.finish(END)[10]
    assert "visual_appeal" in alone.missing
    assert "visual_appeal.exposure" not in seen.missing
    assert "visual_appeal.face" in seen.missing
    assert seen.confidence > alone.confidence
    assert alone.factor("visual_appeal").value is None


def test_nothing_known_is_no_score():
    scorer = ViralScorer()
    scorer.see({}, 0.0)
    (moment,) = scorer.finish(5.0)
    assert (moment.rank_score, moment.viral_score, moment.interval80, moment.confidence) == (
        None,
        None,
        None,
        0.0,
    )


def test_speech_in_another_language_is_not_judged_by_english_words():
    german = ["wir gingen hinunter zum fluss und waren begeistert davon"] * 4
    moment = list(scored(segments(german), ViralScorer()))[-1]
    assert moment.factor("shareability").value is None
    assert "english" in moment.missing


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_how_inputs_are_grouped_changes_no_bit(data):
    sound = noise(8.0)
    pieces = data.draw(st.lists(st.integers(1, 30_000), min_size=1, max_size=10))
    steps = data.draw(st.lists(st.floats(0.1, 9.0), min_size=1, max_size=30))
    one, other = ViralScorer(), ViralScorer()
    for scorer in (one, other):
        for each in TALK:
            scorer.hear(each)
    one.listen(sound)
    at = 0
    for length in pieces:
        other.listen(sound[at : at + length])
        at += length
    other.listen(sound[at:])
    moments, now = [], 0.0
    for step in steps:
        now += step
        moments += other.advance(now)
    moments += other.finish(max(now, END))
    assert told(moments) == told(one.finish(max(now, END)))


def test_a_moment_waits_for_late_captions_and_for_what_follows_it():
    scorer = ViralScorer()
    scorer.hear(TALK[0])
    assert scorer.advance(EVERY_S + HOLD_S - 0.1) == []
    assert len(scorer.advance(EVERY_S + HOLD_S)) == 1
    assert scorer.advance(EVERY_S + HOLD_S) == []


def test_a_clock_that_jumps_does_not_tell_a_million_moments():
    scorer = ViralScorer()
    scorer.hear(TALK[0])
    assert len(scorer.advance(1e9)) == MOST_AT_ONCE


def test_a_stream_whose_times_begin_late_has_no_moments_before():
    late = segments(LIVELY, start=7200.0)
    assert next(iter(scored(late, ViralScorer()))).start == 7200.0


@given(st.sampled_from(FACTOR_NAMES), st.data())
def test_the_score_never_falls_when_a_part_rises(factor, data):
    model = Model(shipped())
    part = data.draw(st.sampled_from(list(PARTS[factor])))
    others = {name: {each: Part(0.4) for each in PARTS[name]} for name in FACTOR_NAMES}
    low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))

    def score(value):
        found = {name: dict(parts) for name, parts in others.items()}
        found[factor][part] = Part(value)
        return model.moment(found, 0.0, 5.0, speech=10.0)

    one, two = score(low), score(high)
    assert one.viral_score <= two.viral_score
    assert one.rank_score <= two.rank_score
    assert missing(others) == ()


def test_an_interval_is_around_the_score_and_told_as_prior():
    for moment in scored(TALK, ViralScorer()):
        assert moment.interval80
        assert moment.viral_score is not None
        low, high = moment.interval80
        assert 0.0 <= low <= moment.viral_score <= high <= 100.0
        assert (moment.calibration, moment.weights_version) == ("prior", shipped().version)


def test_an_audience_and_a_trend_are_judged_only_where_they_are_given():
    posting = datetime(2026, 5, 4, 18, tzinfo=UTC)
    profile = Profile(interests={"cat": 1.0, "joke": 2.0}, language="en")
    trend = Trend("stupid joke", datetime(2026, 5, 4, 12, tzinfo=UTC))
    plain, meant = whole(), whole(profile=profile, trends=(trend,), posting=posting)
    assert all(each.factor("audience_relevance").value is None for each in plain)
    met = [each for each in meant if (each.factor("timing").value or 0) > 0]
    assert met
    assert met[0].factor("timing").reasons[0].text == "stupid joke"
    assert met[0].factor("timing").reasons[0].value == pytest.approx(0.5)
    assert max(each.factor("audience_relevance").value for each in meant) > 0.6
    assert [each.rank_score for each in plain] == [each.rank_score for each in meant]
