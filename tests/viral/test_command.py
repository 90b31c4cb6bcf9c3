"""`v100 score` and `v100 tune viral`, as a user runs them."""

import json

import numpy as np
import pytest

from tests.viral.talk import DULL, LIVELY, segments
from v100_ai.cli import main
from v100_ai.viral.table import FACTOR_NAMES


@pytest.fixture
def transcript(tmp_path):
    path = tmp_path / "talk.jsonl"
    lines = [
        {
            "id": each.id,
            "participant": each.participant,
            "start": each.start,
            "end": each.end,
            "text": each.text,
        }
        for each in segments([*DULL * 3, *LIVELY * 3])
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in lines))
    return path


def score(*given, out):
    assert main(["score", *map(str, given), "--json", str(out)]) == 0
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_a_transcript_is_scored_every_five_seconds_the_same_bytes_twice(transcript, tmp_path):
    out = tmp_path / "o.jsonl"
    told = score(transcript, out=out)
    first = out.read_bytes()
    score(transcript, out=out)
    assert out.read_bytes() == first
    scores = [each for each in told if each["type"] == "score"]
    assert [each["from"] for each in scores] == [5.0 * at for at in range(len(scores))]
    assert set(scores[0]["factors"]) == set(FACTOR_NAMES)
    assert all(0 <= each["viral_score"] <= 100 for each in scores)
    best = max((each for each in told if each["type"] == "clip"), key=lambda each: each["score"])
    assert best["end"] > 36.5


def test_a_profile_is_judged(transcript, tmp_path):
    profile = tmp_path / "p.toml"
    profile.write_text('interests = ["cat"]\n')
    told = score(transcript, "--profile", profile, "--clips", 0, out=tmp_path / "o.jsonl")
    assert max(each["factors"]["audience_relevance"] for each in told) > 0.4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nothing.jsonl"], "No such file"),
        (["x.vtt", "--transcript", "y.vtt"], "found a transcript"),
        (["x.jsonl", "--profile", "none.toml"], "expected a profile"),
        (["x.jsonl", "--table", "none.json"], "expected a table"),
        (["x.jsonl", "--posting", "2026-05-01T10:00:00"], "time zone"),
    ],
)
def test_what_cannot_be_used_is_told(given, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["score", *given]) == 2
    assert said in capsys.readouterr().err


def test_posts_make_a_table_that_scores(transcript, tmp_path, capsys):
    rng = np.random.default_rng(0)
    x = rng.random((90, 6))
    rows = [",".join(["outcome", *FACTOR_NAMES])]
    rows += [",".join(f"{value:.4f}" for value in (100 * row[2] + rng.normal(), *row)) for row in x]
    posts, table = tmp_path / "posts.csv", tmp_path / "table.json"
    posts.write_text("\n".join(rows) + "\n")
    assert main(["tune", "viral", "--posts", str(posts), "--out", str(table)]) == 0
    said = capsys.readouterr().out
    assert "90 posts" in said
    assert "not fitted" in said
    told = score(transcript, "--table", table, out=tmp_path / "o.jsonl")
    assert told[0]["calibration"] == "own"
    assert told[0]["weights_version"] == json.loads(table.read_text())["version"]


def test_too_few_posts_write_nothing(tmp_path, capsys):
    posts, table = tmp_path / "posts.csv", tmp_path / "table.json"
    posts.write_text("outcome,novelty\n" + "3,0.5\n" * 20)
    assert main(["tune", "viral", "--posts", str(posts), "--out", str(table)]) == 2
    assert "at least 60 posts, found 20" in capsys.readouterr().err
    assert not table.exists()
    posts.write_text("views\n3\n")
    assert main(["tune", "viral", "--posts", str(posts), "--out", str(table)]) == 2
    assert "expected columns outcome" in capsys.readouterr().err


def test_posts_may_be_transcripts(transcript, tmp_path, capsys):
    posts = tmp_path / "posts.csv"
    posts.write_text(
        "outcome,transcript\n" + "".join(f"{at},{transcript.name}\n" for at in range(60))
    )
    assert main(["tune", "viral", "--posts", str(posts), "--out", str(tmp_path / "t.json")]) == 0
    assert "60 posts" in capsys.readouterr().out
