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
from kit.objectowner import kept
from kit.objectstore import Place, credentials_of

_FOLDER: Final = "workspaces"
_FAILURES: Final = 2
_PAUSE: Final = 20.0
_STORE: Final = "store_"
_CERTIFICATE: Final = "-----BEGIN CERTIFICATE-----"


class Remote:
    """One object store; `patience` is in seconds, for a store that says nothing."""

    def __init__(
        self,
        place: Place,
        credentials: Path,
        patience: float,
        owner: Path,
        pause: float = _PAUSE,
        authorities: Path | None = None,
    ) -> None:
        """`owner` is the file of who this installation is, `pause` in seconds between trials.

        `authorities`: a file of certificates that count for the store, None for the machine's.
        """
        self._authorities = authorities
        self._place = place
        self._owner = owner
        self._credentials = credentials
        self._patience = patience
        self._breaker = Breaker(_FAILURES, pause)
        self._pause, self._tried = pause, float("-inf")
        self._failed = "store_unreachable"
        """Code of the last fault; its detail names the workspace that met it, for that alone."""

    def plan(self, workspace: str) -> dict[str, Any]:
        """Return what a child needs for the workspace's repository. Raises BackupFailed."""
        try:
            keys = credentials_of(self._credentials)
        except (OSError, ValueError) as error:
            raise BackupFailed(fault("store_denied", str(error))) from error
        try:
            owner = kept(self._owner, time.time())
        except (OSError, ValueError) as error:
            why = f"{self._owner} cannot be read: {error}"
            raise BackupFailed(fault("store_owned", why)) from error
        place = self._place
        path = place.below(_FOLDER, workspace)
        return {
            "place": asdict(place),
            "below": [_FOLDER, workspace],
            "url": f"s3:{place.endpoint}/{place.bucket}/{path}",
            "id": keys.id,
            "secret": keys.secret,
            "owner": asdict(owner),
            "authorities": self._trusted(),
            "patience": self._patience,
        }

    def _trusted(self) -> str:
        """Return the certificates that count in place of the machine's. Raises BackupFailed."""
        if self._authorities is None:
            return ""
        try:
            text = self._authorities.read_text()
        except (OSError, ValueError) as error:
            why = f"PODIUM_BACKUP_STORE_CA cannot be read: {error}"
            raise BackupFailed(fault("store_untrusted", why)) from error
        if _CERTIFICATE not in text:
            why = f"PODIUM_BACKUP_STORE_CA: {self._authorities} holds no certificate"
            raise BackupFailed(fault("store_untrusted", why))
        return text

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Enter before asking the store. Raises BackupFailed while it is not to be asked."""
        now = time.monotonic()
        if not self._breaker.may_try(now) and not self._another_trial(now):
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

    def _another_trial(self, now: float) -> bool:
        """Tell whether to try beside a trial that runs: as a restore it may take hours."""
        begun = max(self._breaker.since, self._tried)
        if self._breaker.state is not State.HALF_OPEN or now - begun < self._pause:
            return False
        self._tried = now
        return True
