"""What may be shared, and for how long."""

import pytest

from app.faults import Refusal
from app.shares.policy import Links, Policy
from app.shares.structs import CreateShare

FREE = Policy()


def refused(policy: Policy, port: int = 3000, **wanted: str) -> str:
    with pytest.raises(Refusal) as refusal:
        policy.check(CreateShare(**wanted), port)
    return refusal.value.code


def test_a_link_works_for_as_long_as_was_asked_for() -> None:
    assert FREE.check(CreateShare(), 3000) == 86400
    assert FREE.check(CreateShare(lasts="1m"), 1) == 60
    assert FREE.of("o_1").check(CreateShare(lasts="720h"), 65535) == 720 * 3600


@pytest.mark.parametrize("lasts", ["", "1", "59s", "720h1s", "-1h", "none"])
def test_other_times_are_refused(lasts: str) -> None:
    assert refused(FREE, lasts=lasts) == "share_lasts"
    assert refused(Policy(longest=3600.0), lasts="2h") == "share_lasts"


@pytest.mark.parametrize("port", [0, 65536, 22999, 23000])
def test_ports_of_the_platform_are_nobodys_to_share(port: int) -> None:
    assert refused(FREE, port) == "share_port"


def test_a_password_is_long_enough_to_be_one() -> None:
    assert refused(FREE, password="12345") == "share_password_short"
    assert FREE.check(CreateShare(password="123456"), 3000)


def test_an_installation_may_want_passwords_or_no_links() -> None:
    wary = Policy(Links.PASSWORD)
    assert refused(wary) == "share_needs_password"
    assert wary.check(CreateShare(password="correct horse"), 3000)
    assert refused(Policy(Links.OFF), password="correct horse") == "share_off"
