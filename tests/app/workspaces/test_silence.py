"""Silence is measured, and told when it lasts."""

from app.workspaces.silence import NODE_AFTER, SUPERVISOR_AFTER, Silence
from kit.clock import FakeClock


def test_a_node_is_unreachable_after_a_moment() -> None:
    clock = FakeClock()
    silence = Silence(clock, lambda _one: True)
    assert silence.of_node(reachable=False) is None
    clock.advance(NODE_AFTER)
    assert silence.of_node(reachable=False) is not None
    assert silence.of_node(reachable=True) is None
    assert silence.of_node(reachable=False) is None


def test_a_supervisor_is_silent_after_a_minute_and_a_jump_of_the_clock_is_none() -> None:
    clock, there = FakeClock(), {"a.1"}
    silence = Silence(clock, there.__contains__)
    assert silence.of_supervisors(["a.1", "b.1"]) == {"b.1": False}
    clock.jump(86_400)
    assert silence.of_supervisors(["a.1", "b.1"]) == {"b.1": False}
    clock.advance(SUPERVISOR_AFTER)
    assert silence.of_supervisors(["a.1", "b.1"]) == {"b.1": True}
    there.add("b.1")
    assert silence.of_supervisors(["a.1", "b.1"]) == {}
    there.clear()
    assert silence.of_supervisors(["b.1"]) == {"b.1": False}
