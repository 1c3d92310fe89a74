"""Commands keep their order, and bytes that go the same way become one write."""

from proxy.core.commands import Close, Commands, Drop, Send, Tell


def test_bytes_in_a_row_become_one_write():
    out = Commands()
    out.send(b"a")
    out.send(b"b")
    out.tell(b"c")
    out.tell(b"d")
    out.send(b"e")
    assert out.take() == [Send([b"a", b"b"]), Tell([b"c", b"d"]), Send([b"e"])]


def test_nothing_is_moved_over_another_command():
    out = Commands()
    out.send(b"a")
    out.add(Drop())
    out.send(b"b")
    out.add(Close())
    assert out.take() == [Send([b"a"]), Drop(), Send([b"b"]), Close()]


def test_what_was_taken_is_gone():
    out = Commands()
    out.send(b"a")
    first = out.take()
    out.send(b"b")
    assert (first, out.take(), out.take()) == ([Send([b"a"])], [Send([b"b"])], [])
