"""Terminals over REST: listed, opened, renamed, read, searched, closed."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from supervisor.api.terminals import endpoints
from supervisor.core.opening import Opening
from supervisor.core.search import Wanted
from supervisor.host import terminals as module
from supervisor.host.finder import Found, find
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper
from supervisor.host.terminal import Terminal
from supervisor.host.terminals import Terminals
from tests.supervisor.api.serving import Served, serving
from tests.waiting import until

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PS1": "$ "}


class Holder:
    """Terminals that open in a folder; none before `ready`."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.reaper = Reaper()
        self.reaper.install()
        self.account = account
        self.folder = str(folder)
        self.ready = True
        self.all = Terminals(self.reaper, account, lambda: None, kept=self.folder)

    def find(self, name: str) -> Terminal | None:
        return self.all.get(name)

    def create(self, asked: Opening) -> Terminal | None:
        return self.all.create(asked, self.folder, ENVIRONMENT) if self.ready else None

    async def search(self, terminal: Terminal, wanted: Wanted) -> Found:
        return await find(terminal.history, wanted, self.reaper, self.account)


@pytest.fixture
async def holder(account: Account, tmp_path: Path) -> AsyncIterator[Holder]:
    made = Holder(account, tmp_path)
    yield made
    for one in made.all.alive:
        one.running.signal_group(signal.SIGKILL)
    await until(lambda: not made.all.alive)


@pytest.fixture
async def served(holder: Holder, account: Account) -> AsyncIterator[Served]:
    async with serving(endpoints(holder), account) as made:
        yield made


async def opened(served: Served, script: str, **more: object) -> str:
    status, told = await served.ask(
        "POST", "/v1/terminals", json={"command": ["/bin/sh", "-c", script], **more}
    )
    assert status == 201
    return told["id"]


async def test_one_is_opened_listed_renamed_and_closed(served, holder, tmp_path):
    name = await opened(
        served,
        'echo "$ONE $(stty size)"; sleep 600',
        env={"ONE": "1"},
        cols=100,
        rows=30,
        title="Try",
        annotations={"kind": "x"},
    )
    terminal = holder.all.get(name)
    await until(lambda: b"1 30 100\r\n" in terminal.history.since(0)[1])
    _, told = await served.ask("GET", "/v1/terminals")
    (one,) = told["terminals"]
    assert (one["id"], one["alias"], one["cwd"]) == (name, name, str(tmp_path))
    assert (one["cols"], one["rows"], one["annotations"]) == (100, 30, {"kind": "x"})
    assert one["title"].startswith("Try: s")
    path = f"/v1/terminals/{name}"
    status, told = await served.ask("PUT", path, json={"title": "Other"})
    assert (status, told["given_title"]) == (200, "Other")
    assert (await served.inside("GET", path))[1]["given_title"] == "Other"
    assert await served.ask("DELETE", path) == (204, None)
    await until(lambda: holder.all.get(name) is None)
    assert (await served.ask("GET", "/v1/terminals"))[1] == {"terminals": []}


async def test_nothing_has_to_be_said_of_a_new_one(served, holder):
    status, told = await served.inside("POST", "/v1/terminals")
    assert (status, told["command"]) == (201, ["/bin/sh", "-l"])
    assert (told["alive"], told["exit_code"], told["signal"]) == (True, None, None)


async def test_how_one_ended_is_told_until_it_is_closed(served, holder):
    name = await opened(served, "exit 3")
    await until(holder.all.get(name).ended.is_set)
    _, told = await served.ask("GET", f"/v1/terminals/{name}")
    assert (told["alive"], told["exit_code"], told["signal"]) == (False, 3, None)
    assert await served.ask("DELETE", f"/v1/terminals/{name}") == (204, None)
    assert (await served.ask("GET", f"/v1/terminals/{name}"))[0] == 404


async def read(served: Served, path: str) -> tuple[bytes, str, str]:
    async with served.session() as session, session.get(f"http://localhost{path}") as answer:
        assert answer.content_type == "application/octet-stream"
        fields = answer.headers
        return await answer.read(), fields["x-podium-offset"], fields["x-podium-end"]


async def test_output_is_read_as_it_was_written(served, holder):
    name = await opened(served, "stty raw; printf '\\033[1mone\\r\\n'; head -c 3000000 /dev/zero")
    await until(holder.all.get(name).ended.is_set)
    path, end = f"/v1/terminals/{name}/output", "3000009"
    assert await read(served, f"{path}?limit=9") == (b"\x1b[1mone\r\n", "0", end)
    assert await read(served, f"{path}?from=4&limit=3") == (b"one", "4", end)
    assert await read(served, f"{path}?from=-2") == (b"\0\0", "3000007", end)
    assert await read(served, f"{path}?from=3000009") == (b"", end, end)
    data, _, _ = await read(served, path)
    assert len(data) == 2**20


async def test_output_is_searched(served, holder):
    name = await opened(served, "seq 1000 1200; printf '\\033[31mred\\033[0m 1199'")
    await until(holder.all.get(name).ended.is_set)
    path = f"/v1/terminals/{name}/search"
    status, told = await served.ask("GET", f"{path}?q=1199")
    assert (status, told["complete"], told["before"]) == (200, True, None)
    assert [one["line"] for one in told["matches"]] == ["red 1199", "1199"]
    told = (await served.ask("GET", f"{path}?q=11.0&regex=1&limit=2"))[1]
    assert [one["line"] for one in told["matches"]] == ["1190", "1180"]
    more = (await served.ask("GET", f"{path}?q=11.0&regex=1&limit=2&before={told['before']}"))[1]
    assert [one["line"] for one in more["matches"]] == ["1170", "1160"]
    assert (await served.ask("GET", f"{path}?q=RED&case=1"))[1]["matches"] == []


@pytest.mark.parametrize(
    "query", ["search", "search?q=", f"search?q={'x' * 1001}", "search?q=(&regex=1"]
)
async def test_a_search_that_cannot_be_is_refused(served, holder, query):
    name = await opened(served, "sleep 600")
    status, told = await served.ask("GET", f"/v1/terminals/{name}/{query}")
    assert (status, told["code"]) == (400, "query_invalid")
    assert told["detail"]


async def test_a_number_that_is_none_is_refused(served, holder):
    name = await opened(served, "sleep 600")
    status, told = await served.ask("GET", f"/v1/terminals/{name}/output?from=x")
    assert (status, told["code"]) == (400, "query_invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/output"), ("GET", "/search?q=x")],
)
async def test_an_unknown_one_is_not_found(served, method, path):
    given = {"json": {"title": "x"}} if method == "PUT" else {}
    answer = await served.ask(method, f"/v1/terminals/none{path}", **given)
    assert answer == (404, {"code": "terminal_unknown"})


async def test_what_cannot_be_opened_is_told(served, holder):
    answer = await served.ask("POST", "/v1/terminals", json={"command": ["/no/such"]})
    assert (answer[0], answer[1]["code"]) == (422, "terminal_not_opened")
    answer = await served.ask("POST", "/v1/terminals", json={"commands": []})
    assert (answer[0], answer[1]["code"]) == (400, "body_invalid")
    holder.ready = False
    answer = await served.ask("POST", "/v1/terminals", json={})
    assert answer == (503, {"code": "not_ready"})


async def test_there_is_a_bound(served, holder):
    async with asyncio.TaskGroup() as group:
        for _ in range(module.MOST):
            group.create_task(opened(served, "sleep 600"), name="one more")
    status, told = await served.ask("POST", "/v1/terminals")
    assert (status, told["code"]) == (429, "terminals_too_many")
    assert str(module.MOST) in json.dumps(told)
