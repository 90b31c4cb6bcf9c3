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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from v100_ai.highlights.model import Segment
from v100_ai.viral import table as tables
from v100_ai.viral.factors import PARTS
from v100_ai.viral.scorer import EVERY_S, HOLD_S
from v100_ai.viral.sentence import marked
from v100_ai.viral.speech import Speech
from v100_ai.viral.spoken import Topic, speech_parts
from v100_ai.viral.vocabulary import tokens, zipf

QUOTED = [
    "surprisal_mean",
    "surprisal_most",
    "third",
    "past",
    "indefinite",
    "extreme",
    "second",
    "arousal",
    "positive",
    "negation",
    "modal",
    "filler",
    "commas",
    "exclamation",
    "names",
    "question",
]
HOOKED = [
    "past",
    "positive",
    "negative",
    "indefinite",
    "definite",
    "pointing",
    "extreme",
    "number",
    "reveal",
    "third",
    "first",
    "plural",
    "twist",
    "question",
    "exclamation",
]
REACTED = [
    "letters",
    "sentence",
    "variety",
    "first",
    "second",
    "everyday",
    "positive",
    "filler",
    "twist",
    "quoting",
    "surprisal_mean",
    "surprisal_most",
    "definite",
    "pointing",
]

APPEALING = [
    "second",
    "definite",
    "negation",
    "extreme",
    "quoting",
    "everyday",
    "reveal",
    "past",
    "number",
    "plural",
    "third",
    "positive",
    "twist",
    "asking",
    "first",
]

VERSION = "2026.12.1"
ROUNDS = 5
"""Divisions into folds that pairs are held out by: one alone may be a point off."""
RIDGE = 100.0
"""Of the pairs: so that what is fitted on is told hardly better than what is not."""
SHARES = [
    dict(zip(("reaction", "appeal", "quotability", "hook", "completeness"), each, strict=True))
    for each in (
        (0.35, 0.00, 0.30, 0.20, 0.15),
        (0.30, 0.15, 0.25, 0.15, 0.15),
        (0.20, 0.20, 0.20, 0.20, 0.20),
        (0.40, 0.20, 0.20, 0.10, 0.10),
        (0.40, 0.30, 0.15, 0.08, 0.07),
        (0.50, 0.10, 0.20, 0.10, 0.10),
        (0.50, 0.20, 0.15, 0.08, 0.07),
        (0.50, 0.30, 0.10, 0.05, 0.05),
        (0.60, 0.10, 0.15, 0.08, 0.07),
        (0.60, 0.20, 0.10, 0.05, 0.05),
        (0.70, 0.20, 0.05, 0.03, 0.02),
        (0.80, 0.10, 0.05, 0.03, 0.02),
    )
]
"""Weights of shareability's parts that were looked at; those of `viral/factors.py` are among them."""
FEWEST = 12
"""Occurrences from which a word is in the table."""
WINDOW_S = 20.0
QUANTILES = 17
WEIGHTS = dict(zip(tables.FACTOR_NAMES, (0.25, 0.05, 0.30, 0.10, 0.20, 0.10), strict=True))
PRIOR_HALF_WIDTH = 40.0

MARK = re.compile(r"(\([A-Z][^)]{0,40}\))")
SPEAKER = re.compile(
    r"(?:^|(?<=[.?!)\"\u201d] ))[A-Z][\w.'\u2019-]*(?: [A-Z][\w.'\u2019-]*){0,3}: "
)
STOP = re.compile(r"[.!?…][\"'\u201d\u2019)]*$")
TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Dr|St|Prof|vs|[A-Z])\.$")


# ------------------------------------------------------------------------------------------------------------- the data
@dataclass(frozen=True)
class Pair:
    group: str
    better: str
    worse: str


def films(data):
    for block in (
        (data / "cornell_quotes.txt").read_text("latin1").replace("\r", "").strip().split("\n\n")
    ):
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
    return re.sub(r"[^\w' ]+", "", text.replace("\u2019", "'")).lower().strip()


class Talk:
    """One talk as recognised, and when its audience reacted."""

    def __init__(self, told):
        self.name, self.length, self.views, self.published = (
            told["slug"],
            told["duration"] or 0.0,
            told["views"],
            told["published"],
        )
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
            Segment(
                id=f"s{a}",
                participant="A",
                start=round(a * step, 3),
                end=round(b * step, 3),
                text=text,
            )
            for a, b in pieces
            if (text := plain(" ".join(words[a:b])))
        ]
        self.laughs = sum(kind.startswith("Laughter") for kind, _ in marks)
        self.reactions = np.array(
            [
                (max(at, 1) - 0.5) * step
                for kind, at in marks
                if kind.startswith("Laughter")
                or (kind.startswith("Applause") and 0.01 * count < at < 0.97 * count)
            ]
        )

    @property
    def judged(self):
        return self.laughs >= 4 and len(self.words) >= 500


