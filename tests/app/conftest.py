"""What every test of the server needs."""

import warnings

import pytest

# Litestar imports advanced-alchemy, whose newest release still uses a decorator that
# SQLAlchemy 2.1 has deprecated; neither is ours to mend. Said twice: for the conftest
# modules below, which are imported before pytest is configured, and for the tests.
_MESSAGE = "The declarative_mixin decorator"
warnings.filterwarnings("ignore", _MESSAGE)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "filterwarnings", f"ignore:{_MESSAGE}:sqlalchemy.exc.SADeprecationWarning"
    )
