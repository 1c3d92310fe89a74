import pytest

from wire.timezones import is_time_zone


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+8", "GMT0"]
)
def test_names_of_the_database(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../UTC", "Europe/../..", ":UTC", "A B", "a/b/c/d", "Ä", "x" * 65, "UTC\n"],
)
def test_nothing_else(name: str) -> None:
    assert not is_time_zone(name)
