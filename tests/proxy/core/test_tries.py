"""So many failures in a minute and no more; others are not held up."""

from proxy.core.tries import ADDRESSES, MOST, WINDOW, Tries


def test_an_address_that_fails_too_often_waits() -> None:
    tries = Tries()
    for n in range(MOST):
        assert not tries.over("a", n / 100)
        tries.failed("a", n / 100)
    assert tries.over("a", 1.0)
    assert not tries.over("b", 1.0)
    assert not tries.over("a", WINDOW + 1.0)


def test_it_remembers_only_so_many() -> None:
    tries = Tries()
    for n in range(ADDRESSES + 10):
        tries.failed(str(n), 0.0)
    assert len(tries._failed) == ADDRESSES
