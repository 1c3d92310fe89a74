"""A git host over ssh: Debian's sshd with a configuration, a port and a host key of its own.

with SshHost(folder) as host:        # or SshHost(folder, netns="px7", address="198.51.100.2")
    host.authorize("ssh-ed25519 …")  # who may in, as root
    host.url("demo")                 # ssh://root@…/<folder>/demo.git
    host.fingerprint                 # of its key
    host.rekey()                     # the same host under another key
"""

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Self

_CONFIG = """\
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PrintMotd no
SetEnv PATH={folder}/bin:/usr/bin:/bin
"""


class SshHost:
    """sshd in the foreground, as long as the context lasts."""

    def __init__(
        self, folder: Path, *, netns: str = "", address: str = "127.0.0.1", port: int = 2222
    ) -> None:
        self.folder = folder
        self.address = address
        self.port = port
        self._netns = netns
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        Path("/run/sshd").mkdir(exist_ok=True)
        (self.folder / "authorized_keys").touch()
        text = _CONFIG.format(port=self.port, address=self.address, folder=self.folder)
        (self.folder / "sshd_config").write_text(text)
        self.rekey()
        return self

    def __exit__(self, *_reason: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def rekey(self) -> None:
        """Make a host key, and serve under it from now on."""
        if self._process is not None:
            self.__exit__()
        key = self.folder / "host_key"
        key.unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
        subprocess.run(command, check=True)
        enter = ["ip", "netns", "exec", self._netns] if self._netns else []
        self._process = subprocess.Popen(
            [*enter, "/usr/sbin/sshd", "-D", "-e", "-f", str(self.folder / "sshd_config")],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        watchdog = threading.Timer(60, self._process.kill)
        watchdog.start()
        line = self._process.stderr.readline()
        watchdog.cancel()
        assert line.startswith("Server listening"), line
        # nobody reads what it says later; a full pipe would stop it
        threading.Thread(target=_drain, args=(self._process,), daemon=True).start()

    @property
    def fingerprint(self) -> str:
        command = ["ssh-keygen", "-lf", str(self.folder / "host_key.pub")]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        return told.stdout.split()[1]

    @property
    def known(self) -> str:
        """The line of a known_hosts file."""
        algorithm, key = (self.folder / "host_key.pub").read_text().split()[:2]
        return f"[{self.address}]:{self.port} {algorithm} {key}"

    def authorize(self, public: str) -> None:
        with (self.folder / "authorized_keys").open("a") as file:
            file.write(f"{public}\n")

    def serve_large(self, place: str, authorization: str) -> None:
        """Let git-lfs over ssh be sent to `place`/<repository>, with what it shows there."""
        command = self.folder / "bin" / "git-lfs-authenticate"
        command.parent.mkdir(exist_ok=True)
        answer = {"href": f"{place}/NAME/info/lfs", "header": {"Authorization": authorization}}
        text = json.dumps(answer).replace("NAME", "%s")
        command.write_text(f'#!/bin/sh\nprintf \'{text}\' "$(basename "$1")"\n')
        command.chmod(0o755)

    def url(self, name: str) -> str:
        return f"ssh://root@{self.address}:{self.port}{self.folder}/{name}.git"


def _drain(process: "subprocess.Popen[str]") -> None:
    assert process.stderr is not None
    descriptor = os.dup(process.stderr.fileno())
    while os.read(descriptor, 65536):
        pass
    os.close(descriptor)
