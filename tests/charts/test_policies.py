"""NetworkPolicies of the chart: what workspaces reach, and who reaches them."""

from typing import Any

import pytest

from app.runtime.podspec import Cluster, Share, pod
from app.runtime.port import Kind, Spec
from tests.charts.helm import FILES, NAMESPACE, Helm, Rendered
from tests.charts.policies import Outside, Pod, reaches
from wire.agent import SUPERVISOR_PORT
from wire.ids import InstanceId

SPACE = "podium-workspaces"
AGENT = 8002
METADATA, NODE, INTERNET = Outside("169.254.169.254"), Outside("10.0.3.7"), Outside("140.82.112.3")
PROMETHEUS = Pod("monitoring", {"app": "prometheus"})
STRANGER = Pod("others", {"app.kubernetes.io/component": "proxy"})
DNS = Pod("kube-system", {"k8s-app": "kube-dns"})


def workspace(kind: Kind = Kind.WORKSPACE) -> Pod:
    """Return a workspace as the server makes it."""
    share = Share("1", "1Gi", "1", "1Gi")
    classes = {"standard": share}
    cluster = Cluster(installation="i", registry="r", content="/c", agent="a", classes=classes)
    one = InstanceId("amber-otter-0000000000", 3)
    spec = Spec(
        image="i", supervisor="s", ide="d", workspace_class="standard", token="t", kind=kind
    )
    return Pod(SPACE, pod(one, spec, "node-a", cluster)["metadata"]["labels"])


@pytest.fixture(params=[one for one in FILES if one.stem != "small"], ids=lambda file: file.stem)
def rendered(request: pytest.FixtureRequest, helm: Helm) -> Rendered:
    return helm.of_file(request.param)


def policies(rendered: Rendered) -> list[dict[str, Any]]:
    return [
        {**one, "metadata": {"namespace": NAMESPACE, **one["metadata"]}}
        for one in rendered.of_kind("NetworkPolicy")
    ]


def pods(rendered: Rendered) -> dict[str, Pod]:
    return {
        name.removeprefix("podium-"): Pod(
            metadata.get("namespace", NAMESPACE),
            metadata["labels"],
            {
                p["name"]: p["containerPort"]
                for one in spec["containers"]
                for p in one.get("ports", [])
            },
        )
        for name, metadata, spec in rendered.pods()
    }


def every_port(pod: Pod) -> set[int]:
    return {*pod.ports.values(), 1, 22, 80, 443, 8000, 8001, 8002, 22999, 23000, 23001, 65535}


def test_workspaces_do_not_reach_each_other(rendered: Rendered):
    rules = policies(rendered)
    for kind in Kind:
        for port in (1, SUPERVISOR_PORT, 23000, 3000, 65535):
            assert not reaches(rules, workspace(), workspace(kind), port)
            assert not reaches(rules, workspace(kind), workspace(), port, "UDP")


def test_workspaces_reach_their_own_endpoint_of_the_control_plane_and_nothing_else(
    rendered: Rendered,
):
    rules = policies(rendered)
    found = {
        (name, port)
        for name, pod in pods(rendered).items()
        if not name.startswith("test")
        for port in every_port(pod)
        if reaches(rules, workspace(), pod, port)
    }
    assert found == {("server", AGENT)}


def test_a_build_reaches_the_registry_beside(rendered: Rendered):
    rules, all_pods = policies(rendered), pods(rendered)
    build = workspace(Kind.IMAGE_BUILD)
    found = {
        (name, port)
        for name, pod in all_pods.items()
        if not name.startswith("test")
        for port in every_port(pod)
        if reaches(rules, build, pod, port)
    }
    assert found == {("server", AGENT), ("blobserve", 5000)}


@pytest.mark.parametrize("port", [80, 443, 10250, 22, 30500])
def test_workspaces_reach_neither_nodes_nor_the_metadata_service(rendered: Rendered, port: int):
    for place in (METADATA, NODE, Outside("192.168.0.1"), Outside("fd00::1"), Outside("fe80::1")):
        assert not reaches(policies(rendered), workspace(), place, port)


