"""What is sent is numbered, so that a page sees a gap."""

from typing import Any

from app.workspaces.speaking import Speaker
from kit.clock import FakeClock


class Recording:
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send_data(self, data: str, mode: str) -> None:
        assert mode == "text"
        self.sent.append(data)


async def test_messages_are_numbered_and_a_beat_repeats_the_last_number() -> None:
    socket: Any = Recording()
    speaker = Speaker(socket, FakeClock(now=7.0))
    await speaker.say("<p>")
    await speaker.beat()
    await speaker.say(None)
    assert socket.sent == [
        "<!--podium 1 fragment 7.000--><p>",
        "<!--podium 1 beat 7.000-->",
        "<!--podium 2 resync 7.000-->",
    ]
