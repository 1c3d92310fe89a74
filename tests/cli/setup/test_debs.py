import io
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.setup.commands import Commands
from cli.setup.debs import debian_sources, gather_libraries, relocate, search_path, sources
from cli.setup.progress import Board, Step
from kit.clock import FakeClock


@pytest.fixture
def step(tmp_path: Path) -> Step:
    board = Board(io.StringIO(), FakeClock())
    one = Step("Step", tmp_path / "log", board, Commands())
    with one:
        return one


def read_elf(option: str, path: Path) -> str:
    done = subprocess.run(["patchelf", option, path], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_only_debians_own_sources_of_the_release_are_taken_each_once():
    targets = (
        "deb http://mirror.example/debian/ bookworm main|Debian|bookworm\n"
        "deb http://mirror.example/debian/ bookworm main|Debian|bookworm\n"
        "deb http://mirror.example/security/ bookworm-security main|Debian|bookworm-security\n"
        "deb http://mirror.example/debian/ trixie main|Debian|trixie\n"
        "deb https://vendor.example/node nodistro main|. nodistro|nodistro\n"
        "deb https://vendor.example/docker bookworm stable|Docker|bookworm\n"
    )
    assert debian_sources(targets) == [
        "deb http://mirror.example/debian/ bookworm main",
        "deb http://mirror.example/security/ bookworm-security main",
    ]
    assert debian_sources("") == []


@pytest.mark.root
def test_this_machine_has_sources(step: Step):
    assert any(" bookworm main" in line for line in sources(step))


def test_libraries_come_together_under_every_name_they_have(tmp_path: Path):
    unpacked = tmp_path / "unpacked"
    place = unpacked / "usr/lib/x86_64-linux-gnu"
    place.mkdir(parents=True)
    (place / "libz.so.1.2.13").write_bytes(b"library")
    (place / "libz.so.1").symlink_to("libz.so.1.2.13")
    (place / "libbroken.so").symlink_to("nowhere")
    (place / "engines").mkdir()
    (place / "readme.txt").touch()
    gather_libraries(unpacked, tmp_path / "lib")
    found = {path.name: path.is_symlink() for path in (tmp_path / "lib").iterdir()}
    assert found == {"libz.so.1.2.13": False, "libz.so.1": False}


def test_a_program_gets_a_loader_and_libraries_of_its_own(tmp_path: Path, step: Step):
    program = tmp_path / "true"
    shutil.copy("/bin/true", program)
    relocate(step, program, "/.supervisor/lib/ld-linux-x86-64.so.2")
    assert read_elf("--print-interpreter", program) == "/.supervisor/lib/ld-linux-x86-64.so.2"
    assert read_elf("--print-rpath", program) == "$ORIGIN/../lib"
    search_path(step, [program], "/ide/lib")
    assert read_elf("--print-rpath", program) == "/ide/lib"
