"""What a share link's token and grant are worth, and what they are not."""

from base64 import urlsafe_b64encode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.samples import GOLDEN, SAMPLES, text_of
from wire.shares import (
    ShareGrant,
    read_token,
    share_cookie,
    sign_share,
    sign_token,
    verify_share,
)
from wire.tokens import Grant, is_platform_cookie, sign_grant, verify_grant

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = [OTHER.public_key(), KEY.public_key()]
WORKSPACE = "amber-otter-4k2hw9xz1q"
SHARE = "ps_0123456789abcdef"
TOKEN = sign_token(SHARE, WORKSPACE, 3000, KEY)
GRANT = ShareGrant(share=SHARE, workspace=WORKSPACE, port=3000, expires=1_700_000_000)


def test_the_payload_is_as_it_was() -> None:
    golden = (GOLDEN / "share-grant.json").read_text()
    assert text_of("share-grant") == golden
    assert msgspec.json.decode(golden, type=ShareGrant) == SAMPLES["share-grant"]


def test_a_token_names_its_share_on_its_port_alone() -> None:
    assert read_token(TOKEN, WORKSPACE, 3000, KEYS) == SHARE
    assert read_token(TOKEN, WORKSPACE, 3001, KEYS) is None
    assert read_token(TOKEN, "coral-heron-9z8y7x6w5v", 3000, KEYS) is None
    assert read_token(TOKEN, WORKSPACE, 3000, KEYS[:1]) is None
    assert sign_token(SHARE, WORKSPACE, 3000, KEY) == TOKEN


@given(st.text(max_size=200))
def test_what_was_not_given_out_names_nothing(text: str) -> None:
    assert read_token(text, WORKSPACE, 3000, KEYS) is None
    assert verify_share(text, KEYS) is None


@pytest.mark.parametrize("at", [3, 10, 25, 60, 104])
def test_a_changed_token_names_nothing(at: int) -> None:
    changed = TOKEN[:at] + ("0" if TOKEN[at] != "0" else "1") + TOKEN[at + 1 :]
    assert read_token(changed, WORKSPACE, 3000, KEYS) is None


def test_a_grant_comes_back_as_it_was_signed() -> None:
    text = sign_share(GRANT, KEY)
    assert verify_share(text, KEYS) == GRANT
    assert verify_share(text, KEYS[:1]) is None
    assert verify_share(text[:-4] + "AAAA", KEYS) is None
    assert verify_share(text + "x" * 1024, KEYS) is None


def test_nothing_signed_for_one_use_counts_for_another() -> None:
    """One key signs all three: what they say must not be mistaken for each other."""
    whole = Grant(
        session="s", user="u", workspace=WORKSPACE, scope="port", role="owner", epoch=0, issued=0
    )
    assert verify_share(sign_grant(whole, KEY), KEYS) is None
    assert verify_grant(sign_share(GRANT, KEY), KEYS, 0.0) is None
    signature = TOKEN.partition(".")[2]
    assert verify_share(f"{sign_share(GRANT, KEY).partition('.')[0]}.{signature}", KEYS) is None
    named = urlsafe_b64encode(f"podium:share-link:{SHARE}:{WORKSPACE}:3000".encode()).decode()
    assert verify_share(f"{named.rstrip('=')}.{signature}", KEYS) is None


def test_its_cookie_is_of_one_host_and_kept_from_user_code() -> None:
    name = share_cookie("abc123")
    assert name.startswith("__Host-")
    assert is_platform_cookie(name)