def talks(data):
    with gzip.open(data / "ted.jsonl.gz", "rt") as file:
        every = [Talk(json.loads(line)) for line in file]
    return [each for each in every if each.length and len(each.words) >= 300]


# ------------------------------------------------------------------------------------------------------------- the fits
def logistic(x, y, penalty=1.0, *, bias=True):
    """Weights of a logistic regression with a ridge, by Newton's method; the last is the bias."""
    x = np.hstack([x, np.ones((len(x), 1))]) if bias else x
    ridge = np.full(x.shape[1], penalty)
    if bias:
        ridge[-1] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve(
            (x.T * (p * (1 - p))) @ x + np.diag(ridge), x.T @ (y - p) - ridge * weights
        )
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def pair_weights(differences, spread):
    x = differences / spread
    return (
        logistic(np.vstack([x, -x]), np.r_[np.ones(len(x)), np.zeros(len(x))], RIDGE, bias=False)
        / spread
    )


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
    held = {"held out": [], "held out, without punctuation": []}
    for turn in range(ROUNDS):
        fold = folds([f"{turn}{pair.group}" for pair in found], count)
        signs = np.zeros((2, len(found)))
        for part in range(count):
            weights = pair_weights(written[fold != part], spread)
            for into, x in zip(signs, (written, spoken), strict=True):
                into[fold == part] = x[fold == part] @ weights
        for name, each in zip(held, signs, strict=True):
            held[name].append(won(each))
    weights = pair_weights(written, spread)
    told = {name: float(np.mean(each)) for name, each in held.items()}
    told |= {"on itself": won(written @ weights), "without": won(spoken @ weights)}
    print(f"{named}: {len(found)} pairs,", ", ".join(f"{k} {v:.3f}" for k, v in told.items()))
    return {name: round(float(each), 3) for name, each in zip(columns, weights, strict=True)}


def won(sums):
    """Share of pairs whose better one has more; ties count half."""
    return float(((sums > 0) + 0.5 * (sums == 0)).mean())


@dataclass
class Update:
    """Five seconds of a talk: what its words measure, and what each part of the text factors has before any scale."""

    talk: str
    at: int
    reacted: bool
    measured: dict
    values: dict


