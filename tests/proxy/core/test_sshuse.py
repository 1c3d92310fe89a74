"""Keys and amounts are use; printing, and saying that one is there, is none."""

import pytest

from proxy.core.sshuse import MUCH_IN, MUCH_OUT, WINDOW, Use


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def text(value: bytes) -> bytes:
    return number(len(value)) + value


def confirmation(theirs: int, ours: int) -> bytes:
    return bytes([91]) + number(theirs) + number(ours) + number(1 << 21) + number(32768)


def request(channel: int, name: bytes) -> bytes:
    return bytes([98]) + number(channel) + text(name) + b"\1"


def data(channel: int, content: bytes) -> bytes:
    return bytes([94]) + number(channel) + text(content)


@pytest.fixture
def terminal() -> Use:
    use = Use(0.0)
    use.from_inside(confirmation(0, 7))
    use.from_client(request(7, b"pty-req"))
    use.from_client(request(7, b"shell"))
    assert use.take(0.0)
    assert not use.take(0.0)
    return use


def test_a_key_is_use_and_what_is_printed_is_none(terminal: Use) -> None:
    terminal.from_inside(data(0, b"$ "))
    terminal.from_client(request(7, b"window-change"))
    assert not terminal.take(1.0)
    terminal.from_client(data(7, b"l"))
    assert terminal.take(2.0)
    assert not terminal.take(3.0)


@pytest.mark.parametrize("name", [b"exec", b"subsystem", b"shell"])
def test_to_begin_something_is_use(name: bytes) -> None:
    use = Use(0.0)
    use.from_inside(confirmation(0, 7))
    use.from_client(request(7, name))
    assert use.take(1.0)


def test_an_editor_that_is_open_is_no_use_one_that_is_typed_into_is() -> None:
    use = Use(0.0)
    use.from_inside(confirmation(0, 7))
    now = 0.0
    while now < 10 * WINDOW:
        now += 5.0
        use.from_client(data(7, b"x" * 30))
        use.from_inside(data(0, b"x" * 30))
        assert not use.take(now)
    use.from_client(data(7, b"x" * MUCH_IN))
    assert use.take(now)
    assert not use.take(now)


def test_a_copy_out_of_the_workspace_is_use() -> None:
    use = Use(0.0)
    use.from_inside(data(0, b"x" * MUCH_OUT))
    assert use.take(1.0)


def test_a_channel_that_is_closed_is_a_terminal_no_more(terminal: Use) -> None:
    terminal.from_client(bytes([97]) + number(7))
    terminal.from_inside(confirmation(0, 7))
    terminal.from_client(data(7, b"l"))
    assert not terminal.take(1.0)


@pytest.mark.parametrize("kind", range(80, 101))
def test_what_is_cut_short_is_taken_as_it_is(kind: int) -> None:
    use = Use(0.0)
    for length in range(12):
        use.from_client(bytes([kind]) + bytes(length))
        use.from_inside(bytes([kind]) + bytes(length))
