import pytest

from daemon.core.seccomp import convert

PROFILE = {
    "defaultAction": "SCMP_ACT_ERRNO",
    "defaultErrnoRet": 38,
    "archMap": [
        {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
        {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": None},
    ],
    "syscalls": [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [], "includes": {}, "excludes": {}},
        {"names": ["chroot"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_CHROOT"]}},
        {
            "names": ["chroot"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": 1,
            "excludes": {"caps": ["CAP_SYS_CHROOT"]},
        },
        {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64"]}},
        {"names": ["breakpoint"], "action": "SCMP_ACT_ALLOW", "excludes": {"arches": ["amd64"]}},
        {
            "names": ["socket"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": 16, "valueTwo": None, "op": "SCMP_CMP_NE"}],
        },
    ],
}


def rules(machine, capabilities):
    converted = convert(PROFILE, machine, capabilities)
    return [(rule["names"][0], rule["action"]) for rule in converted["syscalls"]]


def test_rules_follow_the_capabilities():
    assert ("chroot", "SCMP_ACT_ALLOW") in rules("x86_64", ["CAP_SYS_CHROOT"])
    assert ("chroot", "SCMP_ACT_ERRNO") not in rules("x86_64", ["CAP_SYS_CHROOT"])
    assert ("chroot", "SCMP_ACT_ERRNO") in rules("x86_64", [])
    assert ("chroot", "SCMP_ACT_ALLOW") not in rules("x86_64", [])


def test_rules_follow_the_machine():
    names = [name for name, _action in rules("x86_64", [])]
    assert "arch_prctl" in names
    assert "breakpoint" not in names
    names = [name for name, _action in rules("aarch64", [])]
    assert "arch_prctl" not in names
    assert "breakpoint" in names


def test_the_rest_is_kept_as_it_is():
    converted = convert(PROFILE, "x86_64", [])
    assert converted["defaultErrnoRet"] == 38
    assert converted["architectures"] == ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]
    last = converted["syscalls"][-1]
    assert last["args"] == [{"index": 0, "value": 16, "op": "SCMP_CMP_NE"}]
    assert converted["syscalls"][1]["errnoRet"] == 1
    assert convert(PROFILE, "aarch64", [])["architectures"] == ["SCMP_ARCH_AARCH64"]


def test_freed_calls_are_allowed_once_and_for_all():
    converted = convert(PROFILE, "x86_64", [], freed=("chroot", "setns"))
    found = [one for one in converted["syscalls"] if {"chroot", "setns"} & set(one["names"])]
    assert found == [{"names": ["chroot", "setns"], "action": "SCMP_ACT_ALLOW"}]
    assert ["read"] in [one["names"] for one in converted["syscalls"]]


def test_a_profile_without_a_map_or_a_default_error():
    profile = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": PROFILE["syscalls"]}
    converted = convert(profile, "x86_64", [])
    assert converted["architectures"] == ["SCMP_ARCH_X86_64"]
    assert "defaultErrnoRet" not in converted


@pytest.mark.parametrize(
    ("profile", "machine"), [(PROFILE, "riscv64"), ({"defaultAction": "x"}, "x86_64")]
)
def test_no_filter_is_no_answer(profile, machine):
    with pytest.raises(ValueError, match="no seccomp rules"):
        convert(profile, machine, [])
