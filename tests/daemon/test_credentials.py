"""Private repositories through the daemon: a token over http, a key over ssh, known hosts."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

import pytest

from tests import nodehost
from tests.daemon.caller import Caller
from tests.daemon.outside import Outside, start_outside
from tests.githost import GitHost
from tests.nodehost import NodeHost
from tests.searching import files_with
from tests.sshhost import SshHost
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

pytestmark = pytest.mark.root
TOKEN = "secret"
ADA = pb.Credentials(username="ada", password=TOKEN)


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Iterator[NodeHost]:
    started = nodehost.start_daemon(tmp_path_factory.mktemp("node"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    started = start_outside()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def githost(outside, tmp_path_factory) -> Iterator[GitHost]:
    folder, netns = tmp_path_factory.mktemp("git"), f"px{outside.number}"
    with GitHost(folder, netns=netns, address=outside.address) as serving:
        serving.make()
        yield serving


@pytest.fixture(scope="module")
def sshhost(outside, githost) -> Iterator[SshHost]:
    netns = f"px{outside.number}"
    with SshHost(githost.folder, netns=netns, address=outside.address) as serving:
        yield serving


@pytest.fixture(scope="module")
def key(sshhost, tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    sshhost.authorize(file.with_suffix(".pub").read_text())
    return file.read_text()


def another() -> str:
    return f"{workspace_id_from(token_bytes(16))}.1"


def test_without_a_token_the_host_is_named(caller: Caller, githost, outside):
    failed = caller.prepared(another(), githost.url("demo", "private")).fault
    assert failed.code == "clone_auth_required"
    assert failed.subject["host"] == f"{outside.address}:{githost.port}"
    assert f"Add a token for {outside.address}:{githost.port}" in failed.cure


def test_a_token_clones_and_is_nowhere_to_be_found(caller: Caller, host, githost):
    url, instance = githost.url("demo", "private"), another()
    content = caller.prepared(instance, url, credentials=ADA)
    assert content.state == pb.CONTENT_READY, content.fault
    tree = Path(host.layout.content) / instance.partition(".")[0]
    config = next(tree.rglob(".git/config")).read_text()
    assert url in config
    places = [Path(host.layout.home), Path(host.layout.run)]
    assert files_with(githost.url("demo", "private"), *places), "what a file holds is found"
    assert files_with(TOKEN, *places) == []
    assert TOKEN not in host.log


def test_the_mirror_is_no_way_around_the_token(caller: Caller, githost):
    url = githost.url("demo", "private")
    assert caller.prepared(another(), url, credentials=ADA).state == pb.CONTENT_READY
    assert caller.prepared(another(), url).fault.code == "clone_auth_required"
    wrong = pb.Credentials(username="eve", password="guess")
    assert caller.prepared(another(), url, credentials=wrong).fault.code == "clone_denied"


def test_a_wrong_token_and_a_forbidden_repository(caller: Caller, githost):
    wrong = pb.Credentials(username="ada", password="old")
    failed = caller.prepared(another(), githost.url("demo", "private"), credentials=wrong).fault
    assert failed.code == "clone_denied"
    assert "Replace the token" in failed.cure
    failed = caller.prepared(another(), githost.url("demo", "forbidden")).fault
    assert failed.code == "clone_auth_required"
    assert "403" in failed.detail


def test_what_is_not_there_may_be_private(caller: Caller, githost):
    missing = caller.prepared(another(), githost.url("nothing")).fault
    assert missing.code == "repository_missing"
    assert "If it is private: Add a token" in missing.cure
    missing = caller.prepared(another(), githost.url("nothing", "private"), credentials=ADA).fault
    assert missing.code == "repository_missing"
    assert "has to reach it" in missing.cure


def test_an_unknown_host_is_shown_with_its_key(caller: Caller, sshhost, key):
    url = sshhost.url("demo")
    failed = caller.prepared(another(), url, credentials=pb.Credentials(ssh_key=key)).fault
    assert failed.code == "host_key_unknown", failed
    assert sshhost.fingerprint in failed.detail
    subject = dict(failed.subject)
    assert subject["fingerprint"] == sshhost.fingerprint
    assert f"[{sshhost.address}]:{sshhost.port}" == (
        f"[{subject['host'].partition(':')[0]}]:{subject['host'].partition(':')[2]}"
    )
    assert f"{subject['algorithm']} {subject['key']}" in sshhost.known


def test_an_accepted_host_and_a_key_clone(caller: Caller, host, sshhost, key):
    given = pb.Credentials(ssh_key=key, known_hosts=[sshhost.known])
    content = caller.prepared(another(), sshhost.url("demo"), credentials=given)
    assert content.state == pb.CONTENT_READY, content.fault
    assert content.branch == "main"
    line = key.splitlines()[1]
    assert files_with(line, Path(host.layout.home), Path(host.layout.run)) == []
    lives = subprocess.run(["pgrep", "-u", "33333", "ssh-agent"], capture_output=True, check=False)
    assert lives.stdout == b""


def test_without_a_key_or_with_a_strangers(caller: Caller, sshhost, tmp_path):
    known = [sshhost.known]
    url = sshhost.url("demo")
    failed = caller.prepared(another(), url, credentials=pb.Credentials(known_hosts=known)).fault
    assert failed.code == "clone_auth_required", failed
    assert "Make an ssh key" in failed.cure
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    stranger = pb.Credentials(known_hosts=known, ssh_key=file.read_text())
    failed = caller.prepared(another(), url, credentials=stranger).fault
    assert failed.code == "clone_denied", failed
    assert "Add the public half" in failed.cure


def test_a_changed_host_key_is_refused(caller: Caller, sshhost, key):
    before, old = sshhost.known, sshhost.fingerprint
    sshhost.rekey()
    given = pb.Credentials(ssh_key=key, known_hosts=[before])
    failed = caller.prepared(another(), sshhost.url("demo"), credentials=given).fault
    assert failed.code == "host_key_changed", failed
    assert old in failed.detail
    assert sshhost.fingerprint in failed.detail
