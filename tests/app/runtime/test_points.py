"""Both adapters have the shape of the port; mypy checks the same where they are used."""

import inspect

import pytest

from app.runtime.fakepoints import FakePoints
from app.runtime.nodepoints import NodePoints
from app.runtime.points import Points, Repository


@pytest.mark.parametrize("adapter", [FakePoints, NodePoints])
def test_an_adapter_takes_what_the_port_takes(adapter: type) -> None:
    names = [name for name in vars(Points) if not name.startswith("_")]
    assert names
    for name in names:
        wanted = list(inspect.signature(getattr(Points, name)).parameters)
        assert list(inspect.signature(getattr(adapter, name)).parameters) == wanted, name


def test_a_key_stands_in_no_log() -> None:
    assert "secret" not in repr(Repository("w", b"secret"))
