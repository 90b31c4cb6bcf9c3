"""What deadline phrases there are, and which day each means, seen from a moment of the meeting.

Conventions: a period means its last working day, "next Friday" is next week's, a weekday named on
that very weekday is a week ahead, a date already past this year is next year's.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from v100_ai.highlights.rules import dates
from v100_ai.highlights.rules.dates import MONDAY, SUNDAY, WEDNESDAY
from v100_ai.highlights.rules.numerals import (
    DAYS,
    MONTHS,
    NUMBERS,
    ORDINALS,
    alternatives,
    month,
    number,
    ordinal,
    weekday,
)

Resolve = Callable[[re.Match[str], datetime], date | None]

_CENTURY = 100
# "By five o'clock" is in the afternoon, "by nine o'clock" in the morning.
_WORKING_FROM = 7
_DAY = rf"(?P<day>{alternatives(DAYS)}|(?:mon|tues?|wed|thu(?:rs?)?|fri)(?=[\s,.?!]|$))"
_MONTH = rf"(?P<month>{alternatives(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)(?=[\s.,\d]|$))"
_NTH = rf"(?P<nth>\d{{1,2}}(?:st|nd|rd|th)|{alternatives(ORDINALS)})"
_NUMBER = rf"(?P<number>\d{{1,3}}|{alternatives(NUMBERS)})"
_BY = r"(?:(?:by|before|until|till|til|due|on|for|latest|no later than|not later than|come) (?:the )?)"
_EOD = r"(?:(?:the )?(?:end of (?:the )?(?:(?:work(?:ing)? )?day|business|play)|eod|cob|close of (?:business|play)))"
_TIME = (
    r"(?:(?:noon|midday|lunch(?:time)?|midnight|\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|o'clock))"
    r"(?: (?:on|this))? )"
)
# After a bare ordinal, anything else makes it the "second one", not the second of the month.
_ENDS = r"(?=\s*(?:[,.;?!]|$|at\b|if\b|so\b|and\b|please\b|or\b|then\b|latest\b|though\b|okay\b|right\b))"


def _dated(match: re.Match[str], now: datetime) -> date | None:
    found = match.groupdict()
    day = ordinal(found["nth"]) if found.get("nth") else int(found["number"])
    year = int(found["year"]) if found.get("year") else None
    return dates.day_of_year(now.date(), month(found["month"]), day, year)


def _iso(match: re.Match[str], now: datetime) -> date | None:
    year, in_year, day = (int(match[name]) for name in ("year", "month", "number"))
    return dates.day_of_year(now.date(), in_year, day, year) if 1 <= in_year <= 12 else None  # noqa: PLR2004


def _figures(match: re.Match[str], now: datetime, *, day_first: bool | None) -> date | None:
    """Where either could be the month, the locale says which is which, or nobody knows."""
    one, two = int(match["one"]), int(match["two"])
    if (one > 12) != (two > 12):  # noqa: PLR2004
        day_first = one > 12  # noqa: PLR2004
    if day_first is None and one != two:
        return None
    day, in_year = (one, two) if day_first else (two, one)
    year = int(match["year"]) if match["year"] else None
    if year is not None and year < _CENTURY:
        year += now.year // _CENTURY * _CENTURY
    return dates.day_of_year(now.date(), in_year, day, year) if 1 <= in_year <= 12 else None  # noqa: PLR2004


def slashed(match: re.Match[str], now: datetime) -> date | None:
    """Figures with slashes or hyphens, of no known order."""
    return _figures(match, now, day_first=None)


def named_day_first(match: re.Match[str], now: datetime) -> date | None:
    """Figures where the day is first."""
    return _figures(match, now, day_first=True)


def month_first(match: re.Match[str], now: datetime) -> date | None:
    """Figures where the month is first."""
    return _figures(match, now, day_first=False)


def _nth_of_next(match: re.Match[str], now: datetime) -> date | None:
    return dates.in_month(dates.month_end(now.year, now.month + 1), ordinal(match["nth"]))


def _span(match: re.Match[str], now: datetime) -> date | None:
    count, unit = number(match["number"]), match["unit"]
    today = now.date()
    if match.groupdict().get("base"):
        base = match["base"]
        today = {"tomorrow": today + timedelta(1)}.get(base) or dates.coming(today, weekday(base))
    if unit.startswith(("working", "business", "week day", "weekday")):
        return dates.working_days_on(today, count)
    if unit.startswith("month"):
        return dates.months_on(today, count)
    if unit.startswith("year"):
        return dates.months_on(today, 12 * count)
    hours = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "fortnight": 336}
    if unit.rstrip("s") in {"minute", "hour"}:
        return (now + timedelta(hours=count * hours[unit.rstrip("s")])).date()
    return today + timedelta(hours=count * hours[unit.rstrip("s")])


def _part_of_week(match: re.Match[str], now: datetime) -> date:
    weeks = 1 if "next" in match["which"] else 0
    day = MONDAY if match["part"] in {"beginning", "start", "early"} else WEDNESDAY
    return dates.of_week(now.date(), day, weeks=weeks)


def _month_part(match: re.Match[str], now: datetime) -> date | None:
    named, today = month(match["month"]), now.date()
    part = match["part"]
    day = {"mid": 15, "middle of": 15}.get(part, 1)
    if part == "end of":
        end = dates.month_end(today.year, named)
        return end if end >= today else dates.month_end(today.year + 1, named)
    return dates.day_of_year(today, named, day, None)


def _quarter(match: re.Match[str], now: datetime) -> date:
    return _quarter_end(int(match["number"] or match["q"]), now)


def _quarter_named(match: re.Match[str], now: datetime) -> date:
    return _quarter_end(ordinal(match["nth"]), now)


def _quarter_end(quarter: int, now: datetime) -> date:
    end = dates.month_end(now.year, 3 * quarter)
    return end if end >= now.date() else dates.month_end(now.year + 1, 3 * quarter)


def _clock(match: re.Match[str], now: datetime) -> date:
    """Today, or tomorrow once that hour has passed."""
    hour = {"noon": 12, "midday": 12, "lunch": 13, "lunchtime": 13, "midnight": 24}.get(
        match["clock"]
    )
    found = match.groupdict()
    if hour is None and found.get("full"):
        hour = int(found["full"])
    elif hour is None and not found["half"]:
        hour = int(found["hour"])
        hour += 12 if hour < _WORKING_FROM else 0
    elif hour is None:
        hour = int(found["hour"]) % 12 + (12 if found["half"].startswith("p") else 0)
    return now.date() + timedelta(hour <= now.hour)


def _last_of_month(match: re.Match[str], now: datetime) -> date:
    today = now.date()
    end = dates.month_end(today.year, today.month + ("next" in match["which"]))
    found = dates.last_weekday(end, weekday(match["day"]))
    if found < today:
        found = dates.last_weekday(
            dates.month_end(today.year, today.month + 1), weekday(match["day"])
        )
    return found


TABLE: tuple[tuple[str, Resolve], ...] = (
    (r"(?P<year>20\d\d)-(?P<month>\d\d)-(?P<number>\d\d)", _iso),
    (rf"(?:{_DAY},? )?(?:the )?{_NTH} (?:of )?{_MONTH}(?:,? (?P<year>20\d\d))?", _dated),
    (rf"(?:{_DAY},? )?{_MONTH},? (?:the )?{_NTH}(?:,? (?P<year>20\d\d))?", _dated),
    (rf"(?:{_DAY},? )?{_MONTH} (?P<number>\d{{1,2}})(?![\d:%])(?:,? (?P<year>20\d\d))?", _dated),
    (rf"(?:{_DAY},? )?(?P<number>\d{{1,2}}) {_MONTH}(?:,? (?P<year>20\d\d))?", _dated),
    (r"(?P<year>20\d\d)/(?P<month>\d{1,2})/(?P<number>\d{1,2})", _iso),
    (r"(?P<one>\d{1,2})\.(?P<two>\d{1,2})\.(?P<year>(?:20)?\d\d)?(?!\d)", named_day_first),
    (r"(?P<one>\d{1,2})(?P<sep>[/-])(?P<two>\d{1,2})(?P=sep)(?P<year>(?:20)?\d\d)", slashed),
    (r"(?:by|before|on|until|due|for) (?P<one>\d{1,2})/(?P<two>\d{1,2})(?P<year>)(?![/\d])", slashed),
    (rf"{_DAY},? the {_NTH}", lambda m, now: dates.day_of_month(now.date(), ordinal(m["nth"]))),
    (rf"(?:on |by |before |until |till |due )?(?:the )?{_NTH} of next month", _nth_of_next),
    (rf"(?:by|before|on|until|till|due|due on|no later than) the {_NTH}(?: of (?:the|this) month)?{_ENDS}",
     lambda m, now: dates.day_of_month(now.date(), ordinal(m["nth"]))),
    (rf"last {_DAY} of (?P<which>the|this|next) month", _last_of_month),
    (rf"{_NUMBER} (?P<unit>weeks?|days?) (?:from|after|on) (?P<base>tomorrow|{alternatives(DAYS)})", _span),
    (rf"(?:in|within)(?: the next)? {_NUMBER}(?: more)? (?P<unit>(?:working |business )days?|days?|weeks?|fortnights?|months?|hours?|minutes?|years?)(?:'s? time)?\b(?! ago)", _span),
    (rf"{_NUMBER} (?P<unit>days?|weeks?|months?|hours?) from (?:now|today)", _span),
    (rf"{_DAY} week\b", lambda m, now: dates.coming(now.date(), weekday(m["day"])) + timedelta(7)),
    (rf"{_DAY} (?:of )?next week", lambda m, now: dates.of_week(now.date(), weekday(m["day"]), weeks=1)),
    (rf"next week(?: on)? {_DAY}", lambda m, now: dates.of_week(now.date(), weekday(m["day"]), weeks=1)),
    (rf"next {_DAY}", lambda m, now: dates.of_week(now.date(), weekday(m["day"]), weeks=1)),
    (rf"this (?:coming )?{_DAY}", lambda m, now: dates.this(now.date(), weekday(m["day"]))),
    (r"(?:the )?day after tomorrow", lambda _, now: now.date() + timedelta(2)),
    (rf"(?:(?:by|before|until|till) )?(?:{_EOD}|noon) tomorrow", lambda _, now: now.date() + timedelta(1)),
    (r"tomorrow\b(?!'s)", lambda _, now: now.date() + timedelta(1)),
    (rf"(?:by |before |until |till )?(?:{_EOD}|first thing)(?: on)? {_DAY}", lambda m, now: dates.coming(now.date(), weekday(m["day"]))),
    (rf"(?:by|before|until|till|at|for) {_TIME}{_DAY}", lambda m, now: dates.coming(now.date(), weekday(m["day"]))),
    (rf"{_BY}(?:\w+ )??(?:coming )?{_DAY}(?!s)", lambda m, now: dates.coming(now.date(), weekday(m["day"]))),
    (rf"{_DAY} (?:at the (?:very )?latest|morning|afternoon|evening|night|noon|lunchtime|first thing|instead|then|already|it is)", lambda m, now: dates.coming(now.date(), weekday(m["day"]))),
    (rf"(?<!the ){_DAY}(?=\s*(?:[.,;?!]|$|at \d))", lambda m, now: dates.coming(now.date(), weekday(m["day"]))),
    (r"(?:the )?week after next", lambda _, now: dates.work_week_end(now.date(), weeks=2)),
    (r"(?P<part>beginning|start|early|middle|mid)(?: of)?(?: the)?[ -](?P<which>next week|this week|week)", _part_of_week),
    (r"(?:before|by the (?:start|beginning) of) next week\b(?!end)", lambda _, now: dates.work_week_end(now.date())),
    (r"(?:end of |late |during |by |in |for |some ?time )?(?:the )?next week\b(?!end|'s)", lambda _, now: dates.work_week_end(now.date(), weeks=1)),
    (r"(?:end of (?:the |this )?(?:work(?:ing)? )?week\b(?!end)|eow\b|(?:later |by |during |sometime |some time )?this week\b(?!end|'s)|(?:by|before) (?:the )?week'?s? ?end)", lambda _, now: dates.work_week_end(now.date())),
    (r"(?:by|before|until|till) the weekend", lambda _, now: dates.work_week_end(now.date())),
    (r"after the weekend", lambda _, now: dates.coming(now.date(), MONDAY)),
    (r"(?:over the|this|during the|at the|on the) weekend", lambda _, now: dates.this(now.date(), SUNDAY)),
    (r"next weekend", lambda _, now: dates.of_week(now.date(), SUNDAY, weeks=1)),
    (rf"(?P<part>end of|beginning of|start of|early|mid|middle of)[ -]{_MONTH}", _month_part),
    (r"(?:(?:by|at) )?(?:the )?(?:beginning|start) of next month", lambda _, now: dates.month_end(now.year, now.month) + timedelta(1)),
    (r"(?:by |at )?(?:the )?(?:end of |late |by |in |during |some ?time )?next month\b(?!'s)", lambda _, now: dates.month_end(now.year, now.month + 1)),
    (r"(?:end of (?:the |this )?month|eom\b|(?:later |by |during |within |some ?time )?this month\b(?!'s)|(?:by |at )?(?:the )?month[- ']?s? ?end)", lambda _, now: dates.month_end(now.year, now.month)),
    (r"(?:(?:by|before|until|till|at) )?(?:the )?end of (?:the )?q(?P<number>[1-4])|(?:in|during|within) q(?P<q>[1-4])", _quarter),
    (r"(?:(?:by|before|until|till|at) )?(?:the )?end of (?:the )?(?P<nth>first|second|third|fourth) quarter", _quarter_named),
    (r"(?:end of )?next quarter", lambda _, now: dates.quarter_end(now.date(), quarters=1)),
    (r"(?:end of (?:the |this )?quarter|this quarter|eoq\b)", lambda _, now: dates.quarter_end(now.date())),
    (r"(?:end of next year)", lambda _, now: date(now.year + 1, 12, 31)),
    (r"(?:end of (?:the |this )?year|eoy\b|(?:later |by |within |some ?time )this year\b(?!'s)|(?:by|before) (?:the )?year[- ']?s? ?end)", lambda _, now: date(now.year, 12, 31)),
    (r"(?:by|before|until) christmas", lambda _, now: dates.day_of_year(now.date(), 12, 25, None)),
    (rf"(?:by|before|until) {_MONTH}\b(?! (?:\d|be|have|not|need|come|take))", lambda m, now: dates.day_of_year(now.date(), month(m["month"]), 1, None)),
    (rf"(?:will|'ll|going to|needs?|should|must|can|have to)\b.*?\b(?:in|during) {_MONTH}\b(?! last)", lambda m, now: dates.month_end(now.year + (month(m["month"]) < now.month), month(m["month"]))),
    (rf"(?:(?:by |before |until |till )(?:{_EOD})|(?<!at )(?<!at the ){_EOD}|at {_EOD}(?=[.!?]|$))(?: today)?", lambda _, now: now.date()),
    (r"(?:by|before|until|till) (?P<clock>noon|midday|lunch(?:time)?|midnight)", _clock),
    (r"(?:within the (?:next )?hour|(?:by|before) (?:half|quarter) (?:past|to) \w+)", lambda _, now: now.date()),
    (r"(?:by|before|until|till|at) (?P<clock>(?P<hour>\d{1,2})(?:[:.]\d\d)? ?(?P<half>am|pm|a\.m\.|p\.m\.))", _clock),
    (r"(?:by|before|until|till) (?P<clock>(?P<hour>\d{1,2}) o'?clock|(?P<full>[01]?\d|2[0-3]):[0-5]\d)(?P<half>)", _clock),
    (r"(?:(?:later |by )?today\b(?!'s)|(?:by )?tonight|(?:by )?(?:end|close) of (?:day|business) today|this (?:afternoon|evening|morning)|(?:right )?after (?:the|this) (?:meeting|call))", lambda _, now: now.date()),
)  # fmt: skip
