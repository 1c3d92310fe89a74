"""The proxy's life: it serves from its file, hands its port back, and says when it cannot."""

import io
import socket
from dataclasses import replace

import pytest

from proxy.net.ending import Ending
from proxy.net.runner import serve
from tests.proxy.net.whole import DASHBOARD, SELF_FETCH, Whole
from tests.proxy.world import IDE, PORT
from tests.waiting import until


async def test_it_serves_alone_from_its_last_table(whole: Whole) -> None:
    await until((whole.folder / "home/proxy/routes.jsonl").exists)
    await whole.stop_proxy()
    await whole.internal.stop()
    await whole.start_proxy()
    async with whole.get("/", PORT, {**SELF_FETCH, **whole.ports()}) as answer:
        assert answer.status == 200


async def test_its_port_is_free_again(whole: Whole) -> None:
    await whole.stop_proxy()
    with socket.create_server(("127.0.0.1", whole.port)):
        pass


async def test_a_taken_port_is_an_error(whole: Whole) -> None:
    settings = replace(whole.settings, port=whole.port)
    with pytest.raises(OSError, match="in use"):
        await serve(settings, Ending(), io.BytesIO())


async def test_without_a_table_nothing_is_let_in(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.net.runner.CATCH_UP", 0.05)
    await whole.stop_proxy()
    await whole.internal.stop()
    for one in whole.folder.glob("home/proxy/*"):
        one.unlink()
    await whole.start_proxy()
    async with whole.get("/", IDE, {**SELF_FETCH, **whole.ide()}) as answer:
        assert answer.status in {401, 404, 503}
        assert "x-podium-proof" not in await answer.text()


async def test_access_lines_follow_the_log_level(whole: Whole) -> None:
    await whole.stop_proxy()
    whole.settings = replace(whole.settings, log_level="warning")
    await whole.start_proxy()
    whole.lines.seek(0)
    whole.lines.truncate()
    async with whole.get("/", DASHBOARD) as answer:
        assert answer.status == 200
    await whole.stop_proxy()
    assert whole.lines.getvalue() == b""
