"""The shape of the tree, as CONTRIBUTING.md describes it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree.sources import (
    PACKAGES,
    ROOT,
    UNTESTED_NAMES,
    files_of_tests,
    modules,
    place_of_test,
    relative,
)

WALL = 300
"""Lines of a module or a test; split by what changes together."""
VAGUE = frozenset({"utils", "helpers", "common", "misc"})
ALSO_UNTESTED = frozenset({"app/db/migrations/env.py"})
"""Alembic's own entry, run by every test that has a database."""
SLEEP = re.compile(
    r"\b(?:time|asyncio|anyio|trio)\.(?:sleep)\b|\bfrom (?:time|asyncio) import .*sleep"
)
PROBING = re.compile(
    r"^( *)with socket\.\w+\(.*\) as \w+:\n(?:\1    \w+\.(?:bind|listen)\(.*\)\n)*"
    r"\1    (?:return|\w+ =) .*\bgetsockname\(\).*\n(?!\n*\1    )",
    re.MULTILINE,
)
BARE_NOQA = re.compile(r"#\s*noqa(?!:)|#\s*noqa:\s*[A-Z0-9]+(?:\s*,\s*[A-Z0-9]+)*\s*$")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*type:\s*ignore\[[a-z, -]+\]\s*$")


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_every_module_has_its_test_at_the_same_path() -> None:
    missing = [
        f"{relative(module)} -> {relative(place_of_test(module))}"
        for module in modules()
        if module.name not in UNTESTED_NAMES
        and relative(module) not in ALSO_UNTESTED
        and not place_of_test(module).exists()
    ]
    assert not missing, "\n".join(missing)


def test_no_module_is_longer_than_the_wall() -> None:
    lengths = {relative(path): len(lines(path)) for path in [*modules(), *files_of_tests()]}
    long = [f"{name}: {count} lines" for name, count in lengths.items() if count > WALL]
    assert not long, "\n".join(long)


def test_no_module_is_named_after_nothing() -> None:
    paths = [*modules(), *files_of_tests()]
    vague = [relative(path) for path in paths if VAGUE & {path.stem, *path.relative_to(ROOT).parts}]
    assert not vague, "\n".join(vague)


def test_a_package_file_is_a_docstring_and_nothing_else() -> None:
    wrong = []
    for path in (one for one in modules() if one.name == "__init__.py"):
        body = ast.parse(path.read_text()).body
        text = ast.get_docstring(ast.Module(body, []))
        if len(body) != 1 or not text or not 1 <= len(lines(path)) <= 6:
            wrong.append(relative(path))
    assert not wrong, "\n".join(wrong)


def test_every_package_has_one_and_no_test_folder_has() -> None:
    folders = {path.parent for path in modules()}
    without = [relative(folder) for folder in folders if not (folder / "__init__.py").exists()]
    assert sorted(without) in ([], ["app/db/migrations"])
    assert not [relative(path) for path in files_of_tests() if path.match("tests/**/__init__.py")]


def test_tests_wait_for_something_and_never_sleep() -> None:
    asleep = [
        f"{relative(path)}:{number}"
        for path in files_of_tests()
        if path != Path(__file__) and path.parts[len(ROOT.parts)] == "tests"
        for number, line in enumerate(lines(path), 1)
        if SLEEP.search(line)
    ]
    assert not asleep, "use tests/waiting.py: " + "\n".join(asleep)


def test_tests_take_no_port_that_was_free_for_a_moment() -> None:
    """It may be somebody's before its server has started."""
    probing = [
        relative(path)
        for path in files_of_tests()
        if path.parts[len(ROOT.parts)] == "tests" and PROBING.search(path.read_text())
    ]
    assert not probing, f"use tests/ports.py: {probing}"


def test_fakes_ship_in_the_package_and_nothing_is_mocked() -> None:
    mocked = [
        relative(path)
        for path in files_of_tests()
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest"))
        or (isinstance(node, ast.Import) and any(n.name == "unittest.mock" for n in node.names))
    ]
    assert not mocked, "\n".join(mocked)


def test_every_exception_from_a_rule_gives_its_reason() -> None:
    bare = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in [*modules(), *files_of_tests()]
        if path != Path(__file__)
        for number, line in enumerate(lines(path), 1)
        if BARE_NOQA.search(line) or BARE_IGNORE.search(line)
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("package", PACKAGES)
def test_deployables_are_packages_of_this_tree(package: str) -> None:
    assert (ROOT / package / "__init__.py").exists()


def test_generated_grpc_code_is_not_stale(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I."]
    command += [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    subprocess.run([*command, "wire/proto/node.proto"], cwd=ROOT, check=True)
    for fresh in (tmp_path / "wire/proto").iterdir():
        kept = ROOT / "wire/proto" / fresh.name
        assert kept.read_text() == fresh.read_text(), f"{relative(kept)}: run `make proto`"
