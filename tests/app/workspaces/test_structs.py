"""What the API takes: limits hold before anything is done."""

import pytest
from msgspec import ValidationError, json

from app.workspaces.structs import CreateWorkspace


def test_the_least_and_the_most() -> None:
    least = json.decode(b'{"url": "x"}', type=CreateWorkspace)
    assert least == CreateWorkspace(url="x", ref="", trust=False)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"url": ""}',
        b'{"url": "' + b"a" * 2049 + b'"}',
        b'{"url": "x", "ref": "' + b"a" * 256 + b'"}',
        b'{"url": "x", "trust": "yes"}',
        b'{"url": "x", "owner": "eve"}',
    ],
)
def test_what_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        json.decode(body, type=CreateWorkspace)
