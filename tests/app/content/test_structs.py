"""What the API takes is limited by its types."""

import pytest
from msgspec import ValidationError, json

from app.content.structs import FORMATS, ChangePoint, NewFromPoint
from app.runtime.points import ExportFormat


def test_unknown_fields_are_refused() -> None:
    for struct in (ChangePoint, NewFromPoint):
        with pytest.raises(ValidationError):
            json.decode(b'{"pinned": true, "other": 1}', type=struct)


def test_every_format_of_the_node_can_be_downloaded() -> None:
    assert set(FORMATS.values()) == set(ExportFormat)
