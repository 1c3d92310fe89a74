"""`python -m blobserve --store DIR`, as a real process on a port."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from blobserve.alone import understood
from kit.oci.layout import Layout
from tests.blobserve.serving import CHECKOUT
from tests.blobserve.store.layered import add_packed
from tests.kit.oci.registryhost import registry_host


async def test_it_serves_a_store_and_what_it_pulls_into_it(tmp_path: Path) -> None:
    layout, source = Layout(tmp_path / "images"), Layout(tmp_path / "source")
    layout.tag("reg.io/a:1", add_packed(layout, {"x/index.html": b"<p>"}))
    command = [sys.executable, "-m", "blobserve", "--store", str(layout.folder)]
    command += ["--listen", "127.0.0.1:0", "--pull", "--networks", "127.0.0.0/8"]
    command += ["--metrics", "127.0.0.1:0"]
    process = subprocess.Popen(  # noqa: ASYNC220 - its first line is all that is waited for
        command,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        measured = said
        while measured["event"] != "metrics":
            measured = json.loads(process.stdout.readline())
        root = f"http://127.0.0.1:{said['port']}/blobserve"
        async with registry_host() as host, aiohttp.ClientSession() as session:
            host.add(source, add_packed(source, {"b": b"pulled"}, packing="zstd"))
            async with session.get(f"{root}/reg.io/a:1/__files__/x/index.html") as reply:
                assert (reply.status, await reply.text()) == (200, "<p>")
            async with session.get(f"{root}/{host.host}/a/b:1/__files__/b") as reply:
                assert (reply.status, await reply.text()) == (200, "pulled")
            async with session.get(f"{root}/reg.io/a:1/__files__/y") as reply:
                assert reply.status == 404
            async with session.get(f"http://127.0.0.1:{measured['port']}/metrics") as reply:
                assert 'requests_total{kind="file",status="2xx"} 2.0' in await reply.text()
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "--store"),
        (["--store", "x", "--listen", "nowhere"], "no address"),
        (["--store", "x", "--metrics", "nowhere"], "no address"),
        (["--store", "x", "--networks", "10.0.0.1/8"], "host bits"),
        (["--store", "x", "--catalogue", "/nowhere.toml"], "nowhere"),
    ],
)
def test_words_that_make_no_sense(
    capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        understood(words)
    assert ended.value.code == 2
    assert why in capsys.readouterr().err