def test_workspaces_reach_the_internet_and_find_names(rendered: Rendered):
    rules = policies(rendered)
    for place in (INTERNET, Outside("2606:50c0:8000::154")):
        assert reaches(rules, workspace(), place, 443)
    assert reaches(rules, workspace(), DNS, 53, "UDP")
    assert not reaches(rules, workspace(), DNS, 443)
    assert not reaches(rules, workspace(), PROMETHEUS, 9090)


def test_a_network_that_is_allowed_is_open_and_one_that_is_denied_is_not(helm: Helm):
    rules = policies(helm.of_file(next(one for one in FILES if one.stem == "external")))
    assert reaches(rules, workspace(), Outside("10.20.0.9"), 443)
    assert not reaches(rules, workspace(), Outside("10.21.0.9"), 443)
    assert not reaches(rules, workspace(), Outside("203.0.113.7"), 443)
    assert not reaches(rules, workspace(), Outside("2001:db8::7"), 443)


def test_proxy_and_server_reach_the_supervisor_alone(rendered: Rendered):
    rules, all_pods = policies(rendered), pods(rendered)
    may = {
        name for name, pod in all_pods.items() if reaches(rules, pod, workspace(), SUPERVISOR_PORT)
    }
    assert may == {"proxy", "server"}
    for end in (STRANGER, PROMETHEUS):
        assert not reaches(rules, end, workspace(), SUPERVISOR_PORT)
    for name in may:
        assert not reaches(rules, all_pods[name], workspace(), 3000)


def test_what_nobody_knows_in_the_namespace_of_workspaces_reaches_nothing(rendered: Rendered):
    rules, unknown = policies(rendered), Pod(SPACE, {"app": "of-somebody"})
    for end in (INTERNET, DNS, workspace(), *pods(rendered).values()):
        assert not reaches(rules, unknown, end, 8002)
        assert not reaches(rules, end, unknown, 80) or isinstance(end, Outside)


def test_the_server_alone_reaches_daemons(rendered: Rendered):
    rules, all_pods = policies(rendered), pods(rendered)
    may = {name for name, pod in all_pods.items() if reaches(rules, pod, all_pods["daemon"], 8443)}
    assert may == {"server"}
    assert not reaches(rules, STRANGER, all_pods["daemon"], 8443)


def test_the_control_planes_own_ports_are_for_its_own(rendered: Rendered):
    rules, all_pods = policies(rendered), pods(rendered)
    server, proxy, blobserve = (all_pods[one] for one in ("server", "proxy", "blobserve"))
    assert reaches(rules, proxy, server, 8000)
    assert reaches(rules, proxy, server, 8001)
    assert reaches(rules, proxy, blobserve, 8000)
    assert reaches(rules, server, all_pods["daemon"], 8443)
    assert reaches(rules, PROMETHEUS, proxy, 9100)
    for end in (STRANGER, blobserve, all_pods["daemon"], all_pods["test-isolation"]):
        assert not reaches(rules, end, server, 8001)
        assert not reaches(rules, end, proxy, 9100)


def test_browsers_and_nodes_come_from_anywhere(rendered: Rendered):
    rules, all_pods = policies(rendered), pods(rendered)
    assert reaches(rules, INTERNET, all_pods["proxy"], 8080)
    assert reaches(rules, NODE, all_pods["blobserve"], 5000)
    assert not reaches(rules, INTERNET, all_pods["server"], 8000)


def test_what_is_bundled_is_for_who_needs_it(trying_out: Rendered):
    rules, all_pods = policies(trying_out), pods(trying_out)
    ways = {
        ("postgres", 5432): "server",
        ("redis", 6379): "server",
        ("objectstore", 9000): "daemon",
    }
    for (name, port), who in ways.items():
        may = {one for one, pod in all_pods.items() if reaches(rules, pod, all_pods[name], port)}
        assert may == {who}
        assert not reaches(rules, workspace(), all_pods[name], port)
