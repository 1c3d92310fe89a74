"""What an instance is on a cluster: a pod, and the secret that its first process reads. Pure.

A pod is named after its workspace, not its instance: so the API server itself refuses a
second one while the first is there. Files are where the daemon of the pod's node keeps them,
and the pod may run on that node alone. Nothing that is worth anything stands in a pod.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from app.runtime.port import Kind, Spec
from wire.agent import SUPERVISOR_PORT
from wire.firstprocess import BUILD_INIT, CAPABILITIES, INIT
from wire.ids import InstanceId, parse_instance_id

PREFIX: Final = "podium.dev"
INSTALLATION: Final = f"{PREFIX}/installation"
WORKSPACE: Final = f"{PREFIX}/workspace"
NUMBER: Final = f"{PREFIX}/number"
NODE: Final = f"{PREFIX}/node"
KIND: Final = f"{PREFIX}/kind"
CLASS: Final = f"{PREFIX}/class"
CONTAINER: Final = "workspace"
"""Name of the one container of a pod."""
OWN_USER: Final = 33333
"""Whom a workspace runs as where its cluster has no user namespaces: nobody becomes root there."""
SCRATCH: Final = "ephemeral-storage"
SHARED_BRIDGE: Final = "NET_RAW"
"""What would let a pod speak for others on its node's network; on one machine each is alone."""
_NEVER_EVICTED: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"
_TOLERATED: Final = (
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/unschedulable",
)
"""Of a node whose silence or trouble ends no workspace: a lease decides that, or a person."""
MOST_LABEL: Final = 63
GRACE: Final = 30
"""Seconds that a pod which is deleted by somebody else may take to end."""
SECRETS: Final = "/run/podium-secrets"
"""Where the first process finds what it reads once."""
AUTHORITY: Final = "ca.crt"
"""Key and file of the certificate by which it knows the server."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a class asks of its node, and what it may use at most; quantities of Kubernetes."""

    cpu: str
    memory: str
    most_cpu: str
    most_memory: str
    scratch: str = "5Gi"
    """Of what is written beside the files of the workspace, such as /tmp: it is the node's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What every pod of an installation has in common."""

    installation: str
    """Value of a label: several installations may share a namespace."""
    registry: str
    """Host, with its port, of the registry facade as the nodes reach it."""
    content: str
    """Folder of the daemons' trees on the nodes."""
    agent: str
    """Address of the server's agent listener as pods reach it, `https://host:port`."""
    classes: Mapping[str, Share]
    user_namespaces: bool = True
    seccomp: str = ""
    """Profile on the nodes; empty for the container engine's own."""
    runtime_class: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Mapping[str, str], ...] = ()
    """Beside what every pod tolerates."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What a pod is given beside its token; it stands in the instance's secret alone."""

    pull: str = field(repr=False)
    """Text of the `.dockerconfigjson` that its image is pulled with."""
    authority: str
    """Certificate (PEM) of whoever has signed the server's."""


def selector(cluster: Cluster, node: str = "") -> str:
    """Return the label selector of an installation's objects, or of those for one node."""
    of_node = f",{NODE}={_value(node)}" if node else ""
    return f"{INSTALLATION}={cluster.installation}{of_node}"


def instance_of(labels: Mapping[str, str]) -> InstanceId | None:
    """Return whose an object is by its labels; None when they name no instance."""
    return parse_instance_id(f"{labels.get(WORKSPACE, '')}.{labels.get(NUMBER, '')}")


def pod(instance: InstanceId, spec: Spec, node: str, cluster: Cluster) -> dict[str, Any]:
    """Return the pod of an instance on a node.

    Raises KeyError for a class that the cluster does not know.
    """
    building = spec.kind is Kind.IMAGE_BUILD
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": instance.workspace,
            "labels": _labels(instance, spec, node, cluster),
            "annotations": {_NEVER_EVICTED: "false"},
        },
        "spec": {
            "affinity": _only_on(node),
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": CONTAINER,
                    "image": f"{cluster.registry}/instance/{instance}",
                    "imagePullPolicy": "IfNotPresent",
                    "command": list(BUILD_INIT if building else INIT),
                    "env": _variables(cluster),
                    "ports": [{"name": "supervisor", "containerPort": SUPERVISOR_PORT}],
                    "resources": _resources(cluster.classes[spec.workspace_class]),
                    "securityContext": _confined(cluster),
                    "volumeMounts": _mounts(),
                }
            ],
            "enableServiceLinks": False,
            "hostname": instance.workspace,
            "hostUsers": not cluster.user_namespaces,
            "imagePullSecrets": [{"name": secret_name(instance)}],
            "restartPolicy": "Never",
            "securityContext": _pod_security(cluster),
            "terminationGracePeriodSeconds": GRACE,
            "tolerations": [
                *({"key": key, "operator": "Exists"} for key in _TOLERATED),
                *(dict(one) for one in cluster.tolerations),
            ],
            "volumes": _volumes(instance, cluster),
            **({"runtimeClassName": cluster.runtime_class} if cluster.runtime_class else {}),
        },
    }


