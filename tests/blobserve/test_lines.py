import io
import json

from blobserve.lines import Lines, log_of, served
from tests.waiting import until


async def test_lines_are_gathered_and_are_what_structlog_would_write() -> None:
    out = io.BytesIO()
    lines = Lines(out)
    line = served("GET", '/blobserve/a:1/__files__/"x".js', 200, "br", 7)
    lines.write(line)
    lines.write(line)
    assert not out.getvalue()
    await until(out.getvalue)
    first, second = (json.loads(one) for one in out.getvalue().splitlines())
    assert first["event"] == "served"
    assert (first["status"], first["bytes"], first["encoding"]) == (200, 7, "br")
    assert first["path"].endswith('"x".js')
    assert len(first["timestamp"]) == len("2026-11-26T12:00:00.000000Z")
    assert second["timestamp"] >= first["timestamp"]


async def test_many_are_written_before_it_is_felt() -> None:
    out = io.BytesIO()
    lines = Lines(out)
    for _ in range(200):
        lines.write(served("GET", "/", 200, "", 0))
    assert out.getvalue()
    lines.flush()
    assert len(out.getvalue().splitlines()) == 200


async def test_a_process_that_tells_less_writes_none() -> None:
    log_of("warning").write(served("GET", "/", 200, "", 0))
