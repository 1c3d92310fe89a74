"""The kernel's own words on what it killed."""

import pytest

from daemon.core.kernellog import Kill, instance_in, kill_of

HEAD = "6,1234,5678901,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=w.1,"
LINE = f"{HEAD}mems_allowed=0,oom_memcg=/podium_x/w.1,task_memcg=/podium_x/w.1,task=%s,pid=7,uid=9"


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("python3", "python3"),
        ("a,pid=1,uid=2", "a,pid=1,uid=2"),
        (",task_memcg=/o", ",task_memcg=/o"),
        (r"\x1b[2Jx", "[2Jx"),
        ("", ""),
    ],
)
def test_a_kill_has_group_and_name(task: str, name: str) -> None:
    found = kill_of(f"{LINE % task}\n SUBSYSTEM=x\n")
    assert found == Kill(1234, "/podium_x/w.1", name)


@pytest.mark.parametrize("record", ["", "6,1,2,-;x", "oom-kill:", "x" * 9000, HEAD])
def test_anything_else_is_none(record: str) -> None:
    assert kill_of(record) is None


@pytest.mark.parametrize(
    ("group", "instance"),
    [
        ("/podium_x/w.1", "w.1"),
        ("/podium_x/w.1/inner/more", "w.1"),
        ("/docker/abc/podium_x/w.1", "w.1"),
        ("/podium_y/w.1", ""),
        ("/podium_x", ""),
        ("/", ""),
    ],
)
def test_a_group_is_an_instances_or_nobodys(group: str, instance: str) -> None:
    assert instance_in(group, "/podium_x/") == instance_in(group, "/podium_x") == instance
