"""URLs as people write them, and as they are used."""

from kit.databaseurl import server_url, sqlite_url


def test_a_server_is_taken_as_people_write_it() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        assert server_url(f"{scheme}://u:p@h/d") == "postgresql+asyncpg://u:p@h/d"
    for other in ("", "mysql://u@h/d", "postgresql:", "/var/lib/podium.db"):
        assert server_url(other) == ""


def test_a_url_of_a_managed_server_is_taken_as_it_is_handed_out() -> None:
    found = server_url("postgresql://u:p@h:5432/d?sslmode=require&application_name=x")
    assert found == "postgresql+asyncpg://u:p@h:5432/d?ssl=require&application_name=x"
    assert server_url("postgres://u@/d?host=/run/pg") == "postgresql+asyncpg://u@/d?host=/run/pg"


def test_a_file_has_four_slashes() -> None:
    assert sqlite_url("/var/lib/podium.db") == "sqlite+aiosqlite:////var/lib/podium.db"
