"""Words between servers: each to whoever listens for its kind, and what is garbled to nobody."""

from msgspec import Struct

from app.leading.relay import Relay, word


class Thing(Struct):
    name: str


class Channel:
    def __init__(self) -> None:
        self.said: list[bytes] = []

    def say(self, message: bytes) -> None:
        self.said.append(message)


def test_a_word_is_one_line_and_reaches_whoever_listens() -> None:
    here, there, heard = Relay(), Relay(), list[Thing]()
    here.channel = channel = Channel()
    there.on("thing", Thing, heard.append)
    here.say("thing", Thing("two\nlines"))
    [line] = channel.said
    assert b"\n" not in line
    there.hear(line)
    assert heard == [Thing("two\nlines")]


def test_a_word_without_a_body() -> None:
    relay, heard = Relay(), list[None]()
    relay.on("wake", type(None), heard.append)
    relay.hear(word("wake"))
    assert heard == [None]


def test_what_is_garbled_or_unknown_is_dropped() -> None:
    relay, heard = Relay(), list[Thing]()
    relay.on("thing", Thing, heard.append)
    for line in (b"", b"{", b"[]", word("thing", {"name": 7}), word("of a newer version", 1)):
        relay.hear(line)
    assert heard == []


def test_without_a_channel_nothing_is_said() -> None:
    Relay().say("thing", Thing("x"))
