"""The terminals."""

from tests.supervisor.samples import wish
from tests.waiting import until


async def test_main_opens_for_who_looks_and_again_when_it_has_ended(context, terminals):
    assert terminals.find("main") is None
    context.accept(wish(repository="/"))
    first = terminals.find("main")
    assert first is not None
    assert terminals.find("main") is first
    assert terminals.find("other") is None
    assert terminals.observed() == {"terminals": 1}
    first.write(b"exit\n")
    await until(lambda: not first.alive)
    again = terminals.find("main")
    assert again is not None
    assert again.pid != first.pid
