"""The trial start that chooses the OCI runtime."""

import asyncio
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import structlog

from daemon.core.classes import Limits
from daemon.core.network import Slot
from daemon.host import cgroups, launch, runtimes
from daemon.host.helper import HelperFailed
from daemon.host.networks import NetworkFailed, Networks
from daemon.host.runtimes import OciRuntime, RuntimeFailed

_log = structlog.get_logger(__name__)

TRIAL: Final = "trial"
"""Stands where an instance id would: no instance can have this name."""
LIMITS: Final = Limits(cpus=1, memory=64 << 20, pids=32)
_PATIENCE: Final = 20.0
"""Seconds for one trial; a healthy one takes a tenth."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a trial takes place."""

    run: Path
    layers: Path
    logs: Path
    stage: Path
    slot: Slot
    cgroup: str


async def choose(
    run: Path, ground: Ground, networks: Networks, seccomp: dict[str, Any]
) -> OciRuntime | None:
    """Return the first runtime whose trial start works, None when none does."""
    chosen = None
    for candidate in runtimes.candidates(run):
        reason = await _try(candidate, ground, networks, seccomp)
        if not reason:
            chosen = replace(candidate, version=await runtimes.version_of(candidate))
            break
        _log.warning("runtime_refused", runtime=candidate.name, reason=reason)
    await networks.remove(TRIAL, ground.slot)
    return chosen


async def _try(
    runtime: OciRuntime, ground: Ground, networks: Networks, seccomp: dict[str, Any]
) -> str:
    places = launch.Places(
        ground.run / TRIAL, ground.layers / TRIAL, ground.logs / TRIAL / "trial.log"
    )
    root = ground.layers / "trial-root"
    await runtime.forget(TRIAL, places.runtime_log)
    order = launch.Order(
        instance=TRIAL,
        hostname=TRIAL,
        slot=ground.slot,
        userns=networks.userns(TRIAL),
        netns=networks.netns(TRIAL),
        cgroup=ground.cgroup,
        limits=LIMITS,
        image=root,
        idmapped={},
        layered={},
        shown=runtimes.make_trial_root(root),
        secret_folders={},
        files={},
        resolvers=[],
        init=("/usr/bin/sleep", "60"),
    )
    try:
        await networks.ensure(TRIAL, ground.slot)
        async with asyncio.timeout(_PATIENCE):
            started = await launch.launch(order, places, ground.stage, runtime, seccomp)
        if started.pid not in cgroups.processes(ground.cgroup):
            return "its process is not in the cgroup asked for"
    except (RuntimeFailed, HelperFailed, NetworkFailed, OSError) as error:
        return str(error) or type(error).__name__
    else:
        return ""
    finally:
        await _clear(runtime, ground, places)


async def _clear(runtime: OciRuntime, ground: Ground, places: launch.Places) -> None:
    await cgroups.end(ground.cgroup)
    await runtime.forget(TRIAL, places.runtime_log)
    cgroups.remove(ground.cgroup)
    for folder in (places.run, places.layer):
        shutil.rmtree(folder, ignore_errors=True)
