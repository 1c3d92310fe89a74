"""Every row is asserted or stands in departures.toml with its reason, and nothing else does."""

import importlib
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent


def asserted() -> set[str]:
    """Row ids of every `ROWS` in the modules beside this one."""
    names = sorted(one.stem for one in FOLDER.glob("test_*.py") if one.stem != "test_rows")
    return {row for name in names for row in importlib.import_module(f"tests.vectors.{name}").ROWS}


def test_every_row_is_asserted_or_departed_from_with_a_reason() -> None:
    groups = tomllib.loads((FOLDER / "rows.toml").read_text())
    wanted = {f"{group}{number}" for group, numbers in groups.items() for number in numbers}
    departures = tomllib.loads((FOLDER / "departures.toml").read_text())
    whole = {name for name, one in departures.items() if one.get("whole")}
    assert asserted() | whole == wanted
    assert asserted() & whole == set()
    assert departures.keys() <= wanted
    assert [name for name, one in departures.items() if len(one["reason"]) < 20] == []
