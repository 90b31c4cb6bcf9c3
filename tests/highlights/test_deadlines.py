"""Deadline phrases against days counted by hand on a calendar."""

import random
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from v100_ai.highlights.rules.deadlines import Calendar, deadline

MONDAY = "2026-03-30 10:00"  # the last Monday of March; Friday is April 3
WEDNESDAY = "2026-04-01 10:00"
FRIDAY = "2026-04-03 16:30"
SATURDAY = "2026-04-04 11:00"
LEAP = "2028-02-10 09:00"  # a Thursday
JANUARY_31 = "2026-01-31 09:00"  # a Saturday
DECEMBER = "2026-12-30 23:30"  # a Wednesday

DUE = [
    (MONDAY, "I'll send the report by Friday.", "2026-04-03"),
    (MONDAY, "by friday", "2026-04-03"),
    (MONDAY, "Can you do it before Thursday?", "2026-04-02"),
    (MONDAY, "until Wednesday evening", "2026-04-01"),
    (MONDAY, "It is due on Tuesday.", "2026-03-31"),
    (MONDAY, "no later than Wednesday, please", "2026-04-01"),
    (MONDAY, "Thursday at the latest", "2026-04-02"),
    (MONDAY, "I'll have it ready for Thursday's call", "2026-04-02"),
    (MONDAY, "on Sunday", "2026-04-05"),
    (MONDAY, "this Friday", "2026-04-03"),
    (MONDAY, "next Friday", "2026-04-10"),
    (MONDAY, "Friday next week", "2026-04-10"),
    (MONDAY, "next week Tuesday", "2026-04-07"),
    (MONDAY, "a week from Friday", "2026-04-10"),
    (MONDAY, "by Monday", "2026-04-06"),
    (MONDAY, "next Monday", "2026-04-06"),
    (MONDAY, "by end of day Friday", "2026-04-03"),
    (MONDAY, "EOD Thursday works", "2026-04-02"),
    (MONDAY, "by 5pm on Friday", "2026-04-03"),
    (MONDAY, "by noon Wednesday", "2026-04-01"),
    (MONDAY, "by Thu.", "2026-04-02"),
    (FRIDAY, "by Friday", "2026-04-10"),
    (FRIDAY, "this Friday", "2026-04-03"),
    (FRIDAY, "next Friday", "2026-04-10"),
    (FRIDAY, "by Monday", "2026-04-06"),
    (FRIDAY, "next Monday", "2026-04-06"),
    (FRIDAY, "by the end of the week", "2026-04-03"),
    (SATURDAY, "by Friday", "2026-04-10"),
    (SATURDAY, "next Monday", "2026-04-06"),
    (SATURDAY, "end of the week", "2026-04-10"),
    (SATURDAY, "end of next week", "2026-04-10"),
    (MONDAY, "by tomorrow", "2026-03-31"),
    (MONDAY, "I can do that tomorrow morning", "2026-03-31"),
    (MONDAY, "the day after tomorrow", "2026-04-01"),
    (MONDAY, "today", "2026-03-30"),
    (MONDAY, "I'll write it tonight", "2026-03-30"),
    (MONDAY, "this afternoon", "2026-03-30"),
    (MONDAY, "by the end of the day", "2026-03-30"),
    (MONDAY, "by EOD", "2026-03-30"),
    (MONDAY, "by COB", "2026-03-30"),
    (MONDAY, "close of business today", "2026-03-30"),
    (MONDAY, "end of day tomorrow", "2026-03-31"),
    (MONDAY, "right after the meeting", "2026-03-30"),
    (MONDAY, "by noon", "2026-03-30"),
    (MONDAY, "by 5 pm", "2026-03-30"),
    (FRIDAY, "by 9 am", "2026-04-04"),
    (MONDAY, "this week", "2026-04-03"),
    (MONDAY, "by the end of this week", "2026-04-03"),
    (MONDAY, "next week", "2026-04-10"),
    (MONDAY, "by the end of next week", "2026-04-10"),
    (MONDAY, "early next week", "2026-04-06"),
    (MONDAY, "at the beginning of next week", "2026-04-06"),
    (MONDAY, "in the middle of next week", "2026-04-08"),
    (MONDAY, "the week after next", "2026-04-17"),
    (MONDAY, "over the weekend", "2026-04-05"),
    (MONDAY, "before the weekend", "2026-04-03"),
    (MONDAY, "after the weekend", "2026-04-06"),
    (MONDAY, "in two weeks", "2026-04-13"),
    (MONDAY, "within 10 days", "2026-04-09"),
    (MONDAY, "in a fortnight", "2026-04-13"),
    (MONDAY, "in a couple of days", "2026-04-01"),
    (MONDAY, "two weeks from now", "2026-04-13"),
    (FRIDAY, "within three working days", "2026-04-08"),
    (MONDAY, "in twenty minutes", "2026-03-30"),
    (DECEMBER, "in an hour", "2026-12-31"),
    (MONDAY, "within 48 hours", "2026-04-01"),
    (JANUARY_31, "in a month", "2026-02-28"),
    (MONDAY, "in three months", "2026-06-30"),
    (MONDAY, "by the end of the month", "2026-03-31"),
    (WEDNESDAY, "by the end of the month", "2026-04-30"),
    (LEAP, "end of the month", "2028-02-29"),
    (LEAP, "by the end of February", "2028-02-29"),
    (JANUARY_31, "by the end of February", "2026-02-28"),
    (JANUARY_31, "next month", "2026-02-28"),
    (DECEMBER, "by the end of next month", "2027-01-31"),
    (MONDAY, "the last Friday of the month", "2026-04-24"),
    (WEDNESDAY, "the last Friday of the month", "2026-04-24"),
    (MONDAY, "by the end of the quarter", "2026-03-31"),
    (WEDNESDAY, "by the end of the quarter", "2026-06-30"),
    (WEDNESDAY, "end of Q3", "2026-09-30"),
    (WEDNESDAY, "by the end of the year", "2026-12-31"),
    (MONDAY, "by April 3rd", "2026-04-03"),
    (MONDAY, "by the 3rd of April", "2026-04-03"),
    (MONDAY, "on 14 April", "2026-04-14"),
    (MONDAY, "by May 5, 2027", "2027-05-05"),
    (MONDAY, "by March 1st", "2027-03-01"),
    (LEAP, "by February 29", "2028-02-29"),
    (MONDAY, "by the 2nd", "2026-04-02"),
    (MONDAY, "by the thirty-first", "2026-03-31"),
    (WEDNESDAY, "by the 31st", "2026-05-31"),
    (MONDAY, "by the fifth", "2026-04-05"),
    (MONDAY, "on Friday the 10th", "2026-04-10"),
    (MONDAY, "mid-May", "2026-05-15"),
    (MONDAY, "by April", "2026-04-01"),
    (MONDAY, "by 2026-04-09", "2026-04-09"),
    (MONDAY, "by 4/15", "2026-04-15"),
    (MONDAY, "by 15/4", "2026-04-15"),
    (DECEMBER, "tomorrow", "2026-12-31"),
    (DECEMBER, "by Friday", "2027-01-01"),
    (MONDAY, "We may meet, but send it by May 4th", "2026-05-04"),
]  # fmt: skip

