"""No process loads what draws for a console, though it is installed beside it."""

import subprocess
import sys

import pytest

PROCESSES = (
    "app.__main__",
    "blobserve.__main__",
    "daemon.__main__",
    "proxy.__main__",
    "proxy.alone",
    "proxy.ssh.__main__",
    "proxy.ssh.serving",
    "proxy.worker",
)


def run(script: str) -> int:
    return subprocess.run([sys.executable, "-c", script], check=False).returncode


@pytest.mark.parametrize("module", PROCESSES)
def test_a_process_is_without(module: str) -> None:
    assert run(f"import sys, {module}; sys.exit('rich' in sys.modules)") == 0


def test_who_wants_to_draw_still_can() -> None:
    assert run("import kit.lean, rich, structlog; assert rich.get_console()") == 0
