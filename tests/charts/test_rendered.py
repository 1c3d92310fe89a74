"""What the chart makes, with every values file: objects that clusters take, confined pods."""

import json
import re
from collections import defaultdict

import kubernetes_validate
import pytest

from tests.charts.helm import CHART, NAMESPACE, Helm, Object, Rendered, values_of
from tests.tree.sources import ROOT

OLDEST, NEWEST = "1.33", "1.37"
FOREIGN = {"cert-manager.io/v1", "gateway.networking.k8s.io/v1", "monitoring.coreos.com/v1"}
"""Of operators, whose schemas Kubernetes does not have."""


def containers(spec: Object) -> list[Object]:
    return [*spec.get("initContainers", []), *spec["containers"]]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_clusters_take_every_object(rendered: Rendered, version: str):
    for source, one in rendered.objects:
        if one["apiVersion"] not in FOREIGN:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                pytest.fail(f"{source}: {error}")


def test_a_template_makes_one_kind(rendered: Rendered):
    kinds = defaultdict(set)
    for source, one in rendered.objects:
        kinds[source].add(one["kind"])
    assert not {source: found for source, found in kinds.items() if len(found) > 1}


def test_every_template_is_in_the_folder_of_a_component():
    loose = [one.name for one in (CHART / "templates").glob("*") if one.is_file()]
    assert sorted(loose) == ["NOTES.txt", "_names.tpl", "_pods.tpl", "_policies.tpl"]


def test_no_name_is_twice_and_each_is_short_enough(rendered: Rendered):
    names = [
        (one["kind"], one["metadata"].get("namespace", NAMESPACE), one["metadata"]["name"])
        for _, one in rendered.objects
    ]
    assert len(names) == len(set(names))
    assert max(len(name) for _, _, name in names) <= 63


