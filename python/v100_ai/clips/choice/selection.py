"""The set of clips: the best that do not overlap, by weighted-interval dynamic programming, and none twice the same."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from v100_ai.clips.choice.boundaries import Boundaries, Clip, Lengths, candidates
from v100_ai.clips.choice.moments import Moments

APART_S: Final = 5.0
"""Seconds between two clips at least."""

ALIKE: Final = 0.8
"""Cosine of two clips' words from which they are the same joke."""

WORTH: Final = 2.0
"""What every clip counts beside its score: a set of as many as were asked for comes before a better one of fewer."""


def choose(
    boundaries: Boundaries, moments: Moments, *, count: int, lengths: Lengths | None = None
) -> tuple[Clip, ...]:
    """At most so many clips, in order of time, whose scores add up to the most.

    None overlaps another or lies within `APART_S` of it, and no two say the same. The same arguments give the same clips.
    """
    found = list(candidates(boundaries, moments, lengths or Lengths()))
    while True:
        chosen = best_set(found, count)
        doubled = _doubled(chosen)
        if doubled is None:
            return chosen
        # Whatever lies over the weaker of the two says the same as well.
        found = [each for each in found if each.end <= doubled.start or each.start >= doubled.end]


def best_set(found: Iterable[Clip], count: int) -> tuple[Clip, ...]:
    """Weighted-interval scheduling with at most so many intervals; of equal sets the earlier."""
    ordered = sorted(found, key=lambda clip: (clip.end, clip.start))
    ends = [clip.end for clip in ordered]
    before = [bisect_right(ends, clip.start - APART_S) for clip in ordered]
    last = [0.0] * (len(ordered) + 1)
    taken: list[list[bool]] = []
    for _ in range(count):
        row, took = [0.0], []
        for index, clip in enumerate(ordered):
            value = last[before[index]] + WORTH + clip.score
            took.append(value > row[index] + 1e-12)
            row.append(max(value, row[index]))
        taken.append(took)
        last = row
    chosen: list[Clip] = []
    index = len(ordered)
    for took in reversed(taken):
        while index and not took[index - 1]:
            index -= 1
        if not index:
            break
        chosen.append(ordered[index - 1])
        index = before[index - 1]
    return tuple(reversed(chosen))


def alike(one: str, other: str) -> bool:
    """Whether two texts say the same."""
    return _cosine(_bag(one), _bag(other)) > ALIKE


def _doubled(chosen: Sequence[Clip]) -> Clip | None:
    """The weaker of two that say the same."""
    bags = [_bag(clip.text) for clip in chosen]
    for i, one in enumerate(bags):
        for j in range(i):
            if _cosine(one, bags[j]) > ALIKE:
                return min(chosen[i], chosen[j], key=lambda clip: (clip.score, -clip.start))
    return None


def _bag(text: str) -> Counter[str]:
    # Words of three letters and less are the same in every talk.
    return Counter(word for word in text.lower().split() if len(word) > 3)  # noqa: PLR2004


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    dot = sum(count * other[word] for word, count in one.items())
    norms = math.sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
    return dot / norms if norms else 0.0
