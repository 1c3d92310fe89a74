"""The log's way to the server: in order, from where the server is, whole after any break."""

import asyncio

import msgspec

from supervisor.host.asking import Asking, NotGiven
from wire.imagebuild import LOG_PATH, MOST_LOG, PIECE, LogKept, LogPiece

PERIOD = 0.25
"""Seconds in which output is gathered."""
_PAUSE = 1.0
_SHORTEST = 4
"""Bytes; a shorter text is in every log."""
_CUT = b"\r\n\x1b[2mThe rest of the log is not kept.\x1b[0m\r\n"
OVER = frozenset({401, 403, 404})
"""The server says that this build is over."""


class Telling:
    """Keeps what was said until the server has it."""

    def __init__(self, asking: Asking, *secrets: bytes) -> None:
        """`secrets` are never told, whoever says them; nor is any long line of them."""
        self._asking = asking
        lines = (line for one in secrets for line in one.replace(b"\r", b"").split(b"\n"))
        self._secrets = sorted({one for one in lines if len(one) >= _SHORTEST}, key=len)[::-1]
        self._text = bytearray()
        self._held = b""
        self._kept = 0
        self._news = asyncio.Event()

    def say(self, line: str) -> None:
        """Tell a line of the builder's own."""
        self.take(f"\x1b[2m{line}\x1b[0m\r\n".encode())

    def take(self, data: bytes) -> None:
        """Tell a part of the output."""
        if len(self._text) >= MOST_LOG:
            return
        data = self._held + data
        for secret in self._secrets:
            data = data.replace(secret, b"[secret]")
        # a secret's beginning may be at the end of this part
        keep = max((_begun(data, secret) for secret in self._secrets), default=0)
        self._held = data[len(data) - keep :]
        self._text += data[: len(data) - keep]
        if len(self._text) >= MOST_LOG:
            del self._text[MOST_LOG - len(_CUT) :]
            self._text += _CUT
        self._news.set()

    async def run(self) -> None:
        """Tell until cancelled, or until the server does not want to know."""
        while True:
            await self._news.wait()
            await asyncio.sleep(PERIOD)
            self._news.clear()
            if not await self.flush():
                return

    def end(self) -> None:
        """Hold nothing back any more: nothing can follow."""
        self._text += self._held
        self._held = b""

    async def flush(self) -> bool:
        """Tell everything that was said; False when the server says that the build is over."""
        while self._kept < len(self._text):
            piece = bytes(self._text[self._kept : self._kept + PIECE])
            try:
                answer = await self._asking.ask(LOG_PATH, LogPiece(offset=self._kept, data=piece))
                self._kept = msgspec.json.decode(answer, type=LogKept).length
            except NotGiven as refused:
                if refused.status in OVER:
                    return False
                await asyncio.sleep(_PAUSE)
        return True


def _begun(data: bytes, secret: bytes) -> int:
    """Return how many bytes at the end of the data are a secret's first ones."""
    return next((n for n in range(len(secret) - 1, 0, -1) if data.endswith(secret[:n])), 0)
