"""Debian's own ssh, sftp, scp and rsync, into the session's workspace and past every refusal."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace
from tests.ports import free_port
from tests.waiting import until

Done = subprocess.CompletedProcess[bytes]


@dataclass
class Shell:
    """OpenSSH's clients with a key of their own; nothing of whoever runs the tests counts."""

    installation: Installation
    workspace: str
    folder: Path

    @property
    def options(self) -> list[str]:
        pairs = ("StrictHostKeyChecking=no", "BatchMode=yes", "IdentitiesOnly=yes")
        known = f"UserKnownHostsFile={self.folder / 'known'}"
        words = [part for one in (*pairs, known) for part in ("-o", one)]
        return ["-F", "none", "-i", str(self.folder / "id"), *words]

    @property
    def place(self) -> str:
        return f"{self.workspace}@127.0.0.1"

    def ssh(self, *words: str, said: bytes = b"", options: tuple[str, ...] = ()) -> Done:
        port = ["-p", str(self.installation.ssh_port)]
        return run(["ssh", *self.options, *port, *options, self.place, *words], said)

    def make_key(self, name: str) -> Path:
        path = self.folder / name
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)])
        return path.with_suffix(".pub")

    def api(self, method: str, path: str, body: object = None) -> dict:
        token = (self.installation.home / "cli.token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.installation.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Host": f"podium.localhost:{self.installation.port}",
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read() or b"{}")


def run(words: list[str], said: bytes = b"", **more: str) -> Done:
    environment = {**os.environ, **more}
    return subprocess.run(
        words, input=said, capture_output=True, check=False, timeout=120, env=environment
    )


@pytest.fixture(scope="module")
def shell(
    installation: Installation, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Shell:
    made = Shell(installation, workspace.id, tmp_path_factory.mktemp("ssh"))
    key = made.make_key("id")
    done = installation.podium("ssh-keys", "add", str(key), "--title", "laptop")
    assert done.returncode == 0, done.stderr
    assert "laptop" in installation.podium("ssh-keys", "list").stdout
    return made


def test_a_command_a_script_and_a_terminal(shell: Shell) -> None:
    done = shell.ssh("id -un; pwd; echo $GITPOD_WORKSPACE_ID; cat; exit 7", said=b"in")
    assert done.returncode == 7, done.stderr
    assert done.stdout.decode().split() == ["gitpod", "/home/gitpod", shell.workspace, "in"]
    # what VS Code's Remote-SSH begins with
    done = shell.ssh("bash", said=b"echo $((6*7)); exit 3\n", options=("-T",))
    assert (done.returncode, done.stdout) == (3, b"42\n")
    done = shell.ssh(said=b"tty; pwd; exit\n", options=("-tt",))
    assert b"/dev/pts/" in done.stdout
    assert b"/workspace/demo" in done.stdout


def test_the_whole_history_is_there(shell: Shell) -> None:
    done = shell.ssh("cd /workspace/demo && git rev-parse --is-shallow-repository")
    assert (done.returncode, done.stdout) == (0, b"false\n"), done.stderr


def test_who_asks_is_told_which_workspace_it_is(shell: Shell) -> None:
    socket = "/run/podium/gp.sock"
    words = f"curl -s --unix-socket {socket} http://gp/v1/info/workspace"
    told = json.loads(shell.ssh(words).stdout)
    assert (told["workspaceId"], told["checkoutLocation"]) == (shell.workspace, "demo")
    assert told["repository"]["name"] == "demo"
    assert told["userHome"] == "/home/gitpod"


def test_files_come_and_go(shell: Shell, tmp_path: Path) -> None:
    content = os.urandom(20_000_000)
    (tmp_path / "sent").write_bytes(content)
    port = str(shell.installation.ssh_port)
    for name, more in (("sftp", []), ("old", ["-O"])):
        place = f"{shell.place}:{name}"
        scp = ["scp", "-q", *more, *shell.options, "-P", port]
        for way in ([str(tmp_path / "sent"), place], [place, str(tmp_path / name)]):
            done = run([*scp, *way])
            assert done.returncode == 0, (name, done.stderr)
        assert (tmp_path / name).read_bytes() == content
    batch = b"cd /workspace/demo\nls\nget README.md %b\n" % os.fsencode(tmp_path / "readme")
    done = run(["sftp", *shell.options, "-P", port, "-b", "-", shell.place], batch)
    assert b"server.py" in done.stdout, done.stderr
    assert (tmp_path / "readme").read_text().startswith("# demo")
    remote = " ".join(["ssh", *shell.options, "-p", port])
    done = run(
        ["rsync", "-a", "-e", remote, f"{shell.place}:/workspace/demo/", str(tmp_path / "d")]
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "d" / "link").readlink() == Path("README.md")
    shell.ssh("rm -f sftp old")


def test_ports_and_agents_are_forwarded_over_one_connection(shell: Shell, tmp_path: Path) -> None:
    there, back, socks = free_port(), free_port(), free_port()
    control, agent = tmp_path / "c", tmp_path / "agent"
    serve = "cd /workspace/demo && exec python3 -m http.server --bind 127.0.0.1 38111"
    holder = subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL)
    port = str(shell.installation.ssh_port)
    try:
        # its socket is there before it listens; 1 is an agent that answers that it has no key
        until(lambda: run(["ssh-add", "-l"], SSH_AUTH_SOCK=str(agent)).returncode == 1, 60)
        key = str(shell.folder / "id")
        assert run(["ssh-add", "-q", key], SSH_AUTH_SOCK=str(agent)).returncode == 0
        master = ["ssh", *shell.options, "-A", "-MNf", "-S", str(control), "-p", port]
        master += ["-L", f"{there}:127.0.0.1:38111", "-D", str(socks)]
        master += ["-R", f"{back}:127.0.0.1:{shell.installation.port}", shell.place]
        done = subprocess.run(
            master,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "SSH_AUTH_SOCK": str(agent)},
        )
        assert done.returncode == 0

        def through(*words: str) -> bytes:
            asked = ["ssh", "-A", "-S", str(control), "x", *words]
            return run(asked, SSH_AUTH_SOCK=str(agent)).stdout

        through(f"nohup sh -c '{serve}' >/dev/null 2>&1 </dev/null & echo on")
        until(lambda: b"README.md" in run(["curl", "-s", f"127.0.0.1:{there}/"]).stdout, 60)
        by_socks = ["curl", "-s", "--socks5", f"127.0.0.1:{socks}", "127.0.0.1:38111/"]
        assert b"README.md" in run(by_socks).stdout
        assert through(f"curl -s http://127.0.0.1:{back}/.podium/healthz") == b"ok\n"
        assert b"ED25519" in through("ssh-add -l")
        through("pkill -f 'http.server --bind'")
        run(["ssh", "-S", str(control), "-O", "exit", "x"])
    finally:
        holder.terminate()
        holder.wait()


