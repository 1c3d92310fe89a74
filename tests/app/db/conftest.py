"""A PostgreSQL for the tests of this folder."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests import postgres

_NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    with postgres.serving() as folder:
        yield folder


@pytest.fixture
def empty(server: Path) -> str:
    """Return the URL of a database without tables."""
    name = f"empty_{next(_NUMBERS)}"
    postgres.execute(server, f"CREATE DATABASE {name}")
    return postgres.url(server, name)
