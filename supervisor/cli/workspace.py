"""`gp url`, `gp info` and their like: which one this is, and its end."""

import argparse
import json
import sys
from collections.abc import Mapping

from supervisor.cli.client import Client, NotServed

_INFO = {
    "workspace_id": "workspaceId",
    "instance_id": "instanceId",
    "workspace_class": "workspaceClass",
    "workspace_url": "workspaceUrl",
    "workspace_context_url": "workspaceContextUrl",
    "cluster_host": "workspaceClusterHost",
}
"""What people and scripts are told, and what the supervisor calls it."""
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


def info(found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Print which workspace this is."""
    said = client.get("/v1/info/workspace")
    said["workspaceClass"] = said["workspaceClass"]["id"]
    known = {name: said[theirs] for name, theirs in _INFO.items()}
    if found.json:
        sys.stdout.write(json.dumps(known, indent=2) + "\n")
        return 0
    for name, value in known.items():
        label = name.replace("_", " ").capitalize()
        sys.stdout.write(f"{label:<22} {value}\n")
    return 0


def ssh(_found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Print the command that signs in from outside."""
    command = environment.get("PODIUM_SSH", "")
    if not command:
        raise NotServed("this Podium has no SSH gateway")
    sys.stdout.write(f"{command}\n")
    return 0


def stop(_found: argparse.Namespace, client: Client, _environment: Mapping[str, str]) -> int:
    """Stop the workspace; what it says must be read before its terminals end."""
    sys.stdout.write("This workspace stops; its files are kept.\n")
    sys.stdout.flush()
    client.ask("POST", "/v1/stop", {})
    return 0


def user_info(found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Print whose workspace it is."""
    known = {
        "UserId": environment.get("GITPOD_OWNER_ID", ""),
        "Name": environment.get("GITPOD_GIT_USER_NAME", ""),
        "Email": environment.get("GITPOD_GIT_USER_EMAIL", ""),
    }
    if found.email:
        sys.stdout.write(f"{known['Email']}\n")
    elif found.json:
        sys.stdout.write(json.dumps(known, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{name:<8} {value}\n" for name, value in known.items()))
    return 0


def docs(_found: argparse.Namespace, _client: Client, environment: Mapping[str, str]) -> int:
    """Print where the documentation is."""
    host = environment.get("PODIUM_HOST", "")
    if not host:
        raise NotServed("PODIUM_HOST is not set: this is no terminal of a workspace")
    sys.stdout.write(f"{host}/docs/conditions\n{host}/schemas/gitpod.json\n")
    return 0
