"""Pods and secrets as Kubernetes would take them, and what must never stand in one."""

import json
from dataclasses import replace
from typing import Any

import kubernetes_validate
import pytest
from msgspec.structs import replace as with_fields

from app.runtime.podspec import (
    OWN_USER,
    Papers,
    Share,
    instance_of,
    owned_by,
    pod,
    secret,
    secret_name,
    selector,
)
from app.runtime.port import Kind, Spec
from supervisor.settings import Settings
from tests.contract.cluster import CLUSTER
from tests.kubeapi.objects import matches
from wire.ids import InstanceId

ONE = InstanceId("amber-otter-0000000000", 3)
SPEC = Spec(image="i", supervisor="s", ide="d", workspace_class="standard", token="t0ken" * 9)
PAPERS = Papers('{"auths":{"reg.example.org":{"auth":"c2VjcmV0"}}}', "-----BEGIN CERTIFICATE-----")
OLDEST, NEWEST = "1.33", "1.37"
"""Versions of Kubernetes that are supported."""


def made(**changes: Any) -> dict[str, Any]:
    return pod(ONE, SPEC, "node-a", replace(CLUSTER, **changes))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"user_namespaces": False},
        {"seccomp": "podium/workspace.json", "runtime_class": "gvisor"},
        {"tolerations": ({"key": "workspaces", "operator": "Exists"},), "labels": {"team": "a"}},
    ],
)
def test_what_is_made_is_valid(version: str, changes: dict[str, Any]) -> None:
    cluster = replace(CLUSTER, **changes)
    kubernetes_validate.validate(pod(ONE, SPEC, "node-a", cluster), version, strict=True)
    kept = secret(ONE, SPEC, "node-a", cluster, PAPERS)
    kubernetes_validate.validate(kept, version, strict=True)


def test_nothing_in_a_pod_is_worth_anything() -> None:
    text = json.dumps(made())
    assert SPEC.token not in text
    assert "auths" not in text
    assert made()["spec"]["automountServiceAccountToken"] is False
    assert made()["spec"]["enableServiceLinks"] is False


def test_the_token_is_read_by_its_first_user_alone() -> None:
    volume = made()["spec"]["volumes"][1]["secret"]
    assert volume["defaultMode"] == 0o400
    alone = made(user_namespaces=False)["spec"]
    assert alone["volumes"][1]["secret"]["defaultMode"] == 0o440
    assert alone["securityContext"]["fsGroup"] == OWN_USER
    assert [one["path"] for one in volume["items"]] == ["token", "ca.crt"]
    assert secret(ONE, SPEC, "node-a", CLUSTER, PAPERS)["stringData"]["token"] == SPEC.token


def test_what_its_first_process_writes_is_in_memory_and_what_it_reads_where_it_looks() -> None:
    container = made()["spec"]["containers"][0]
    mounts = {one["mountPath"]: one for one in container["volumeMounts"]}
    assert not mounts["/run/podium"].get("readOnly")
    assert mounts["/run/podium-secrets"]["readOnly"] is True
    values = {one["name"]: one["value"] for one in container["env"] if "value" in one}
    settings = Settings.from_environ(values)
    assert settings.token_file == "/run/podium-secrets/token"
    assert settings.server_url == CLUSTER.agent
    assert settings.authority == "/run/podium-secrets/ca.crt"
    assert secret(ONE, SPEC, "node-a", CLUSTER, PAPERS)["stringData"]["ca.crt"] == PAPERS.authority
    volumes = {one["name"]: one for one in made()["spec"]["volumes"]}
    assert volumes[mounts["/run/podium"]["name"]]["emptyDir"]["medium"] == "Memory"


def test_its_door_listens_where_the_node_says_that_it_is() -> None:
    [told] = [one for one in made()["spec"]["containers"][0]["env"] if "value" not in one]
    assert told["valueFrom"] == {"fieldRef": {"fieldPath": "status.podIP"}}
    assert Settings.from_environ({told["name"]: "10.0.0.7"}).address == "10.0.0.7"


