"""Words as the text models count them: how common they are, and classes of words. English only."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from math import log10
from typing import Final

RAREST: Final = 2.0
"""Zipf value (log10 of occurrences in 10^9 words) of a word that is not in the table."""

_TOP: Final = 8.0
"""What surprisal is told from: 8 - Zipf, so that the commonest words have about 0.5."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("\u2019", "'"))


@lru_cache(maxsize=1)
def _commonness() -> dict[str, float]:
    """Word -> Zipf value. A line of the file is a value times ten, then all words that have it."""
    lines = files(__package__).joinpath("tables", "words.txt").read_text("utf-8").splitlines()
    rows = (line.split(" ") for line in lines if not line.startswith("#"))
    return {word: int(row[0]) / 10 for row in rows for word in row[1:]}


def surprisal(word: str) -> float:
    """How rare a word is, in powers of ten: 8 less its Zipf value; 6 for one nobody counted.

    A word that is written with an apostrophe is as rare as its parts where the table does not have it whole.
    """
    table = _commonness()
    zipf = table.get(word)
    if zipf is None and "'" in word:
        zipf = min(
            (table.get(part, RAREST) for part in word.split("'") if len(part) > 1), default=RAREST
        )
    if zipf is None and word[:1].isdigit():
        zipf = 4.0  # a number is no rare word
    return _TOP - (RAREST if zipf is None else zipf)


def known(words: Sequence[str]) -> float:
    """Share of words that the table has: near 1 in English, below a half in other languages."""
    table = _commonness()
    return sum(word in table for word in words) / len(words) if words else 0.0


def zipf(count: int, total: int) -> float:
    """log10 of occurrences in 10^9 words."""
    return log10(count / total * 1e9)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLASSES: Final[dict[str, frozenset[str]]] = {
    "first": _words("i me my mine myself i'm i've i'd i'll"),
    "second": _words("you your yours yourself yourselves you're you've you'd you'll ya"),
    "plural": _words("we us our ours ourselves we're we've we'd we'll let's"),
    "third": _words(
        "he she him her his hers himself herself they them their theirs themselves he's she's they're he'd she'd "
        "they'd they've they'll he'll she'll"
    ),
    "indefinite": _words("a an"),
    "definite": _words("the"),
    "pointing": _words("this these here that those there"),
    "negation": _words(
        "no not never none nothing nobody nowhere neither nor cannot can't don't doesn't didn't isn't wasn't aren't "
        "weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't ain't without"
    ),
    "extreme": _words(
        "always never ever every everyone everybody everything all none nothing nobody forever only most best worst "
        "greatest biggest completely totally absolutely entire entirely perfect impossible whole must least"
    ),
    "asking": _words("who what when where why how which whose"),
    "reveal": _words(
        "why how what reason reasons secret secrets truth reveal reveals revealed turns discovered finally actually "
        "really happens happened until here's heres wait guess"
    ),
    "arousal": _words(
        "fuck fucking fucked shit damn damned hell god kill killed killing die died dying dead death love loved hate "
        "hated fight war blood fire scream screaming screamed crazy insane wild amazing incredible shocking "
        "terrifying terrified horrible terrible awful brutal furious angry rage fear afraid scared danger dangerous "
        "sex sexy naked murder explode exploded attack shot shoot gun crying cried panic thrilled ecstatic hilarious "
        "stunning breathtaking outrageous disgusting nightmare hero revenge passion miracle disaster"
    ),
    "positive": _words(
        "good great best better love loved lovely nice happy happiness beautiful wonderful amazing awesome excellent "
        "fantastic perfect fun funny joy enjoy enjoyed glad hope hopeful kind sweet win winning won success "
        "successful brilliant cool incredible excited exciting smile laugh laughed proud brave free safe thank thanks "
        "friend friends peace gift charming delightful delight pleasure bless blessed magic magical gorgeous cute "
        "adorable hero inspiring inspired inspire hilarious welcome celebrate"
    ),
    "negative": _words(
        "bad worse worst hate hated terrible horrible awful sad angry anger fear afraid scared scary hurt hurts pain "
        "painful kill killed die died dead death war fight lost lose losing loss fail failed failure wrong problem "
        "problems crisis sick disease cancer poor poverty crime criminal evil ugly stupid idiot fool damn hell shit "
        "fuck fucking bastard bitch lie lies liar cry crying cried alone lonely suffer suffering suffered violence "
        "violent attack abuse abused murder destroy destroyed danger dangerous threat enemy victim victims shame "
        "guilty racist rape worried worry stress sorry nightmare broken disaster devastating tragic tragedy"
    ),
    "quoting": _words("said says saying like told asked goes went thought replied"),
    "everyday": _words(
        "funny joke jokes laugh laughing crazy weird stupid silly ridiculous sexy naked pants beer drunk toilet poop "
        "butt ass sex girlfriend boyfriend wife husband mom mother dad kids guy guys dude cat cats dog dogs cow pig "
        "monkey chicken bacon pizza cheese chocolate dinner"
    ),
    "filler": _words(
        "um uh well so okay ok oh yeah yes now actually basically sort mean know right just"
    ),
    "twist": _words(
        "but except unless instead turns however although though actually until suddenly"
    ),
    "modal": _words("will would can could should must may might shall"),
    "joining": _words("and but or so because if"),
    "being": _words("is are be am it's that's there's"),
}
"""Classes of words by what they do in speech; a word may be in several."""

_PAST: Final = _words(
    "was were had did went said saw came took got made knew thought told found gave felt left kept began heard became "
    "brought bought lost met ran sat stood wrote led grew caught taught held paid sent built spent fell won broke "
    "chose drove ate"
)

BACKWARD: Final = _words(
    "and but so or because he she it they this that these those then also which therefore though however it's "
    "that's he's she's they're him her them his their"
)
"""Words that, said first, point back at what came before: whoever hears only this sentence lacks it."""


def past(word: str) -> bool:
    """Whether a word looks like a past tense."""
    return word in _PAST or (len(word) > 4 and word.endswith("ed") and not word.endswith("eed"))  # noqa: PLR2004  # "need", "red"


@lru_cache(maxsize=16_384)
def _of(word: str) -> tuple[float, tuple[str, ...]]:
    """Surprisal of a word and the classes it is in."""
    named = [name for name, words in CLASSES.items() if word in words]
    if past(word):
        named.append("past")
    if word[:1].isdigit():
        named.append("number")
    return surprisal(word), tuple(named)


def features(words: Sequence[str]) -> dict[str, float]:
    """What the text models read of some words.

    Rates are per word: one for each class, `past`, `number`, `affect` (positive and negative). `surprisal_mean` and
    `surprisal_most` are in powers of ten, `letters` is the mean length of a word, `variety` the share of different
    words.
    """
    counts = dict.fromkeys((*CLASSES, "past", "number"), 0.0)
    count = max(1, len(words))
    rare, rarest = 0.0, 0.0
    for word in words:
        surprise, named = _of(word)
        rare += surprise
        rarest = max(rarest, surprise)
        for name in named:
            counts[name] += 1.0 / count
    counts["affect"] = counts["positive"] + counts["negative"]
    counts["surprisal_mean"] = rare / count
    counts["surprisal_most"] = rarest
    counts["letters"] = sum(map(len, words)) / count
    counts["variety"] = len(set(words)) / count
    return counts


def weighed(found: dict[str, float], weights: Iterable[tuple[str, float]]) -> float:
    """The sum of features times their weights."""
    return sum(found[name] * weight for name, weight in weights)
