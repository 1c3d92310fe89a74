"""Which manifest of an index is for this machine."""

from kit.oci.core.documents import Descriptor, Index, Platform
from kit.oci.core.media import INDEXES, MANIFESTS
from kit.oci.core.refusals import Refused

LINUX = "linux"
AMD64 = Platform("amd64", LINUX)
_MACHINES = {"x86_64": AMD64, "aarch64": Platform("arm64", LINUX, "v8")}
"""`uname -m` → platform."""
_SAID_WITHOUT = {("arm64", "v8"): "", ("amd64", "v1"): ""}
"""Variants that mean the same as none."""


def of_machine(machine: str) -> Platform:
    """Return the platform of what `uname -m` says; raises Refused for one that nobody tried."""
    found = _MACHINES.get(machine)
    if found is None:
        raise Refused(f"images for {machine[:40]!r} are not known")
    return found


def choose(index: Index, platform: Platform = AMD64) -> Descriptor:
    """Return the first manifest for the platform; raises Refused when there is none."""
    for one in index.manifests:
        if one.platform is not None and _same(one.platform, platform):
            if one.media_type in INDEXES or one.media_type not in MANIFESTS:
                raise Refused(f"the index leads to {one.media_type[:100]!r}, which is no manifest")
            return one
    raise Refused(f"no manifest for platform {platform.os}-{platform.architecture} found")


def _same(one: Platform, other: Platform) -> bool:
    return (one.os, one.architecture, _variant(one)) == (
        other.os,
        other.architecture,
        _variant(other),
    )


def _variant(one: Platform) -> str:
    return _SAID_WITHOUT.get((one.architecture, one.variant), one.variant)
