"""The port and its adapters say the same words."""

import inspect

import pytest

from app.runtime.fakeholdings import FakeHoldings
from app.runtime.holdings import Holdings
from app.runtime.nodeholdings import NodeHoldings


@pytest.mark.parametrize("adapter", [FakeHoldings, NodeHoldings])
def test_an_adapter_has_every_call(adapter: type[Holdings]) -> None:
    assert inspect.signature(adapter.held) == inspect.signature(Holdings.held)
