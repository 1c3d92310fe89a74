"""J and K: who may pass to a workspace's ports, and what is left of the cookies then."""

from collections.abc import Callable

import pytest

from proxy.core.headers import request_headers
from proxy.core.plans import Asker, Forward
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.world import (
    IDE_COOKIE,
    MOMENT,
    OPEN_PORT,
    PORT,
    PORT_COOKIE,
    SEED,
    SELF,
    WORKSPACE,
    head,
    ide_cookie,
    make_table,
    make_world,
    ports_cookie,
)
from wire.routes import Del


def status(host: str = PORT, cookie: str = "", *, gone: bool = False) -> int:
    """Return what the proxy answers; 200 stands for the application's own answer."""
    table = make_table()
    if gone:
        table.apply(Del(epoch="e", seq=8, workspace=WORKSPACE, version=9), MOMENT.monotonic)
    asked = head("/", host, headers={**SELF, **({"Cookie": cookie} if cookie else {})})
    plan = route(make_world(table=table), asked, Asker("192.0.2.7", SEED), 1, MOMENT)
    if isinstance(plan, Forward):
        return 200
    assert isinstance(plan, Reply)
    return plan.status


WRONG = f"{PORT_COOKIE}=wrong"
SESSION = "__Host-podium_session_abc123=eyJ0b2tlbiI6IHRydWV9"
MISC = "some-other-cookie=I like cookies; PHPSESSID[0]=x; a.b{c}=%zz"
"""Names and values that no standard allows, and that PHP makes."""


def left(*given: str) -> list[str]:
    """Return the cookies that user code gets."""
    asked = head("/", PORT, headers={"Cookie": "; ".join(given)} if given else {})
    headers = request_headers(asked, "http", "192.0.2.7", "1", user_code=True)
    return [value.decode() for name, value in headers if name == b"cookie"]


ROWS: dict[str, Callable[[], bool]] = {
    "J1": lambda: status(gone=True) == 401 and status(cookie=ports_cookie(), gone=True) == 404,
    "J3": lambda: status() == 401,
    "J5": lambda: status(cookie=f"{PORT_COOKIE}=%^? is invalid encoding ") == 401,
    "J7": lambda: (
        [status(OPEN_PORT, cookie) for cookie in ("", ports_cookie(), WRONG)] == [200, 200, 200]
    ),
    "J9": lambda: status(PORT) == 401,
    "J11": lambda: status(OPEN_PORT) == 200,
    "J13": lambda: status(f"not-a-valid-number-{WORKSPACE}.ws.localhost:8080") == 404,
    "K1": lambda: left() == [],
    "K2": lambda: left(SESSION, MISC) == [MISC],
    "K3": lambda: left(ports_cookie(), MISC) == [MISC],
    "K4": lambda: left(ide_cookie(), MISC) == [MISC] and left(f"{IDE_COOKIE}=") == [],
    "K5": lambda: left(MISC) == [MISC],
}


@pytest.mark.parametrize("row", ROWS)
def test_access(row: str) -> None:
    assert ROWS[row]()
