"""What the workspace takes."""

from supervisor.subjects.resources import ResourcesSubject


async def test_it_tells_what_was_measured(context, terminals):
    one = ResourcesSubject(context, terminals.all, dict)
    one.vitals.say("checkout", b"done\n")
    told = one.observed()
    assert [line.text for line in told["said"]] == ["done"]
    assert (told["day"], told["conditions"]) == (None, {})
    assert one.told(None) == {"usage": None, "day": None, "warnings": [], "killed": ""}
    assert [point.pattern for point in one.endpoints()] == ["/v1/resources"]
    work = one.work()
    assert list(work) == ["vitals"]
    work["vitals"].close()
