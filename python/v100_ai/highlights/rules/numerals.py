"""Days, months, numbers and ordinals as English says them, in full and short."""

_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
    "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_COUNTED = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen",
)  # fmt: skip

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4}
_SHORT_MONTHS = {name[:3]: index + 1 for index, name in enumerate(MONTHS)} | {"sept": 9}

_NAMED = (*_ONES, *_TEENS, "twentieth", *(f"twenty-{one}" for one in _ONES), "thirtieth")
ORDINALS = {word: index + 1 for index, word in enumerate((*_NAMED, "thirty-first"))}
ORDINALS |= {word.replace("-", " "): value for word, value in ORDINALS.items()}
NUMBERS = {word: index + 1 for index, word in enumerate(_COUNTED)} | {
    "a": 1,
    "an": 1,
    "a couple of": 2,
    "couple of": 2,
    "twenty": 20,
    "thirty": 30,
}


def alternatives(words: dict[str, int] | tuple[str, ...]) -> str:
    """The words as a pattern, longest first, so that none hides another."""
    return "|".join(sorted(words, key=len, reverse=True))


def weekday(name: str) -> int:
    """Monday is 0."""
    return DAYS.index(name) if name in DAYS else _SHORT_DAYS[name]


def month(name: str) -> int:
    """January is 1."""
    return MONTHS.index(name) + 1 if name in MONTHS else _SHORT_MONTHS[name]


def number(text: str) -> int:
    """In figures or words."""
    return int(text) if text.isdigit() else NUMBERS[text]


def ordinal(text: str) -> int:
    """As "3rd" or "third"."""
    return ORDINALS[text] if text in ORDINALS else int(text[:-2])
