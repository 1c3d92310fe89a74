"""What the API takes of share links, and what it never gives."""

import msgspec
import pytest

from app.shares.structs import CreateShare, ShareView


def test_nothing_has_to_be_said() -> None:
    assert msgspec.json.decode(b"{}", type=CreateShare) == CreateShare(
        lasts="24h", password="", once=False, note=""
    )


@pytest.mark.parametrize(
    "body", [{"port": 3000}, {"password": "x" * 201}, {"note": "x" * 101}, {"once": "yes"}]
)
def test_what_is_unknown_or_too_long_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, CreateShare)


def test_a_view_says_only_whether_there_is_a_password() -> None:
    field = next(one for one in msgspec.structs.fields(ShareView) if one.name == "password")
    assert field.type is bool
