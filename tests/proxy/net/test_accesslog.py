"""Access lines: gathered, whole, and free when they are off."""

import io
import json

from proxy.core.record import Record
from proxy.net.accesslog import MOST, AccessLog
from tests.waiting import until


def record(target: str = "/", **changes) -> Record:
    values = {
        "event": "request",
        "timestamp": 1.0,
        "process": "proxy",
        "request": "r1",
        "client": "127.0.0.1",
        "method": "GET",
        "host": "h",
        "target": target,
        "status": 200,
        "sent": 2,
        "seconds": 0.1,
    }
    return Record(**{**values, **changes})


async def test_lines_are_gathered_and_written_soon() -> None:
    stream = io.BytesIO()
    log = AccessLog(stream)
    log.write(record("/a"))
    log.write(record("/b"))
    assert stream.getvalue() == b"", "not one write each"
    await until(stream.getvalue)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["target"] for line in lines] == ["/a", "/b"]


async def test_many_lines_do_not_wait() -> None:
    stream = io.BytesIO()
    log = AccessLog(stream)
    log.write(record("/" + "x" * MOST))
    assert stream.getvalue().endswith(b"}\n")


async def test_flush_writes_what_waits_and_nothing_twice() -> None:
    stream = io.BytesIO()
    log = AccessLog(stream)
    log.write(record())
    log.flush()
    log.flush()
    assert stream.getvalue().count(b"\n") == 1


async def test_off_it_writes_nothing() -> None:
    stream = io.BytesIO()
    log = AccessLog(stream, enabled=False)
    log.write(record())
    log.flush()
    assert stream.getvalue() == b""


async def test_what_is_not_so_is_not_said() -> None:
    stream = io.BytesIO()
    log = AccessLog(stream)
    log.write(record())
    log.write(record(workspace="w", port=3000, ended="revoked"))
    log.flush()
    plain, more = (json.loads(line) for line in stream.getvalue().splitlines())
    assert "workspace" not in plain
    assert (more["workspace"], more["port"], more["ended"]) == ("w", 3000, "revoked")
