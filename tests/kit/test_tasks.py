import asyncio
from threading import Event

import structlog

from kit.tasks import Tasks, to_its_end


async def test_a_task_has_its_name_and_is_held_until_it_ends() -> None:
    tasks = Tasks()

    async def answer() -> int:
        return 42

    task = tasks.spawn(answer(), "answering")
    assert task.get_name() == "answering"
    assert await task == 42
    await tasks.close()


async def test_a_failure_is_told_with_the_name() -> None:
    tasks = Tasks()

    async def fail() -> None:
        raise ValueError("no")

    with structlog.testing.capture_logs() as lines:
        task = tasks.spawn(fail(), "failing")
        await asyncio.wait([task])
        await tasks.close()
    assert [(one["event"], one["task"]) for one in lines] == [("task_failed", "failing")]
    assert isinstance(lines[0]["exc_info"], ValueError)


async def test_close_waits_until_the_last_one_has_cleaned_up() -> None:
    tasks, ended, began = Tasks(), [], asyncio.Event()

    async def hold() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.wait_for(began.wait(), 1)
            ended.append("cleaned")

    task = tasks.spawn(hold(), "holding")
    await began.wait()
    with structlog.testing.capture_logs() as lines:
        await tasks.close()
    assert ended == ["cleaned"]
    assert task.cancelled()
    assert lines == []


async def test_who_is_cancelled_waits_for_the_end_of_a_thread() -> None:
    begun, go, ended = Event(), Event(), Event()

    def work() -> None:
        begun.set()
        go.wait()
        ended.set()
        raise OSError("nobody reads this any more")

    tasks = Tasks()
    task = tasks.spawn(to_its_end(work), "working")
    await asyncio.to_thread(begun.wait)
    task.cancel()
    await asyncio.to_thread(int)
    assert not task.done()
    go.set()
    await asyncio.wait([task])
    assert task.cancelled()
    assert ended.is_set()
    await tasks.close()


async def test_what_a_thread_returns_is_returned() -> None:
    assert await to_its_end(sorted, [2, 1], reverse=True) == [2, 1]
