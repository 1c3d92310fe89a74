"""What the long runs share: an installation of their own, which they may ruin."""

from collections.abc import Iterator

import pytest

from tests.e2e.installation import Installation, fresh_installation


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """One that serves; it is removed when the module's rounds are over."""
    made = fresh_installation()
    up = made.make("up")
    assert up.returncode == 0, up.stdout + up.stderr
    yield made
    made.remove()
