"""Transcript files as people have them. Each is made here, as small as it can be."""

import json
import time
from contextlib import suppress

import pytest

from v100_ai.errors import TranscriptUnreadable
from v100_ai.highlights.transcript import UNKNOWN, transcript

TURNS = [("Ida Brandt", "We press on Monday."), ("Noor", "Fine, I will rinse the tanks.")]


def said(content: str | bytes) -> list[tuple[str, str]]:
    found = transcript(content if isinstance(content, bytes) else content.encode())
    return [(each.participant, each.text) for each in found.segments]


FILES = {
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ida Brandt>We press on Monday.\n\n00:03.000 --> 00:04.000\n<v.loud Noor><i>Fine, I will rinse\nthe tanks.</i></v>\n",
    "srt without milliseconds": "1\n00:00:01 --> 00:00:02\nIda Brandt: We press on Monday.\n\n2\n00:00:03 --> 00:00:04\nNoor: Fine, I will rinse the tanks.\n",
    "blank after timing": "1\n00:00:01,0 --> 00:00:02,0\n\nIda Brandt: We press on Monday.\n\n2\n00:00:03,0 --> 00:00:04,0\nNoor: Fine, I will rinse the tanks.\n",
    "youtube subtitles": "0:00:01.000,0:00:02.000\nIda Brandt: We press on Monday.\n\n0:00:03.000,0:00:04.000\nNoor: Fine, I will rinse the tanks.\n",
    "marks": "1\n00:00:01,0 --> 00:00:02,0\n{\\an8}>> Ida Brandt: We press on Monday.\n\n2\n00:00:03,0 --> 00:00:04,0\n<font color='red'>Noor: Fine, I will rinse the tanks.</font>\n",
    "a name and a time above": "Ida Brandt  0:01\nWe press on Monday.\n\nNoor  0:03\nFine, I will rinse the tanks.\n",
    "in brackets": "[Ida Brandt] 10:00:01\nWe press on Monday.\n\n[Noor] 10:00:03\nFine, I will rinse the tanks.\n",
    "times before": "[00:00:01] Ida Brandt: We press on Monday.\n[00:00:03] Noor: Fine, I will rinse the tanks.\n",
    "labels": "Ida Brandt: We press on Monday.\nNoor: Fine, I will rinse the tanks.\n",
    "markdown": "**Ida Brandt:** We press on Monday.\n**Noor:** Fine, I will rinse the tanks.\n",
    "segments": json.dumps({"segments": [{"start": 1 + 2 * i, "end": 2 + 2 * i, "speaker": who, "text": f" {text}"} for i, (who, text) in enumerate(TURNS)]}, indent=2),
    "milliseconds": json.dumps({"utterances": [{"start": 1000 + 2000 * i, "end": 2900 + 2000 * i, "speaker": who, "text": text} for i, (who, text) in enumerate(TURNS)]}),
    "words": json.dumps([{"participant": {"id": 7, "name": who}, "words": [{"text": w, "start_timestamp": {"relative": 1.0 + 2 * i}} for w in text.split()]} for i, (who, text) in enumerate(TURNS)]),
    "lines": "\n".join(json.dumps({"speaker": who, "start": 1.0 + i, "end": 2.0 + i, "text": text}) for i, (who, text) in enumerate(TURNS)),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_same_talk_is_read_from_every_format(name: str):
    assert said(FILES[name]) == TURNS


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_the_same_talk_is_read_in_every_encoding(encoding: str):
    assert said(FILES["vtt"].encode(encoding)) == TURNS


def test_an_encoding_that_is_a_guess_is_told():
    found = transcript("José: Sí, mañana.\nJosé: Adiós.\n".encode("latin-1"))
    assert [each.participant for each in found.segments] == ["José", "José"]
    assert "Windows-1252" in found.told()


@pytest.mark.parametrize(
    "label",
    ["Łukasz Nowak", "Иван", "محمد", "李雷", "Anna van der Berg", "Dr. M. O'Neil", "Bob (he/him)", "Ida's iPad", "Room 4", "+49 30 1234", "ida"],
)  # fmt: skip
def test_a_label_in_any_script_names_who_speaks(label: str):
    lines = f"Ann: hello\n{label}: I will send it.\nAnn: good\n{label}: thanks\n"
    assert said(lines)[1] == (label, "I will send it.")


@pytest.mark.parametrize("word", ["Question", "Decision", "TODO", "Note", "Monday"])
def test_a_word_before_a_colon_is_nobody(word: str):
    vtt = f"WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: hello\n\n00:03.000 --> 00:04.000\n{word}: who pays for it\n"
    assert said(vtt)[1][0] in {"Ann", UNKNOWN}
    assert said(vtt)[1][1] == f"{word}: who pays for it"


def test_a_sign_is_no_tag():
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nIf x < 5 we stop, if y > 3 we go.\n"
    assert said(vtt) == [(UNKNOWN, "If x < 5 we stop, if y > 3 we go.")]


def test_captions_that_roll_say_each_line_once():
    rows = ["one two", "three four", "five six", "seven eight", "nine ten"]
    cues = [
        f"00:0{i}.000 --> 00:0{i + 1}.000\n" + "\n".join(rows[max(0, i - 1) : i + 1])
        for i in range(5)
    ]
    assert " ".join(text for _, text in said("WEBVTT\n\n" + "\n\n".join(cues))) == " ".join(rows)


def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_is_read():
    found = transcript(
        b"1\n00:00:01,0 --> 00:00:02,0\nhello\n\n2\n00:00:XX --> 00:00:04,0\nlost\n\n3\n00:00:05,0 --> 00:00:06,0\nbye\n"
    )
    assert [each.text for each in found.segments] == ["hello", "bye"]
    assert found.told().startswith("1 of 3 cues skipped: line 6: ")


def test_partials_repeats_and_revisions_are_counted():
    rows = [
        {"id": "0", "speaker": "Ann", "start": 1, "end": 2, "text": "I will", "final": False},
        {"id": "0", "speaker": "Ann", "start": 1, "end": 2, "text": "I will send it"},
        {"id": "0", "speaker": "Ann", "start": 1, "end": 2, "text": "I will send it"},
        {"id": "0", "speaker": "Bea", "start": 3, "end": 4, "text": "Thanks"},
        {"id": "1", "speaker": "Ann", "start": 5, "end": 6, "text": "Sure"},
        {"id": "1", "speaker": "Ann", "start": 5, "end": 6, "text": "Sure thing"},
    ]
    found = transcript("\n".join(map(json.dumps, rows)).encode())
    assert [each.text for each in found.segments] == ["I will send it", "Thanks", "Sure thing"]
    assert (found.partial, found.repeated, found.revised) == (1, 1, 1)
    assert len({each.id for each in found.segments}) == 3


@pytest.mark.parametrize(
    "text", ["Just a story. It has no speakers.", "{not json}", "Dear all,\nplease note: a mail.\n"]
)
def test_what_is_no_transcript_is_refused_with_what_was_expected(text: str):
    with pytest.raises(TranscriptUnreadable, match="expected"):
        transcript(text.encode())


@pytest.mark.parametrize(
    "piece", ["-->", "a:", "[", '{"a":', "<v ", "<c.", "1:", "Anna ", ">> ", "00:00:01 --> "]
)
def test_the_time_it_takes_grows_with_the_length_alone(piece: str):
    def took(count: int) -> float:
        begun = time.process_time()
        with suppress(TranscriptUnreadable):
            transcript(("WEBVTT\n\n00:01.000 --> 00:02.000\n" + piece * count).encode())
        return time.process_time() - begun

    took(100)
    assert took(40_000) < 40 * max(took(4_000), 0.005)
