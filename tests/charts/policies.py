"""Who may reach whom by NetworkPolicies: the rules of the API, without a network. Pure.

Policies of a pod add up; a direction for which one names the pod is closed but for what they
allow. Both ends have to allow a connection. Addresses of pods are in no `ipBlock` here, as
Kubernetes advises, but `outside` addresses are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Pod:
    namespace: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outside:
    """What is no pod: a node, the internet, the metadata service."""

    address: str


End = Pod | Outside


def reaches(policies: Sequence[Policy], a: End, b: End, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection from a to a port of b is let through at both ends."""
    return _allows(policies, "Egress", a, b, b, port, protocol) and _allows(
        policies, "Ingress", b, a, b, port, protocol
    )


def _allows(
    policies: Iterable[Policy], way: str, pod: End, peer: End, end: End, port: int, protocol: str
) -> bool:
    if isinstance(pod, Outside):
        return True
    about = [one["spec"] for one in policies if _about(one, pod) and way in _types(one["spec"])]
    key, peers = ("egress", "to") if way == "Egress" else ("ingress", "from")
    rules = [rule for spec in about for rule in spec.get(key, [])]
    return not about or any(
        _has_port(rule.get("ports"), end, port, protocol) and _has_peer(rule.get(peers), peer, pod)
        for rule in rules
    )


def _about(policy: Policy, pod: Pod) -> bool:
    namespace = policy["metadata"]["namespace"]
    return namespace == pod.namespace and _selects(policy["spec"]["podSelector"], pod.labels)


def _types(spec: Mapping[str, Any]) -> Sequence[str]:
    types: Sequence[str] = spec["policyTypes"]
    return types


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels"}
    return selector.get("matchLabels", {}).items() <= labels.items()


def _has_port(
    ports: Sequence[Mapping[str, Any]] | None, end: End, port: int, protocol: str
) -> bool:
    if not ports:
        return True
    named = end.ports if isinstance(end, Pod) else {}
    return any(
        one["protocol"] == protocol and port == (named.get(one["port"], one["port"]))
        for one in ports
    )


def _has_peer(peers: Sequence[Mapping[str, Any]] | None, peer: End, pod: Pod) -> bool:
    return not peers or any(_is(one, peer, pod.namespace) for one in peers)


def _is(allowed: Mapping[str, Any], peer: End, here: str) -> bool:
    if isinstance(peer, Outside):
        block = allowed.get("ipBlock")
        return block is not None and _within(block, peer.address)
    if "ipBlock" in allowed:
        return False
    spaces = allowed.get("namespaceSelector")
    own = {"kubernetes.io/metadata.name": peer.namespace}
    in_space = peer.namespace == here if spaces is None else _selects(spaces, own)
    return in_space and _selects(allowed.get("podSelector", {}), peer.labels)


def _within(block: Mapping[str, Any], address: str) -> bool:
    known = ip_address(address)
    nets = [ip_network(one) for one in (block["cidr"], *block.get("except", []))]
    first, *without = [net.version == known.version and known in net for net in nets]
    return first and not any(without)
