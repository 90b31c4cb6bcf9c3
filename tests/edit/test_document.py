"""An edit as a text: written, left as it is, and edited as people edit."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from v100_ai.edit import CutRange, CutWords, Edit, FixText, ShortenPauses
from v100_ai.edit.document import Document, parsed, written
from v100_ai.edit.fillers import fillers
from v100_ai.errors import EditRejected, SettingRejected
from v100_ai.words import Transcript, Word, placed

SAID = "So um we went [home] and it was *fine*. Then -- uh -- nothing ~happened~."


@pytest.fixture
def document() -> Document:
    words = (*placed(SAID, 1.0, 7.0, "Ana Lee"), *placed("Really?", 8.0, 8.5, "B"))
    return Document("talk.mp4", Transcript(words), sounds=((7.2, 7.5),))


def test_what_is_left_as_it_was_edits_nothing(document: Document):
    assert parsed(written(document)).edit.operations == ()
    assert replace(parsed(written(document)), edit=Edit()) == document


def test_struck_words_go_and_struck_sounds_too(document: Document):
    text = (
        written(document)
        .replace("um we", "~~um~~ we")
        .replace("[um?7.20-7.50]", "~~[um?7.20-7.50]~~")
    )
    assert set(parsed(text).edit.operations) == {CutWords(1, 1), CutRange(7.2, 7.5)}


def test_deleted_words_and_paragraphs_go(document: Document):
    lines = written(document).replace("um we went", "went").split("\n")
    kept = "\n".join(line for line in lines if "Really" not in line or line.startswith("{"))
    assert set(parsed(kept).edit.operations) == {
        CutWords(1, 2),
        CutWords(len(document.transcript) - 1, len(document.transcript) - 1),
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("went", "walked", {FixText(3, "walked")}),
        ("um we went", "um we all went", {FixText(2, "we all")}),
        ("it was", "it's", {FixText(6, "it's"), FixText(7, "")}),
        ("So um", "Well, so um", {FixText(0, "Well, so")}),
    ],
)
def test_words_written_otherwise_are_corrections(
    document: Document, old: str, new: str, expected: set[FixText]
):
    body, _, times = written(document).partition("<!-- v100")
    assert set(parsed(body.replace(old, new) + "<!-- v100" + times).edit.operations) == expected


def test_an_edit_is_written_as_it_was_made_and_read_back_the_same(document: Document):
    edit = Edit().cut([1, 2]).fix(3, "walked").remove(7.2, 7.5).pauses(0.6, 0.3).remove(9.0, 9.5)
    text = written(replace(document, edit=edit))
    assert "~~um we~~ walked" in text
    read = parsed(text).edit
    assert set(read.operations) == {
        CutWords(1, 2),
        FixText(3, "walked"),
        CutRange(7.2, 7.5),
        CutRange(9.0, 9.5),
        ShortenPauses(0.6, 0.3),
    }
    assert written(replace(document, edit=read)).partition("<!--")[0] == text.partition("<!--")[0]


words = st.lists(
    st.text("ab~[]*\\-é", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=20
)


@given(words, st.sets(st.integers(0, 19)))
def test_any_words_come_back_and_any_of_them_can_be_struck(texts: list[str], struck: set[int]):
    made = tuple(
        Word(text=text, start=float(i), end=i + 0.5, speaker="A") for i, text in enumerate(texts)
    )
    document = Document("a.mp4", Transcript(made))
    gone = {i for i in struck if i < len(texts)}
    edit = Edit().cut(gone) if gone else Edit()
    read = parsed(written(replace(document, edit=edit)))
    assert read.transcript == document.transcript
    cut = {
        i
        for each in read.edit.operations
        if isinstance(each, CutWords)
        for i in range(each.first, each.last + 1)
    }
    assert cut == gone
    assert not [each for each in read.edit.operations if isinstance(each, FixText)]


def test_a_stroke_that_is_not_closed_ends_with_its_paragraph(document: Document):
    read = parsed(written(document).replace("*fine", "~~*fine").replace("\\*fine", "~~\\*fine"))
    assert all(
        each.last < len(document.transcript) - 1
        for each in read.edit.operations
        if isinstance(each, CutWords)
    )


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda text: text.partition("<!-- v100")[0], "times"),
        (lambda text: text.replace('"words": [', '"words": 3, "x": ['), "times"),
        (lambda text: text.replace("[0:00:01.000]", "[0:00:02.000]"), "own time"),
    ],
)
def test_a_document_without_what_it_needs_is_refused(document: Document, spoil, why: str):
    with pytest.raises(EditRejected, match=why):
        parsed(spoil(written(document)))


def test_fillers_are_those_that_nobody_means():
    transcript = Transcript(placed("Um, so, like, you know, it was, uh... a summer home", 0.0, 5.0))
    assert fillers(transcript) == [0, 7]
    assert fillers(transcript, also=["you know", "like"]) == [0, 2, 3, 4, 7]
    with pytest.raises(SettingRejected, match="language"):
        fillers(transcript, language="xx")
