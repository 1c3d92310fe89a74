"""The server may do in the cluster what its code does, and nothing else."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.charts.helm import Rendered
from tests.tree.sources import ROOT

VERBS = {"get", "create", "patch", "delete", "list", "watch"}
"""Methods of `app.runtime.podapi.PodApi`, which are verbs of the API."""


def calls(file: Path) -> list[tuple[str, str]]:
    """Return kind and verb of each call of the API in a file."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        of = node.func.value
        name = of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")
        kind = node.args[0]
        if name.lstrip("_") == "api" and node.func.attr in VERBS:
            assert isinstance(kind, ast.Constant), (
                f"{file}:{node.lineno}: a kind that nobody can read"
            )
            found.append((str(kind.value), node.func.attr))
    return found


def test_the_role_is_what_the_code_calls(rendered: Rendered):
    called = defaultdict(set)
    for file in sorted((ROOT / "app").rglob("*.py")):
        if {"PodApi", "KubeApi"} & set(re.findall(r"\w+", file.read_text())):
            for kind, verb in calls(file):
                called[kind].add(verb)
    (role,) = rendered.of_kind("Role")
    given = {rule["resources"][0]: set(rule["verbs"]) for rule in role["rules"]}
    assert given == called
    assert all(rule["apiGroups"] == [""] for rule in role["rules"])


def test_rights_are_in_the_namespace_of_workspaces_alone(rendered: Rendered):
    (role,) = rendered.of_kind("Role")
    (binding,) = rendered.of_kind("RoleBinding")
    space = rendered.one("DaemonSet", "podium-daemon")["metadata"]["namespace"]
    assert role["metadata"]["namespace"] == binding["metadata"]["namespace"] == space
    assert not rendered.of_kind("ClusterRole", "ClusterRoleBinding")
    assert [one["name"] for one in binding["subjects"]] == ["podium-server"]
