import io
from dataclasses import replace
from pathlib import Path

import pytest

from cli.setup.commands import Commands
from cli.setup.npm import Npm
from cli.setup.progress import Board, StepFailedError
from cli.setup.run import Builder
from cli.setup.sources import read
from cli.setup.steps import plan
from kit.clock import FakeClock

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    """A builder without a Node, whose checkout's front end is a copy."""
    checkout = tmp_path / "checkout"
    (checkout / "frontend/static").mkdir(parents=True)
    files = read(CHECKOUT)
    npm = Npm(tmp_path / "nowhere")
    board = Board(io.StringIO(), FakeClock())
    return Builder(checkout, tmp_path / "cache", files, plan(files, b"24"), npm, board, Commands())


def pretend(builder: Builder, *kinds: str) -> None:
    """Let artefacts of these kinds be there already."""
    names = {"images": builder.plan.image, "ide": builder.plan.ide}
    names |= {"python": builder.plan.python, "supervisor": builder.plan.supervisor}
    names |= {"web": builder.plan.web, "assets": builder.plan.assets}
    names |= {"compiled": builder.plan.compiled}
    for kind in kinds:
        (builder.cache / kind / names[kind]).mkdir(parents=True)


def said(builder: Builder) -> str:
    out = builder.board._out
    assert isinstance(out, io.StringIO)
    return out.getvalue()


def test_what_is_there_is_not_built_and_not_spoken_of(builder: Builder):
    pretend(builder, "images", "ide", "assets", "python", "supervisor", "web", "compiled")
    platform = builder.build_all()
    assert (platform / "app/__main__.py").exists()
    first = said(builder)
    assert "platform" in first
    again = replace(builder, commands=Commands())
    assert again.build_all() == platform
    assert said(builder) == first


def test_the_checkout_gets_the_web_assets(builder: Builder):
    pretend(builder, "images", "ide", "assets", "python", "supervisor", "web", "compiled")
    builder.build_all()
    assert (builder.checkout / "frontend/static/vendor").is_dir()


def test_what_cannot_be_compiled_runs_as_plain_python(builder: Builder):
    kinds = ("images", "ide", "assets", "python", "supervisor", "web", "compiled")
    pretend(builder, *kinds)
    whole = builder.build_all()
    (builder.cache / "compiled" / builder.plan.compiled).rmdir()
    files = {**builder.files, "cli/setup/compile.lock": b"no lock\n"}
    plain = replace(builder, files=files).build_all()
    assert (whole.name, plain.name) == (builder.plan.platform, builder.plan.plain)
    assert "The proxy runs as plain Python." in said(builder)


def test_one_failure_ends_the_others_and_leaves_nothing_half(builder: Builder):
    pretend(builder, "python", "supervisor", "web", "compiled")
    with pytest.raises(StepFailedError, match="VS Code"):
        builder.build_all()
    for kind in ("ide", "images"):
        folder = builder.cache / kind
        assert not list(folder.glob("[!.]*"))
    assert not (builder.cache / "platform").exists()
    lines = said(builder).splitlines()
    assert any("VS Code" in line and "failed" in line for line in lines)
