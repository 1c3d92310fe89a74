"""The table of variables."""

from app.db.variables import VariableRow


def test_a_name_is_one_for_each_person_and_pattern() -> None:
    assert [one.name for one in VariableRow.__table__.primary_key] == ["user_id", "name", "pattern"]
