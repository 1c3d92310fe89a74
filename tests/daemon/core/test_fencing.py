import pytest

from daemon.core.fencing import Fence, Fenced, parse_fence, spell_fence


def test_the_same_and_a_higher_number_pass_and_raise_the_fence():
    fence = Fence().admit(3)
    assert fence.admit(3) == Fence(3)
    assert fence.admit(5) == Fence(5)


def test_a_smaller_number_is_refused():
    with pytest.raises(Fenced, match="2 is older than 3"):
        Fence(3).admit(2)


def test_a_discarded_workspace_refuses_its_last_instance():
    with pytest.raises(Fenced):
        Fence(3).discarded().admit(3)


def test_a_fence_is_read_as_it_was_written():
    assert parse_fence(spell_fence(Fence(7))) == Fence(7)


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "7 8"])
def test_a_damaged_fence_is_an_error(text):
    with pytest.raises(ValueError, match="not a fencing number"):
        parse_fence(text)
