"""The shape of a subject: what it leaves out, it has none of."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from supervisor.api.endpoint import Endpoint
from wire.agent import Desired


class Subject:
    """One of the things that a workspace consists of."""

    def receive(self, desired: Desired) -> None:
        """Take in a newer wish of the server; the context has it already."""

    def observed(self) -> Mapping[str, Any]:
        """Return the fields of `Observed` that are this subject's.

        `conditions` of several are joined; every other field is one subject's alone.
        """
        return {}

    def endpoints(self) -> Sequence[Endpoint]:
        """Return what can be asked of it; called once, before anything is served."""
        return ()

    def work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Return what it does for as long as the workspace lives, by name; called once."""
        return {}
