"""The terminals."""

import pytest

from supervisor.core.opening import Opening
from supervisor.core.search import Wanted
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


async def test_others_are_opened_where_the_code_is_and_searched(context, terminals, tmp_path):
    assert terminals.create(Opening()) is None
    context.accept(wish(repository=str(tmp_path)))
    opened = terminals.create(Opening(command=["/bin/sh", "-c", "pwd; sleep 600"]))
    assert opened is not None
    await until(lambda: str(tmp_path).encode() in opened.history.since(0)[1])
    wanted = Wanted(query=str(tmp_path), before=opened.history.end)
    assert [one.offset for one in (await terminals.search(opened, wanted)).matches] == [0]
    with pytest.raises(OSError, match="No such"):
        terminals.create(Opening(command=["/no/such"]))
