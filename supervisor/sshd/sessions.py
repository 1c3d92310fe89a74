"""A session: a shell on a terminal, a command with pipes, or a transfer of files.

Output waits for the client and input for the program, so that nobody's memory fills up. The
terminal's session ends when its shell does; a command's when its output has ended too, as with
OpenSSH.
"""

import asyncio
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import asyncssh
from asyncssh.channel import SSHChannel

from supervisor.sshd.words import command_of, variables

PIECE = 65536
LIMIT = 1 << 20
"""Bytes that wait between a program and the client."""
LAST_WORDS = 0.5
"""Seconds for a terminal to give what is left in it after its shell has ended."""


class Session(asyncssh.SSHServerProcess[bytes]):
    """One session; asyncssh serves sftp and scp itself."""

    def __init__(self, shell: str, folder: str) -> None:
        super().__init__(self._run, _files, 3, allow_scp=True)
        self._shell = shell
        self._folder = folder
        self._child: asyncio.subprocess.Process | None = None
        self._master = -1

    # --- what the client says of a running program ---

    def signal_received(self, signal: str) -> None:
        """Send a signal to the program and all that it has started."""
        self._kill(signal)

    def break_received(self, _msec: int) -> bool:
        """Send a break, as a serial line would."""
        if self._master < 0:
            return False
        termios.tcsendbreak(self._master, 0)
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Tell the program its window's size."""
        if self._master >= 0:
            numbers = (height, width, pixwidth, pixheight)
            size = struct.pack("HHHH", *(min(one, 0xFFFF) for one in numbers))
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def _kill(self, name: str) -> None:
        number = getattr(signal, f"SIG{name}", None)
        if self._child is None or self._child.returncode is not None or number is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, number)

    def eof_received(self) -> bool:
        """End a transfer of files well when the client has nothing more to ask.

        asyncssh closes the channel without a word, which OpenSSH's scp takes for a failure.
        """
        if self.subsystem == "sftp":
            self.exit(0)
        return super().eof_received()

    # --- its life ---

    async def _run(self, _process: asyncssh.SSHServerProcess[bytes]) -> None:
        if self.subsystem is not None:
            self.stderr.write(b"podium: the only subsystem is sftp\n")
            self.exit(1)
            return
        arguments, cwd = command_of(self._shell, self.command), self._folder
        if self.command is not None or not Path(cwd).is_dir():
            cwd = os.environ.get("HOME", "/")
        environment = variables(
            os.environ, self.env, term=self.term_type, agent=self.channel.get_agent_path()
        )
        try:
            if self.term_type is None:
                code = await self._with_pipes(arguments, cwd, environment)
            else:
                code = await self._with_terminal(arguments, cwd, environment)
        except OSError as error:
            self.stderr.write(f"podium: {arguments[0]}: {error.strerror}\n".encode())
            code = 126
        if code >= 0:
            self.exit(code)
        else:
            self.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))

    async def _with_pipes(
        self, arguments: list[str], cwd: str, environment: Mapping[str, str]
    ) -> int:
        child = self._child = await asyncio.create_subprocess_exec(
            *arguments[1:],
            executable=arguments[0],
            cwd=cwd,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LIMIT,
            start_new_session=True,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        async with asyncio.TaskGroup() as group:
            inward = group.create_task(_feed(self.stdin, child.stdin), name="ssh-stdin")
            gone = group.create_task(self._gone(child), name="ssh-gone")
            out = group.create_task(_pump(child.stdout, self.stdout), name="ssh-stdout")
            err = group.create_task(_pump(child.stderr, self.stderr), name="ssh-stderr")
            code = await child.wait()
            await asyncio.wait([out, err])
            inward.cancel()
            gone.cancel()
        return code

    async def _gone(self, child: asyncio.subprocess.Process) -> None:
        """End what nobody listens to any more."""
        await self.wait_closed()
        if child.returncode is None:
            self._kill("HUP")

    async def _with_terminal(
        self, arguments: list[str], cwd: str, environment: Mapping[str, str]
    ) -> int:
        self._master, slave = os.openpty()
        try:
            os.set_blocking(self._master, False)
            self.terminal_size_changed(*self.term_size)
            environment = {**environment, "SSH_TTY": os.ttyname(slave)}
            child = self._child = await asyncio.create_subprocess_exec(
                *arguments[1:],
                executable=arguments[0],
                cwd=cwd,
                env=environment,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        except BaseException:
            os.close(self._master)
            self._master = -1
            raise
        finally:
            os.close(slave)
        try:
            async with asyncio.TaskGroup() as group:
                inward = group.create_task(self._type(), name="ssh-keys")
                gone = group.create_task(self._gone(child), name="ssh-gone")
                out = group.create_task(self._show(), name="ssh-screen")
                code = await child.wait()
                await asyncio.wait([out], timeout=LAST_WORDS)
                for one in (inward, gone, out):
                    one.cancel()
        finally:
            os.close(self._master)
            self._master = -1
        return code

    async def _show(self) -> None:
        """Copy what the terminal shows to the client."""
        while True:
            await _ready(self._master, write=False)
            try:
                data = os.read(self._master, PIECE)
            except BlockingIOError:
                continue
            except OSError:  # EIO: the last process of the terminal is gone
                return
            self.stdout.write(data)
            try:
                await self.stdout.drain()
            except (OSError, asyncssh.Error):
                return

    async def _type(self) -> None:
        """Copy what the client types to the terminal."""
        while data := await self.stdin.read(PIECE):
            while data:
                await _ready(self._master, write=True)
                with suppress(BlockingIOError):
                    data = data[os.write(self._master, data) :]


def _files(channel: SSHChannel[bytes]) -> asyncssh.SFTPServer:
    assert isinstance(channel, asyncssh.SSHServerChannel), "this end is the server"
    return asyncssh.SFTPServer(channel)


async def _pump(source: asyncio.StreamReader, target: "asyncssh.SSHWriter[bytes]") -> None:
    """Copy a program's output to the client, as fast as that takes it."""
    with suppress(OSError, asyncssh.Error):
        while data := await source.read(PIECE):
            target.write(data)
            await target.drain()


async def _feed(source: "asyncssh.SSHReader[bytes]", target: asyncio.StreamWriter) -> None:
    """Copy the client's input to a program, as fast as that takes it."""
    with suppress(OSError, asyncssh.Error):
        while data := await source.read(PIECE):
            target.write(data)
            await target.drain()
        target.close()


async def _ready(descriptor: int, *, write: bool) -> None:
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if write else (loop.add_reader, loop.remove_reader)
    )
    add(descriptor, event.set)
    try:
        await event.wait()
    finally:
        remove(descriptor)
