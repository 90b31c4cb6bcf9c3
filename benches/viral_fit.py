"""The fit behind the text parts of the viral score, and how it does on groups that were not fitted.

    pip install v100_ai numpy pandas pyarrow
    python benches/viral_fit.py DATA [--write] [--folds 10]

DATA holds cornell_quotes.txt (Cornell movie-quotes memorability corpus), upworthy.parquet (Upworthy Research Archive,
exploratory set) and ted.jsonl.gz (talks with laughter and applause marks). Printed are held-out figures: pairs by film,
pairs by test, 20-second windows by talk. `--write` fits on all of DATA and writes the tables that the package ships;
none of a sentence of DATA gets into them. Talks are read as speech recognition gives them: lower case, no punctuation,
sentences as segments, times by even word rate; their marks are the truth and are never shown.
"""

import argparse
import gzip
import itertools
import json
import math
import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from v100_ai.highlights.segment import Segment
from v100_ai.viral import table as tables
from v100_ai.viral.factors import PARTS
from v100_ai.viral.scorer import EVERY_S, ViralScorer
from v100_ai.viral.sentence import marked
from v100_ai.viral.speech import Speech
from v100_ai.viral.spoken import Topic, speech_parts
from v100_ai.viral.vocabulary import features, tokens, zipf

QUOTED = (
    "surprisal_mean surprisal_most third past indefinite extreme second arousal positive negation modal filler "
    "commas exclamation trailing_off names question"
).split()
HOOKED = (
    "past positive negative indefinite definite pointing extreme number reveal third first plural asking twist being "
    "commas question exclamation"
).split()
REACTED = (
    "letters sentence variety first second everyday positive filler twist quoting surprisal_mean surprisal_most "
    "definite pointing"
).split()

VERSION = "2026.12"
FEWEST = 12
"""Occurrences from which a word is in the table."""
WINDOW_S = 20.0
QUANTILES = 17
WEIGHTS = dict(zip(tables.FACTOR_NAMES, (0.25, 0.10, 0.25, 0.10, 0.20, 0.10), strict=True))
PRIOR_HALF_WIDTH = 40.0

MARK = re.compile(r"(\([A-Z][^)]{0,40}\))")
SPEAKER = re.compile(r"(?:^|(?<=[.?!)\"”] ))[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}: ")
STOP = re.compile(r"[.!?…][\"'”’)]*$")
TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|St|Prof|vs|[A-Z])\.$")


# ------------------------------------------------------------------------------------------------------------- the data
@dataclass(frozen=True)
class Pair:
    group: str
    better: str
    worse: str


def films(data):
    for block in (data / "cornell_quotes.txt").read_text("latin1").replace("\r", "").strip().split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        if len(lines) >= 4:
            yield Pair(lines[0], *(re.sub(r"^\d+\s+", "", line) for line in lines[2:4]))


def headlines(data):
    """Pairs of one test that differ beyond chance (|z| > 1.96), where all headlines were shown equally often."""
    shown = pd.read_parquet(data / "upworthy.parquet")
    tests = defaultdict(lambda: defaultdict(list))
    for test, headline, impressions, clicks in zip(
        shown.clickability_test_id, shown.headline, shown.impressions, shown.clicks, strict=True
    ):
        tests[test][re.sub(r"<[^>]+>", "", headline).strip()].append((impressions, clicks))
    for test, rows in sorted(tests.items()):
        if len(rows) < 2 or len({len(each) for each in rows.values()}) > 1:
            continue
        total = {text: np.sum(each, 0) for text, each in rows.items()}
        for (a, (seen_a, on_a)), (b, (seen_b, on_b)) in itertools.combinations(total.items(), 2):
            both = (on_a + on_b) / (seen_a + seen_b)
            error = (both * (1 - both) * (1 / seen_a + 1 / seen_b)) ** 0.5
            z = (on_a / seen_a - on_b / seen_b) / max(error, 1e-9)
            if abs(z) > 1.96:
                yield Pair(test, a, b) if z > 0 else Pair(test, b, a)


