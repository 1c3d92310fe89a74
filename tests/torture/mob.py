"""Many hostile clients at once, from a few loopback addresses that nobody else has."""

import asyncio
from contextlib import suppress

ADDRESSES = tuple(f"127.0.0.{last}" for last in range(66, 70))


class Mob:
    """Clients that say something and read nothing, in waves; a wave does not wait for its end."""

    def __init__(self, port: int, says: bytes) -> None:
        self._port, self._says = port, says
        self._open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.come = 0
        """How many there have been."""

    async def wave(self, many: int, addresses: tuple[str, ...] = ADDRESSES) -> None:
        """Come so often, from these addresses in turn."""
        for number in range(many):
            made = await asyncio.open_connection(
                "127.0.0.1",
                self._port,
                local_addr=(addresses[number % len(addresses)], 0),
                limit=4096,
            )
            self._open.append(made)
            self.come += 1
            made[1].write(self._says)

    def drip(self) -> None:
        """Say one more byte each: the slow-loris."""
        for _, writer in self._open:
            if not writer.transport.is_closing():
                writer.write(b"x")

    async def leave(self) -> None:
        """End all of them."""
        for _, writer in self._open:
            writer.transport.abort()
        for _, writer in self._open:
            with suppress(OSError):
                await writer.wait_closed()
        self._open.clear()
