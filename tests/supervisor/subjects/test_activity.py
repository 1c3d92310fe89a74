"""Who uses the workspace."""

from supervisor.subjects.activity import ActivitySubject
from tests.supervisor.samples import wish


async def test_use_is_told_and_the_timeout_taken_in(context):
    one = ActivitySubject(context, lambda: 0)
    one.receive(wish(timeout="30m"))
    one.wake.used_terminal()
    told = one.observed()
    assert (told["beats"].count, told["timeout_wish"]) == (1, None)
    assert one.wake.told()["timeout"] == "30m"
    assert {one.pattern for one in one.endpoints()} == {
        "/v1/timeout",
        "/v1/timeout/extend",
        "/v1/active",
    }