def plain(text):
    return re.sub(r"[^\w' ]+", "", text.replace("’", "'")).lower().strip()


class Talk:
    """One talk as recognised, and when its audience reacted."""

    def __init__(self, told):
        self.name, self.length, self.views, self.published = told["slug"], told["duration"] or 0.0, told["views"], told["published"]
        words, starts, marks = [], [0], []
        for paragraph in told["paragraphs"]:
            for piece in MARK.split(paragraph):
                if MARK.fullmatch(piece):
                    marks.append((piece[1:-1], len(words)))
                    continue
                for word in SPEAKER.sub("", piece.strip() + " ").split():
                    words.append(word)
                    if STOP.search(word) and not TITLE.match(word):
                        starts.append(len(words))
            if starts[-1] != len(words):
                starts.append(len(words))
        self.words, count = words, len(words)
        step = self.length / max(1, count)
        pieces = [
            (at, min(at + 30, end))
            for start, end in itertools.pairwise([*starts, count])
            for at in range(start, end, 30)
        ]
        self.segments = [
            Segment(id=f"s{a}", speaker="A", start=round(a * step, 3), end=round(b * step, 3), text=text)
            for a, b in pieces
            if (text := plain(" ".join(words[a:b])))
        ]
        self.laughs = sum(kind.startswith("Laughter") for kind, _ in marks)
        self.reactions = np.array([
            (max(at, 1) - 0.5) * step
            for kind, at in marks
            if kind.startswith("Laughter") or (kind.startswith("Applause") and 0.01 * count < at < 0.97 * count)
        ])

    @property
    def judged(self):
        return self.laughs >= 4 and len(self.words) >= 500


def talks(data):
    with gzip.open(data / "ted.jsonl.gz", "rt") as file:
        every = [Talk(json.loads(line)) for line in file]
    return [each for each in every if each.length and len(each.words) >= 300]


# ------------------------------------------------------------------------------------------------------------- the fits
def logistic(x, y, penalty=1.0, bias=True):
    """Weights of a logistic regression with a ridge, by Newton's method; the last is the bias."""
    x = np.hstack([x, np.ones((len(x), 1))]) if bias else x
    ridge = np.full(x.shape[1], penalty)
    if bias:
        ridge[-1] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + np.diag(ridge), x.T @ (y - p) - ridge * weights)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def pair_weights(differences, spread):
    x = differences / spread
    return logistic(np.vstack([x, -x]), np.r_[np.ones(len(x)), np.zeros(len(x))], 3.0, bias=False) / spread


def folds(groups, count):
    """For each item the fold of its group."""
    return np.array([zlib.crc32(group.encode()) % count for group in groups])


def pairs(named, found, columns, count):
    """Prints held-out accuracy, and the weights on all."""
    def differences(change):
        def row(text):
            text = change(text)
            told = marked(tokens(text), text)
            return np.array([told[name] for name in columns])
        return np.array([row(pair.better) - row(pair.worse) for pair in found])

    written, spoken = differences(str), differences(plain)
    spread = written.std(0) + 1e-9
    fold = folds([pair.group for pair in found], count)
    right, said = np.zeros(len(found)), np.zeros(len(found))
    for held in range(count):
        weights = pair_weights(written[fold != held], spread)
        for into, x in ((right, written), (said, spoken)):
            sign = x[fold == held] @ weights
            into[fold == held] = (sign > 0) + 0.5 * (sign == 0)
    print(f"{named}: {len(found)} pairs, held out {right.mean():.3f}, without punctuation {said.mean():.3f}")
    weights = pair_weights(written, spread)
    return {name: round(float(each), 3) for name, each in zip(columns, weights, strict=True)}


@dataclass
class Update:
    talk: str
    x: np.ndarray
    reacted: bool
    at: int
    parts: dict
    measured: dict


