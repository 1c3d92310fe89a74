"""The master: keeps worker processes running, and serves nobody itself.

It holds the listening sockets, so that a worker that dies takes no queued connection with it,
and no truth: a master that is killed is started anew by whoever started it, while its workers,
whose line to it has ended, finish what they have in work. It waits in one place; signals come
as bytes there. SIGHUP renews the workers, SIGTERM and SIGINT end them; after SIGQUIT the master
is gone at once, and they leave like those of one that was killed, for others to serve.
"""

import contextlib
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import structlog

from kit.listening import Sockets, close, descriptors, spell
from proxy.core.crew import Action, Crew, End, Kill, Leave, Start
from proxy.net.line import LEAVE, READY, UNUSABLE

_log = structlog.get_logger(__name__)

_ENDING = frozenset({signal.SIGTERM, signal.SIGINT})
_SIGNALS = _ENDING | {signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD}
_LONGEST_WAIT = 60.0


class _Child:
    """A worker process and our end of the line to it."""

    def __init__(self, popen: "subprocess.Popen[bytes]", line: socket.socket) -> None:
        self.popen = popen
        self.line = line


class Master:
    """Runs `size` workers, with these arguments beside the master's own."""

    def __init__(self, arguments: Sequence[str], sockets: Sockets, size: int, drain: float) -> None:
        self._arguments = list(arguments)
        self._sockets = sockets
        self._crew = Crew(size, drain)
        self._children: dict[int, _Child] = {}
        self._selector = selectors.DefaultSelector()
        self._code = 0
        self._gone = False

    def run(self) -> int:
        """Keep workers until SIGTERM; returns an exit code when they have ended."""
        with self._signals():
            while True:
                now = time.monotonic()
                for action in self._crew.tend(now):
                    self._do(action)
                if self._crew.done or self._gone:
                    return self._code
                pause = min(_LONGEST_WAIT, self._crew.next_look(time.monotonic()))
                for key, _ in self._selector.select(pause):
                    key.data()
                self._reap()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        waking, woken = socket.socketpair()
        waking.setblocking(False)
        woken.setblocking(False)
        handlers = {one: signal.signal(one, lambda *_: None) for one in _SIGNALS}
        before = signal.set_wakeup_fd(waking.fileno())
        self._selector.register(woken, selectors.EVENT_READ, lambda: self._signalled(woken))
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self._selector.close()
            waking.close()
            woken.close()

    def _signalled(self, woken: socket.socket) -> None:
        for number in set(woken.recv(4096)):
            if number in _ENDING:
                _log.info("ending", workers=len(self._children))
                close(self._sockets)
                self._sockets.clear()
                self._crew.end(time.monotonic())
            elif number == signal.SIGQUIT:
                _log.info("leaving", workers=len(self._children))
                self._gone = True
            elif number == signal.SIGHUP:
                _log.info("renewing", workers=len(self._children))
                self._crew.renew()

    # --- what the crew wants ---

    def _do(self, action: Action) -> None:
        match action:
            case Start():
                self._start(action)
            case Leave(worker=number) if number in self._children:
                _log.info("worker_leaving", worker=number)
                with contextlib.suppress(OSError):  # it is dead, as will be seen
                    self._children[number].line.send(LEAVE)
            case End(worker=number) if number in self._children:
                self._children[number].popen.terminate()
            case Kill(worker=number) if number in self._children:
                _log.warning("worker_killed", worker=number, cause="it took too long")
                self._children[number].popen.kill()
            case _:
                return

    def _start(self, start: Start) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        safe = ["-P"] if sys.flags.safe_path else []
        own = ["--worker", str(start.slot), "--sockets", spell(self._sockets)]
        own += ["--relief"] if start.relief else []
        try:
            with theirs:
                popen = subprocess.Popen(
                    [sys.executable, *safe, "-m", "proxy.worker", *own, *self._arguments],
                    stdin=theirs.fileno(),
                    pass_fds=descriptors(self._sockets),
                )
        except OSError as error:  # no memory, no process id: the next try may have them
            ours.close()
            self._crew.died(start.worker, time.monotonic())
            _log.warning("worker_not_started", worker=start.worker, error=str(error))
            return
        self._children[start.worker] = _Child(popen, ours)
        self._selector.register(ours, selectors.EVENT_READ, lambda: self._told(start.worker, ours))
        _log.info("worker_started", worker=start.worker, slot=start.slot, pid=popen.pid)

    def _told(self, number: int, line: socket.socket) -> None:
        try:
            said = line.recv(4096)
        except OSError:
            said = b""
        if READY in said:
            _log.info("worker_ready", worker=number)
            self._crew.ready(number)
        elif not said:
            self._selector.unregister(line)

    def _reap(self) -> None:
        for number, child in list(self._children.items()):
            code = child.popen.poll()
            if code is None:
                continue
            del self._children[number]
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.line)
            child.line.close()
            renewing = self._crew.renewing
            pause = self._crew.died(number, time.monotonic())
            _log.info("worker_ended", worker=number, exit=code, pause=pause)
            if code == UNUSABLE and not self._crew.serving and not self._code:
                self._code = code  # another try would say the same
                self._crew.end(time.monotonic())
            if renewing and not self._crew.renewing:
                _log.warning("renewal_given_up", cause="the new worker did not get ready")
