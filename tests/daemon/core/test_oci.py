import json
from dataclasses import replace

from daemon.core.classes import limits_of
from daemon.core.network import Slot
from daemon.core.oci import Bind, Plan, cgroup_path, config

PLAN = Plan(
    hostname="amber-otter-4k2hw9xz1q",
    root="/stage/root",
    slot=Slot("1a2b3c", 1),
    userns="/run/u",
    netns="/run/n",
    cgroup="/podium_1a2b3c/amber-otter-4k2hw9xz1q.1",
    limits=limits_of("standard"),
    binds=[Bind("/stage/ide", "/ide", ("ro", "nosuid"))],
    open_files=20000,
)
CONFIG = config(PLAN, {"defaultAction": "SCMP_ACT_ERRNO"})
STRICT = config(replace(PLAN, limits=replace(PLAN.limits, containers=False)), {})


def test_pid_1_is_the_supervisor():
    process = CONFIG["process"]
    assert process["args"] == [
        "/.supervisor/bin/python3", "-I", "-S", "-X", "utf8", "/.supervisor/site/boot.py",
    ]  # fmt: skip
    assert process["user"] == {"uid": 0, "gid": 0}
    assert process["noNewPrivileges"] is False
    assert all(
        word.partition("=")[0] in {"PATH", "HOME", "LANG", "TERM"} for word in process["env"]
    )


def test_capabilities_are_dockers_and_ptrace():
    capabilities = CONFIG["process"]["capabilities"]
    assert set(capabilities) == {"bounding", "effective", "permitted"}
    assert "CAP_SYS_PTRACE" in capabilities["bounding"]
    for never in ("CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SYS_MODULE"):
        assert never not in capabilities["bounding"]


def test_namespaces_are_joined_by_path_and_mapped():
    linux = CONFIG["linux"]
    by_kind = {one["type"]: one.get("path") for one in linux["namespaces"]}
    assert by_kind["user"] == "/run/u"
    assert by_kind["network"] == "/run/n"
    assert set(by_kind) == {"user", "network", "pid", "ipc", "uts", "mount", "cgroup"}
    mapping = [{"containerID": 0, "hostID": 1_000_065_536, "size": 65536}]
    assert linux["uidMappings"] == linux["gidMappings"] == mapping


def test_limits():
    resources = CONFIG["linux"]["resources"]
    assert resources["memory"] == {"limit": 4 << 30, "swap": 4 << 30}
    assert resources["cpu"]["quota"] == 2 * resources["cpu"]["period"]
    assert resources["pids"]["limit"] == 2048
    assert CONFIG["linux"]["cgroupsPath"].startswith("/podium_1a2b3c/")


def test_mounts():
    by_target = {one["destination"]: one for one in CONFIG["mounts"]}
    assert "ro" in by_target["/sys"]["options"]
    assert by_target["/ide"]["options"] == ["rbind", "rprivate", "ro", "nosuid"]
    assert "size=1073741824" in by_target["/dev/shm"]["options"]
    assert CONFIG["root"] == {"path": "/stage/root", "readonly": False}


def test_containers_inside_see_proc_whole_and_get_one_device():
    linux = CONFIG["linux"]
    assert linux["maskedPaths"] == linux["readonlyPaths"] == []
    denied, *allowed = linux["resources"]["devices"]
    assert denied == {"allow": False, "access": "rwm"}
    tun = {"allow": True, "type": "c", "major": 10, "minor": 200, "access": "rw"}
    assert allowed == [tun]
    assert linux["rootfsPropagation"] == "shared"


def test_a_class_without_containers_shows_less():
    linux = STRICT["linux"]
    assert {"/proc/kcore", "/proc/keys", "/sys/firmware"} <= set(linux["maskedPaths"])
    assert {"/proc/sys", "/proc/sysrq-trigger"} <= set(linux["readonlyPaths"])
    assert linux["resources"]["devices"] == [{"allow": False, "access": "rwm"}]
    assert linux["rootfsPropagation"] == "private"
    assert STRICT["process"]["capabilities"] == CONFIG["process"]["capabilities"]


def test_the_whole_is_json():
    assert json.loads(json.dumps(CONFIG)) == CONFIG


def test_the_cgroup_path_is_absolute_and_tagged():
    assert cgroup_path("1a2b3c", "w.1") == "/podium_1a2b3c/w.1"
