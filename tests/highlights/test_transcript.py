"""The three formats a transcript comes in."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights import record
from v100_ai.highlights.model import Segment
from v100_ai.highlights.transcript import UNKNOWN, parse, read

VTT = """WEBVTT

NOTE a remark

1
00:00:01.000 --> 00:00:03.500 align:start
<v Ana Silva>Hello <i>there</i> &amp; welcome.</v>

00:04.000 --> 00:05.000
<v.loud Ben>Hi.</v>
<v Ana Silva>Again.

00:06.000 --> 00:07.000
goes on
"""
SRT = """1\r
00:00:01,000 --> 00:00:03,500\r
Ana: What does it cost?\r
\r
2\r
01:00:04,000 --> 01:00:05,250\r
[Ben Ode] Forty euros:\r
no more.\r
"""


def heard(text: str) -> list[tuple[str, float, float, str]]:
    return [(each.participant, each.start, each.end, each.text) for each in parse(text)]


def test_webvtt_names_speakers_by_voice():
    assert heard(VTT) == [
        ("Ana Silva", 1.0, 3.5, "Hello there & welcome."),
        ("Ben", 4.0, 5.0, "Hi."),
        ("Ana Silva", 4.0, 5.0, "Again."),
        ("Ana Silva", 6.0, 7.0, "goes on"),
    ]


def test_subrip_names_speakers_at_the_head_of_a_line():
    assert heard(SRT) == [
        ("Ana", 1.0, 3.5, "What does it cost?"),
        ("Ben Ode", 3604.0, 3605.25, "Forty euros: no more."),
    ]


def test_captions_that_name_nobody_have_an_unknown_speaker():
    assert heard("1\n00:00:01,000 --> 00:00:02,000\nhello: there\n")[0][0] == UNKNOWN


def test_ids_are_unique():
    assert len({each.id for each in parse(VTT)}) == 4


def test_a_byte_order_mark_is_no_text(tmp_path: Path):
    path = tmp_path / "a.srt"
    path.write_bytes(b"\xef\xbb\xbf" + SRT.encode())
    assert len(read(path)) == 2


segments = st.lists(
    st.builds(
        lambda n, a, b, who, text: Segment(
            id=n, participant=who, start=min(a, b), end=max(a, b), text=text
        ),
        st.text(min_size=1, max_size=5),
        st.floats(0, 1e5),
        st.floats(0, 1e5),
        st.text(min_size=1, max_size=5),
        st.text(max_size=40),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(segments)
def test_json_lines_come_back_as_they_were(said: list[Segment]):
    lines = [
        json.dumps(
            {
                "id": s.id,
                "participant": s.participant,
                "start": s.start,
                "end": s.end,
                "text": s.text,
            }
        )
        for s in said
    ]
    told = [replace(one, text=" ".join(one.text.split())) for one in said if one.text.strip()]
    assert parse("\n".join(lines)) == told


@pytest.mark.parametrize(
    "text",
    [
        "just some prose",
        "{not json}",
        '{"id": "a"}',
        '{"id": "a", "start": "nan", "end": 1, "text": "x"}',
        '{"id": "a", "start": -1, "end": 1, "text": "x"}',
        '{"id": "a", "start": null, "end": 1, "text": "x"}',
        "{}\n[]",
    ],
)
def test_what_is_no_transcript_is_refused(text: str):
    with pytest.raises(TranscriptUnreadable):
        parse(text)


@pytest.mark.parametrize("text", ["", "\n\n", "WEBVTT\n"])
def test_an_empty_transcript_has_no_segments(text: str):
    assert parse(text) == []


def test_a_segment_in_a_log_of_the_first_release_is_read():
    heard = record.Heard(
        segment=Segment(id="s1", participant="ann", start=0.0, end=1.0, text="So."), now=1.0
    )
    older = record.written(heard)
    older["heard"]["speaker"] = older["heard"].pop("participant")
    assert record.read(older) == heard