def test_with_user_namespaces_root_is_root_of_its_own_only() -> None:
    spec = made()["spec"]
    container = spec["containers"][0]["securityContext"]
    assert spec["hostUsers"] is False
    assert container["runAsUser"] == 0
    assert container["capabilities"]["drop"] == ["ALL"]
    assert not {"SYS_ADMIN", "NET_RAW"} & {*container["capabilities"]["add"]}
    assert "privileged" not in container


def test_without_them_nobody_becomes_root() -> None:
    spec = made(user_namespaces=False)["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == OWN_USER
    container = spec["containers"][0]["securityContext"]
    assert container == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def test_a_pod_shares_no_namespace_of_its_node() -> None:
    spec = made()["spec"]
    assert not {"hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"} & spec.keys()
    [path] = [one["hostPath"] for one in spec["volumes"] if "hostPath" in one]
    assert path == {"path": f"/var/lib/podium/content/{ONE.workspace}", "type": "Directory"}


def test_it_is_named_after_its_workspace_and_says_whose_it_is() -> None:
    metadata = made()["metadata"]
    assert metadata["name"] == ONE.workspace
    assert secret_name(ONE) == f"{ONE.workspace}-3"
    assert instance_of(metadata["labels"]) == ONE
    assert instance_of({}) is None
    assert matches(made(), selector(CLUSTER))
    assert matches(made(), selector(CLUSTER, "node-a"))
    assert not matches(made(), selector(CLUSTER, "node-b"))
    assert not matches(made(), selector(replace(CLUSTER, installation="other")))


def test_a_long_name_of_a_node_is_shortened_in_labels_alone() -> None:
    names = [f"{'n' * 70}.{one}.example" for one in ("a", "b")]
    labels = [pod(ONE, SPEC, name, CLUSTER)["metadata"]["labels"] for name in names]
    assert all(len(one["podium.dev/node"]) <= 63 for one in labels)
    assert labels[0] != labels[1]
    for name, version in zip(names, (OLDEST, NEWEST), strict=True):
        found = pod(ONE, SPEC, name, CLUSTER)
        kubernetes_validate.validate(found, version, strict=True)
        assert matches(found, selector(CLUSTER, name))
        assert name in json.dumps(found["spec"]["affinity"])


def test_labels_of_the_installation_never_replace_ours() -> None:
    labels = made(labels={"podium.dev/workspace": "x", "team": "a"})["metadata"]["labels"]
    assert labels["podium.dev/workspace"] == ONE.workspace
    assert labels["team"] == "a"


def test_a_class_is_what_it_asks_for_and_may_have() -> None:
    classes = {"standard": Share(cpu="500m", memory="1Gi", most_cpu="2", most_memory="4Gi")}
    resources = made(classes=classes)["spec"]["containers"][0]["resources"]
    scratch = {"ephemeral-storage": "5Gi"}
    assert resources["requests"] == {"cpu": "500m", "memory": "1Gi", **scratch}
    assert resources["limits"] == {"cpu": "2", "memory": "4Gi", **scratch}
    with pytest.raises(KeyError):
        made(classes={})


def test_it_runs_where_its_files_are_and_no_trouble_of_the_node_ends_it() -> None:
    spec = made()["spec"]
    assert "nodeName" not in spec
    affinity = spec["affinity"]["nodeAffinity"]
    [term] = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert term["matchFields"][0]["values"] == ["node-a"]
    tolerated = {one["key"] for one in spec["tolerations"]}
    assert "node.kubernetes.io/unreachable" in tolerated
    assert made()["metadata"]["annotations"] == {
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"
    }


def test_a_build_has_a_first_process_of_its_own() -> None:
    build = pod(ONE, with_fields(SPEC, kind=Kind.IMAGE_BUILD), "node-a", CLUSTER)
    assert build["spec"]["containers"][0]["command"][-1].endswith("imagebuild.py")
    assert made()["spec"]["containers"][0]["command"][-1].endswith("boot.py")


def test_what_is_owned_names_its_owner_by_uid() -> None:
    patch = owned_by({"metadata": {"name": "n", "uid": "u"}})
    [owner] = patch["metadata"]["ownerReferences"]
    assert owner == {"apiVersion": "v1", "kind": "Pod", "name": "n", "uid": "u"}
