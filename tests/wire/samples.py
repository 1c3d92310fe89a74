"""One document of each kind that crosses a process boundary, and its golden file.

A golden file changes only on purpose, because a running workspace keeps its supervisor and
a proxy may be older than the server: `python -m tests.wire.samples` writes those that are
missing; remove a file to have it written anew, and say in the commit why both sides still
understand each other.
"""

from pathlib import Path
from typing import Any

import msgspec

from wire.agent import (
    Activity,
    Beats,
    Checkout,
    Desired,
    Observed,
    PortReport,
    SaidLine,
    StepReport,
    TaskReport,
    TaskState,
    TerminalReport,
    TimeoutWish,
)
from wire.agentgit import (
    CredentialAsked,
    CredentialGiven,
    SignatureAsked,
    SignatureGiven,
    SshKeyGiven,
)
from wire.door import DoorGiven
from wire.git import GitState
from wire.phases import Condition, Phase, StepState
from wire.ports import PortWish
from wire.problems import Problem
from wire.routes import (
    AddressTarget,
    Del,
    EndSession,
    Hello,
    NodeTarget,
    Part,
    PortRoute,
    Put,
    Route,
    ShareRoute,
    Snapshot,
)
from wire.shares import ShareGrant
from wire.ssh import Authenticate, Enter, Entry, Held, HeldAll, Known, Void
from wire.usage import Day, Usage

