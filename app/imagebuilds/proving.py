"""Whose token it is: a workspace's instance, or the one of a build."""

from typing import Protocol


class Prover(Protocol):
    """Knows tokens of some instances."""

    async def instance_of(self, token: str) -> str:
        """Return the id of the live instance whose token this is, or an empty text."""
        ...


class Instances:
    """Asks one after the other."""

    def __init__(self, *provers: Prover) -> None:
        self._provers = provers

    async def instance_of(self, token: str) -> str:
        """Return the id of the live instance whose token this is, or an empty text."""
        for one in self._provers:
            if instance := await one.instance_of(token):
                return instance
        return ""
