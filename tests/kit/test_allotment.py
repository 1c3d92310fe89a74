import asyncio

from kit.allotment import Allotment


class Line(asyncio.Transport):
    """A transport that is open until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = False

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True


def test_a_peer_has_as_many_as_it_may_and_others_are_not_touched() -> None:
    allotment, lines = Allotment(2), [Line(), Line(), Line()]
    assert [allotment.admit("a", one) for one in lines] == [True, True, False]
    assert allotment.admit("b", Line())


def test_what_was_closed_makes_room() -> None:
    allotment, first = Allotment(1), Line()
    assert allotment.admit("a", first)
    first.close()
    assert allotment.admit("a", Line())
    assert not allotment.admit("a", Line())