NONE = [
    "We may do that.",
    "They march on.",
    "I sent it last Friday.",
    "since Monday",
    "We met on Tuesday, remember.",
    "every Friday",
    "on Fridays",
    "the second one is better",
    "by the first page you know",
    "in a few days",
    "soon",
    "as soon as possible",
    "for the next meeting",
    "later",
    "in a second",
    "give me a minute",
    "the day before",
    "two weeks ago",
    "by 4/5",
    "by the 35th",
    "by February 30th",
    "the deadline",
    "yesterday",
    "the sun is out",
    "a week's work",
    "We sat down in May last year",
    "the Monday report was fine",
    "at the end of the day it is their choice",
    "from Monday on",
    "it takes three days",
    "today's agenda",
    "this week's numbers",
    "second quarter results were good",
    "a month ago",
    "it was due last month",
    "by far the best",
    "before we go",
    "a small cobra",
    "Let's make a party first maybe.",
    "The ones that get by may be less critical.",
    "This year is all fruit.",
    "You saw it earlier today.",
    "five days a week",
]


@pytest.mark.parametrize(("now", "words", "due"), DUE)
def test_a_deadline_phrase_names_its_day(now: str, words: str, due: str):
    found = deadline(words, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found is not None
    assert found.date == date.fromisoformat(due)


@pytest.mark.parametrize("words", NONE)
def test_no_deadline_is_invented(words: str):
    assert deadline(words, datetime(2026, 3, 30, 10, tzinfo=UTC)) is None


def test_the_tables_are_large_enough_to_mean_something():
    assert len(DUE) >= 80
    assert len(NONE) >= 30


def test_tomorrow_is_counted_in_the_meetings_own_time_zone():
    auckland = Calendar(datetime(2026, 3, 31, 0, 30, tzinfo=ZoneInfo("Pacific/Auckland")))
    los_angeles = Calendar(datetime(2026, 3, 30, 4, 30, tzinfo=ZoneInfo("America/Los_Angeles")))
    assert auckland.start == los_angeles.start
    said = [calendar.deadline("tomorrow", 0.0) for calendar in (auckland, los_angeles)]
    assert [each.date.day for each in said if each] == [1, 31]


def test_a_meeting_that_runs_past_midnight_counts_from_the_new_day():
    calendar = Calendar(datetime(2026, 3, 30, 23, 50, tzinfo=timezone(timedelta(hours=2))))
    before, after = calendar.deadline("tomorrow", 60), calendar.deadline("tomorrow", 900)
    assert before is not None
    assert after is not None
    assert (before.date.day, after.date.day) == (31, 1)


def test_a_calendar_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Calendar(datetime(2026, 3, 30))  # noqa: DTZ001


@given(
    st.integers(0, 9 * 365 * 24),
    st.sampled_from([words for _, words, _ in DUE if "20" not in words]),
)
def test_no_deadline_lies_in_the_past(hours: int, words: str):
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    found = deadline(words, now)
    assert found is None or found.date >= now.date()


@given(st.text(max_size=80))
def test_any_text_at_all_is_read_without_an_error(words: str):
    deadline(words, datetime(2026, 3, 31, 23, 59, tzinfo=UTC))


@pytest.mark.timeout(60)
def test_no_phrase_raises_in_forty_years_and_six_zones():
    chance = random.Random(19)  # noqa: S311  # the same phrases each time
    starts = [
        "",
        "by ",
        "by the ",
        "before ",
        "until ",
        "on ",
        "on the ",
        "in ",
        "within ",
        "due ",
        "next ",
        "this ",
        "the last ",
        "end of ",
    ]
    middles = [
        "30th", "31st", "twenty-ninth", "29th of February", "31 April", "Feb 30", "999 years", "999 months", "0 days", "Friday", "month",
        "week", "Q3", "q4", "quarter", "year", "99/99", "13/13/2026", "31.11.2026", "2026-02-30", "25:00", "24:00", "12 am", "noon",
        "5 o'clock", "Christmas", "weekend", "EOW", "EOM", "tomorrow", "first of next month", "fortnight", "working days", "three",
    ]  # fmt: skip
    ends = [
        "",
        " of next month",
        " of the month",
        " from now",
        " from Friday",
        " next week",
        " of February",
        " at noon",
        " 2027",
        " ago",
        "'s time",
    ]
    zones = [ZoneInfo(name) for name in ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Europe/London", "Africa/Casablanca")]  # fmt: skip
    for _ in range(100_000):
        words = f"{chance.choice(starts)}{chance.choice(middles)} {chance.choice(middles)}{chance.choice(ends)}"
        now = datetime(2010, 1, 1, tzinfo=chance.choice(zones)) + timedelta(
            minutes=chance.randrange(40 * 525_600)
        )
        deadline(words, now, day_first=chance.choice([None, True, False]))


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("by EOW", "2026-04-03"), ("by end of month", "2026-03-31"), ("by the end of Q3", "2026-09-30"), ("by 20/04/2026", "2026-04-20"),
        ("20.04.2026", "2026-04-20"), ("They start on Monday, send it by Thursday", "2026-04-02"), ("by the 31st of next month", None),
        ("by the 30th of next month", "2026-04-30"), ("by 5 o'clock", "2026-03-30"), ("by EOD tomorrow", "2026-03-31"), ("but not this week", None),
    ],
)  # fmt: skip
def test_the_best_phrase_wins_and_what_is_no_day_is_none(words: str, due: str | None):
    found = deadline(words, datetime(2026, 3, 30, 10, tzinfo=UTC))
    assert (found and found.date.isoformat()) == due


def test_which_of_two_figures_is_the_month_is_the_locales():
    now = datetime(2026, 3, 30, 10, tzinfo=UTC)
    said = [deadline("by 4/5/2026", now, day_first=each) for each in (None, True, False)]
    assert [each and each.date.isoformat() for each in said] == [None, "2026-05-04", "2026-04-05"]
