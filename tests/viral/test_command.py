"""`v100 score` and `v100 tune viral`, as a user runs them."""

import io
import json
import subprocess
import sys
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition

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


def test_a_result_never_replaces_what_it_is_made_of(transcript, capsys):
    before = transcript.read_bytes()
    assert main(["score", str(transcript), "--json", str(transcript)]) == 2
    assert "that of the input" in capsys.readouterr().err
    assert transcript.read_bytes() == before


def test_a_disk_that_is_full_is_told(transcript, capsys):
    assert main(["score", str(transcript), "--json", "/dev/full"]) == 4
    assert "cannot write /dev/full" in capsys.readouterr().err


def test_who_stops_reading_sees_no_traceback(transcript):
    command = [sys.executable, "-m", "v100_ai.cli", "score", str(transcript)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.close()
        assert run.stderr is not None
        assert run.stderr.read() == b""
    assert run.returncode == 1


def test_a_transcript_comes_from_standard_input(transcript, tmp_path, monkeypatch):
    asked = score(transcript, out=tmp_path / "a.jsonl")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(transcript.read_bytes())))
    assert score("-", out=tmp_path / "b.jsonl") == asked


def test_topics_of_a_url_are_read_through_the_address_checks(transcript, capsys):
    given = ["--trends", "http://127.0.0.1:9/topics.json"]
    assert main(["score", str(transcript), *given]) == 2
    assert "127.0.0.1" in capsys.readouterr().err


def test_a_cover_is_no_picture_to_score(tmp_path):
    song = tmp_path / "song.mp4"
    with av.open(song, "w") as made:
        tone = made.add_stream("aac", rate=48_000, layout="mono")
        cover: Any = made.add_stream("mjpeg", rate=25)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        made.mux(cover.encode(av.VideoFrame(64, 48, "yuvj420p")))
        samples = (np.random.default_rng(0).normal(size=(1, 48_000 * 16)) * 3000).astype(np.int16)
        sound = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        sound.sample_rate = 48_000
        for stream, given in ((cover, None), (tone, sound), (tone, None)):
            made.mux(stream.encode(given))
    told = score(song, out=tmp_path / "o.jsonl")
    assert all(each["factors"]["visual_appeal"] is None for each in told)
    assert told[0]["factors"]["emotional_intensity"] is not None


def test_what_is_too_short_to_score_is_told(tmp_path, capsys):
    path = tmp_path / "t.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:00,500\nhi\n")
    assert score(path, out=tmp_path / "o.jsonl") == []
    assert "at least a second" in capsys.readouterr().err


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
    told = score(transcript, "--weights", table, out=tmp_path / "o.jsonl")
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
