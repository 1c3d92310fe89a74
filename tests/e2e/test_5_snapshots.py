"""A snapshot from inside a workspace, and a workspace of it: git, gp and containers as ever."""

import re
import shutil
from pathlib import Path

from tests.e2e.inside import PATIENCE, attach, read_until
from tests.e2e.installation import Installation
from tests.e2e.journey import Workspace, open_ide

USER = 33333
LINK = re.compile(rb"https?://\S+/#snapshot/[0-9a-f-]{36}")
INSIDE = """\
cd /workspace/demo
git status --short
cat begun.txt
mv begun.txt moved.txt
cd /workspace/box
podman build -q -t localhost/box . >&2
podman run --rm localhost/box echo from a container
"""


def typed(page, installation: Installation, workspace: Workspace, line: str, until: bytes) -> bytes:
    """Type a line in a terminal of the workspace; returns what stands there at the end."""
    open_ide(page, installation, workspace)
    held = page.context.cookies(installation.ide(workspace.id))
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in held)
    with attach(installation, workspace, cookie) as terminal:
        terminal.recv(timeout=PATIENCE)
        terminal.send(line.encode())
        return bytes(read_until(terminal, until))


def test_a_workspace_begins_as_a_snapshot(
    installation: Installation, workspace: Workspace, page
) -> None:
    tree = installation.content(workspace.id) / "workspace"
    box = tree / "box"
    box.mkdir()
    (tree / "demo" / "begun.txt").write_text("not committed\n")
    (box / "inside.sh").write_text(INSIDE)
    (box / "Dockerfile").write_text(
        'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
    )
    shutil.copy("/bin/busybox", box / "busybox")
    for path in (box, *box.iterdir(), tree / "demo" / "begun.txt"):
        shutil.chown(path, USER, USER)
    said = typed(page, installation, workspace, "gp snapshot; echo made-$((1+1))\n", b"made-2")
    link = LINK.search(said)
    assert link is not None, said
    shutil.rmtree(box)
    (tree / "demo" / "begun.txt").unlink()

    made = installation.podium_json("snapshot", "open", link[0].decode(), "--trust")
    new = Workspace(str(made["id"]), workspace.folder)
    installation.podium("workspace", "start", new.id, "--wait")
    assert not (installation.content(new.id) / "workspace").exists()  # it stands on the snapshot
    line = "sh /workspace/box/inside.sh >/workspace/out 2>/workspace/err; echo done-$((1+1))\n"
    typed(page, installation, new, line, b"done-2")
    upper = installation.content(new.id) / "layers" / "upper"
    assert (upper / "out").read_text().splitlines() == [
        "?? begun.txt",
        "not committed",
        "from a container",
    ], (upper / "err").read_text()
    frozen = Path(installation.layout.content) / ".frozen"
    (kept,) = frozen.iterdir()
    assert (kept / "tree" / "demo" / "begun.txt").exists()
    installation.podium("snapshot", "delete", kept.name)
    installation.podium("workspace", "delete", new.id, "--yes", "--wait")
