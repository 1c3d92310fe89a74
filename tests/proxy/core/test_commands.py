"""Commands keep their order, and bytes that go the same way become one write."""

from proxy.core.commands import Close, Commands, Drop, Send, Service, Tell, Upstream
from wire.routes import AddressTarget


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


def test_an_upstream_is_the_same_as_one_that_is_written_anew():
    one, again = (Upstream(AddressTarget(host="h", port=1), 3000) for _ in range(2))
    assert one == again
    assert hash(one) == hash(again)
    others = [
        Upstream(AddressTarget(host="h", port=2), 3000),
        Upstream(AddressTarget(host="h", port=1), 3001),
        Upstream(AddressTarget(host="h", port=1), 3000, tls=True),
        Upstream(Service.SERVER, 3000),
    ]
    assert len({one, again, *others}) == 5
