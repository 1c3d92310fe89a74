"""What the workspace takes."""

from supervisor.subjects.resources import ResourcesSubject


async def test_it_tells_what_was_measured(context, terminals):
    one = ResourcesSubject(context, terminals.all, dict)
    one.vitals.say("checkout", b"done\n")
    told = one.observed()
    assert [line.text for line in told["said"]] == ["done"]
    assert told["git"] is None
    work = one.work()
    assert list(work) == ["vitals"]
    work["vitals"].close()
