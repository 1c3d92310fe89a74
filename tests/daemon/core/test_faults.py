import pytest

from daemon.core.faults import CODES, fault


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_title_and_a_cure(code):
    made = fault(code)
    assert made.code == code
    assert made.title
    assert made.cure


def test_the_detail_is_redacted_cut_and_printable():
    made = fault("clone_failed", "https://ada:secret@example.org/x\x1b[31m\n" + "y" * 600)
    assert len(made.detail) == 500
    assert "secret" not in fault("clone_failed", "https://ada:secret@example.org/x").detail
    assert "\x1b" not in fault("clone_failed", "\x1b[31mred").detail


def test_an_unknown_code_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        fault("nonsense")