def secret_name(instance: InstanceId) -> str:
    """Return the name of an instance's secret."""
    return f"{instance.workspace}-{instance.n}"


def secret(
    instance: InstanceId, spec: Spec, node: str, cluster: Cluster, papers: Papers
) -> dict[str, Any]:
    """Return the secret of an instance: its token and its papers."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {
            "name": secret_name(instance),
            "labels": _labels(instance, spec, node, cluster),
        },
        "stringData": {
            ".dockerconfigjson": papers.pull,
            "token": spec.token,
            AUTHORITY: papers.authority,
        },
    }


def owned_by(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch by which an object goes when its pod goes."""
    metadata = pod["metadata"]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
    return {"metadata": {"ownerReferences": [owner]}}


def _value(node: str) -> str:
    """Return a node's name as a label's value, which may have 63 characters of its 253."""
    if len(node) <= MOST_LABEL:
        return node
    return f"{node[:48]}-{sha256(node.encode()).hexdigest()[:14]}"


def _labels(instance: InstanceId, spec: Spec, node: str, cluster: Cluster) -> dict[str, str]:
    return {
        **cluster.labels,
        "app.kubernetes.io/component": "workspace",
        "app.kubernetes.io/managed-by": "podium",
        INSTALLATION: cluster.installation,
        WORKSPACE: instance.workspace,
        NUMBER: str(instance.n),
        NODE: _value(node),
        KIND: spec.kind.value,
        CLASS: spec.workspace_class,
    }


def _only_on(node: str) -> dict[str, Any]:
    # by affinity and not by `nodeName`: so the scheduler counts what the pod asks for
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    terms = [{"matchFields": [field]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"nodeAffinity": required}


def _resources(share: Share) -> dict[str, Any]:
    return {
        "requests": {"cpu": share.cpu, "memory": share.memory, SCRATCH: share.scratch},
        "limits": {"cpu": share.most_cpu, "memory": share.most_memory, SCRATCH: share.scratch},
    }


def _pod_security(cluster: Cluster) -> dict[str, Any]:
    profile = {"type": "Localhost", "localhostProfile": cluster.seccomp}
    security: dict[str, Any] = {
        "seccompProfile": profile if cluster.seccomp else {"type": "RuntimeDefault"}
    }
    if not cluster.user_namespaces:
        # the group so that it reads its secret, which is root's otherwise
        who = {"runAsUser": OWN_USER, "runAsGroup": OWN_USER, "fsGroup": OWN_USER}
        security |= {"runAsNonRoot": True, **who}
    return security


def _confined(cluster: Cluster) -> dict[str, Any]:
    """Return what the container may: sudo needs a root, which is only one in its own namespace."""
    if not cluster.user_namespaces:
        return {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    capabilities = {"drop": ["ALL"], "add": [one for one in CAPABILITIES if one != SHARED_BRIDGE]}
    return {
        "runAsUser": 0,
        "runAsGroup": 0,
        "allowPrivilegeEscalation": True,
        "capabilities": capabilities,
    }


def _variables(cluster: Cluster) -> list[dict[str, Any]]:
    told = {
        "SUPERVISOR_TOKEN_FILE": f"{SECRETS}/token",
        "SUPERVISOR_SERVER_URL": cluster.agent,
        "SUPERVISOR_CA": f"{SECRETS}/{AUTHORITY}",
    }
    # a pod learns its address only when it has one: there proxies come in
    address = {"fieldRef": {"fieldPath": "status.podIP"}}
    return [
        *({"name": name, "value": value} for name, value in told.items()),
        {"name": "SUPERVISOR_ADDRESS", "valueFrom": address},
    ]


def _mounts() -> list[dict[str, Any]]:
    return [
        {"name": "content", "mountPath": "/workspace", "subPath": "workspace"},
        {"name": "content", "mountPath": "/home/gitpod", "subPath": "home"},
        {"name": "run", "mountPath": "/run/podium"},
        {"name": "secret", "mountPath": SECRETS, "readOnly": True},
    ]


def _volumes(instance: InstanceId, cluster: Cluster) -> list[dict[str, Any]]:
    path = f"{cluster.content}/{instance.workspace}"
    items = [{"key": name, "path": name} for name in ("token", AUTHORITY)]
    mode = 0o400 if cluster.user_namespaces else 0o440
    return [
        {"name": "content", "hostPath": {"path": path, "type": "Directory"}},
        {
            "name": "secret",
            "secret": {"secretName": secret_name(instance), "defaultMode": mode, "items": items},
        },
        {"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
    ]
