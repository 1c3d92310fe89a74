"""Columns of text."""

from supervisor.cli.table import table


def test_columns_are_as_wide_as_their_widest():
    assert table(("A", "Long head"), [["longer", "x"], ["y", ""]]) == (
        "A       Long head\nlonger  x\ny\n"
    )