def updates(every, table):
    """What each five seconds of each talk measures."""
    found = []
    for talk in every:
        speech, topic = Speech(), Topic()
        reacted = np.bincount((talk.reactions / WINDOW_S).astype(int), minlength=int(talk.length / WINDOW_S) + 1) > 0
        waiting = iter(talk.segments)
        ahead = next(waiting, None)
        for at in range(int(talk.length / EVERY_S)):
            to = (at + 1) * EVERY_S
            while ahead is not None and ahead.end <= to + 5.0:
                speech.hear(ahead)
                ahead = next(waiting, None)
            spell = speech.at(to)
            parts = speech_parts(spell, table)
            for factor, each in topic.push(spell, to, EVERY_S, table).items():
                parts.setdefault(factor, {}).update(each)
            told = spell.measured()
            x = np.array([told[name] for name in REACTED])
            found.append(Update(talk.name, x, bool(reacted[int(to - 1e-6) // int(WINDOW_S)]), at, parts, told))
    return found


def auc(truth, score):
    yes, no = score[truth][:, None], score[~truth]
    return ((yes > no).mean() + (yes >= no).mean()) / 2


def windows(every, scores, of):
    """Mean within-talk AUC, P@3 of 20-second windows by the mean of their updates."""
    found = defaultdict(list)
    for talk in every:
        count = int(talk.length / WINDOW_S)
        truth = np.bincount((talk.reactions / WINDOW_S).astype(int), minlength=count)[:count] > 0
        if not 0 < truth.sum() < count:
            continue
        value = np.array(scores[of[talk.name]])[: 4 * count].reshape(-1, 4)
        value = np.nanmean(np.where(np.isnan(value), np.nanmedian(value), value), 1)
        best = np.lexsort((np.random.default_rng(zlib.crc32(talk.name.encode())).random(count), -value))
        found["auc"].append(auc(truth, value))
        found["p@3"].append(truth[best[:3]].mean())
    return {name: round(float(np.mean(each)), 3) for name, each in found.items()}


def quantiles(values):
    """Distinct rising quantiles: a scale."""
    steps = np.quantile(np.asarray(values, float), np.linspace(0, 1, QUANTILES))
    for at in range(1, len(steps)):
        steps[at] = max(steps[at], steps[at - 1] + 1e-4)
    return [round(float(each), 5) for each in steps]


def word_table(every, data):
    counts = Counter(word for talk in every for word in tokens(" ".join(talk.words)))
    total = sum(counts.values())
    rows = defaultdict(list)
    for word, count in counts.items():
        if count >= FEWEST and word.isascii() and word[0].isalpha():
            rows[round(10 * zipf(count, total))].append(word)
    head = f"# Zipf values times ten (log10 of occurrences in 10^9 words), counted by benches/viral_fit.py in {total} words of {len(every)} talks."
    lines = [head, *(" ".join([str(value), *sorted(rows[value])]) for value in sorted(rows, reverse=True))]
    data.joinpath("words.txt").write_text("\n".join(lines) + "\n", "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=10)
    options = parser.parse_args()
    home = Path(tables.__file__).parent / "tables"
    every = talks(options.data)
    judged = [talk for talk in every if talk.judged]
    if options.write:
        word_table(every, home)
        features.cache_clear() if hasattr(features, "cache_clear") else None
    told = {
        "version": VERSION,
        "calibration": "prior",
        "weights": WEIGHTS,
        "residual": PRIOR_HALF_WIDTH,
        "knots": [at / 16 for at in range(17)],
    }
    flat = [at / (QUANTILES - 1) for at in range(QUANTILES)]
    for name, found, columns in (
        ("quotability", list(films(options.data)), QUOTED),
        ("hook", list(headlines(options.data)), HOOKED),
    ):
        told[name] = {"weights": pairs(name, found, columns, options.folds), "bias": 0.0, "quantiles": flat}
    told["reaction"] = {"weights": dict.fromkeys(REACTED, 0.0), "bias": 0.0, "quantiles": flat}
    told["affect"], told["novelty"] = flat, flat
    # Scales: the distribution of each model's value over the updates of all talks.
    told = scaled(told, every, judged, options.folds)
    if options.write:
        home.joinpath("prior.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        print("written", home)


def raw_values(every, told):
    """The updates under scales that change nothing: values as the models give them."""
    wide = [-1000.0, 1000.0]
    bare = json.loads(json.dumps(told))
    for name in ("quotability", "hook", "reaction"):
        bare[name]["quantiles"] = wide
    bare["affect"], bare["novelty"] = wide, wide
    return updates(every, tables.Table.parse(bare))


def scaled(told, every, judged, count):
    found = raw_values(every, told)
    value = lambda each, factor, part: 2000.0 * each.parts[factor][part].value - 1000.0  # noqa: E731
    speaking = [each for each in found if "shareability" in each.parts]
    told["quotability"]["quantiles"] = quantiles([value(each, "shareability", "quotability") for each in speaking])
    told["hook"]["quantiles"] = quantiles([value(each, "shareability", "hook") for each in speaking])
    told["affect"] = quantiles([value(each, "emotional_intensity", "affect") for each in speaking])
    told["novelty"] = quantiles([value(each, "novelty", "words") for each in speaking if "novelty" in each.parts])
    # The reaction: fitted on talks that have some, held out by talk.
    names = {talk.name for talk in judged}
    used = [each for each in found if each.talk in names and "shareability" in each.parts]
    x, y = np.array([each.x for each in used]), np.array([each.reacted for each in used], float)
    spread = x.std(0) + 1e-9
    fold = folds([each.talk for each in used], count)
    held = np.zeros(len(used))
    for part in range(count):
        weights = logistic(x[fold != part] / spread, y[fold != part], 10.0)
        held[fold == part] = x[fold == part] / spread @ weights[:-1] + weights[-1]
    weights = logistic(x / spread, y, 10.0)
    told["reaction"] = {
        "weights": {name: round(float(w), 4) for name, w in zip(REACTED, weights[:-1] / spread, strict=True)},
        "bias": round(float(weights[-1]), 4),
        "quantiles": [0.0, 1.0],
    }
    of_speaking = np.array([each.x for each in speaking]) @ np.array(list(told["reaction"]["weights"].values())) + told["reaction"]["bias"]
    told["reaction"]["quantiles"] = quantiles(of_speaking)
    report(told, judged, used, held)
    return calibrated(told, every)


def report(told, judged, used, held):
    """Held-out figures of the rank, its reaction from models that never saw the talk."""
    scale = tables.Scale(tuple(told["reaction"]["quantiles"]))
    at = {(each.talk, each.at): value for each, value in zip(used, held, strict=True)}
    table = tables.Table.parse(told)
    every = updates(judged, table)
    of = defaultdict(list)
    for index, each in enumerate(every):
        of[each.talk].append(index)
    alone, rank = [], []
    for each in every:
        value = at.get((each.talk, each.at))
        if value is None:
            alone.append(math.nan)
            rank.append(math.nan)
            continue
        reaction = replace(each.parts["shareability"]["reaction"], value=scale(value))
        each.parts["shareability"]["reaction"] = reaction
        alone.append(reaction.value)
        rank.append(ranked(each.parts))
    print(f"reaction alone, held out by talk: {windows(judged, np.array(alone), of)}")
    print(f"rank_score, held out by talk: {windows(judged, np.array(rank), of)}")


def ranked(parts):
    """The rank of the parts, as the compiled half has it."""
    sums, weights = 0.0, 0.0
    for factor in ("emotional_intensity", "novelty", "shareability", "visual_appeal"):
        for part, weight in PARTS[factor].items():
            if part in parts.get(factor, {}):
                sums += WEIGHTS[factor] * weight * parts[factor][part].value
                weights += WEIGHTS[factor] * weight
    return sums / weights


def calibrated(told, every):
    """The knots: sixteenths of the raw scores of all talks, text alone."""
    raw = []
    table = tables.Table.parse(told)
    for talk in every:
        scorer, moments = ViralScorer(table), []
        for segment in talk.segments:
            scorer.hear(segment)
            moments += scorer.advance(segment.end)
        moments += scorer.finish(talk.length)
        raw += [each.raw / 100.0 for each in moments if each.raw is not None]
    told["knots"] = quantiles(raw)
    return told


if __name__ == "__main__":
    main()
