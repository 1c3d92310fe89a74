"""The object store of this node's repositories: where, who we are there, whether it is asked.

A store that fails is not asked by everybody again and again: a breaker answers for it, with
what it failed with, until a trial has shown that it is back.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from daemon.core.faults import BackupFailed, fault
from kit.breaker import Breaker, State
from kit.objectstore import Place, credentials_of

_FOLDER: Final = "workspaces"
_FAILURES: Final = 2
_PAUSE: Final = 20.0
_STORE: Final = "store_"


class Remote:
    """One object store; `patience` is in seconds, for a store that says nothing."""

    def __init__(
        self, place: Place, credentials: Path, patience: float, pause: float = _PAUSE
    ) -> None:
        self._place = place
        self._credentials = credentials
        self._patience = patience
        self._breaker = Breaker(_FAILURES, pause)
        self._failed = "store_unreachable"
        """Code of the last fault; its detail names the workspace that met it, for that alone."""

    def plan(self, workspace: str) -> dict[str, Any]:
        """Return what a child needs for the workspace's repository. Raises BackupFailed."""
        try:
            keys = credentials_of(self._credentials)
        except (OSError, ValueError) as error:
            raise BackupFailed(fault("store_denied", str(error))) from error
        place = self._place
        path = place.below(_FOLDER, workspace)
        return {
            "place": asdict(place),
            "below": [_FOLDER, workspace],
            "url": f"s3:{place.endpoint}/{place.bucket}/{path}",
            "id": keys.id,
            "secret": keys.secret,
            "patience": self._patience,
        }

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Enter before asking the store. Raises BackupFailed while it is not to be asked."""
        if not self._breaker.may_try(time.monotonic()):
            raise BackupFailed(fault(self._failed))
        try:
            yield
        except BackupFailed as error:
            if error.fault.code.startswith(_STORE):
                self._failed = error.fault.code
                self._breaker.failed(time.monotonic())
            else:
                self._breaker.succeeded(time.monotonic())
            raise
        except BaseException:  # given up: nothing is known of the store, but a trial has ended
            if self._breaker.state is State.HALF_OPEN:
                self._breaker.failed(time.monotonic())
            raise
        self._breaker.succeeded(time.monotonic())
