"""Objects of an API server: versions, history, selectors, graceful deletion, owners.

As Kubernetes documents it (API concepts): one growing resourceVersion over all kinds; a watch
goes on behind a version as long as the history reaches back to it; a deletion of a pod that
has a node first sets a time and waits for the node; what is owned goes with its owner.
"""

import asyncio
import base64
import copy
import itertools
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]


class Refusal(Exception):
    """A Status of the API that is a failure."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason = code, reason

    @property
    def status(self) -> Object:
        told = {"code": self.code, "reason": self.reason, "message": str(self)}
        return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "metadata": {}, **told}


GONE = Refusal(410, "Expired", "The resourceVersion for the provided watch is too old.")


@dataclass(frozen=True)
class Change:
    version: int
    kind: str
    type: str
    object: Object
    before: Object | None
    """What a watch's selector may have matched before."""


class Objects:
    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Object]] = defaultdict(dict)
        self.history: list[Change] = []
        self.version = 100
        self.oldest = 0
        """Versions below it are forgotten."""
        self.moved = asyncio.Condition()
        self._uids = itertools.count(1)
        self._told: set[asyncio.Task[None]] = set()
        self.late = False
        """What is owned goes when `collect` is called, not with its owner."""

    # --- reading ---

    def get(self, kind: str, name: str) -> Object:
        try:
            return copy.deepcopy(self.kept[kind][name])
        except KeyError:
            raise Refusal(404, "NotFound", f'{kind} "{name}" not found') from None

    def select(self, kind: str, selector: str) -> list[Object]:
        found = [one for one in self.kept[kind].values() if matches(one, selector)]
        return copy.deepcopy(sorted(found, key=lambda one: str(one["metadata"]["name"])))

    def since(self, kind: str, version: int, selector: str) -> list[tuple[str, Object]]:
        """Return the events behind a version; raises GONE."""
        if version < self.oldest:
            raise GONE
        events = []
        for change in self.history:
            if change.version <= version or change.kind != kind:
                continue
            now, was = matches(change.object, selector), matches(change.before, selector)
            if now and was:
                events.append((change.type, change.object))
            elif now:
                kind_now = change.type if change.type == "DELETED" else "ADDED"
                events.append((kind_now, change.object))
            elif was:
                events.append(("DELETED", change.object))
        return copy.deepcopy(events)

    async def beyond(self, version: int, seconds: float) -> None:
        """Wait for a newer version, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.moved:
                await self.moved.wait_for(lambda: self.version > version)

    # --- writing ---

    def create(self, kind: str, body: Object) -> Object:
        name = body["metadata"]["name"]
        if name in self.kept[kind]:
            raise Refusal(409, "AlreadyExists", f'{kind} "{name}" already exists')
        made = copy.deepcopy(body)
        made["metadata"] |= {"uid": f"uid-{next(self._uids)}", "creationTimestamp": now()}
        if kind == "pods":
            made["status"] = {"phase": "Pending"}
        if kind == "secrets":
            made = _encoded(made)
        return self._put(kind, made, "ADDED")

    def patch(self, kind: str, name: str, body: Object) -> Object:
        merged = _merged(self.get(kind, name), body)
        return self._put(kind, _encoded(merged) if kind == "secrets" else merged, "MODIFIED")

    def update_status(self, name: str, status: Object) -> None:
        """As a kubelet does; a pod that is gone is not brought back."""
        if name in self.kept["pods"]:
            self._put("pods", {**self.get("pods", name), "status": status}, "MODIFIED")

    def delete(self, kind: str, name: str, body: Object) -> Object:
        known = self.get(kind, name)
        wanted = body.get("preconditions", {}).get("uid")
        if wanted is not None and wanted != known["metadata"]["uid"]:
            raise Refusal(409, "Conflict", f"the UID in the precondition ({wanted}) is another")
        grace = body.get("gracePeriodSeconds")
        ended = known.get("status", {}).get("phase") in {"Succeeded", "Failed"}
        if kind == "pods" and grace != 0 and not ended and known["spec"].get("nodeName"):
            if grace is None:
                grace = known["spec"].get("terminationGracePeriodSeconds", 30)
            known["metadata"].setdefault("deletionTimestamp", now())
            before = known["metadata"].get("deletionGracePeriodSeconds", grace)
            known["metadata"]["deletionGracePeriodSeconds"] = min(before, grace)
            return self._put(kind, known, "MODIFIED")
        self.remove(kind, name)
        return known

    def remove(self, kind: str, name: str) -> None:
        """Take an object away, and what it owns."""
        if name not in self.kept[kind]:
            return
        last = self.kept[kind].pop(name)
        self._note(kind, "DELETED", last, last)
        if not self.late:
            self.collect()

    def collect(self) -> None:
        """Take away what is owned by nobody that is there."""
        there = {one["metadata"]["uid"] for every in self.kept.values() for one in every.values()}
        for kind, objects in list(self.kept.items()):
            for one in [*objects.values()]:
                owners = one["metadata"].get("ownerReferences", ())
                if owners and not there & {owner["uid"] for owner in owners}:
                    self.remove(kind, one["metadata"]["name"])

    def forget(self) -> None:
        """Compact the history: watches of what was cannot go on."""
        self.history.clear()
        self.oldest = self.version
        self._tell()

    def _put(self, kind: str, one: Object, change: str) -> Object:
        name = one["metadata"]["name"]
        before = self.kept[kind].get(name)
        self.kept[kind][name] = one
        self._note(kind, change, one, before)
        return copy.deepcopy(one)

    def _note(self, kind: str, change: str, one: Object, before: Object | None) -> None:
        self.version += 1
        one["metadata"]["resourceVersion"] = str(self.version)
        told = Change(self.version, kind, change, copy.deepcopy(one), before)
        self.history.append(told)
        self._tell()

    def _tell(self) -> None:
        async def tell() -> None:
            async with self.moved:
                self.moved.notify_all()

        task = asyncio.get_running_loop().create_task(tell())
        self._told.add(task)
        task.add_done_callback(self._told.discard)


def _encoded(secret: Object) -> Object:
    """Take in what a secret is told in plain words."""
    told = secret.pop("stringData", {}).items()
    plain = {key: base64.b64encode(text.encode()).decode() for key, text in told}
    return {**secret, "data": {**secret.get("data", {}), **plain}}


def matches(one: Object | None, selector: str) -> bool:
    """Tell whether labels are as an equality-based selector has them."""
    if one is None:
        return False
    labels = one["metadata"].get("labels", {})
    pairs = [part.split("=", 1) for part in selector.split(",") if part]
    return all(labels.get(key) == value for key, value in pairs)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _merged(one: Object, patch: Object) -> Object:
    """RFC 7386."""
    for key, value in patch.items():
        if value is None:
            one.pop(key, None)
        elif isinstance(value, dict) and isinstance(one.get(key), dict):
            _merged(one[key], value)
        else:
            one[key] = value
    return one
