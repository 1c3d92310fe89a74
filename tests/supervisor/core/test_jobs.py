"""Which commands keep a workspace awake: what runs, how it behaves, and what counts."""

import pytest

from supervisor.core.idle import Process
from supervisor.core.jobs import (
    NAMED_LIMIT,
    Endurance,
    Job,
    Manner,
    fits,
    jobs,
    named,
    place,
    places,
    pts,
    told,
    words,
)

HOUR = 3600.0
WAITS = Manner(keys=False, serves=False, quiet=float("inf"))


def shell(pid: int, front: int, terminal: int = 0, command: bytes = b"-bash") -> Process:
    return Process(pid, pid, command, 0.0, group=pid, terminal=terminal, front=front)


def run(pid: int, session: int, command: bytes, group: int = 0, age: float = 0.0) -> Process:
    return Process(pid, session, command, 0.0, group=group or pid, age=age)


def shown(*processes: Process) -> list[str]:
    return [one.what for one in jobs(processes)]


# --- what is in front ---


def test_a_shell_at_its_prompt_runs_no_job() -> None:
    assert shown(shell(10, 10), shell(11, 11, 1, b"/bin/zsh\0-l"), run(12, 11, b"sleep\09")) == []


def test_a_command_in_front_is_a_job_with_all_its_processes() -> None:
    found = jobs([shell(10, 20), run(20, 10, b"npm test"), run(21, 10, b"node\0x", group=20)])
    assert found == [Job(10, 0, 20, (20, 21), "npm test")]


def test_a_pipe_whose_first_process_has_ended_is_a_job_still() -> None:
    assert shown(shell(10, 20), run(21, 10, b"sort\0-u", group=20)) == ["sort"]


def test_a_terminal_without_a_shell_is_its_program() -> None:
    assert shown(shell(10, 10, command=b"/usr/bin/make\0all")) == ["make all"]


def test_what_a_shell_without_job_control_waits_for_is_a_job() -> None:
    assert shown(shell(10, 10, command=b"sh\0-c\0x"), run(11, 10, b"npm ci", group=10)) == [
        "npm ci"
    ]


def test_a_program_without_a_terminal_is_no_job() -> None:
    assert shown(run(20, 20, b"npm test"), Process(30, 30, b"x", 0.0, group=30, front=-1)) == []


# --- what it is called ---


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (b"npm test\0\0\0", "npm test"),
        (b"/usr/bin/python3\0train.py\0--lr\0.1", "python3 train.py"),
        (b"python3\0-m\0pytest\0-x", "python3 -m pytest"),
        (b"node\0/usr/bin/npm\0run\0dev", "npm run"),
        (b"bash\0./deploy.sh", "bash ./deploy.sh"),
        (b"curl\0-H\0Authorization: Bearer abc", "curl"),
        (b"curl\0https://ada:secret@h.org", "curl"),
        (b"env\0TOKEN=abc\0make", "env"),
        (b"mysql\0-psecret", "mysql"),
        (b"make\x1b[2J\0" + b"x" * 200, "make[2J " + "x" * 52),
        (b"", ""),
    ],
)
def test_a_command_is_told_without_what_may_be_secret(command: bytes, text: str) -> None:
    assert told(command) == text


def test_a_command_line_is_split_as_it_was_started() -> None:
    assert words(b"/bin/echo\0a b\0") == ["echo", "a b"]
    assert words(b"npm run dev") == ["npm", "run", "dev"]
    assert words(b"-bash\0") == ["bash"]
    assert words(b"") == []


def test_terminals_are_called_as_on_the_page() -> None:
    leaders = [shell(30, 30, 4), shell(10, 10, 0), shell(20, 20, 1), run(21, 20, b"x")]
    found = places(leaders, {20: "task-1", 10: "0f3a"}, {"task-1": "Build"})
    assert found == {20: "task Build", 10: "terminal 2", 30: "terminal 3"}
    opened = ["task-1", "task-2", "f0", "main", "0a"]
    names = ["pts/10", "0a", "pts/2", "main", "task-2", "f0", "task-1"]
    assert sorted(names, key=lambda one: place(one, opened)) == [*opened, "pts/2", "pts/10"]


@pytest.mark.parametrize(
    ("device", "number"),
    [(0x8800, 0), (0x88FF, 255), (0x8901, 257), (0x108800, 256), (0x0400, -1), (0, -1)],
)
def test_a_device_is_a_terminal_or_none(device: int, number: int) -> None:
    assert pts(device) == number


# --- which job is work, and until when ---


class Played:
    """A terminal that is looked at again and again."""

    def __init__(self, limit: float | None = 4 * HOUR) -> None:
        self._endurance = Endurance()
        self._limit = limit

    def look(self, now: float, *, pid: int = 20, manner: Manner | None = WAITS) -> bool:
        """Tell whether the job of that pid is work; without a manner the shell is at its prompt."""
        job = Job(10, 0, pid, (pid,), "x")
        found = {job: manner} if manner is not None else {}
        return bool(self._endurance.at_work(found, now, self._limit))


def test_a_waiting_job_is_work_until_its_limit() -> None:
    played = Played()
    assert played.look(1000.0)
    assert played.look(1000.0 + 4 * HOUR - 1)
    assert not played.look(1000.0 + 4 * HOUR)


def test_typing_lets_it_be_work_for_longer() -> None:
    played = Played()
    assert played.look(0.0)
    typed = Manner(keys=False, serves=False, quiet=HOUR)
    assert played.look(9 * HOUR, manner=typed)
    assert not played.look(12 * HOUR, manner=WAITS)


def test_an_endless_loop_of_short_jobs_has_the_same_limit() -> None:
    played = Played()
    for turn in range(8):
        assert played.look(turn * HOUR / 2, pid=20 + turn)
    assert not played.look(4 * HOUR, pid=99)
    assert not played.look(4 * HOUR + 1, manner=None)
    assert played.look(4 * HOUR + 2, pid=100)


def test_what_waits_for_a_person_or_for_requests_is_none() -> None:
    played = Played()
    assert not played.look(0.0, manner=Manner(keys=True, serves=False, quiet=0.0))
    assert not played.look(1.0, manner=Manner(keys=False, serves=True, quiet=0.0))
    assert played.look(2.0)


def test_a_limit_of_none_has_no_end() -> None:
    played = Played(limit=None)
    assert played.look(0.0)
    assert played.look(1e6)


# --- what the file names ---


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("npm test", "npm test", True),
        ("npm test", "npm test --watch", False),
        ("npm test*", "npm test --watch", True),
        ("*train*", "python3 train.py", True),
        ("python*.py", "python3 train.py", True),
        ("a*a", "a", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("*", "", True),
        ("x" * 9 + "*" * 60 + "y", "x" * 4000, False),
    ],
)
def test_a_pattern_fits_the_whole_command(pattern: str, text: str, *, matches: bool) -> None:
    assert fits(pattern, text) is matches


def test_named_commands_are_found_wherever_they_run_for_a_day() -> None:
    train = run(30, 30, b"/usr/bin/python3\0/workspace/app/train.py\0--all", age=HOUR)
    test = run(31, 9, b"node\0/usr/bin/npm\0test", age=5.0)
    again = run(32, 9, b"npm test", age=9.0)
    other = run(33, 9, b"vim")
    found = named([train, test, again, other], ["train.py*", "npm test"])
    assert [one.pid for one in found] == [30, 32]
    assert named([run(34, 9, b"npm test", age=NAMED_LIMIT)], ["npm test"]) == []
    assert named([test], []) == []