def test_everything_is_known_by_its_labels_and_nothing_is_taken_for_a_workspaces(
    rendered: Rendered,
):
    for source, one in rendered.objects:
        labels = one["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "podium", source
        assert labels["app.kubernetes.io/instance"] == "podium", source
        assert labels["app.kubernetes.io/component"], source
        # the server takes away what has this and belongs to no workspace
        assert "podium.dev/installation" not in labels, source
    for name, metadata, _ in rendered.pods():
        assert "podium.dev/installation" not in metadata["labels"], name


def test_every_container_says_what_it_needs_and_how_it_is(rendered: Rendered):
    for name, metadata, spec in rendered.pods():
        for one in containers(spec):
            assert {"cpu", "memory"} <= one["resources"]["requests"].keys(), name
            assert "memory" in one["resources"]["limits"], name
        if "helm.sh/hook" in metadata.get("annotations", {}):
            continue  # it ends by itself
        for one in spec["containers"]:
            probes = {"startupProbe", "readinessProbe", "livenessProbe"}
            assert probes <= one.keys(), f"{name}/{one['name']}"


def test_no_container_may_more_than_it_has_to(rendered: Rendered):
    for name, _, spec in rendered.pods():
        assert spec["automountServiceAccountToken"] is (name == "podium-server")
        assert spec["enableServiceLinks"] is False
        assert "hostNetwork" not in spec
        for one in containers(spec):
            security = one["securityContext"]
            assert security["readOnlyRootFilesystem"] is True, name
            if (name, one["name"]) == ("podium-daemon", "daemon"):
                assert security["privileged"] is True  # ADR 39, 44
            else:
                assert security["allowPrivilegeEscalation"] is False, name
                assert security["capabilities"] == {"drop": ["ALL"]}, name
        if name != "podium-daemon":
            # the Pod Security level `restricted`
            assert spec["securityContext"]["runAsNonRoot"] is True, name
            assert spec["securityContext"]["runAsUser"] > 0, name
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
            kinds = {kind for volume in spec.get("volumes", []) for kind in volume} - {"name"}
            assert kinds <= {"configMap", "emptyDir", "secret", "persistentVolumeClaim"}, name


def test_what_the_daemon_mounts_is_where_workspaces_look_for_it(rendered: Rendered):
    spec = rendered.one("DaemonSet", "podium-daemon")["spec"]["template"]["spec"]
    assert spec["hostPID"] is True
    paths = {one["name"]: one["hostPath"]["path"] for one in spec["volumes"] if "hostPath" in one}
    mounts = {one["name"]: one for one in spec["containers"][0]["volumeMounts"]}
    assert paths.keys() == {"home", "run", "dev"}
    for name, path in paths.items():
        assert mounts[name]["mountPath"] == path
        assert (mounts[name].get("mountPropagation") == "Bidirectional") is (name != "dev")


def test_an_autoscaler_is_told_what_may_move(rendered: Rendered):
    for name, metadata, _ in rendered.pods():
        if "helm.sh/hook" not in metadata["annotations"]:
            said = metadata["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"]
            alone = name in {"podium-postgres", "podium-objectstore"}
            assert said == ("false" if alone else "true"), name


def test_what_stays_is_never_all_there_is(rendered: Rendered):
    for budget in rendered.of_kind("PodDisruptionBudget"):
        name = budget["metadata"]["name"]
        scaled = {
            one["metadata"]["name"]: one for one in rendered.of_kind("HorizontalPodAutoscaler")
        }
        (spec,) = [
            one["spec"]
            for one in rendered.of_kind("Deployment", "StatefulSet")
            if one["metadata"]["name"] == name
        ]
        fewest = scaled[name]["spec"]["minReplicas"] if name in scaled else spec["replicas"]
        assert budget["spec"].get("minAvailable", 0) < fewest
        assert ("replicas" in spec) is (name not in scaled)


def test_each_selector_finds_the_pods_it_is_for(rendered: Rendered):
    pods = [
        (metadata.get("namespace", NAMESPACE), metadata["labels"])
        for _, metadata, _ in rendered.pods()
    ]
    for one in rendered.of_kind("Service"):
        selector = one["spec"]["selector"].items()
        found = [
            labels for space, labels in pods if space == NAMESPACE and selector <= labels.items()
        ]
        assert len(found) == 1, one["metadata"]["name"]


def test_each_port_of_a_service_is_one_of_its_pods(rendered: Rendered):
    for service in rendered.of_kind("Service"):
        selector = service["spec"]["selector"].items()
        spec = next(s for _, m, s in rendered.pods() if selector <= m["labels"].items())
        named = {port["name"] for one in spec["containers"] for port in one.get("ports", [])}
        assert {one["targetPort"] for one in service["spec"]["ports"]} <= named


def test_each_secret_and_map_that_a_pod_needs_is_the_charts_or_the_operators(
    rendered: Rendered, helm: Helm
):
    made = {
        (one["metadata"].get("namespace", NAMESPACE), one["metadata"]["name"])
        for one in rendered.of_kind("Secret", "ConfigMap")
    }
    made |= {
        (one["metadata"].get("namespace", NAMESPACE), one["spec"]["secretName"])
        for one in rendered.of_kind("Certificate")
    }
    theirs = {
        "podium-master-key", "podium-database", "podium-redis", "podium-store", "podium-tls",
        "podium-authorities", "podium-registries", "podium-ssh", "registries",
    }  # fmt: skip
    for name, metadata, spec in rendered.pods():
        space = metadata.get("namespace", NAMESPACE)
        for needed in named_objects(spec):
            assert (space, needed) in made or needed in theirs, f"{name}: {needed}"


def named_objects(spec: Object) -> set[str]:
    found = set()
    for volume in spec.get("volumes", []):
        found |= {
            volume[kind][key]
            for kind, key in (("secret", "secretName"), ("configMap", "name"))
            if kind in volume
        }
    for one in containers(spec):
        for variable in one.get("env", []):
            source = variable.get("valueFrom", {}).get("secretKeyRef")
            found |= {source["name"]} if source else set()
    return found


def test_classes_are_those_of_the_daemon(trying_out: Rendered):
    from_chart = json.loads(trying_out.one("ConfigMap", "podium-classes")["data"]["classes.json"])
    assert from_chart.keys() == {"small", "standard", "large"}


def test_requests_of_memory_are_more_than_was_measured(trying_out: Rendered):
    notes = " ".join(json.loads((ROOT / "bench/results/start.json").read_text())["notes"])
    measured = {
        name: int(mb)
        for name, mb in re.findall(r"\b(daemon|server|blobserve|proxy|ssh) (\d+)", notes)
    }
    requested = {
        one["name"]: int(one["resources"]["requests"]["memory"].removesuffix("Mi"))
        for _, _, spec in trying_out.pods()
        for one in spec["containers"]
        if one["name"] in measured
    }
    assert requested.keys() == measured.keys() == {"daemon", "server", "blobserve", "proxy", "ssh"}
    for name, mebibytes in requested.items():
        assert mebibytes > 1.5 * measured[name], name


def test_without_internet_every_image_is_of_the_registry_that_is_named(helm: Helm):
    rendered = helm.of_file(CHART / "ci/airgapped.yaml")
    images = [one["image"] for _, _, spec in rendered.pods() for one in containers(spec)]
    assert len(images) > 8
    assert not [one for one in images if not one.startswith("registry.example.org/")]


def test_a_password_for_pulls_is_shown_by_every_pod(helm: Helm):
    rendered = helm.of_file(CHART / "ci/airgapped.yaml")
    for name, _, spec in rendered.pods():
        assert spec["imagePullSecrets"] == [{"name": "pull"}], name


def test_an_image_whose_digest_is_named_is_that_whatever_its_tag(helm: Helm):
    named = f"sha256:{'a' * 64}"
    rendered = helm.template(
        *values_of(CHART / "ci/airgapped.yaml"), "--set", f"images.digests.proxy={named}"
    )
    images = {one["image"] for _, _, spec in rendered.pods() for one in containers(spec)}
    assert [one.rpartition("@")[2] for one in images if "podium-proxy" in one] == [named]
    assert not [one for one in images if "podium-server" in one and "@" in one]
