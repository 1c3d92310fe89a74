"""A caller of a real daemon, for tests: plain calls, and waiting by watching."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import grpc
import msgspec

from daemon.core import oci
from tests import nodehost
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb
from wire.proto import node_pb2_grpc

PATIENCE = 60.0


class Caller:
    """Calls one daemon over its socket."""

    def __init__(self, host: NodeHost) -> None:
        self.host = host
        self.patience = PATIENCE
        self._channel = grpc.insecure_channel(host.grpc_target)
        self.stub = node_pb2_grpc.NodeStub(self._channel)

    def close(self) -> None:
        self._channel.close()

    def prepare(
        self, instance: str, url: str, *, ref: str = "", fresh: bool = True, **place: object
    ) -> pb.Content:
        return self.stub.Prepare(
            pb.PrepareRequest(
                instance=instance,
                fresh=fresh,
                url=url,
                ref=ref,
                image=nodehost.IMAGE,
                folder="demo",
                **place,
            )
        )

    def prepared(
        self, instance: str, url: str, *, ref: str = "", fresh: bool = True, **place: object
    ) -> pb.Content:
        """Prepare, and wait until the tree is ready or has failed."""
        status = self.prepare(instance, url, ref=ref, fresh=fresh, **place)
        if status.state != pb.CONTENT_WORKING:
            return status
        return self.content(instance, pb.CONTENT_READY, pb.CONTENT_FAILED)

    def apply(self, instance: str, workspace_class: str = "small") -> pb.Container:
        return self.stub.Apply(
            pb.ApplyRequest(
                instance=instance,
                image=nodehost.IMAGE,
                supervisor=nodehost.BUNDLE,
                ide=nodehost.IDE,
                workspace_class=workspace_class,
                token="t" * 43,
            )
        )

    def started(self, instance: str, workspace_class: str = "small") -> pb.Container:
        """Apply, and wait until the container runs (or not)."""
        self.apply(instance, workspace_class)
        return self.container(
            instance, pb.CONTAINER_RUNNING, pb.CONTAINER_FAILED, pb.CONTAINER_EXITED
        )

    def running(self, instance: str, url: str) -> pb.Container:
        """Prepare and start."""
        content = self.prepared(instance, url)
        assert content.state == pb.CONTENT_READY, content
        container = self.started(instance)
        assert container.state == pb.CONTAINER_RUNNING, (container, self.host.log)
        self.booted(instance)
        return container

    def booted(self, instance: str) -> None:
        """Wait until the container's first process has said that it is up."""
        workspace, _dot, n = instance.rpartition(".")
        log = Path(self.host.layout.logs) / "workspaces" / workspace / f"{n}.log"
        eventually(lambda: "booted" in log.read_text())

    def deleted(self, instance: str, grace: float = 5.0) -> None:
        """Delete, and wait until the container is gone."""
        status = self.stub.Delete(pb.DeleteRequest(instance=instance, grace=grace))
        if status.state != pb.CONTAINER_ABSENT:
            self.container(instance, pb.CONTAINER_ABSENT)

    def seal(self, instance: str) -> pb.Content:
        return self.stub.Seal(pb.SealRequest(instance=instance))

    def discard(self, workspace: str, n: int) -> int:
        return self.stub.Discard(pb.DiscardRequest(workspace=workspace, n=n)).freed_bytes

    def list(self) -> pb.ListReply:
        return self.stub.List(pb.ListRequest())

    def container(self, instance: str, *states: int) -> pb.Container:
        """Watch until the container is in one of the states; absent ones count as absent."""

        def wanted(reply: pb.WatchReply) -> Any:
            if reply.WhichOneof("item") == "all":
                found = [one for one in reply.all.containers if one.instance == instance]
                found = found or [pb.Container(instance=instance)]
                return found[0] if found[0].state in states else None
            one = reply.container
            return one if one.instance == instance and one.state in states else None

        return self._watch(wanted)

    def content(self, instance: str, *states: int) -> pb.Content:
        """Watch until the content is in one of the states."""

        def wanted(reply: pb.WatchReply) -> Any:
            found = [*reply.all.contents, reply.content]
            good = [one for one in found if one.instance == instance and one.state in states]
            return good[0] if good else None

        return self._watch(wanted)

    def backup(self, instance: str, point: str) -> pb.Backup:
        """Watch until the backup of that point has ended."""
        workspace, ended = instance.rpartition(".")[0], (pb.BACKUP_DONE, pb.BACKUP_FAILED)

        def wanted(reply: pb.WatchReply) -> Any:
            found = [*reply.all.backups, reply.backup]
            good = [one for one in found if (one.workspace, one.point) == (workspace, point)]
            return good[0] if good and good[0].state in ended else None

        return self._watch(wanted)

    def frozen(self, snapshot: str) -> pb.Frozen:
        """Watch until the snapshot is made or has failed."""
        ended = (pb.FROZEN_DONE, pb.FROZEN_FAILED)

        def wanted(reply: pb.WatchReply) -> Any:
            found = [*reply.all.frozen, reply.frozen]
            good = [one for one in found if one.snapshot == snapshot and one.state in ended]
            return good[0] if good else None

        return self._watch(wanted)

    def _watch(self, wanted: Callable[[pb.WatchReply], Any]) -> Any:
        stream = self.stub.Watch(pb.WatchRequest(), timeout=self.patience)
        try:
            for reply in stream:
                found = wanted(reply)
                if found is not None:
                    return found
        finally:
            stream.cancel()
        raise AssertionError("the watch ended")


