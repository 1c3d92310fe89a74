"""The table of what goes along."""

from app.db.profile import ProfileRow


def test_a_file_is_one_for_each_person_and_name() -> None:
    assert [one.name for one in ProfileRow.__table__.primary_key] == ["user_id", "name"]