def test_by_the_web_address_without_a_key(shell: Shell) -> None:
    podium = str(shell.installation.home / "bin" / "podium")
    known = f"UserKnownHostsFile={shell.folder / 'tunnel'}"
    words = ["workspace", "ssh", shell.workspace, "-o", known, "-F", "none", "echo in; exit 5"]
    done = run([podium, *words], HOME=str(shell.folder))
    assert (done.returncode, done.stdout) == (5, b"in\n"), done.stderr
    url = f"http://{shell.workspace}.ws.localhost:{shell.installation.port}/_ssh/host_keys"
    keys = json.loads(run(["curl", "-s", url]).stdout)
    assert {one["type"] for one in keys} == {"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"}
    with socket.create_connection(("127.0.0.1", shell.installation.ssh_port)) as client:
        assert client.makefile("rb").readline() == b"SSH-2.0-Podium\r\n"


def test_a_password_is_for_ten_minutes_and_one_workspace(shell: Shell, tmp_path: Path) -> None:
    made = shell.api("POST", f"/api/v1/workspaces/{shell.workspace}/ssh-tokens")
    assert made["command"] == (f"ssh {shell.workspace}@localhost -p {shell.installation.ssh_port}")
    asks = tmp_path / "asks"
    asks.write_text(f"#!/bin/sh\necho {made['password']}\n")
    asks.chmod(0o700)
    words = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "PubkeyAuthentication=no"]
    words += ["-o", f"UserKnownHostsFile={tmp_path / 'known'}", "-p"]
    words += [str(shell.installation.ssh_port), shell.place, "echo in"]
    done = run(words, SSH_ASKPASS=str(asks), SSH_ASKPASS_REQUIRE="force")
    assert done.stdout == b"in\n", done.stderr


def test_strangers_are_told_nothing(shell: Shell) -> None:
    shell.make_key("other")
    words = [str(shell.folder / "other") if one.endswith("/id") else one for one in shell.options]
    port = ["-p", str(shell.installation.ssh_port)]
    told = {
        run(["ssh", *words, *port, f"{user}@127.0.0.1", "true"])
        .stderr.splitlines()[-1]
        .replace(user.encode(), b"x")
        for user in (shell.workspace, "amber-otter-0000000000", "root")
    }
    assert len(told) == 1
    assert b"Permission denied" in told.pop()
    done = run(["ssh", *shell.options, *port, "amber-otter-0000000000@127.0.0.1", "true"])
    assert b"There is no such workspace" in done.stderr


def test_a_killed_gateway_is_there_again_and_a_removed_key_is_out(shell: Shell) -> None:
    port = ["-p", str(shell.installation.ssh_port)]
    words = ["ssh", *shell.options, *port, shell.place, "echo on; exec sleep 1000"]
    for end in ("kill", "remove"):
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as held:
            assert held.stdout is not None
            assert held.stdout.readline() == b"on\n"
            if end == "kill":
                pid = shell.installation.platform_processes()["ssh"]["pid"]
                os.kill(pid, signal.SIGKILL)
                held.wait(60)
                until(lambda: shell.ssh("true").returncode == 0, timeout=60)
                continue
            (key,) = shell.api("GET", "/api/v1/ssh-keys")["keys"]
            assert key["used"] is not None
            shell.api("DELETE", f"/api/v1/ssh-keys/{key['id']}")
            _, told = held.communicate(timeout=60)
            assert b"has been removed" in told
    assert b"Permission denied" in shell.ssh("true").stderr


def test_connecting_starts_what_is_stopped(shell: Shell) -> None:
    done = shell.installation.podium("ssh-keys", "add", str(shell.folder / "id.pub"))
    assert done.returncode == 0, done.stderr
    shell.installation.podium("workspace", "stop", shell.workspace, "--wait")
    done = shell.ssh("cat README.md 2>/dev/null; pwd")
    assert done.returncode == 0, done.stderr
    assert f"Starting {shell.workspace}: ".encode() in done.stderr
    done = shell.installation.podium("workspace", "start", shell.workspace, "--wait")
    assert done.returncode == 0, done.stderr