_MAPS = frozenset({"ports", "shares", "sessions", "environment", "conditions", "subject"})
"""Fields whose keys are data, not names of fields."""
GOLDEN = Path(__file__).parent / "golden"
WORKSPACE = "amber-otter-4k2hw9xz1q"
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
ROUTE = Route(
    workspace=WORKSPACE,
    version=7,
    instance=f"{WORKSPACE}.2",
    phase=Phase.RUNNING,
    target=NodeTarget(instance=f"{WORKSPACE}.2"),
    owner="u_1",
    key=KEY,
    ports={
        3000: PortRoute(visibility="public"),
        8443: PortRoute(protocol="https", listening=True, name="API"),
    },
    auth_epoch=3,
    shares={"ps_0123456789abcdef": ShareRoute(port=3000, expires=1_700_086_400)},
)
POD = msgspec.structs.replace(
    ROUTE, target=NodeTarget(instance=f"{WORKSPACE}.2", at="10.1.2.3:22999", key=KEY)
)
STOPPED = Route(
    workspace="blue-crane-0123456789",
    version=1,
    instance="",
    phase=Phase.STOPPED,
    target=None,
    owner="u_1",
)
ALONE = Route(
    workspace="coral-deer-0123456789",
    version=2,
    instance="coral-deer-0123456789.1",
    phase=Phase.RUNNING,
    target=AddressTarget(host="127.0.0.1"),
    owner="u_2",
)
SAMPLES: dict[str, Any] = {
    "agent-desired": Desired(
        version=4,
        instance=f"{WORKSPACE}.2",
        workspace=WORKSPACE,
        key=KEY,
        owner="u_1",
        trusted=True,
        name="demo",
        repository="/workspace/demo",
        context_url="https://example.org/ada/demo",
        checkout=Checkout(
            path="/workspace/demo", revision="0" * 40, branch="pull/7", merge="refs/pull/7/head"
        ),
        git_name="Ada",
        git_email="ada@example.org",
        environment={"GITPOD_WORKSPACE_ID": WORKSPACE},
        assets="http://ide.localhost:8080",
        dotfiles="https://example.org/ada/dotfiles",
        known_hosts=["[h.org]:2222 ssh-ed25519 AAAA"],
        public_ports=[3000],
        timeout="2h",
        stops_at=1_700_007_200.5,
        time_zone="Europe/Berlin",
    ),
    "ssh-authenticate-key": Authenticate(workspace=WORKSPACE, key="ssh-ed25519 AAAA"),
    "ssh-authenticate-token": Authenticate(workspace=WORKSPACE, token="secret"),
    "ssh-known": Known(user="u_1", credential="key:k_1"),
    "ssh-enter": Enter(workspace=WORKSPACE, user="u_1", credential="key:k_1", seen="content"),
    "ssh-entry": Entry(ready=True, instance=f"{WORKSPACE}.2", key=KEY),
    "ssh-entry-waits": Entry(ready=False, instance=f"{WORKSPACE}.2", doing="content"),
    "ssh-held": HeldAll(
        held=[
            Held(
                id=7,
                workspace=WORKSPACE,
                instance=f"{WORKSPACE}.2",
                user="u_1",
                credential="session:s_1",
                used=True,
            )
        ]
    ),
    "ssh-void": Void(void={7: "You have signed out."}),
    "agent-desired-least": Desired(
        version=1, instance=f"{WORKSPACE}.1", workspace=WORKSPACE, key=KEY, owner="u", trusted=False
    ),
    "agent-observed": Observed(
        version=3,
        started=0.18,
        checkout=StepReport(state=StepState.DONE, took=0.06, detail="main"),
        ide=StepReport(
            state=StepState.FAILED, took=9.5, code=Condition.IDE_FAILING, detail="exit code 1"
        ),
        ide_restarts=5,
        conditions={Condition.IDE_FAILING: "five exits in a minute"},
        terminals=1,
        ports=[PortReport(port=3000, process="node", address="127.0.0.1", loopback=True)],
        port_wishes=[PortWish(first=3000, last=3010, public=True, name="API")],
        backup_excludes=["node_modules/", "/dist"],
        tasks=[TaskReport(id="task-1", name="API", state=TaskState.FAILED, exit_code=2)],
        beats=Beats(count=4, last=Activity.TERMINAL),
        timeout_wish=TimeoutWish(number=1, timeout="2h"),
        awake=["npm test in terminal 2"],
        shells=[TerminalReport(id="task-1", title="bash", last=1_700_000_000.0)],
        usage=Usage(
            cpu=0.25,
            cores=2.0,
            memory=612_000_000,
            memory_limit=4_294_967_296,
            processes=31,
            processes_limit=4096,
            disk=1_200_000_000,
            disk_free=80_000_000_000,
        ),
        day=Day(minutes=1, cpu=[250, 300], memory=[584, 590], disk=[1144, 1144]),
        git=GitState(
            folder="demo",
            branch="main",
            commit="4f1c0a9e77b2d6c85e3390aa1b7d5c2f60918e34",
            upstream="origin/main",
            ahead=1,
            uncommitted=1,
            unpushed=1,
            uncommitted_files=["README.md"],
            unpushed_commits=["4f1c0a9: Say more"],
        ),
        more_git=[GitState(folder="other", untracked=1, untracked_files=["notes"])],
        said=[SaidLine(at=1_700_000_000.5, source="checkout", text="Switched to branch 'main'")],
    ),
    "agent-credential-asked": CredentialAsked(protocol="https", host="h.org:8443"),
    "agent-credential-given": CredentialGiven(username="ada", password="t"),
    "agent-ssh-key-given": SshKeyGiven(public="ssh-ed25519 AAAA"),
    "agent-signature-asked": SignatureAsked(key=b"key", data=b"data"),
    "agent-signature-given": SignatureGiven(signature=b"signature"),
    "feed-hello": Hello(epoch="e1", keys=[KEY]),
    "feed-snapshot": Snapshot(
        epoch="e1", seq=12, routes=[ROUTE, STOPPED, ALONE], sessions={"s_1": 1_700_000_000}
    ),
    "feed-part": Part(epoch="e1", seq=12, routes=[ROUTE, POD]),
    "feed-put": Put(epoch="e1", seq=13, route=ROUTE),
    "door-given": DoorGiven(certificate="-----BEGIN CERTIFICATE-----"),
    "feed-del": Del(epoch="e1", seq=14, workspace=WORKSPACE, version=8),
    "feed-end": EndSession(epoch="e1", seq=15, session="s_1", at=1_700_000_000),
    "share-grant": ShareGrant(
        share="ps_0123456789abcdef", workspace=WORKSPACE, port=3000, expires=1_700_086_400
    ),
    "problem": Problem(
        code="content_failed",
        title="Cloning failed",
        status=502,
        detail="The remote end hung up.",
        cure="Try again.",
        subject={"host": "h.org"},
    ),
    "problem-least": Problem(code="internal", title="It did not work"),
}


def text_of(name: str) -> str:
    """Return a sample as its golden file has it."""
    return msgspec.json.format(msgspec.json.encode(SAMPLES[name]), indent=2).decode() + "\n"


def with_more(content: bytes) -> bytes:
    """Return a document as a newer version might send it: one more field in every object."""

    def grown(value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            return [grown(one) for one in value]
        if not isinstance(value, dict):
            return value
        more = {} if name in _MAPS else {"added_later": [1]}
        return {key: grown(one, key) for key, one in value.items()} | more

    return msgspec.json.encode(grown(msgspec.json.decode(content)))


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for sample in SAMPLES:
        file = GOLDEN / f"{sample}.json"
        if not file.exists():
            file.write_text(text_of(sample))
