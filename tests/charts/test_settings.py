"""What the chart tells the processes: settings that they read, and understand."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

import pytest

from app.settings import from_environ as of_server
from blobserve.settings import Settings as OfBlobserve
from daemon.settings import Settings as OfDaemon
from kit.env import SettingError
from proxy.settings import Settings as OfProxy
from tests.charts.helm import Helm, Object, Rendered
from tests.tree.sources import ROOT
from wire.layout import Layout

READERS = {
    "podium-server": ("server", "app/settings.py"),
    "podium-proxy": ("proxy", "proxy/settings.py"),
    "podium-blobserve": ("blobserve", "blobserve/settings.py"),
    "podium-daemon": ("daemon", "daemon/settings.py"),
}
COMING: Mapping[str, frozenset[str]] = {
    "podium-server": frozenset(
        {
            "PODIUM_KUBE_NAMESPACE",
            "PODIUM_KUBE_REGISTRY",
            "PODIUM_KUBE_AGENT",
            "PODIUM_KUBE_INSTALLATION",
            "PODIUM_KUBE_USER_NAMESPACES",
            "PODIUM_KUBE_SECCOMP",
            "PODIUM_KUBE_RUNTIME_CLASS",
            "PODIUM_KUBE_CLASSES",
        }
    ),
    "podium-proxy": frozenset(
        {
            "PODIUM_LINK_CERTS",
            "PODIUM_SERVER_PUBLIC",
            "PODIUM_SERVER_INTERNAL",
            "PODIUM_BLOBSERVE",
        }
    ),
    "podium-blobserve": frozenset(
        {
            "PODIUM_LINK_CERTS",
            "PODIUM_LISTEN_ASSETS",
            "PODIUM_LISTEN_REGISTRY",
        }
    ),
    "podium-daemon": frozenset(),
}
"""What the processes do not read yet, since it is being built; empty when the cluster is."""


REFUSED: Mapping[str, Mapping[str, str]] = {
    "podium-server": {"PODIUM_RUNTIME": "kubernetes"},
    "podium-proxy": {"PODIUM_PROXY_ADMIN": "0.0.0.0:9100"},
    "podium-blobserve": {},
    "podium-daemon": {},
}
"""Values of settings that there are, which the processes do not take yet; likewise."""
SETTINGS: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "podium-server": of_server,
    "podium-proxy": OfProxy.from_environ,
    "podium-blobserve": OfBlobserve.from_environ,
    "podium-daemon": OfDaemon.from_environ,
}


def told(rendered: Rendered, name: str) -> dict[str, Object]:
    """Return the variables of a pod's containers that are ours."""
    spec = next(spec for pod, _, spec in rendered.pods() if pod == name)
    ours = [one for one in spec["containers"] if "/podium-" in f"/{one['image']}"]
    return {
        variable["name"]: variable
        for one in ours
        for variable in one["env"]
        if variable["name"].startswith("PODIUM_")
    }


@pytest.mark.parametrize("name", READERS)
def test_each_is_a_setting_of_the_process_that_gets_it(rendered: Rendered, name: str):
    read = set(re.findall(r"PODIUM_[A-Z0-9_]+", (ROOT / READERS[name][1]).read_text()))
    read |= {"PODIUM_TLS_CERT", "PODIUM_TLS_KEY"}
    unknown = told(rendered, name).keys() - read
    assert unknown <= COMING[name]


@pytest.mark.parametrize("name", READERS)
def test_what_has_come_is_no_longer_waited_for(name: str):
    read = set(re.findall(r"PODIUM_[A-Z0-9_]+", (ROOT / READERS[name][1]).read_text()))
    assert not COMING[name] & read


SECRETS = {
    "PODIUM_DATABASE": "postgresql://u:p@h/podium",
    "PODIUM_REDIS": "redis://u:p@h",
}


def environ_of(rendered: Rendered, name: str) -> dict[str, str]:
    """Return what a process is told, without what it cannot read yet."""
    return {
        key: str(variable.get("value", SECRETS.get(key)))
        for key, variable in told(rendered, name).items()
        if key not in COMING[name] | REFUSED[name].keys()
    }


def read(name: str, environ: Mapping[str, str]) -> object:
    return SETTINGS[name](environ)


@pytest.mark.parametrize("name", READERS)
def test_each_process_understands_what_it_is_told(rendered: Rendered, name: str):
    read(name, environ_of(rendered, name))


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name, found in REFUSED.items() for key in found]
)
def test_what_is_understood_by_now_is_no_longer_left_out(name: str, key: str):
    with pytest.raises(SettingError):
        read(name, {key: REFUSED[name][key]})


def test_secrets_are_in_no_variables_text(rendered: Rendered):
    for name in READERS:
        for variable in told(rendered, name).values():
            assert ("valueFrom" in variable) is (
                variable["name"] in {"PODIUM_DATABASE", "PODIUM_REDIS"}
            )


def test_all_that_agree_on_hosts_and_home_are_told_the_same(rendered: Rendered):
    common = {"PODIUM_HOME", "PODIUM_BASE_URL", "PODIUM_CONTENT_DOMAIN"}
    every = [told(rendered, name) for name in READERS]
    for one in common:
        assert len({str(found[one]["value"]) for found in every if one in found}) == 1


def test_what_is_empty_is_not_said(trying_out: Rendered):
    for name in READERS:
        assert all(one.get("value") != "" for one in told(trying_out, name).values())


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://podium.example.org", "reg.example.org"),
        ("https://podium.example.org:8443", "reg.example.org:8443"),
        ("http://podium.localhost:8080", "localhost:30500"),
    ],
)
def test_nodes_pull_from_where_they_can(helm: Helm, url: str, address: str):
    domain = "localhost" if "localhost" in url else "example.org"
    rendered = helm.template(
        *("--set", f"address.url={url}", "--set", f"address.contentDomain={domain}"),
        *("--set", "ssh.hostKeys=podium-ssh"),
    )
    assert told(rendered, "podium-server")["PODIUM_KUBE_REGISTRY"]["value"] == address


def test_a_large_number_is_written_out(helm: Helm):
    words = (
        "server.settings.PODIUM_MAX_SNAPSHOTS=100000",
        "proxy.settings.PODIUM_VISITOR_CONNECTIONS=1000000",
    )
    rendered = helm.template("--set-json", ",".join(words), "--set", "ssh.hostKeys=podium-ssh")
    assert told(rendered, "podium-server")["PODIUM_MAX_SNAPSHOTS"]["value"] == "100000"
    assert told(rendered, "podium-proxy")["PODIUM_VISITOR_CONNECTIONS"]["value"] == "1000000"


def test_folders_that_are_made_are_those_of_the_layout(trying_out: Rendered):
    layout = Layout(PurePosixPath("/var/lib/podium"), PurePosixPath("/var/cache/podium"))
    made = {
        name: set(
            next(one["command"] for one in spec["initContainers"] if one["name"] == "folders")
        )
        for name, _, spec in trying_out.pods()
        if name in READERS
    }
    wanted = {
        "podium-server": (layout.server_run, layout.agent_run, layout.server_home),
        "podium-proxy": (layout.proxy_run, layout.ssh_run, layout.proxy_home),
        "podium-blobserve": (layout.blobserve_run, layout.blobserve_home, layout.image_store),
        "podium-daemon": (layout.content, layout.instances_run, layout.instances_home),
    }
    for name, folders in wanted.items():
        assert {str(one) for one in folders} <= made[name]
