import json
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, strategies as st

from v100_ai.events import FaultFound, SceneCut
from v100_ai.report.rows import COLUMNS, WHOLE
from v100_ai.worker.messages import (
    FRAMES,
    LARGEST,
    LENGTH,
    Ended,
    Message,
    Opened,
    Readings,
    Refused,
    Stats,
)
from v100_ai.worker.wire import FIELDS, NAME, Garbled, gathered, length, packed, parsed

numbers = st.floats(allow_nan=False, allow_infinity=False)
wholes = st.integers(0, 1 << 52)
words = st.text(max_size=40)
names = st.from_regex(NAME, fullmatch=True)
cells = st.none() | st.floats(allow_nan=False) | st.integers(-(1 << 52), 1 << 52)

messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Opened,
        width=wholes,
        height=wholes,
        codec=names,
        rate=st.none() | numbers,
        duration=st.none() | numbers,
        seekable=st.booleans(),
    ),
    st.builds(SceneCut, frame=wholes, pts=numbers, score=numbers),
    st.builds(
        FaultFound,
        fault=st.sampled_from(["black", "frozen", "blocky", "blurred"]),
        from_pts=numbers,
        to_pts=numbers,
        frames=wholes,
        worst=numbers,
    ),
    st.builds(Stats, **dict.fromkeys(FIELDS[Stats], wholes)),
    st.builds(Ended, broken=st.none() | words),
    st.builds(Refused, error=names, message=words),
)


def crossed(message: Message) -> Message:
    sent = packed(message)
    assert length(sent[:LENGTH]) == len(sent) - LENGTH
    return parsed(sent[LENGTH:])


def body(tag: str, fields: Any) -> bytes:
    return json.dumps([tag, fields]).encode()


@given(messages)
def test_what_is_sent_arrives(message: Message):
    assert crossed(message) == message


@given(st.lists(st.tuples(numbers, cells, cells), min_size=1, max_size=FRAMES), wholes)
def test_readings_arrive_to_the_last_bit(rows: list[tuple[Any, ...]], first: int):
    columns = ("frame", "pts", "psnr", "ssim")
    sent = gathered(
        [dict(zip(columns, (first + at, *row), strict=True)) for at, row in enumerate(rows)]
    )
    assert crossed(sent) == sent
    assert sent.columns["pts"] == tuple(row[0] for row in rows)


def test_no_bound_is_told_and_no_number_is_not_known():
    rows = [{"frame": 0, "pts": 0.0, "psnr": inf, "ssim": nan, "vmaf": nan}]
    rows.append({"frame": 1, "pts": 1.0, "psnr": 40.0, "ssim": 0.5, "vmaf": nan})
    sent = packed(gathered(rows))
    assert b'"inf"' in sent
    assert parsed(sent[LENGTH:]) == Readings(
        columns={"frame": (0, 1), "pts": (0.0, 1.0), "psnr": (inf, 40.0), "ssim": (None, 0.5)}
    )


def test_the_largest_message_of_readings_fits():
    row = dict.fromkeys(COLUMNS, -1.2345678901234567e-300) | dict.fromkeys(WHOLE, 1 << 52)
    rows = [row | {"frame": (1 << 52) + at} for at in range(FRAMES)]
    assert len(packed(gathered(rows))) < LARGEST


@given(st.binary(max_size=200))
def test_bytes_are_a_message_or_garbled(content: bytes):
    with pytest.raises(Garbled):
        parsed(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["opened", "cut", "fault", "stats", "ended", "refused", "other"]), st.data())
def test_fields_of_other_kinds_are_garbled(tag: str, data: st.DataObject):
    """Whatever stands in a field: it is accepted as its kind, or the message is garbled."""
    kinds = {"opened": Opened, "cut": SceneCut, "fault": FaultFound, "stats": Stats}
    fields = {name: data.draw(json_values) for name in FIELDS[kinds.get(tag, Ended)]}
    try:
        message = parsed(body(tag, fields))
    except Garbled:
        return
    assert crossed(message) == message


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"columns": {}},
        {"columns": []},
        {"columns": {"frame": [0]}},
        {"columns": {"frame": [0], "pts": [None]}},
        {"columns": {"frame": [None], "pts": [0.0]}},
        {"columns": {"frame": [0.5], "pts": [0.0]}},
        {"columns": {"frame": [True], "pts": [0.0]}},
        {"columns": {"frame": [-1], "pts": [0.0]}},
        {"columns": {"frame": [10**30], "pts": [0.0]}},
        {"columns": {"frame": [0], "pts": ["inf"]}},
        {"columns": {"frame": [0], "pts": [0.0], "ssim": ["high"]}},
        {"columns": {"frame": [0], "pts": [0.0], "ssim": [10**400]}},
        {"columns": {"frame": [0], "pts": [0.0], "ssim": [[]]}},
        {"columns": {"frame": [0], "pts": [0.0], "ssim": [0.1, 0.2]}},
        {"columns": {"frame": [0], "pts": [0.0], "__class__": [0.1]}},
        {"columns": {"frame": [], "pts": []}},
        {"columns": {"frame": [1, 0], "pts": [0.0, 0.1]}},
        {"columns": {"frame": [1, 1], "pts": [0.0, 0.1]}},
        {"columns": {"frame": [0] * (FRAMES + 1), "pts": [0.0] * (FRAMES + 1)}},
        {"columns": {"frame": [0], "pts": [0.0]}, "more": 1},
    ],
)
def test_columns_that_are_none_are_garbled(fields: Any):
    with pytest.raises(Garbled):
        parsed(body("readings", fields))


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b'["cut",{"frame":0,"pts":NaN,"score":1}]',
        b'["cut",{"frame":0,"pts":1e999,"score":1}]',
        b'["cut",{"frame":0,"pts":' + b"9" * 5000 + b',"score":1}]',
        b'["ended",{"broken":"' + b"x" * 2000 + b'"}]',
        b'"ended"',
        b'["ended"]',
        b"[[],{}]",
        b'["refused",{"error":"a b","message":""}]',
        b'["refused",{"error":"a\\n","message":""}]',
        b'["died",{"cause":"exit","detail":""}]',
    ],
)
def test_traps_of_json_are_garbled(text: bytes):
    with pytest.raises(Garbled):
        parsed(text)


@pytest.mark.parametrize("head", [0, LARGEST + 1, 0xFFFFFFFF])
def test_a_length_beyond_the_bound_is_never_read(head: int):
    with pytest.raises(Garbled, match=str(head)):
        length(head.to_bytes(LENGTH, "big"))
