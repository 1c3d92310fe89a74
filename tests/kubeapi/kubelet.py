"""What nodes do with pods: take them, run them, end them; and what goes wrong there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.kubeapi.objects import Object, Objects, now

IDLE = 0.1
"""Seconds after which a node looks again."""


@dataclass
class Kubelet:
    """One for all nodes; by default everything is done at once and well."""

    objects: Objects
    images_missing: bool = False
    rejects: int = 0
    """So many pods are refused for want of CPU."""
    held: bool = False
    """Nothing is done, as where a node is silent."""
    stubborn: bool = False
    """Containers do not end while their grace lasts."""
    full: bool = False
    """The scheduler finds no place."""
    late: list[str] = field(default_factory=list)
    """Pods whose secret was not there when they began."""
    seen: dict[str, Object] = field(default_factory=dict)
    """Every pod that ran, by uid."""

    async def run(self) -> None:
        while True:
            version = self.objects.version
            if not self.held:
                for pod in self.objects.select("pods", ""):
                    self._tend(pod)
            await self.objects.beyond(version, IDLE)

    def end(self, name: str, code: int, reason: str = "", message: str = "") -> None:
        """Let a pod's container end by itself."""
        reason = reason or ("Completed" if code == 0 else "Error")
        told = {"terminated": {"exitCode": code, "reason": reason, "message": message}}
        phase = "Succeeded" if code == 0 else "Failed"
        self._status(name, phase, told)

    def evict(self, name: str) -> None:
        told = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."}
        self.objects.update_status(name, told)

    def _tend(self, pod: Object) -> None:
        name, status, spec = pod["metadata"]["name"], pod["status"], pod["spec"]
        if "deletionTimestamp" in pod["metadata"]:
            if not self.stubborn or pod["metadata"]["deletionGracePeriodSeconds"] <= 1:
                self.objects.remove("pods", name)
        elif "nodeName" not in spec:
            if not self.full:
                self._place(name, pod)
            elif "conditions" not in status:
                why = {"reason": "Unschedulable", "message": "0/1 nodes: Insufficient cpu."}
                told = {"type": "PodScheduled", "status": "False", "lastTransitionTime": now()}
                self.objects.update_status(name, {**status, "conditions": [{**told, **why}]})
        elif status["phase"] == "Pending" and "containerStatuses" not in status:
            self._begin(name, pod)
        elif status["phase"] == "Pending" and not self.images_missing:
            self.seen[pod["metadata"]["uid"]] = pod
            self._status(name, "Running", {"running": {"startedAt": now()}})

    def _place(self, name: str, pod: Object) -> None:
        affinity = pod["spec"]["affinity"]["nodeAffinity"]
        required = affinity["requiredDuringSchedulingIgnoredDuringExecution"]
        node = required["nodeSelectorTerms"][0]["matchFields"][0]["values"][0]
        self.objects.patch("pods", name, {"spec": {"nodeName": node}})

    def _begin(self, name: str, pod: Object) -> None:
        if self.rejects:
            self.rejects -= 1
            told = {
                "phase": "Failed",
                "reason": "OutOfcpu",
                "message": "Pod was rejected: Node didn't have enough resource: cpu",
            }
            self.objects.update_status(name, told)
            return
        secrets = [one["name"] for one in pod["spec"]["imagePullSecrets"]]
        if any(one not in self.objects.kept["secrets"] for one in secrets):
            self.late.append(name)
            return
        waiting: dict[str, Any] = {"reason": "ContainerCreating"}
        if self.images_missing:
            waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}
        self._status(name, "Pending", {"waiting": waiting})

    def _status(self, name: str, phase: str, state: Object) -> None:
        told = {"phase": phase, "containerStatuses": [{"name": "workspace", "state": state}]}
        self.objects.update_status(name, told)


@asynccontextmanager
async def tending(objects: Objects) -> AsyncIterator[Kubelet]:
    """Let nodes work."""
    kubelet = Kubelet(objects)
    objects.create("nodes", {"metadata": {"name": "a", "labels": {}}})
    task = asyncio.get_running_loop().create_task(kubelet.run())
    try:
        yield kubelet
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
