"""Constraint names are fixed, so that migrations can name them."""

from app.db.migrate import METADATA


def test_every_constraint_has_a_name() -> None:
    for table in METADATA.tables.values():
        for constraint in table.constraints:
            assert constraint.name is not None, (table.name, constraint)
