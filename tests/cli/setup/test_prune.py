from pathlib import Path

import pytest

from cli.setup.prune import foreign, modules, prune

ELF = b"\x7fELF" + bytes(14)
HERE = ELF + b"\x3e\x00"
ARM = ELF + b"\xb7\x00"


@pytest.mark.parametrize(
    ("head", "other"),
    [
        (HERE, False),
        (ARM, True),
        (b"MZ\x90\x00\x03", True),
        (b"MZ is how this text begins", False),
        (b"\xcf\xfa\xed\xfe\x07", True),
        (b"\xca\xfe\xba\xbe\x00", True),
        (b"module.exports", False),
        (b"", False),
    ],
)
def test_programs_of_other_systems_are_known_by_their_first_bytes(head: bytes, *, other: bool):
    assert foreign(head) is other


def test_what_never_runs_goes_and_licences_stay(tmp_path: Path):
    kept = {
        "a/LICENSE": b"ISC",
        "a/index.js": b"x",
        "a/prebuilds/linux-x64/a.node": HERE,
        "b/build/Release/b.node": HERE,
        "c/build/index.js": b"a build folder that is not a compiler's",
    }
    gone = {
        "a/index.js.map": b"{}",
        "a/prebuilds/linux-arm64/a.node": ARM,
        "a/prebuilds/win32-x64/a.pdb": b"x",
        "a/tool.exe": b"MZ\x90\x00",
        "b/build/config.gypi": b"{}",
        "b/build/Makefile": b"all:",
        "b/build/Release/obj.target/b.node": HERE,
        "b/build/Release/obj/gen/sqlite3.c": b"int x;",
    }
    for name, content in {**kept, **gone}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "a/link.map").symlink_to("index.js")
    prune(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, "a/link.map"}
    assert [path.name for path in modules(tmp_path)] == ["a.node", "b.node"]
