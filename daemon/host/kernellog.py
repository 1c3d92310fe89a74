"""Follows the kernel's log for those who may not read it: who was killed for want of memory."""

import asyncio
import os
from collections.abc import Callable

import structlog

from daemon.core.kernellog import Kill, kill_of

_log = structlog.get_logger(__name__)
_RECORD = 8192
"""Bytes; the kernel gives one record at a time."""
_TURN = 200
"""Records that are read before others have their turn."""
PATH = "/dev/kmsg"


class KernelLog:
    """`tell` gets each kill, those first that the log remembers."""

    def __init__(self, tell: Callable[[Kill], None], path: str = PATH) -> None:
        self._tell = tell
        self._path = path
        self._descriptor = -1

    def open(self) -> None:
        """Begin to follow; where the log may not be read, nobody knows the names."""
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            _log.info("kernel_log_unreadable", error=str(error))
            return
        try:
            asyncio.get_running_loop().add_reader(self._descriptor, self._read)
        except OSError:  # not a device that can be waited for
            self.close()

    def close(self) -> None:
        """Stop following."""
        if self._descriptor >= 0:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _read(self) -> None:
        for _ in range(_TURN):
            try:
                record = os.read(self._descriptor, _RECORD)
            except BlockingIOError:
                return
            except BrokenPipeError:  # overwritten before it was read: the next one is there
                continue
            except OSError as error:
                _log.warning("kernel_log_lost", error=str(error))
                self.close()
                return
            if not record:
                self.close()
                return
            found = kill_of(record.decode(errors="replace"))
            if found is not None:
                self._tell(found)
