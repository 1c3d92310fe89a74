"""The parts are there under the names that handlers ask for."""

from app.orphans.adopting import Adopting
from app.orphans.finding import Orphans
from tests.app.orphans.conftest import Found


def test_the_parts_have_their_names(found: Found) -> None:
    assert isinstance(found.orphans, Orphans)
    assert isinstance(found.adopting, Adopting)
