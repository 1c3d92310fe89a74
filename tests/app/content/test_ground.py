"""What every part over rows and a node stands on."""

from app.content.ground import Ground
from app.content.policy import Policy
from app.content.progress import Progresses
from tests.app.content.conftest import Safe


def test_it_is_the_same_for_all_parts(safe: Safe) -> None:
    store, repositories = safe.control.store, safe.content.repositories
    ground = Ground(store, safe.node, repositories, Policy(), Progresses(store))
    assert (ground.store, ground.points, ground.repositories) == (store, safe.node, repositories)
