"""What the workspace takes."""

from supervisor.subjects.resources import ResourcesSubject


async def test_it_tells_what_was_measured(context, terminals):
    one = ResourcesSubject(context, terminals.all, dict)
    one.vitals.say("checkout", b"done\n")
    told = one.observed()
    assert [line.text for line in told["said"]] == ["done"]
    assert (told["day"], told["conditions"]) == (None, {})
    nothing = {"usage": None, "day": None, "warnings": [], "killed": ""}
    assert one.told(None) == {**nothing, "disk": {"level": 0, "text": ""}}
    assert [point.pattern for point in one.endpoints()] == ["/v1/resources"]
    work = one.work()
    assert list(work) == ["vitals"]
    work["vitals"].close()
