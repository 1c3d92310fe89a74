"""The gateway is the house of its clients."""

import inspect

from proxy.net.gateway import Gateway
from proxy.net.house import House


def test_the_gateway_has_all_that_clients_ask_for() -> None:
    asked = {name: one for name, one in vars(House).items() if inspect.isfunction(one)}
    asked.pop("__init__", None)
    asked.pop("__subclasshook__", None)
    assert {"came", "went", "attends", "joined", "log", "spawn"} <= set(asked)
    for name, one in asked.items():
        ours = inspect.signature(getattr(Gateway, name))
        assert list(ours.parameters) == list(inspect.signature(one).parameters), name
