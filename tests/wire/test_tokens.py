"""Grants: what was signed is read, and nothing else ever is."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wire.tokens import (
    CLOCK_SKEW,
    GRANT_LIFETIME,
    MAX_GRANT,
    Grant,
    cookie_names,
    is_platform_cookie,
    port_cookie,
    sign_grant,
    verify_grant,
)

NOW = 1_700_000_000
KEY, OLD_KEY, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n in (1, 2, 3))
KEYS = [KEY.public_key(), OLD_KEY.public_key()]
GRANT = Grant(
    session="s_1",
    user="u_1",
    workspace="amber-otter-4k2hw9xz1q",
    scope="ide",
    role="owner",
    epoch=3,
    issued=NOW,
)
GOLDEN = (
    "eyJzZXNzaW9uIjoic18xIiwidXNlciI6InVfMSIsIndvcmtzcGFjZSI6ImFtYmVyLW90dGVyLTRrMmh3OXh6MXEi"
    "LCJzY29wZSI6ImlkZSIsInJvbGUiOiJvd25lciIsImVwb2NoIjozLCJpc3N1ZWQiOjE3MDAwMDAwMDB9."
)
words = st.text(max_size=40)


@given(words, words, words, st.sampled_from(["ide", "port"]), st.integers(0, 2**40))
def test_what_was_signed_is_read(s: str, u: str, w: str, scope: str, epoch: int) -> None:
    grant = Grant(
        session=s, user=u, workspace=w, scope=scope, role="owner", epoch=epoch, issued=NOW
    )
    text = sign_grant(grant, KEY)
    if len(text) <= MAX_GRANT:
        assert verify_grant(text, KEYS, NOW) == grant


def test_the_text_of_a_grant_does_not_change_between_versions() -> None:
    assert sign_grant(GRANT, KEY).startswith(GOLDEN)


def test_an_older_key_still_counts_a_strangers_does_not() -> None:
    assert verify_grant(sign_grant(GRANT, OLD_KEY), KEYS, NOW) == GRANT
    assert verify_grant(sign_grant(GRANT, STRANGER), KEYS, NOW) is None
    assert verify_grant(sign_grant(GRANT, KEY), [], NOW) is None


@pytest.mark.parametrize(
    ("after", "good"),
    [
        (-CLOCK_SKEW - 1, False),
        (-CLOCK_SKEW, True),
        (0, True),
        (GRANT_LIFETIME + CLOCK_SKEW - 1, True),
        (GRANT_LIFETIME + CLOCK_SKEW, False),
    ],
)
def test_its_time_is_limited_on_both_sides(after: int, *, good: bool) -> None:
    assert (verify_grant(sign_grant(GRANT, KEY), KEYS, NOW + after) is not None) is good


@given(st.data())
def test_a_changed_character_voids_it(data: st.DataObject) -> None:
    text = sign_grant(GRANT, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=+ é"))
    found = verify_grant(text[:place] + other + text[place + 1 :], KEYS, NOW)
    # the last character of base64 has bits that mean nothing: the grant is then the same one
    assert found is None or found == GRANT


@given(st.text(max_size=2000))
def test_any_text_is_refused_without_a_word(text: str) -> None:
    assert verify_grant(text, KEYS, NOW) is None


def test_too_long_is_refused_before_it_is_decoded() -> None:
    long = Grant(
        session="s" * 1000, user="u", workspace="w", scope="ide", role="owner", epoch=0, issued=NOW
    )
    text = sign_grant(long, KEY)
    assert len(text) > MAX_GRANT
    assert verify_grant(text, KEYS, NOW) is None


def test_two_installations_have_different_cookies() -> None:
    ours, theirs = cookie_names("aaaaaa"), cookie_names("bbbbbb")
    assert not set(ours.values()) & set(theirs.values())
    assert len(set(ours.values())) == len(ours)
    assert all(name.startswith("__Host-podium_") for name in ours.values())
    assert port_cookie("aaaaaa", "w1") != port_cookie("bbbbbb", "w1") != port_cookie("bbbbbb", "w2")


def test_user_code_neither_sees_nor_sets_ours() -> None:
    ours = [*cookie_names("aaaaaa").values(), port_cookie("aaaaaa", "w"), "__Secure-podium_x"]
    assert all(is_platform_cookie(name) for name in ours)
    assert not any(is_platform_cookie(name) for name in ("session", "xpodium_", "__Host-app", ""))
