"""The repository's checkout."""

from supervisor.subjects.content import ContentSubject
from supervisor.subjects.repositories import RepositoriesSubject
from supervisor.subjects.resources import ResourcesSubject
from tests.supervisor.samples import wish
from tests.waiting import until
from wire.agent import Checkout
from wire.phases import Condition, StepState


async def test_it_is_told_from_its_beginning_to_its_failure(context, terminals, tmp_path):
    vitals = ResourcesSubject(context, terminals.all, dict).vitals
    one = ContentSubject(context, vitals, RepositoriesSubject(context).follow)
    assert one.observed()["checkout"].state is StepState.WAITING
    wanted = Checkout(path=str(tmp_path / "none"), revision="0" * 40, branch="main")
    one.start(wish(checkout=wanted, repository=str(tmp_path)))
    assert one.observed()["checkout"].state is StepState.WORKING
    await until(lambda: one.observed()["checkout"].state is StepState.FAILED)
    assert one.observed()["checkout"].code == Condition.CHECKOUT_FAILED
