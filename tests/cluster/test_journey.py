"""What `make test-cluster` says without a cluster, and how it writes down what it did."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.charts.helm import CHART, Helm
from tests.cluster.installed import KINDS, LEFT, RELEASE, Installed
from tests.cluster.journey import Log
from tests.tree.sources import ROOT


def test_without_a_cluster_it_says_so_and_does_nothing():
    environ = {**os.environ, "KUBECONFIG": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tests.cluster.journey"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "KUBECONFIG is not set: nothing was tested" in done.stderr


def test_the_log_tells_each_step_and_the_one_that_failed():
    log = Log(about="Server Version: v1.35.2")
    log.step("install", lambda: None)
    with pytest.raises(ValueError, match="broken"):
        log.step("helm test", lambda: int("broken"))
    page = log.page(datetime(2026, 11, 27, 7, 30, tzinfo=UTC))
    assert page.startswith("# `make test-cluster`, 2026-11-27 07:30 UTC\n")
    assert "Server Version: v1.35.2" in page
    assert "| install | 0.0 s | ok |" in page
    assert "failed: ValueError: invalid literal" in page


def test_everything_that_it_installs_is_looked_for_at_the_end(tmp_path: Path):
    made = Helm(tmp_path).of_file(CHART / "ci/trying-out.yaml")
    assert {one["kind"] for _, one in made.objects} <= set(KINDS)


def test_what_stays_is_what_the_chart_keeps(tmp_path: Path):
    made = Helm(tmp_path).of_file(CHART / "ci/trying-out.yaml")
    kept = {
        f"secret/{one['metadata']['name'].replace('podium', RELEASE)}"
        for one in made.of_kind("Secret")
        if "helm.sh/resource-policy" in one["metadata"].get("annotations", {})
    }
    assert kept == LEFT


def test_hosts_are_those_that_browsers_lead_here():
    installed = Installed({})
    installed.workspace.id = "amber-otter-0000000000"
    assert installed.port(3000).startswith("http://3000-amber-otter-0000000000.ws.localhost:")
    assert installed.dashboard.startswith("http://podium.localhost:")
