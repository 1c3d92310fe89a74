"""Verified grants are remembered; what can change is looked at each time."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proxy.core import grants
from proxy.core.grants import Grants
from tests.proxy.world import NOW, SHARE, make_grant, make_share, make_table
from wire.tokens import CLOCK_SKEW, GRANT_LIFETIME


def test_a_good_grant_is_good_again_and_until_its_time():
    known, text = Grants(make_table()), make_grant()
    assert known.verify(text, NOW) == known.verify(text, NOW + 60)
    assert known.verify(text, NOW + GRANT_LIFETIME + CLOCK_SKEW - 1) is not None
    assert known.verify(text, NOW + GRANT_LIFETIME + CLOCK_SKEW) is None


def test_one_from_the_future_becomes_good_with_time():
    known, text = Grants(make_table()), make_grant(issued=int(NOW) + CLOCK_SKEW)
    assert known.verify(text, NOW) is not None


def test_an_ended_session_ends_what_was_remembered():
    table = make_table()
    known, text = Grants(table), make_grant()
    assert known.verify(text, NOW) is not None
    table.ended["s1"] = int(NOW)
    assert known.verify(text, NOW) is None


def test_other_keys_forget_everything():
    table = make_table()
    known, text = Grants(table), make_grant()
    assert known.verify(text, NOW) is not None
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    table.set_keys([b64encode(other).decode()])
    assert known.verify(text, NOW) is None
    table.set_keys([])
    assert known.verify(text, NOW) is None


def test_what_is_bad_stays_bad_and_neither_list_grows_for_ever(monkeypatch):
    monkeypatch.setattr(grants, "CAPACITY", 3)
    monkeypatch.setattr(grants, "BAD_CAPACITY", 3)
    known = Grants(make_table())
    for number in range(9):
        assert known.verify(f"nonsense{number}", NOW) is None
        assert known.verify(f"nonsense{number}", NOW) is None
        assert known.verify(make_grant(session=f"s{number}"), NOW) is not None
    assert known.verify(make_grant(session="s0"), NOW) is not None


def test_share_grants_are_remembered_beside_them_and_never_mixed_up(monkeypatch):
    monkeypatch.setattr(grants, "CAPACITY", 3)
    table = make_table()
    known, text = Grants(table), make_share()
    for _ in range(2):
        found = known.verify_share(text)
        assert found is not None
        assert found.share == SHARE
        assert known.verify_share(make_grant("port")) is None
    assert known.verify(make_share(port=4000), NOW) is None
    for port in range(1, 9):
        assert known.verify_share(make_share(port=port)) is not None
    table.set_keys([])
    assert known.verify_share(text) is None
