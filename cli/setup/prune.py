"""What an installed npm tree holds but never runs here; licences always stay."""

import shutil
from pathlib import Path

_SUFFIXES = (".map", ".pdb", ".o", ".a")
_X86_64 = (62).to_bytes(2, "little")
_MACH_O = (b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")


def foreign(head: bytes) -> bool:
    """Whether the first 20 bytes are those of a program for another system or processor."""
    if head.startswith(b"\x7fELF"):
        return head[18:20] != _X86_64
    return head.startswith(_MACH_O) or (head.startswith(b"MZ") and b"\x00" in head)


def prune(tree: Path) -> None:
    """Remove source maps, programs of other systems, and what compiling left behind."""
    for settings in list(tree.rglob("build/config.gypi")):
        _keep_modules(settings.parent)
    for path in list(tree.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            other = foreign(file.read(20))
        if other or path.name.endswith(_SUFFIXES):
            path.unlink()


def modules(tree: Path) -> list[Path]:
    """Return the native modules below `tree`."""
    return sorted(path for path in tree.rglob("*.node") if path.is_file())


def _keep_modules(build: Path) -> None:
    """Of a build folder of node-gyp keep only the modules that it is for."""
    for folder in ("Release/obj.target", "Release/obj", "Release/.deps", "deps", "node_gyp_bins"):
        shutil.rmtree(build / folder, ignore_errors=True)
    for path in list(build.rglob("*")):
        if path.is_file() and path.suffix != ".node":
            path.unlink()
