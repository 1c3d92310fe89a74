import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.proof import PROOF_LIFETIME, Bearer, check, prove

NOW = 1_700_000_000.5
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
OWNER = Bearer("u_1", "owner")
names = st.text(
    alphabet=st.characters(codec="ascii", categories=("L", "N"), include_characters="_-")
)


@given(st.sampled_from(["GET", "POST"]), st.text(max_size=50), names, names)
def test_what_was_proven_is_believed(method: str, target: str, user: str, role: str) -> None:
    value = prove(KEY, method, target, Bearer(user, role), NOW)
    assert check(KEY, method, target, value, NOW) == Bearer(user, role)


def test_the_header_does_not_change_between_versions() -> None:
    assert prove(KEY, "GET", "/_supervisor/v1/status", OWNER, NOW) == (
        "v1 1700000000 u_1 owner d4407c4cd43725f4b92fdbcd4fd2f1c17dbb624a057b76a929bad6930fb47604"
    )


@pytest.mark.parametrize(
    ("key", "method", "target"),
    [(OTHER_KEY, "GET", "/a?b"), (KEY, "POST", "/a?b"), (KEY, "GET", "/a?c"), (KEY, "GET", "/a")],
)
def test_it_is_worth_one_request_of_one_instance(key: str, method: str, target: str) -> None:
    assert check(key, method, target, prove(KEY, "GET", "/a?b", OWNER, NOW), NOW) is None


def test_another_user_role_or_time_breaks_it() -> None:
    parts = prove(KEY, "GET", "/", OWNER, NOW).split(" ")
    for place, other in ((1, "1700000001"), (2, "u_2"), (3, "admin"), (0, "v2")):
        changed = " ".join([*parts[:place], other, *parts[place + 1 :]])
        assert check(KEY, "GET", "/", changed, NOW) is None


@pytest.mark.parametrize(("late", "good"), [(0, True), (PROOF_LIFETIME - 1, True), (62, False)])
def test_its_time_is_limited_on_both_sides(late: int, *, good: bool) -> None:
    value = prove(KEY, "GET", "/", OWNER, NOW)
    assert (check(KEY, "GET", "/", value, NOW + late) is not None) is good
    assert (check(KEY, "GET", "/", value, NOW - late) is not None) is good


@given(st.text())
def test_any_text_is_refused_without_a_word(text: str) -> None:
    assert check(KEY, "GET", "/", text, NOW) is None
    assert check(KEY, "GET", "/", f"v1 1700000000 u_1 owner {text}", NOW) is None
