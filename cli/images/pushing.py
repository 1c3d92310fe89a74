"""Images to a registry, by skopeo, with the digests that they have here."""

from collections.abc import Sequence
from pathlib import Path

from cli.setup.progress import Step


def words(layout: Path, to: str, *, plain: bool) -> Sequence[str]:
    """Return the command that copies the image of a layout; `plain` is a registry without TLS."""
    tls = ["--dest-tls-verify=false"] if plain else []
    # compressed bytes stay what they are, and the digest with them
    kept = ["--preserve-digests"]
    return ["skopeo", "copy", "-q", *kept, *tls, f"oci:{layout}:latest", f"docker://{to}"]


def push(step: Step, layout: Path, to: str) -> None:
    """Push one; raises StepFailedError. A registry of this machine is asked without TLS."""
    host = to.partition("/")[0].rpartition(":")[0]
    step.run(words(layout, to, plain=host in {"localhost", "127.0.0.1"}))
