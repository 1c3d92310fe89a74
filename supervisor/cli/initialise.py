"""`gp init`: a first .gitpod.yml, with what the repository seems to need."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from supervisor.cli.client import Client, NotServed
from supervisor.core.inference import MANIFEST, Found, infer

FILE = ".gitpod.yml"
_LARGEST = 1 << 20


def init(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Write the file; raises NotServed when there is one."""
    folder = Path(environment.get("GITPOD_REPO_ROOT") or ".")
    path = folder / FILE
    if path.exists():
        raise NotServed(f"there is a {FILE} already")
    manifest = folder / MANIFEST
    try:
        said = manifest.read_text(errors="replace")[:_LARGEST] if manifest.is_file() else ""
        seen = infer(os.listdir(folder), said)  # noqa: PTH208 - names are all that is wanted
        image = _asked() if found.interactive else ""
        path.write_text(text_of(seen, image, environment.get("PODIUM_HOST", "")))
    except OSError as error:
        raise NotServed(f"{path} cannot be written: {error.strerror}") from error
    sys.stdout.write(f"{path} is written. `gp validate` reads it; it counts from the next start.\n")
    return 0


def _asked() -> str:
    sys.stdout.write("Image, or path of a Dockerfile (empty is the default image): ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def text_of(seen: Found, image: str, host: str) -> str:
    """Return the file's text; every value is quoted as JSON, which is YAML."""
    lines = [f"# yaml-language-server: $schema={host}/schemas/gitpod.json"] if host else []
    if image:
        dockerfile = "ockerfile" in image.rpartition("/")[2]
        lines += (
            ["image:", f"  file: {json.dumps(image)}"]
            if dockerfile
            else [f"image: {json.dumps(image)}"]
        )
    init, command = " && ".join(seen.init), " && ".join(seen.command)
    if not init and not command:
        command = "echo 'Replace this with what the project needs'"
    parts = [f"{name}: {json.dumps(text)}" for name, text in (("init", init), ("command", command))]
    wanted = [one for one in parts if not one.endswith(': ""')]
    lines += ["tasks:", f"  - {wanted[0]}", *(f"    {one}" for one in wanted[1:])]
    if seen.extensions:
        lines += ["vscode:", "  extensions:", *(f"    - {one}" for one in seen.extensions)]
    return "\n".join(lines) + "\n"
