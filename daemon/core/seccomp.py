"""From podman's seccomp profile to the OCI configuration's, for the capabilities granted.

The profile (`/usr/share/containers/seccomp.json`) marks rules that hold only with or
without some capability or architecture; the OCI format knows no such marks, so they
are decided here. What the profile does not name fails with its default error.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

_ARCHITECTURES: Final = {
    "x86_64": ("SCMP_ARCH_X86_64", "amd64"),
    "aarch64": ("SCMP_ARCH_AARCH64", "arm64"),
}


NESTING: Final = ("sethostname", "setdomainname", "setns")
"""Calls that a container runtime makes in namespaces of its own; the kernel allows them there
and nowhere else, the profile to CAP_SYS_ADMIN alone, which is for much more (ADR 11)."""


def convert(
    profile: Mapping[str, Any],
    machine: str,
    capabilities: Collection[str],
    freed: Collection[str] = (),
) -> dict[str, Any]:
    """Return the `linux.seccomp` object; `machine` is as uname tells it.

    Calls that are `freed` are allowed whatever the profile says.

    Raises ValueError for a machine or a profile that is not understood: to run
    without a filter is never the answer.
    """
    if machine not in _ARCHITECTURES or not profile.get("syscalls"):
        raise ValueError(f"no seccomp rules for {machine}")
    scmp, short = _ARCHITECTURES[machine]
    filtered: dict[str, Any] = {
        "defaultAction": profile["defaultAction"],
        "architectures": _with_subarchitectures(profile, scmp),
        "syscalls": [
            _rule(rule, names)
            for rule in profile["syscalls"]
            if _holds(rule, short, frozenset(capabilities))
            and (names := [name for name in rule["names"] if name not in freed])
        ],
    }
    if freed:
        filtered["syscalls"].append({"names": [*freed], "action": "SCMP_ACT_ALLOW"})
    if "defaultErrnoRet" in profile:
        filtered["defaultErrnoRet"] = profile["defaultErrnoRet"]
    return filtered


def _with_subarchitectures(profile: Mapping[str, Any], scmp: str) -> list[str]:
    for entry in profile.get("archMap", ()):
        if entry["architecture"] == scmp:
            return [scmp, *(entry.get("subArchitectures") or ())]
    return [scmp]


def _holds(rule: Mapping[str, Any], machine: str, capabilities: frozenset[str]) -> bool:
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    if "arches" in includes and machine not in includes["arches"]:
        return False
    if not capabilities.issuperset(includes.get("caps") or ()):
        return False
    return machine not in (excludes.get("arches") or ()) and capabilities.isdisjoint(
        excludes.get("caps") or ()
    )


def _rule(rule: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {"names": names, "action": rule["action"]}
    if rule.get("args"):
        kept["args"] = [
            {key: value for key, value in argument.items() if value is not None}
            for argument in rule["args"]
        ]
    if "errnoRet" in rule:
        kept["errnoRet"] = rule["errnoRet"]
    return kept
