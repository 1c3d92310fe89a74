"""What the API takes."""

import pytest
from msgspec import ValidationError, json

from app.accounts.access import Shared
from app.snapshots.structs import CreateSnapshot


def test_a_snapshot_is_ones_own_for_a_month_unless_said_otherwise() -> None:
    assert json.decode(b"{}", type=CreateSnapshot) == CreateSnapshot(
        name="", access=Shared.OWNER, lasts="720h"
    )


@pytest.mark.parametrize("body", [b'{"access": "all"}', b'{"more": 1}', b'{"name": 1}'])
def test_what_it_does_not_know_it_refuses(body: bytes) -> None:
    with pytest.raises(ValidationError):
        json.decode(body, type=CreateSnapshot)
