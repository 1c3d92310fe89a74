import pytest

from daemon.core.faults import CODES, fault, where_full


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


def test_what_a_full_disk_below_has_broken_is_told_as_that():
    failed = fault("restore_failed", "Input/output error")
    assert where_full(failed, full=False) == failed
    assert where_full(failed, full=True) == fault("disk_full", "Input/output error")
    assert where_full(fault("disk_full_backup"), full=False).code == "disk_full"
    known = fault("clone_denied")
    assert where_full(known, full=True) == known
