import pytest

from daemon.core.lease import Lease, parse_lease, spell_lease


def test_who_was_never_granted_anything_goes_on_for_ever() -> None:
    assert not Lease("b").over(1e12)


def test_a_grant_ends_and_a_later_one_goes_on() -> None:
    lease = Lease("b").granted("b", 10.0)
    assert not lease.over(9.9)
    assert lease.over(10.0)
    assert not lease.granted("b", 20.0).over(19.0)


def test_a_grant_that_comes_late_takes_nothing_away() -> None:
    assert Lease("b", 20.0).granted("b", 10.0) == Lease("b", 20.0)


def test_a_grant_of_another_start_of_the_machine_counts_for_nothing() -> None:
    assert Lease("b", 20.0).granted("a", 1e9) == Lease("b", 20.0)
    assert Lease("b").granted("a", 1e9) == Lease("b")


def test_it_is_kept_in_a_file() -> None:
    lease = Lease("b", 12.25)
    assert parse_lease(spell_lease(lease), "b") == lease


def test_one_of_an_earlier_start_is_over() -> None:
    assert parse_lease(spell_lease(Lease("a", 1e9)), "b").over(0.0)


@pytest.mark.parametrize("text", ["", "b", "b x", "b 1 2"])
def test_nonsense_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_lease(text, "b")
