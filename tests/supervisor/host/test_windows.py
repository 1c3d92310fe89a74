"""What programs ask of VS Code's windows: the last used one does it, and a reload loses nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kit.tasks import Tasks
from supervisor.host import windows as module
from supervisor.host.windows import NotShownError, NoWindowError, Windows
from tests.waiting import until


class Listening:
    """A window, and what it has been asked for."""

    def __init__(self, windows: Windows, name: str) -> None:
        self.heard: list[dict] = []
        self._events = windows.events(name)
        self._windows = windows
        self.task: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        try:
            async for document in self._events:
                self.heard.append(document)
        finally:
            await self._events.aclose()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks()
    yield made
    await made.close()


async def opened(windows: Windows, tasks: Tasks, name: str) -> Listening:
    window, before = Listening(windows, name), len(windows)
    window.task = tasks.spawn(window.listen(), name)
    await until(lambda: len(windows) > before)
    return window


async def closed(window: Listening) -> None:
    assert window.task is not None
    window.task.cancel()
    await asyncio.gather(window.task, return_exceptions=True)


async def test_a_file_is_opened_by_the_window_that_was_used_last(tasks: Tasks) -> None:
    windows = Windows()
    first = await opened(windows, tasks, "a")
    second = await opened(windows, tasks, "b")
    windows.used("a")
    asking = tasks.spawn(windows.open(["/workspace/x"], wait=False), "open")
    await until(lambda: first.heard)
    assert first.heard == [{"number": 1, "paths": ["/workspace/x"], "wait": False}]
    assert not second.heard
    windows.done(1)
    await asking


async def test_without_a_window_it_is_said_at_once() -> None:
    with pytest.raises(NoWindowError):
        await Windows().open(["/workspace/x"], wait=True)


async def test_who_waits_waits_on_through_a_reload(tasks: Tasks) -> None:
    windows = Windows()
    first = await opened(windows, tasks, "a")
    asking = tasks.spawn(windows.open(["/workspace/x"], wait=True), "open")
    await until(lambda: first.heard)
    await closed(first)
    assert len(windows) == 0
    second = await opened(windows, tasks, "b")
    await until(lambda: second.heard)
    assert second.heard == first.heard
    assert not asking.done()
    windows.done(1)
    await asking


async def test_another_window_takes_over_what_one_leaves(tasks: Tasks) -> None:
    windows = Windows()
    first = await opened(windows, tasks, "a")
    second = await opened(windows, tasks, "b")
    asking = tasks.spawn(windows.preview("http://x/", external=True), "preview")
    await until(lambda: second.heard)
    await closed(second)
    await until(lambda: first.heard)
    assert first.heard == [{"number": 1, "preview": "http://x/", "external": True}]
    windows.done(1)
    await asking


async def test_a_window_that_cannot_says_why(tasks: Tasks) -> None:
    windows = Windows()
    window = await opened(windows, tasks, "a")
    asking = tasks.spawn(windows.open(["/workspace/x"], wait=False), "open")
    await until(lambda: window.heard)
    windows.done(1, "it is a picture")
    with pytest.raises(NotShownError, match="it is a picture"):
        await asking
    windows.done(1)  # late, and of nobody


async def test_a_window_that_says_nothing_is_none(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ANSWER", 0.01)
    windows = Windows()
    await opened(windows, tasks, "a")
    with pytest.raises(NoWindowError):
        await windows.preview("http://x/", external=False)


async def test_who_has_gone_is_forgotten(tasks: Tasks) -> None:
    windows = Windows()
    window = await opened(windows, tasks, "a")
    asking = tasks.spawn(windows.open(["/workspace/x"], wait=True), "open")
    await until(lambda: window.heard)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await closed(window)
    again = await opened(windows, tasks, "b")
    assert again.heard == []
