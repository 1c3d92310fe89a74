"""What a task's shell runs, tried with a real bash."""

import subprocess
from pathlib import Path

import pytest

from supervisor.core.config import Task
from supervisor.core.tasks import FRESH, Past, banner, body, files, outcome, places


def run(task: Task, folder: Path, *, typed: str = "", headless: bool = False) -> str:
    """Run the task as its terminal does; returns what it said."""
    where = places(1, task, str(folder), str(folder))
    log = Path(where.log).exists() and not Path(where.seen).exists()
    past = Past(Path(where.initialised).exists(), Path(where.created).exists(), log)
    for path, text in files(task, where, past, headless=headless).items():
        Path(path).write_text(text)
    Path(where.ended).unlink(missing_ok=True)
    done = subprocess.run(
        ["bash", "--init-file", where.first, "-i"],
        input=typed,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PS1": ""},
        cwd=folder,
        check=False,
    )
    return done.stdout


def ended(folder: Path) -> str:
    return (folder / "1.ended").read_text().strip()


def test_the_order_is_before_init_command(tmp_path):
    task = Task(name="a", before="echo -n 1", init="echo -n 2", command="echo -n 3")
    assert run(task, tmp_path).replace("\033[2m", "").count("before: echo -n 1") == 1
    assert ended(tmp_path) == "0"
    said = [one for one in run(task, tmp_path).splitlines() if one[:1].isdigit()]
    assert "".join(one[0] for one in said) == "13", "a second start leaves out init"


def test_an_init_that_failed_runs_again(tmp_path):
    task = Task(name="a", init="echo tried; false", command="echo never")
    for _ in range(2):
        said = run(task, tmp_path)
        assert "\ntried\n" in said
        assert "\nnever\n" not in said
        assert ended(tmp_path) == "1"


def test_a_changed_init_runs_anew(tmp_path):
    run(Task(name="a", init="echo one"), tmp_path)
    assert "\ntwo\n" in run(Task(name="a", init="echo two"), tmp_path)


def test_what_it_exports_and_where_it_goes_stays_for_the_person(tmp_path):
    (tmp_path / "deep").mkdir()
    task = Task(name="a", before="export A=kept\ncd deep")
    said = run(task, tmp_path, typed="echo $A in ${PWD##*/}\n")
    assert "kept in deep" in said


def test_the_exit_code_is_told(tmp_path):
    run(Task(name="a", command="(exit 7)"), tmp_path)
    assert ended(tmp_path) == "7"


def test_comments_and_here_documents_are_commands_too(tmp_path):
    task = Task(name="a", before="# nothing to do", command="cat <<X\nin it\nX")
    assert "\nin it\n" in run(task, tmp_path)
    assert ended(tmp_path) == "0"


def test_a_syntax_error_is_an_end(tmp_path):
    run(Task(name="a", command="if then"), tmp_path)
    assert ended(tmp_path) != "0"


def test_the_persons_own_prompt_command_comes_back(tmp_path):
    (tmp_path / ".profile").write_text("PROMPT_COMMAND='echo mine'\n")
    said = run(Task(name="a", command="echo task"), tmp_path, typed="true\n")
    assert said.index("\ntask\n") < said.index("mine")


@pytest.mark.parametrize("task", [Task(name="a"), Task(name="a", command="  \n")])
def test_a_task_without_commands_is_a_shell(task, tmp_path):
    where = places(1, task, "/t", "/k")
    assert body(task, where, FRESH) == ":\n"
    assert "hello" in run(task, tmp_path, typed="echo hello\n")


def test_paths_with_spaces_are_paths(tmp_path):
    folder = tmp_path / "a folder's"
    folder.mkdir()
    assert "\nin it\n" in run(Task(name="a", init="echo in it"), folder)
    assert ended(folder) == "0"


WHOLE = Task(name="a", before="echo 1", init="echo 2", create="echo 3", command="echo 4")


def numbers(said: str) -> str:
    return "".join(one for one in said.splitlines() if one.isdigit())


def test_the_order_by_kind_of_start(tmp_path):
    assert numbers(run(WHOLE, tmp_path, headless=True)) == "12", "a prebuild"
    (tmp_path / "prebuild-log-1").write_text("90\n")
    assert numbers(run(WHOLE, tmp_path)) == "19034", "the first start after it, with its log"
    assert numbers(run(WHOLE, tmp_path)) == "14", "a restart"
    other = tmp_path / "other"
    other.mkdir()
    assert numbers(run(WHOLE, other)) == "1234", "a start without a prebuild"


def test_a_prebuild_ends_its_shell_with_its_code(tmp_path):
    said = run(Task(name="a", init="(exit 3)"), tmp_path, headless=True, typed="echo typed\n")
    assert (ended(tmp_path), "typed" in said) == ("3", False)
    assert run(Task(name="a", command="echo never"), tmp_path, headless=True) == ""
    assert ended(tmp_path) == "0"


def test_commands_that_say_what_they_are_are_not_announced(tmp_path):
    assert run(Task(name="a", command="echo it", announced=True), tmp_path) == "it\n"


def test_a_run_without_anybody_fails_with_any_of_its_tasks():
    assert outcome([]) == outcome([("a", 0)]) == (0, "")
    assert outcome([("a", 0), ("b", 4)]) == (1, "headless task failed: b ended with 4")


def test_the_minutes_that_a_prebuild_saves_are_at_least_one():
    assert "saved you 1 min" in banner(2.0)
    assert "saved you 12 min" in banner(740.0)
