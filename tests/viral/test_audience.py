from datetime import UTC, datetime

import pytest

from v100_ai.errors import SettingRejected
from v100_ai.viral.audience import Context, Profile, trends, trends_from

HOURS = [0.5] * 168


@pytest.mark.parametrize(
    "told",
    [
        {"interests": {"cats": 0}},
        {"interests": {"!!": 1}},
        {"interests": 7},
        {"intrests": ["cats"]},
        {"hours": [0.5] * 24},
        {"level": 3},
        {"seconds": [9, 1]},
        {"interests": {str(at): 1 for at in range(501)}},
    ],
)
def test_a_profile_that_means_nothing_is_refused(told):
    with pytest.raises(SettingRejected, match="expected"):
        Profile.parse(told)


def test_a_profile_is_read_from_toml(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text('interests = ["rust", "live video"]\nlanguage = "en"\nseconds = [15, 45]\n')
    profile = Profile.read(path)
    assert profile == Profile(
        interests={"rust": 1.0, "live video": 1.0}, language="en", seconds=(15.0, 45.0)
    )
    path.write_text("interests = [")
    with pytest.raises(SettingRejected, match=r"p\.toml"):
        Profile.read(path)


@pytest.mark.parametrize(
    "told",
    [
        "7",
        '{"trends": 3}',
        "[1]",
        '[{"topic": "x"}]',
        '[{"topic": "x", "since": "2026-05-01T10:00:00"}]',
        '[{"topic": "x", "since": "2026-05-01T10:00:00Z", "weight": 9}]',
        "nonsense",
    ],
)
def test_topics_without_a_time_and_its_zone_are_refused(told):
    with pytest.raises(SettingRejected, match="expected"):
        trends_from(told)


def test_a_topic_loses_half_of_its_freshness_in_six_hours():
    found = trends([{"topic": "live video", "since": "2026-05-04T06:00:00+00:00"}])
    context = Context(trends=found, posting=datetime(2026, 5, 4, 18, tzinfo=UTC))
    parts = context.parts(["we", "talk", "about", "live", "videos", "today"])
    assert parts["timing"]["trend"].value == pytest.approx(0.25)
    assert context.parts(["something", "else"])["timing"]["trend"].value == 0.0
    assert context.parts([]) == {}


def test_hours_are_those_of_the_time_of_posting():
    hours = [0.0] * 168
    hours[24 * 2 + 18] = 1.0
    profile = Profile(hours=tuple(hours))
    wednesday = Context(profile=profile, posting=datetime(2026, 5, 6, 18, 30, tzinfo=UTC))
    assert wednesday.parts(["x"])["timing"]["hour"].value == 1.0


def test_without_a_profile_and_a_time_nothing_is_judged():
    assert Context().parts(["words"]) == {}
    with pytest.raises(SettingRejected, match="time zone"):
        Context(posting=datetime(2026, 5, 6, 18))  # noqa: DTZ001
