"""Whatever the two ends can do with each other works through the gateway, and waits for both."""

import asyncio
import os
from pathlib import Path

import asyncssh
import pytest

from tests.proxy.ssh.world import WORKSPACE, House
from tests.waiting import accepts, until


async def test_forwarding_goes_both_ways(house: House) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hi")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, house.connect() as client:
        there = await client.forward_local_port("127.0.0.1", 0, "127.0.0.1", port)
        back = await client.forward_remote_port("127.0.0.1", 0, "127.0.0.1", port)
        for listener in (there, back):
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.get_port())
            assert await reader.read() == b"hi"
            writer.close()
            await writer.wait_closed()
            listener.close()


async def test_many_channels_share_a_connection(house: House) -> None:
    async with house.connect() as client:
        done = await asyncio.gather(*(client.run(f"echo {n}; exit {n}") for n in range(20)))
        assert [(one.stdout, one.exit_status) for one in done] == [(f"{n}\n", n) for n in range(20)]


async def test_new_keys_are_agreed_on_in_the_middle(house: House) -> None:
    """Each end renews its own encryption when it likes; what waits meanwhile is not lost."""
    content = os.urandom(2_000_000)
    async with house.connect(rekey_bytes=100_000) as client:
        done = await client.run("cat", input=content, encoding=None)
        assert done.stdout == content


async def test_a_client_that_does_not_read_holds_up_the_program(house: House) -> None:
    mark = house.folder / "over"
    async with house.connect() as client:
        running = await client.create_process(
            f"head -c 20000000 /dev/zero; touch {mark}", encoding=None, window=65536
        )
        assert await running.stdout.read(1) == b"\0"
        assert not mark.exists()
        got = 1
        while data := await running.stdout.read(1 << 20):
            got += len(data)
        assert got == 20_000_000


async def ssh(house: House, *words: str, said: bytes = b"") -> tuple[int | None, bytes, bytes]:
    """Run OpenSSH's client with alice's key, an agent at hand if there is one."""
    key = house.folder / "id"
    if not key.exists():
        key.write_bytes(house.key.export_private_key())
        key.chmod(0o600)
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={key}.hosts"]
    process = await asyncio.create_subprocess_exec(
        "ssh",
        *("-F", "none", "-i", str(key), "-p", str(house.port)),
        *(part for one in options for part in ("-o", one)),
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(said)
    return process.returncode, out, err


async def test_openssh_itself_comes_in(house: House) -> None:
    code, out, err = await ssh(house, f"{WORKSPACE}@127.0.0.1", "cat; exit 3", said=b"in")
    assert (code, out) == (3, b"in"), err


@pytest.mark.parametrize("protocol", ["-s", "-O"])
async def test_scp_copies_and_says_so(house: House, tmp_path: Path, protocol: str) -> None:
    await ssh(house, f"{WORKSPACE}@127.0.0.1", "true")  # writes the key
    key, content = house.folder / "id", os.urandom(3_000_000)
    (tmp_path / "sent").write_bytes(content)
    options = ["BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={key}.hosts"]
    words = ["-q", protocol, "-F", "none", "-i", str(key), "-P", str(house.port)]
    words += [part for one in options for part in ("-o", one)]
    place = f"{WORKSPACE}@127.0.0.1:kept"
    for way in ([str(tmp_path / "sent"), place], [place, str(tmp_path / "back")]):
        process = await asyncio.create_subprocess_exec("scp", *words, *way)
        assert await process.wait() == 0
    assert (tmp_path / "back").read_bytes() == content


async def test_an_agent_is_reached_from_inside(house: House, tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    agent = await asyncio.create_subprocess_exec("ssh-agent", "-D", "-a", str(path))
    await until(lambda: accepts(path))
    try:
        async with asyncssh.connect_agent(str(path)) as held:
            await held.add_keys([house.key])
        async with house.connect(agent_forwarding=True, agent_path=str(path)) as client:
            done = await client.run("ssh-add -L")
        assert str(done.stdout).split()[:2] == house.key.export_public_key().decode().split()[:2]
    finally:
        agent.terminate()
        await agent.wait()
