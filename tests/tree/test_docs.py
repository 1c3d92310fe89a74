"""What docs/ has from the code is what the code says; settings are explained, decisions counted."""

import json
import re
import subprocess
import sys

import pytest

from tests.tree.sources import PACKAGES, ROOT, modules

GENERATE = [sys.executable, "-m", "tests.tree.generate"]
ASK = """
import json
from tests.tree.generate import fields_of, settings_modules
found = {name: fields_of(path.read_text()) for name, path in settings_modules().items()}
print(json.dumps({name: {one.name: one.text for one in all} for name, all in found.items()}))
"""


@pytest.fixture(scope="module")
def settings() -> dict[str, dict[str, str]]:
    """Package → field → docstring; asked in a process of its own, as it imports the server."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def test_every_process_has_its_settings(settings: dict[str, dict[str, str]]) -> None:
    entries = {name for name in PACKAGES if (ROOT / name / "__main__.py").exists()}
    assert entries <= set(settings)
    assert all(fields for fields in settings.values())


def test_every_setting_says_what_it_means(settings: dict[str, dict[str, str]]) -> None:
    silent = [
        f"{package}.{name}"
        for package, fields in settings.items()
        for name, text in fields.items()
        if len(text) < 20 or not text.endswith(".")
    ]
    assert not silent, f"needs a docstring (unit, why this default, what None means): {silent}"


def test_generated_documents_are_not_stale() -> None:
    done = subprocess.run(
        [*GENERATE, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_decisions_are_numbered_without_gaps() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    titles = {path.name: path.read_text().partition("\n")[0] for path in files}
    wrong = [name for name, title in titles.items() if not title.startswith(f"# {int(name[:4])}. ")]
    assert not wrong, f"the title's number is not the file's: {wrong}"


def test_decisions_that_are_named_exist() -> None:
    known = {int(path.name[:4]) for path in (ROOT / "docs/adr").glob("*.md")}
    texts = [*modules(), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    unknown = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in texts
        for found in re.finditer(r"ADR (\d+)", path.read_text())
        if int(found[1]) not in known
    ]
    assert not unknown