def eventually(predicate: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Return the predicate's first true answer."""
    pause = threading.Event()
    for _turn in range(int(patience / 0.02)):
        answer = predicate()
        if answer:
            return answer
        pause.wait(0.02)
    raise AssertionError(f"did not become true within {patience} s")


def lives(pid: int) -> bool:
    """Tell whether the process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def entering(host: NodeHost, instance: str, user: int = 0) -> list[str]:
    """Return the words before a command that runs in a container, with its processes' rights."""
    state = json.loads((Path(host.layout.instances_run) / instance / "state.json").read_text())
    if state["runtime"] == "crun":
        root = str(Path(host.layout.run) / "crun")
        return ["crun", "--root", root, "exec", "--user", f"{user}:{user}", instance]
    # Debian's runc cannot exec into a container whose user namespace it did not make
    granted = ",".join(f"+{one.removeprefix('CAP_').lower()}" for one in oci.CAPABILITIES)
    command = ["nsenter", "-a", "-t", str(state["pid"]), "setpriv", "--clear-groups"]
    return [*command, f"--reuid={user}", f"--regid={user}", f"--bounding-set=-all,{granted}"]


def inside(
    host: NodeHost, instance: str, script: str, *, user: int = 0, timeout: float = 30
) -> "subprocess.CompletedProcess[str]":
    """Run a shell script in a container with the rights that its own processes have."""
    return subprocess.run(
        [*entering(host, instance, user), "sh", "-c", script],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def dial(path: str, instance: str, port: int) -> tuple[dict[str, Any], socket.socket | None]:
    """Ask the dial socket once."""
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(10)
        connection.connect(path)
        return dial_on(connection, instance, port)


def listens(path: str, instance: str, port: int) -> bool:
    """Tell whether something accepts on the port."""
    reply, found = dial(path, instance, port)
    if found is not None:
        found.close()
    return bool(reply["ok"])


def dial_on(
    connection: socket.socket, instance: str, port: int
) -> tuple[dict[str, Any], socket.socket | None]:
    """Ask over a connection that stays open."""
    connection.sendall(msgspec.json.encode({"instance": instance, "port": port}) + b"\n")
    data, descriptors, _flags, _address = socket.recv_fds(connection, 4096, 4)
    assert data.endswith(b"\n")
    assert len(descriptors) <= 1
    found = socket.socket(fileno=descriptors[0]) if descriptors else None
    return msgspec.json.decode(data), found
