"""Calendar arithmetic for deadlines: weeks begin on Monday and end, at work, on Friday."""

from calendar import monthrange
from datetime import date, timedelta

MONDAY, WEDNESDAY, FRIDAY, SUNDAY = 0, 2, 4, 6
_MONTHS = 12
_MONTHS_A_QUARTER = 3


def coming(today: date, weekday: int) -> date:
    """The next such weekday after today: on a Friday nobody says "Friday" for today."""
    return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)


def this(today: date, weekday: int) -> date:
    """That weekday of this week; once past, the coming one."""
    return today + timedelta((weekday - today.weekday()) % 7)


def of_week(today: date, weekday: int, *, weeks: int) -> date:
    """That weekday of the week that lies so many weeks ahead."""
    return today + timedelta(weekday - today.weekday() + 7 * weeks)


def work_week_end(today: date, *, weeks: int = 0) -> date:
    """The Friday that ends the week; on a weekend, the week that is about to begin."""
    weekend = today.weekday() > FRIDAY
    return of_week(today, FRIDAY, weeks=weeks + (weekend and weeks == 0))


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond December run on into the years after."""
    year, month = year + (month - 1) // _MONTHS, (month - 1) % _MONTHS + 1
    return date(year, month, monthrange(year, month)[1])


def in_month(end: date, day: int) -> date | None:
    """That day of the month which ends on `end`; None if it has no such day."""
    return end.replace(day=day) if 1 <= day <= end.day else None


def months_on(today: date, months: int) -> date:
    """The same day so many months ahead, or that month's last when it is shorter."""
    end = month_end(today.year, today.month + months)
    return end.replace(day=min(today.day, end.day))


def quarter_end(today: date, *, quarters: int = 0) -> date:
    """The last day of this quarter, or of one ahead."""
    month = (today.month - 1) // _MONTHS_A_QUARTER * _MONTHS_A_QUARTER + _MONTHS_A_QUARTER
    return month_end(today.year, month + _MONTHS_A_QUARTER * quarters)


def day_of_month(today: date, day: int) -> date | None:
    """The next day with this number, today among them; None if no month has it."""
    for months in range(3):
        found = in_month(month_end(today.year, today.month + months), day)
        if found is not None and found >= today:
            return found
    return None


def day_of_year(today: date, month: int, day: int, year: int | None) -> date | None:
    """That date in the given year, or in the first year where it is not past; None if there is none."""
    for each in [year] if year else range(today.year, today.year + 5):
        found = in_month(month_end(each, month), day)
        if found is not None and (year or found >= today):
            return found
    return None


def working_days_on(today: date, days: int) -> date:
    """So many working days ahead."""
    while days:
        today += timedelta(1)
        days -= today.weekday() <= FRIDAY
    return today


def last_weekday(end: date, weekday: int) -> date:
    """The last such weekday of the month that ends on `end`."""
    return end - timedelta((end.weekday() - weekday) % 7)
