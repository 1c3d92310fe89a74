"""`gp url` and `gp info`: what the environment says."""

import argparse
import json
import sys
from collections.abc import Mapping

from supervisor.cli.client import Client, NotServed

_INFO = {
    "workspace_id": "GITPOD_WORKSPACE_ID",
    "instance_id": "GITPOD_INSTANCE_ID",
    "workspace_class": "GITPOD_WORKSPACE_CLASS",
    "workspace_url": "GITPOD_WORKSPACE_URL",
    "workspace_context_url": "GITPOD_WORKSPACE_CONTEXT_URL",
    "cluster_host": "GITPOD_WORKSPACE_CLUSTER_HOST",
}
_HIGHEST = 65535


def url_of(environment: Mapping[str, str], port: int | None) -> str:
    """Return the workspace's address, or a port's; raises NotServed outside a workspace."""
    base = environment.get("GITPOD_WORKSPACE_URL", "")
    if "://" not in base:
        raise NotServed("GITPOD_WORKSPACE_URL is not set: this is no terminal of a workspace")
    if port is None:
        return base
    if not 1 <= port <= _HIGHEST:
        raise NotServed(f"{port} is no port: they are 1 to {_HIGHEST}")
    return base.replace("://", f"://{port}-", 1)


def url(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Print an address."""
    sys.stdout.write(f"{url_of(environment, found.port)}\n")
    return 0


def info(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Print which workspace this is."""
    known = {name: environment.get(variable, "") for name, variable in _INFO.items()}
    if found.json:
        sys.stdout.write(json.dumps(known, indent=2) + "\n")
        return 0
    for name, value in known.items():
        label = name.replace("_", " ").capitalize()
        sys.stdout.write(f"{label:<22} {value}\n")
    return 0
