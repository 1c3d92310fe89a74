"""Certificates and keys that Helm makes are what the processes can use."""

import base64
import ssl
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest
from cryptography import x509

from kit import objectowner
from kit.linkcerts import LinkCerts, alternatives
from proxy.ssh.hostkeys import load_or_make
from tests.charts.helm import FILES, Helm, Rendered
from wire.peers import named

NAMES = ("server", "proxy", "blobserve", "daemon", "objectstore")


def secret(rendered: Rendered, name: str) -> dict[str, bytes]:
    data = rendered.one("Secret", f"podium-{name}")["data"]
    return {key: base64.b64decode(value) for key, value in data.items()}


def certs(folder: Path, rendered: Rendered, name: str) -> LinkCerts:
    """Return a process's certificates, from a folder like the one that its pod has."""
    folder.mkdir()
    for key, content in secret(rendered, f"link-{name}").items():
        (folder / key).write_bytes(content)
    return LinkCerts(folder)


@pytest.mark.parametrize("name", NAMES)
def test_each_process_proves_who_it_is_and_is_shown_the_server(
    trying_out: Rendered, name: str, tmp_path: Path
):
    server = certs(tmp_path / "server", trying_out, "server").server()
    client = certs(tmp_path / "client", trying_out, name).client()
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here, there = client.wrap_bio(down, up), server.wrap_bio(up, down, server_side=True)
    for _ in range(3):
        for end in (here, there):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    assert named(alternatives(there)) == name
    assert named(alternatives(here)) == "server"


def test_workspaces_find_the_servers_own_name_in_its_certificate(trying_out: Rendered):
    made = x509.load_pem_x509_certificate(secret(trying_out, "link-server")["tls.crt"])
    found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "podium-server.tools.svc" in found.get_values_for_type(x509.DNSName)


def test_nobody_elses_name_is_in_a_certificate(trying_out: Rendered):
    for name in NAMES:
        made = x509.load_pem_x509_certificate(secret(trying_out, f"link-{name}")["tls.crt"])
        found = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        others = {f"podium-{one}" for one in NAMES} - {f"podium-{name}"}
        assert not others & {
            str(one).partition(".")[0] for one in found.get_values_for_type(x509.DNSName)
        }
        assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_cert_manager_is_asked_for_the_names_that_processes_go_by(helm: Helm):
    rendered = helm.of_file(next(one for one in FILES if one.stem == "external"))
    asked = {one["metadata"]["name"]: one["spec"] for one in rendered.of_kind("Certificate")}
    for name in ("server", "proxy", "blobserve", "daemon"):
        spec = asked[f"podium-link-{name}"]
        assert spec["uris"] == [f"podium://{name}"]
        assert spec["usages"] == ["server auth", "client auth"]
    assert set(asked["podium-tls"]["dnsNames"]) == {
        "podium.example.org",
        "*.ws.example.org",
        "ws.example.org",
        "ide.example.org",
        "reg.example.org",
    }
    assert not [one for one in rendered.of_kind("Secret") if "link" in one["metadata"]["name"]]


def test_the_ssh_gateway_takes_the_keys(trying_out: Rendered, tmp_path: Path):
    made = secret(trying_out, "ssh-keys")
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    tmp_path.chmod(0o500)  # it makes none of its own
    keys = load_or_make(tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == made.keys()
    assert [key.algorithm.decode() for key in keys] == [
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ssh-rsa",
    ]
    assert isinstance(keys[0], asyncssh.SSHKey)


def test_the_daemon_takes_who_the_installation_is(trying_out: Rendered):
    found = [
        base64.b64decode(one["data"]["installation"])
        for one in trying_out.of_kind("Secret")
        if one["metadata"]["name"] == "podium-installation"
    ]
    first, second = map(objectowner.parse, found)
    assert first == second
    assert first.since > 0


def test_the_master_key_is_one(trying_out: Rendered):
    assert len(secret(trying_out, "master-key")["master.key"]) == 32
    kept = trying_out.one("Secret", "podium-master-key")["metadata"]["annotations"]
    assert kept["helm.sh/resource-policy"] == "keep"
