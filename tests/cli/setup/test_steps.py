import re
from pathlib import Path

import pytest

from cli.setup.sources import read
from cli.setup.steps import bundled, plan

FILES = read(Path(__file__).resolve().parents[3])
NODE = b"24.1.0"
BEFORE = plan(FILES, NODE)


def changed(name: str) -> set[str]:
    """Parts that get another digest when a file changes by a byte."""
    assert name in FILES
    after = plan({**FILES, name: FILES[name] + b"\n"}, NODE)
    return {one for one in after.__slots__ if getattr(after, one) != getattr(BEFORE, one)}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("supervisor/__main__.py", {"supervisor", "platform", "plain"}),
        ("wire/ids.py", {"supervisor", "compiled", "platform", "plain"}),
        ("proxy/core/exchange.py", {"compiled", "platform", "plain"}),
        ("proxy/net/client.py", {"compiled", "platform", "plain"}),
        ("cli/setup/compile.lock", {"compiled", "platform", "plain"}),
        ("wire/proto/node.proto", {"platform", "plain"}),
        ("app/__main__.py", {"platform", "plain"}),
        ("frontend/static/css/tokens.css", {"supervisor", "platform", "plain"}),
        ("frontend/static/css/pages.css", {"platform", "plain"}),
        ("frontend/terminals/index.html", {"supervisor", "platform", "plain"}),
        ("requirements.lock", {"platform", "plain"}),
        ("supervisor/requirements.lock", {"supervisor", "platform", "plain"}),
        ("frontend/package-lock.json", {"web", "supervisor", "platform", "plain"}),
        ("cli/setup/image-packages.txt", {"image", "full", "platform", "plain"}),
        ("cli/setup/image-full-packages.txt", {"full", "platform", "plain"}),
        (
            "cli/setup/image-files/etc/containers/storage.conf",
            {"image", "full", "platform", "plain"},
        ),
        ("cli/setup/ide.json", {"ide", "assets", "platform", "plain"}),
        ("cli/setup/mend.py", {"ide", "assets", "platform", "plain"}),
        ("cli/setup/assets.py", {"assets", "platform", "plain"}),
        (
            "cli/setup/bundle-packages.txt",
            {"python", "supervisor", "jupyterlab", "platform", "plain"},
        ),
        ("cli/setup/spare-git-packages.txt", {"python", "supervisor", "platform", "plain"}),
        ("cli/setup/jupyterlab.lock", {"jupyterlab", "platform", "plain"}),
        (
            "cli/setup/debs.py",
            {
                *("ide", "assets", "python", "supervisor", "jupyterlab"),
                *("image", "full", "platform", "plain"),
            },
        ),
        ("cli/setup/progress.py", {"platform", "plain"}),
    ],
)
def test_a_change_rebuilds_what_is_made_of_it_and_nothing_else(name: str, parts: set[str]):
    assert changed(name) == parts


def test_another_node_rebuilds_what_holds_one():
    after = plan(FILES, b"24.2.0")
    assert after.ide != BEFORE.ide
    assert after.image != BEFORE.image
    assert after.full != BEFORE.full
    assert (after.supervisor, after.web) == (BEFORE.supervisor, BEFORE.web)


def test_a_new_module_of_the_supervisor_changes_the_bundle():
    after = plan({**FILES, "supervisor/core/new.py": b""}, NODE)
    assert after.supervisor != BEFORE.supervisor


def test_the_bundle_holds_the_supervisor_and_what_crosses_the_boundary():
    assert bundled("supervisor/host/link.py")
    assert bundled("wire/agent.py")
    assert not bundled("wire/proto/node_pb2.py")
    assert not bundled("supervisor/requirements.lock")
    assert not bundled("kit/log.py")


def test_an_installation_is_pointed_to_four_parts():
    assert BEFORE.record() == {
        "supervisor": BEFORE.supervisor,
        "vscode": BEFORE.ide,
        "assets": BEFORE.assets,
        "image": BEFORE.image,
    }


def test_what_the_supervisor_imports_of_ours_is_in_the_bundle():
    held = [one for name, one in FILES.items() if bundled(name) and name.endswith(".py")]
    wanted = {
        f"kit/{found}.py"
        for content in held
        for found in re.findall(r"^from kit\.(\w+) import", content.decode(), re.MULTILINE)
    }
    assert wanted
    assert all(bundled(name) and name in FILES for name in wanted)
