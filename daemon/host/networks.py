"""Networks of instances: namespaces, links, and the installation's nft table."""

import asyncio
import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import structlog

from daemon.core import network
from daemon.core.network import Slot
from daemon.host import syscalls
from daemon.host.helper import Run, run_helper
from wire.hosts import Hosts
from wire.names import Names, names_of
from wire.slots import RANGE

_log = structlog.get_logger(__name__)
_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
_LINKS = Path("/sys/class/net")
_FALLBACK_MTU = 1400
_RESOLV_CONF = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


class NetworkFailed(Exception):
    """A network could not be made; the text tells why."""


class Networks:
    """Makes and removes the namespaces, interfaces and rules of one installation."""

    def __init__(
        self,
        run: Path,
        tag: str,
        egress_allow: Sequence[str],
        hosts: Hosts,
        run_helper: Run = run_helper,
    ) -> None:
        self._hosts = hosts
        self._run_helper = run_helper
        self._netns = run / "netns"
        self._userns = run / "userns"
        self._tag = tag
        self._allowed = egress_allow
        self._slots: set[Slot] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self.resolvers = host_resolvers()

    def netns(self, instance: str) -> Path:
        """Return the file that holds the instance's network namespace."""
        return self._netns / instance

    def userns(self, instance: str) -> Path:
        """Return the file that holds the instance's user namespace."""
        return self._userns / instance

    def names(self, slot: Slot) -> Names | None:
        """Return what leads to the platform in the slot's workspace."""
        return names_of(self._hosts, str(slot.gateway), str(slot.address), self.resolvers)

    async def open(self, slots: Sequence[Slot]) -> None:
        """Prepare the host: forwarding, folders, and the table with exactly these slots."""
        self._prepare_host()
        self._slots = set(slots)
        await self._rule()

    async def close(self) -> bool:
        """Remove the table unless instances still need it; returns whether it is gone."""
        if self._slots:
            return False
        await _nft(network.removal(self._tag))
        return True

    def _prepare_host(self) -> None:
        for folder in (self._netns, self._userns):
            folder.mkdir(mode=0o700, exist_ok=True)
        _FORWARD.write_text("1")

    async def ensure(self, instance: str, slot: Slot) -> None:
        """Make the instance's network unless it is there. Raises NetworkFailed or HelperFailed."""
        async with self._locks.setdefault(instance, asyncio.Lock()):
            if not self.exists(instance, slot):
                await self._make(instance, slot)

    async def _make(self, instance: str, slot: Slot) -> None:
        await self._clear(instance, slot)
        first, names = slot.first_id, self.names(slot)
        plan = {
            "userns": str(self.userns(instance)),
            "netns": str(self.netns(instance)),
            "first_id": first,
            "size": RANGE,
            "host_links": network.host_links(slot, str(self.netns(instance)), uplink_mtu()),
            "inner_links": network.inner_links(slot),
            "inner_rules": network.inner_rules(slot, names.port) if names is not None else "",
            "sysctls": {
                "ip_unprivileged_port_start": "0",
                # ids as the helper sees them: the host's
                "ping_group_range": f"{first} {first + RANGE - 1}",
            },
        }
        self._slots.add(slot)
        # One transaction, since each is a process: an older address goes, this one comes. The
        # namespace is made beside it, and nothing runs there before both are done.
        script = network.expel_script(slot) + network.admit_script(slot)
        done = await asyncio.gather(
            self._nft_or_rule(script), self._run_helper("netns_child", plan), return_exceptions=True
        )
        for result in done:
            if isinstance(result, BaseException):
                raise result

    def exists(self, instance: str, slot: Slot) -> bool:
        """Tell whether namespaces and interface are in place."""
        held = (self.netns(instance), self.userns(instance))
        return all(_is_namespace(path) for path in held) and (_LINKS / slot.interface).exists()

    async def remove(self, instance: str, slot: Slot) -> None:
        """Remove what there is of the instance's network."""
        async with self._locks.setdefault(instance, asyncio.Lock()):
            await self._remove(instance, slot)
        self._locks.pop(instance, None)

    async def _remove(self, instance: str, slot: Slot) -> None:
        await self._clear(instance, slot)
        self._slots.discard(slot)
        await self._nft_or_rule(network.expel_script(slot))

    async def _clear(self, instance: str, slot: Slot) -> None:
        await _delete_link(slot.interface)
        for path in (self.netns(instance), self.userns(instance)):
            let_go(path)

    async def _nft_or_rule(self, change: str) -> None:
        """Change the table; when somebody has flushed the host's rules, make it anew."""
        try:
            await _nft(change)
        except NetworkFailed as error:
            _log.warning("rules_restored", reason=str(error))
            await self._rule()

    async def _rule(self) -> None:
        slots = sorted(self._slots, key=lambda slot: slot.index)
        await _nft(network.ruleset(self._tag, slots, self.resolvers, self._allowed))

    async def sweep(self, live: Collection[str], interfaces: Collection[str]) -> None:
        """Remove namespaces and interfaces of this tag that no live instance owns."""
        for name in interfaces_of(self._tag) - set(interfaces):
            _log.info("orphan_removed", kind="interface", name=name)
            await _delete_link(name)
        for path in [*self._netns.iterdir(), *self._userns.iterdir()]:
            if path.name not in live:
                _log.info("orphan_removed", kind=path.parent.name, instance=path.name)
                let_go(path)


def host_resolvers() -> list[str]:
    """Return the resolvers that workspaces may use: the host's real ones, never a loopback."""
    for path in _RESOLV_CONF:
        if path.exists():
            found = network.resolvers_of(path.read_text())
            if found:
                return found
    _log.warning("no_resolver_for_workspaces", read=[str(path) for path in _RESOLV_CONF])
    return []


def interfaces_of(tag: str) -> set[str]:
    """Return the host's interfaces that carry the installation's tag."""
    return {link.name for link in _LINKS.glob(f"pd{tag}*")}


def uplink_mtu() -> int:
    """Return the MTU of the interface with the default route."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        words = line.split()
        if words[1] == "00000000":
            return int((_LINKS / words[0] / "mtu").read_text())
    return _FALLBACK_MTU


def let_go(path: Path) -> None:
    """Unmount a namespace file as often as it is mounted, and remove it."""
    while _is_namespace(path):
        syscalls.unmount(str(path))
    path.unlink(missing_ok=True)


def _is_namespace(path: Path) -> bool:
    """Tell whether a namespace is bound on the file: then it lies on another filesystem."""
    try:
        return path.stat().st_dev != path.parent.stat().st_dev
    except OSError:
        return False


async def _delete_link(name: str) -> None:
    """Delete an interface; one that goes by itself, with its namespace, is fine."""
    if not (_LINKS / name).exists():
        return
    try:
        await _run("ip", "link", "delete", name)
    except NetworkFailed:
        if (_LINKS / name).exists():
            raise


async def _nft(script: str) -> None:
    await _run("nft", "-f", "-", text=script)


async def _run(*command: str, text: str = "") -> None:
    # a file, because a command that ends early would break a pipe while it is written to
    with tempfile.TemporaryFile() as given:
        given.write(text.encode())
        given.seek(0)
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=given,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")},
        )
    _out, err = await process.communicate()
    if process.returncode != 0:
        raise NetworkFailed(f"{command[0]}: {err.decode(errors='replace').strip()[:400]}")
