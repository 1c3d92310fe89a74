from daemon.host import logs
from kit.tasks import Tasks
from tests.waiting import until


def test_a_log_belongs_to_root_and_the_folders_group(tmp_path):
    (tmp_path / "logs").mkdir()
    path = tmp_path / "logs" / "workspaces" / "w" / "1.log"
    path.parent.parent.parent.mkdir(exist_ok=True)
    logs.make(path)
    logs.make(path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_gid == (tmp_path / "logs").stat().st_gid


async def test_a_log_that_has_grown_too_long_is_emptied(tmp_path):
    for name, size in (("1.log", logs.MOST + 1), ("2.log", 10)):
        path = tmp_path / "w" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
    tasks = Tasks()
    tasks.spawn(logs.keep_short(tmp_path), "keep-short")
    await until(lambda: (tmp_path / "w" / "1.log").stat().st_size == 0)
    assert (tmp_path / "w" / "2.log").stat().st_size == 10
    await tasks.close()


def test_the_last_words_of_a_first_process_are_found_and_bounded(tmp_path):
    path = tmp_path / "1.log"
    assert logs.last_words(path) == ""
    path.write_text("x" * 100_000 + '\n{"event": "ended", "why": "too early"}\n' + "noise\n")
    assert logs.last_words(path) == "too early"
    for line in ('{"event": "ended"', '["ended"]', '{"event": "ended", "why": 3}'):
        with path.open("a") as file:
            file.write(f"{line}\n")
    assert logs.last_words(path) == "too early"
    path.write_text('{"event": "ended", "why": "\\u001b[31m' + "y" * 400 + '"}\n')
    assert logs.last_words(path) == "[31m" + "y" * 295
