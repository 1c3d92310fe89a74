"""Values of the chart: each is explained, and what is wrong is refused in clear words."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
import yaml

from tests.charts.helm import CHART, FILES, Helm, values_of

KEY = re.compile(r"^( *)([A-Za-z][A-Za-z0-9]*):(.*)$")
AMOUNTS = {"resources", "classes"}
"""Keys that hold what Kubernetes has a name for."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_helm_finds_nothing_to_mend(helm: Helm, file: Any):
    done = helm.run("lint", "--strict", str(CHART), *values_of(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_key_has_a_comment():
    bare, inside = [], ""
    for above, line in pairwise((CHART / "values.yaml").read_text().splitlines()):
        key = KEY.match(line)
        if key is None or (inside and line.startswith(f"{inside} ")):
            continue  # amounts, whose key says what they are
        inside = key[1] + " " if key[2] in AMOUNTS else ""
        if not above.lstrip().startswith("#"):
            bare.append(line)
    assert not bare, "\n".join(bare)


def objects(schema: Any) -> Any:
    if isinstance(schema, dict):
        if "properties" in schema or schema.get("type") == "object":
            yield schema
        for one in schema.values():
            yield from objects(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from objects(one)


def test_the_schema_knows_every_key_and_no_other():
    schema = json.loads((CHART / "values.schema.json").read_text())
    found = list(objects(schema))
    assert len(found) > 40
    for one in found:
        assert one["additionalProperties"] is False, one
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert schema["properties"].keys() == values.keys()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("server.replicas=many", "at '/server/replicas': got string, want integer"),
        ("server.replica=2", "at '/server': additional properties 'replica' not allowed"),
        (
            "address.url=podium.example.org",
            "at '/address/url': 'podium.example.org' does not match",
        ),
        ("expose.type=NodePort", "at '/expose/type': value must be one of 'ClusterIP'"),
        ("objectStore.address=s3:http://store/bucket", "at '/objectStore/address'"),
        ("workspaces.egress.allow={everything}", "at '/workspaces/egress/allow/0'"),
        ("workspaces.classes.huge.cpu=9", "at '/workspaces/classes': additional properties 'huge'"),
        ("server.settings.TIMEOUT=1h", "at '/server/settings': additional properties 'TIMEOUT'"),
        ("blobserve.nodes.nodePort=5000", "at '/blobserve/nodes/nodePort'"),
    ],
)
def test_what_is_wrong_is_named(helm: Helm, words: str, says: str):
    assert says in helm.refusal("--set", words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("database.bundled.enabled=false", "database.secret: name the secret"),
        ("database.secret=x", "database: set either secret or bundled.enabled"),
        ("redis.bundled.enabled=false", "redis.secret: name the secret"),
        ("objectStore.address=s3:https://s/b/p", "objectStore.secret: name the secret"),
        ("blobserve.replicas=2", "blobserve.replicas: more than one needs imageRegistry.address"),
        ("expose.type=Gateway", "expose.gateway.parents: name the Gateway"),
        (
            "tls.mode=certManager,address.url=https://p.example.org",
            "tls.issuer.name: name an issuer",
        ),
        ("link.mode=certManager", "link.issuer.name: name a ClusterIssuer"),
        ("blobserve.nodes.nodePort=0", "blobserve.nodes: set address or nodePort"),
        ("tls.mode=secret", "tls.mode: with certificates address.url begins with https://"),
        ("workspaces.namespace=tools", "workspaces.namespace: it has to be another one"),
        ("server.settings.PODIUM_HOME=/x", "server.settings.PODIUM_HOME: the chart says this"),
    ],
)
def test_what_does_not_go_together_is_named(helm: Helm, words: str, says: str):
    quiet = ("--set", "ssh.hostKeys=podium-ssh")
    assert says in helm.refusal(*quiet, "--set", words)


def test_a_password_in_an_address_is_refused(helm: Helm):
    assert "at '/objectStore/address'" in helm.refusal(
        "--set", "objectStore.address=s3:https://user:secret@host/bucket"
    )


@pytest.mark.parametrize("name", ["trying-out", "small"])
def test_the_notes_say_what_to_do_next(helm: Helm, name: str):
    file = CHART / f"ci/{name}.yaml"
    words = ("podium", str(CHART), "-n", "tools", "--dry-run=client", *values_of(file))
    notes = helm.run("install", *words).stdout.partition("NOTES:")[2]
    assert "the sign-in link is the only lock" in notes
    assert "python3 /etc/podium/server/login-link.py" in notes
    assert "port-forward service/podium-proxy" in notes
    left = "delete pods,secrets -l podium.dev/installation=tools-podium"
    assert (left in notes) is (name == "small")
    assert ("There are no NetworkPolicies" in notes) is (name == "small")
