"""When this process is to end, and until when requests in work may take their time."""

import asyncio
import time


class Ending:
    """A wish may come again, with less patience."""

    def __init__(self) -> None:
        self._begun = asyncio.Event()
        self._deadline = float("inf")

    def wish(self, seconds: float) -> None:
        """End; what is in work has so many seconds, or what is left of an earlier wish."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)
        self._begun.set()

    async def begun(self) -> None:
        """Return when the end has been wished for."""
        await self._begun.wait()

    @property
    def left(self) -> float:
        """Seconds until everything has to be over."""
        return max(0.0, self._deadline - time.monotonic())
