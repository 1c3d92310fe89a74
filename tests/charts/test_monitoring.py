"""Alerts and the dashboard ask for metrics that there are, by labels that these have."""

import json
import re
from collections.abc import Iterator

import pytest

from blobserve.core import counts
from kit.metrics import Metric
from proxy.core import samples
from tests.charts.helm import CHART, FILES, Helm, Rendered

NAME = re.compile(r"\b(podium_\w+)\b(?:\s*\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*=~?\"")
OF_PROMETHEUS = {"namespace", "pod", "job", "service"}


def names(metric: Metric, prefix: str) -> set[str]:
    whole = f"{prefix}{metric.name}"
    if metric.kind == "histogram":
        return {f"{whole}_bucket", f"{whole}_sum", f"{whole}_count"}
    return {f"{whole}_total" if metric.kind == "counter" else whole}


KNOWN = {
    name: set(metric.labels)
    for prefix, metrics in ((samples.PREFIX, samples.METRICS), (counts.PREFIX, counts.METRICS))
    for metric in metrics
    for name in names(metric, prefix)
}


@pytest.fixture
def external(helm: Helm) -> Rendered:
    return helm.of_file(next(one for one in FILES if one.stem == "external"))


def alerts(rendered: Rendered) -> list[str]:
    (rule,) = rendered.of_kind("PrometheusRule")
    return [one["expr"] for group in rule["spec"]["groups"] for one in group["rules"]]


def panels() -> Iterator[str]:
    board = json.loads((CHART / "dashboards/podium.json").read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]


def test_each_metric_is_one_of_ours(external: Rendered):
    asked = [found for one in (*alerts(external), *panels()) for found in NAME.findall(one)]
    assert len(asked) > 15
    for name, selector in asked:
        assert name in KNOWN
        labels = set(LABEL.findall(selector)) - OF_PROMETHEUS
        assert labels <= KNOWN[name] | {"le"}, name


def test_values_of_labels_are_those_that_there_are(external: Rendered):
    said = " ".join(alerts(external))
    kinds = next(found for found in re.findall(r'kind=~"([^"]+)"', said)).split("|")
    docs = samples.page()
    for kind in kinds:
        assert f"| `{kind}` |" in docs
    assert 'result="failed"' in said
    assert "done, failed" in next(one.help for one in counts.METRICS if one.name == "pulls")


def test_monitors_ask_the_ports_that_have_metrics(external: Rendered):
    found = {one["metadata"]["name"]: one["spec"] for one in external.of_kind("ServiceMonitor")}
    assert found.keys() == {"podium-proxy", "podium-blobserve"}
    for spec in found.values():
        wanted = spec["selector"]["matchLabels"].items()
        services = [
            s for s in external.of_kind("Service") if wanted <= s["metadata"]["labels"].items()
        ]
        assert len(services) == 1
        ports = {port["name"] for port in services[0]["spec"]["ports"]}
        assert {one["port"] for one in spec["endpoints"]} <= ports


def test_the_dashboard_is_in_its_map(external: Rendered):
    kept = external.one("ConfigMap", "podium-dashboard")
    assert json.loads(kept["data"]["podium.json"])["title"] == "Podium"
    assert kept["metadata"]["labels"]["grafana_dashboard"] == "1"
