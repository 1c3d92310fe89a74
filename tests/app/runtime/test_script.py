"""What a fake's work can be told."""

from app.runtime.script import Script
from tests.waiting import until
from wire.problems import Problem


def test_work_is_done_at_once_unless_it_is_held() -> None:
    script, done = Script(), list[str]()
    script.begin("seal", lambda: done.append("first"))
    script.hold("seal")
    script.begin("seal", lambda: done.append("second"))
    assert done == ["first"]
    script.release("seal")
    script.begin("seal", lambda: done.append("third"))
    assert done == ["first", "second", "third"]


async def test_work_takes_the_seconds_of_its_pace() -> None:
    script, done = Script(), list[str]()
    script.pace["apply"] = 0.001
    script.begin("apply", lambda: done.append("later"))
    assert done == []
    await until(lambda: done == ["later"])
    script.pace["apply"] = 60.0
    script.begin("apply", lambda: done.append("never"))
    await script.close()
    assert done == ["later"]


def test_a_failure_is_scripted_once() -> None:
    script, problem = Script(), Problem(code="x", title="X")
    script.fail("apply", problem)
    assert script.outcome("prepare") is None
    assert script.outcome("apply") == problem
    assert script.outcome("apply") is None
