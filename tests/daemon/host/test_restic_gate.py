"""The way to the store: what goes through, and how it is told that nothing does."""

import asyncio

from daemon.host.restic_gate import Gate, address_inside, names_inside
from tests.ports import free_port


async def started(host: str, port: int, patience: float):
    gate = Gate(host, port, patience)
    server = await asyncio.start_server(gate.lead, "127.0.0.1", 0)
    return gate, server, server.sockets[0].getsockname()[1]


async def test_bytes_go_both_ways_until_one_side_ends():
    async def answer(reader, writer):
        writer.write((await reader.readexactly(5)).upper())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as behind:
        gate, server, port = await started("127.0.0.1", behind.sockets[0].getsockname()[1], 60)
        async with server:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"hello")
            assert await reader.read() == b"HELLO"
            writer.close()
    gate.end("")
    assert await gate.ended == ""


async def test_a_store_that_is_away_is_told():
    nobody = free_port()
    gate, server, port = await started("127.0.0.1", nobody, 60)
    async with server:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await gate.ended == f"store: unreachable: 127.0.0.1:{nobody}: Connection refused"
        writer.close()


async def test_a_store_that_owes_an_answer_is_told_and_one_that_does_not_is_left():
    quiet = asyncio.Event()

    async def greet(_reader, writer):
        writer.write(b"x")
        await quiet.wait()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as behind:
        # long enough for who asks right behind the greeting
        gate, server, port = await started("127.0.0.1", behind.sockets[0].getsockname()[1], 1)
        watch = asyncio.get_running_loop().create_task(gate.watch())
        async with server:
            reader, idle = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b"x"  # and it was closed, being of no use
            assert not gate.ended.done()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read(1) == b"x"
            writer.write(b"well?")
            assert (await gate.ended).startswith("store: stalled: 127.0.0.1:")
            quiet.set()
            idle.close()
            writer.close()
        watch.cancel()


def test_names_and_addresses_of_a_store_inside():
    assert address_inside("objects.example.org") == "127.0.0.1"
    assert address_inside("10.1.2.3") == "10.1.2.3"
    assert names_inside("objects.example.org", "x") == ["objects.example.org"]
    assert "s3.dualstack.eu-west-1.amazonaws.com" in names_inside(
        "s3.eu-west-1.amazonaws.com", "eu-west-1"
    )