def updates(every, told):
    """What each five seconds of each talk measures; scales and linear models of windows are yet to come."""
    wide = [-1000.0, 1000.0]
    bare = json.loads(json.dumps(told))
    for name in ("quotability", "hook", "reaction", "appeal"):
        bare[name]["quantiles"] = wide
    bare["affect"], bare["novelty"] = wide, wide
    table = tables.Table.parse(bare)
    found = []
    for talk in every:
        speech, topic = Speech(), Topic()
        reacted = (
            np.bincount(
                (talk.reactions / WINDOW_S).astype(int), minlength=int(talk.length / WINDOW_S) + 1
            )
            > 0
        )
        waiting = iter(talk.segments)
        ahead = next(waiting, None)
        for at in range(int(talk.length / EVERY_S)):
            to = (at + 1) * EVERY_S
            while ahead is not None and ahead.start < to + HOLD_S:
                speech.hear(ahead)
                ahead = next(waiting, None)
            spell = speech.at(to)
            parts = speech_parts(spell, table)
            for factor, each in topic.push(spell, to, EVERY_S, table).items():
                parts.setdefault(factor, {}).update(each)
            if "shareability" not in parts:
                continue
            values = {
                (factor, name): part.value
                if name == "completeness"
                else 2000.0 * part.value - 1000.0
                for factor, each in parts.items()
                for name, part in each.items()
            }
            found.append(
                Update(
                    talk.name,
                    at,
                    bool(reacted[int(to - 1e-6) // int(WINDOW_S)]),
                    spell.measured(),
                    values,
                )
            )
    return found


def auc(truth, score):
    yes, no = score[truth][:, None], score[~truth]
    return ((yes > no).mean() + (yes >= no).mean()) / 2


def windows(every, scores, updates, of):
    """Mean within-talk AUC and precision at 3 of 20-second windows, by the mean of their updates."""
    found = by_talk(every, scores, updates, of)
    return {
        name: round(float(np.mean([each[name] for each in found.values()])), 3)
        for name in ("auc", "p@3")
    }


def by_talk(every, scores, updates, of):
    """The same of each talk."""
    found = {}
    for talk in every:
        count = int(talk.length / WINDOW_S)
        truth = np.bincount((talk.reactions / WINDOW_S).astype(int), minlength=count)[:count] > 0
        if not 0 < truth.sum() < count:
            continue
        value = np.full(4 * count, math.nan)
        for index in of[talk.name]:
            if updates[index].at < 4 * count:
                value[updates[index].at] = scores[index]
        value = np.where(np.isnan(value), np.nanmedian(value), value).reshape(-1, 4).mean(1)
        best = np.lexsort(
            (np.random.default_rng(zlib.crc32(talk.name.encode())).random(count), -value)
        )
        found[talk.name] = {"auc": auc(truth, value), "p@3": truth[best[:3]].mean()}
    return found


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
    lines = [
        head,
        *(" ".join([str(value), *sorted(rows[value])]) for value in sorted(rows, reverse=True)),
    ]
    data.joinpath("words.txt").write_text("\n".join(lines) + "\n", "utf-8")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--folds", type=int, default=10)
    options = parser.parse_args()
    home = Path(tables.__file__).parent / "tables"
    every = talks(options.data)
    judged = [talk for talk in every if talk.judged]
    if options.write:
        word_table(every, home)
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
        told[name] = {
            "weights": pairs(name, found, columns, options.folds),
            "bias": 0.0,
            "quantiles": flat,
        }
    for name, columns in (("reaction", REACTED), ("appeal", APPEALING)):
        told[name] = {"weights": dict.fromkeys(columns, 0.0), "bias": 0.0, "quantiles": flat}
    told["affect"], told["novelty"] = flat, flat
    told = scaled(told, every, judged, options.folds)
    if options.write:
        home.joinpath("prior.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        print("written", home)


def column(found, factor, part):
    return np.array([each.values.get((factor, part), math.nan) for each in found])


def scaled(told, every, judged, count):
    """Scales of all parts, the models of windows, and the knots; prints what they do on talks that were held out."""
    found = updates(every, told)
    talk = np.array([each.talk for each in found])
    fold = folds(talk, count)
    for name in ("quotability", "hook"):
        told[name]["quantiles"] = quantiles(column(found, "shareability", name))
    told["affect"] = quantiles(column(found, "emotional_intensity", "affect"))
    novelty = column(found, "novelty", "words")
    told["novelty"] = quantiles(novelty[np.isfinite(novelty)])
    held = {
        "reaction": reaction_model(
            told, found, np.isin(talk, [each.name for each in judged]), fold
        ),
        "appeal": appeal_model(told, found, talk, fold, every),
    }
    of = defaultdict(list)
    for index, each in enumerate(found):
        of[each.talk].append(index)
    parts = {("shareability", name): each for name, each in held.items()} | {
        ("shareability", "completeness"): column(found, "shareability", "completeness"),
        ("shareability", "quotability"): rescaled(
            told["quotability"]["quantiles"], column(found, "shareability", "quotability")
        ),
        ("shareability", "hook"): rescaled(
            told["hook"]["quantiles"], column(found, "shareability", "hook")
        ),
        ("emotional_intensity", "affect"): rescaled(
            told["affect"], column(found, "emotional_intensity", "affect")
        ),
        ("novelty", "words"): rescaled(told["novelty"], novelty),
    }
    rank = ranked(parts)
    for name, values in (("reaction alone", held["reaction"]), ("rank_score", rank)):
        print(f"{name}, held out by talk: {windows(judged, values, found, of)}")
    liked = appeals(every)
    mean = np.array([rank[of[each.name]].mean() for each in every])
    print(
        f"mean rank_score of a talk with its date-adjusted views, held out by talk: {spearman(mean, liked):.3f}"
    )
    chosen_elsewhere(parts, every, found, of, fold)
    told["knots"] = quantiles(rank)
    return told


def chosen_elsewhere(parts, every, found, of, fold):
    """The same figures where the weights of the parts are chosen, too, on talks of other folds alone."""
    names, liked = [each.name for each in every], appeals(every)
    judged = [each for each in every if each.judged]
    own = np.array([fold[of[name][0]] for name in names])
    tried = []
    for shares in SHARES:
        rank = ranked(parts, shares)
        mean = np.array([rank[of[name]].mean() for name in names])
        tried.append((by_talk(judged, rank, found, of), mean))
    picked, told, means = Counter(), defaultdict(list), np.zeros(len(names))
    for part in sorted(set(own)):
        outside = {name for name, each in zip(names, own, strict=True) if each != part}

        def worth(one, outside=outside, part=part):
            windows, mean = one
            inside = [each for name, each in windows.items() if name in outside]
            figures = [np.mean([each[name] for each in inside]) for name in ("auc", "p@3")]
            return sum(figures) + spearman(mean[own != part], liked[own != part])

        best = max(range(len(tried)), key=lambda at: worth(tried[at]))
        picked[tuple(SHARES[best].values())] += 1
        for name, each in tried[best][0].items():
            if name not in outside:
                for figure, value in each.items():
                    told[figure].append(value)
        means[own == part] = tried[best][1][own == part]
    figures = {name: round(float(np.mean(each)), 3) for name, each in told.items()}
    print(
        f"the same with weights of the parts chosen on other folds: {figures}, {spearman(means, liked):.3f}; chosen: {dict(picked)}"
    )


def rescaled(steps, values):
    scale = tables.Scale(tuple(steps))
    return np.array([math.nan if math.isnan(each) else scale(each) for each in values])


def matrix(found, columns):
    return np.array([[each.measured[name] for name in columns] for each in found])


def linear(named, columns, weights, bias, x):
    """The model as the table has it, scaled by what it gives over all talks."""
    steps = quantiles(x @ weights + bias)
    rounded = {name: round(float(each), 4) for name, each in zip(columns, weights, strict=True)}
    return {"weights": rounded, "bias": round(float(bias), 4), "quantiles": steps}


def reaction_model(told, found, judged, fold):
    """Whether an audience laughs or claps within the window: logistic, on talks with some laughter."""
    x, y = matrix(found, REACTED), np.array([each.reacted for each in found], float)
    spread = x[judged].std(0) + 1e-9
    held = np.zeros(len(x))
    for part in range(fold.max() + 1):
        weights = logistic(x[judged & (fold != part)] / spread, y[judged & (fold != part)], 10.0)
        held[fold == part] = x[fold == part] / spread @ weights[:-1] + weights[-1]
    weights = logistic(x[judged] / spread, y[judged], 10.0)
    told["reaction"] = linear("reaction", REACTED, weights[:-1] / spread, weights[-1], x)
    return rescaled(told["reaction"]["quantiles"], held)


def appeal_model(told, found, talk, fold, every):
    """How a talk's wording goes with its views: ridge on the mean of its windows."""
    x = matrix(found, APPEALING)
    names = [each.name for each in every]
    mean = np.array([x[talk == name].mean(0) for name in names])
    centre, spread = mean.mean(0), mean.std(0) + 1e-9
    liked = appeals(every)
    y = (liked.argsort().argsort() + 0.5) / len(liked) - 0.5
    own = folds(names, fold.max() + 1)

    def weights(chosen):
        z = (mean[chosen] - centre) / spread
        return np.linalg.solve(z.T @ z + 400.0 * np.eye(len(APPEALING)), z.T @ y[chosen]) / spread

    held = np.zeros(len(x))
    for part in range(fold.max() + 1):
        held[fold == part] = (x[fold == part] - centre) @ weights(own != part)
    whole = weights(np.ones(len(names), bool))
    told["appeal"] = linear("appeal", APPEALING, whole, -centre @ whole, x)
    return rescaled(told["appeal"]["quantiles"], held)


def appeals(every):
    """Log views of each talk less what a cubic in the date and the log of the age explain."""
    published, views = (
        np.array([getattr(each, name) for each in every], float) for name in ("published", "views")
    )
    year = (published - published.min()) / 3.15e7
    age = np.log((published.max() + 30 * 86400 - published) / 86400 + 5)
    known = np.stack([np.ones(len(every)), year, year**2, year**3, age], 1)
    return np.log(views) - known @ np.linalg.lstsq(known, np.log(views), rcond=None)[0]


def spearman(a, b):
    return float(np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1])


def ranked(parts, shares=None):
    """The rank of the parts, as the compiled half has it where there is text alone; `shares` in place of shareability's own."""
    size = len(next(iter(parts.values())))
    sums, weights = np.zeros(size), np.zeros(size)
    for (factor, part), values in parts.items():
        share = shares[part] if shares and factor == "shareability" else PARTS[factor][part]
        weight = WEIGHTS[factor] * share
        known = np.isfinite(values)
        sums[known] += weight * values[known]
        weights[known] += weight
    return sums / weights


if __name__ == "__main__":
    main()
