"""What a worker says of itself: the truth, and no secret."""

import json
import time
from pathlib import Path

import pytest

from proxy.core.samples import OF_NAME
from proxy.core.table import STALE_AFTER
from tests.proxy.net.asked import asked
from tests.proxy.net.whole import DASHBOARD, INSTANCE, Whole, echoed
from tests.proxy.world import IDE, OPEN_PORT, OTHER, PROOF_KEY, PUBLIC, WORKSPACE, make_route
from tests.waiting import until
from wire.routes import AddressTarget, Put


async def readiness(whole: Whole) -> tuple[int, dict]:
    status, text = await asked(whole.layout.admin_socket, "/readyz")
    return status, json.loads(text)


async def test_a_proxy_that_hears_the_feed_is_ready(whole: Whole) -> None:
    status, told = await readiness(whole)
    assert (status, told["ready"]) == (200, True)
    assert set(told["checks"]) == {"table", "listeners", "draining"}
    assert told["checks"]["table"]["cause"].startswith("1 routes, heard 0 s ago")


async def test_without_a_server_the_table_on_disk_makes_it_ready(
    whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until((Path(whole.layout.proxy_home) / "routes.jsonl").exists)
    await whole.internal.stop()
    await whole.stop_proxy()
    await whole.start_proxy()
    status, told = await readiness(whole)
    assert status == 200
    assert told["checks"]["table"]["cause"].endswith("; the server is away")
    clock = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + STALE_AFTER)
    status, told = await readiness(whole)
    assert status == 200, "grants go on"
    assert told["checks"]["table"]["cause"].endswith("no port is public any more")


async def test_a_proxy_that_never_heard_a_route_is_not_ready(whole: Whole) -> None:
    await whole.internal.stop()
    await whole.stop_proxy()
    for one in Path(whole.layout.proxy_home).iterdir():
        one.unlink()
    await whole.start_proxy()
    status, told = await readiness(whole)
    assert (status, told["ready"]) == (503, False)
    assert "never" in told["checks"]["table"]["cause"]
    assert told["checks"]["listeners"]["ok"]
    await whole.internal.start()

    async def ready() -> bool:
        return (await readiness(whole))[0] == 200

    await until(ready)


async def test_the_table_shows_where_routes_lead_and_no_key(whole: Whole) -> None:
    there = make_route(OTHER, target=AddressTarget(host="192.0.2.1"))
    await whole.internal.tell(Put(epoch="e1", seq=2, route=there))

    async def rows(query: str = "") -> list[dict]:
        status, text = await asked(whole.layout.admin_socket, f"/table{query}")
        assert status == 200
        assert PROOF_KEY not in text
        assert PUBLIC not in text
        return [json.loads(line) for line in text.splitlines()]

    async def both() -> bool:
        return len(await rows()) == 2

    await until(both)
    (one,) = await rows(f"?workspace={WORKSPACE[:5]}")
    assert one == {
        "workspace": WORKSPACE,
        "instance": INSTANCE,
        "phase": "running",
        "version": 5,
        "target": f"instance {INSTANCE}",
        "owner": "ada",
        "ports": {"4000": {"visibility": "public", "protocol": "http"}},
        "shares": 0,
        "auth_epoch": 2,
    }
    assert (await rows(f"?workspace={OTHER}"))[0]["target"] == "address 192.0.2.1"
    assert await rows("?workspace=nobody") == []


async def test_the_state_tells_of_breakers_and_connections(whole: Whole) -> None:
    async with whole.get("/", DASHBOARD) as answer:
        await answer.read()
    async with whole.socket(IDE, whole.ide()) as live:
        assert await echoed(live, "hello")
        status, text = await asked(whole.layout.admin_socket, "/state")
        (worker,) = json.loads(text)["workers"]
        assert status == 200
        assert worker["upgrades"] == {"ide": 1}
        assert worker["connections"] == {"browser": 2, "workspace": 0, "handshake": 0}
        assert worker["kept"]["server"] == 1
        assert worker["services"]["server"]["state"] == "closed"
        assert worker["feed"]["connected"]
        assert (worker["feed"]["place"], worker["feed"]["routes"]) == ("e1:1", 1)

    async def parted() -> bool:
        _status, text = await asked(whole.layout.admin_socket, "/state")
        return json.loads(text)["workers"][0]["upgrades"] == {}

    await until(parted)


async def test_every_sample_is_in_the_catalogue(whole: Whole) -> None:
    async with whole.get("/", OPEN_PORT) as answer:
        await answer.read()
    _status, text = await asked(whole.layout.admin_socket, "/samples")
    samples = json.loads(text)
    assert {name for name, _labels, _value in samples} <= set(OF_NAME)
    for name, labels, _value in samples:
        extra = OF_NAME[name].kind == "histogram"
        assert len(labels) == len(OF_NAME[name].labels) + extra, name
