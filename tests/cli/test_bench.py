import io

from rich.console import Console

from v100_ai.bench import Row
from v100_ai.cli.bench import table


def test_the_table_shows_every_row_and_marks_what_is_missed():
    rows = [
        Row(what="all layers", value=0.6512, unit="ms", target="< 1 ms", reached=True),
        Row(what="vectors [4K]", value=1234.5, unit="ms", target="< 1 ms", reached=False, note="x"),
        Row(what="machine", value=1, unit="core"),
    ]
    out = io.StringIO()
    Console(file=out, width=120).print(table(rows))
    lines = out.getvalue().splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["all", "layers"], ["vectors", "[4K]"]]
    assert "0.651" in lines[1]
    assert "yes" in lines[1]
    assert "no" in lines[2]
    assert len(lines) == 4
