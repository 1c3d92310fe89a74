"""Whether the port of the one entry is free, and who has it when it is not."""

import contextlib
import socket
from ipaddress import ip_address
from pathlib import Path

from cli.problems import CommandError


def check_free(listen: str, port: int) -> None:
    """Raise CommandError, with the holder, when the port is taken on an address to listen on."""
    try:
        loopback = ip_address(listen).is_loopback
    except ValueError as error:
        raise CommandError(
            f"PODIUM_LISTEN={listen} is no IP address", cure="Set it to 127.0.0.1, for example."
        ) from error
    # The proxy listens on both loopbacks, since browsers try both.
    for address in ("127.0.0.1", "::1") if loopback else (listen,):
        _check(address, port)


def _check(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except PermissionError as error:
            raise CommandError(f"Port {port} may not be used", str(error)) from error
        except OSError as error:
            holder = holder_of(port)
            if not holder and address == "::1":
                return  # this machine has no IPv6
            raise CommandError(
                f"Port {port} cannot be used",
                f"{holder} listens on it." if holder else f"{address}: {error.strerror}.",
                f"End it, or choose another port: PODIUM_PORT={port % 65535 + 1} make up"
                if holder
                else "Choose an address of this machine with PODIUM_LISTEN.",
            ) from error


def holder_of(port: int) -> str:
    """Return name and pid of the process that listens on the port; empty when nobody does."""
    inodes = {
        f"socket:[{fields[9]}]"
        for table in ("tcp", "tcp6")
        for fields in _rows(Path("/proc/net") / table)
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    if not inodes:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        if _links(folder / "fd") & inodes:
            return f"{_name(folder)} (pid {folder.name})"
    return "Another process"


def _links(folder: Path) -> set[str]:
    """Return what a process has open; descriptors come and go while one looks."""
    found = set()
    with contextlib.suppress(OSError):
        for one in folder.iterdir():
            with contextlib.suppress(OSError):
                found.add(str(one.readlink()))
    return found


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text().strip()
    except OSError:  # it has just ended
        return "A process"


def _rows(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text().splitlines()[1:]]
    except OSError:
        return []
