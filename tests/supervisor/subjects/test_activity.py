"""Who uses the workspace, and what is at work."""

import pytest

from supervisor.core.config import Config
from supervisor.host.terminals import Terminals
from supervisor.subjects.activity import ActivitySubject
from tests.supervisor.samples import wish


@pytest.fixture
def one(context) -> ActivitySubject:
    terminals = Terminals(context.reaper, context.account, context.changed)
    tasks = {"task-1": "Build"}
    config = Config(keep_awake=["npm test*"])
    return ActivitySubject(context, lambda: 40, lambda: (terminals, tasks), lambda: config)


async def test_use_is_told_and_the_timeout_taken_in(one):
    one.receive(wish(timeout="30m"))
    one.wake.used_terminal()
    one.wake.at_work(["make in terminal 1"])
    told = one.observed()
    assert (told["beats"].count, told["timeout_wish"]) == (1, None)
    assert told["awake"] == ["make in terminal 1"]
    assert one.wake.told()["timeout"] == "30m"
    assert {one.pattern for one in one.endpoints()} == {
        "/v1/timeout",
        "/v1/timeout/extend",
        "/v1/active",
    }


@pytest.mark.parametrize(
    ("said", "limit"), [("4h", 14400.0), ("30m", 1800.0), ("none", None), ("soon", 14400.0)]
)
async def test_a_look_knows_tasks_and_limit_and_what_the_file_names(one, context, said, limit):
    assert (one.seen().limit, one.seen().named) == (14400.0, ())
    context.accept(wish(job_limit=said))
    seen = one.seen()
    assert (seen.ide, seen.tasks, seen.limit) == (40, {"task-1": "Build"}, limit)
    assert seen.named == ["npm test*"]


async def test_a_repository_that_is_not_trusted_names_nothing(one, context):
    context.accept(wish(trusted=False))
    assert one.seen().named == ()
