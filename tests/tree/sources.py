"""Every Python file of the project, by what it is."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "proxy", "blobserve", "supervisor", "daemon", "cli", "wire", "kit")
_GENERATED = ("wire/proto/node_pb2", "app/db/migrations/versions/")
UNTESTED_NAMES = frozenset({"__init__.py", "__main__.py", "settings.py"})
"""Entries and settings: tried by the tests of what they start, and by tests/tree/test_docs.py."""


def relative(path: Path) -> str:
    """Return a path as people write it."""
    return path.relative_to(ROOT).as_posix()


def is_generated(path: Path) -> bool:
    """Tell whether a tool has written a file, or keeps its history."""
    return relative(path).startswith(_GENERATED)


def modules() -> list[Path]:
    """Return the product's modules, without generated ones."""
    return _files(*PACKAGES)


def files_of_tests() -> list[Path]:
    """Return everything below tests/ and bench/."""
    return _files("tests", "bench")


def _files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if not is_generated(path) and "output" not in path.parts]


def place_of_test(module: Path) -> Path:
    """Return where the test of a module stands."""
    parts = module.relative_to(ROOT)
    return ROOT / "tests" / parts.parent / f"test_{parts.name.lstrip('_')}"
