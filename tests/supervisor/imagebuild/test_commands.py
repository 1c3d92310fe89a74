import tomllib

from supervisor.imagebuild.commands import (
    AUTH,
    build_command,
    checkout_command,
    environment,
    pull_command,
    push_command,
    settings_files,
)
from wire.imagebuild import BuildPlan

PLAN = BuildPlan(
    name="built/abc",
    token="built.abc.secret",
    folder="demo",
    dockerfile="dev/Dockerfile",
    context="dev",
    target="last",
    arguments={"VERSION": "1; rm -rf /"},
    bases=["docker.io/gitpod/workspace-base:latest"],
)


def test_run_is_a_chroot_s_and_nothing_passes_a_shell():
    command = build_command(PLAN)
    assert command[:3] == ["/usr/bin/podman", "build", "--isolation=chroot"]
    assert command[-1] == "/workspace/demo/dev"
    assert "--file=/workspace/demo/dev/Dockerfile" in command
    assert "--build-arg=VERSION=1; rm -rf /" in command
    assert "--target=last" in command
    assert "--pull=never" in command


def test_the_whole_repository_is_a_context_too():
    plan = BuildPlan(name="n", token="t", folder="demo", dockerfile="D", context="")
    assert build_command(plan)[-1] == "/workspace/demo"
    assert checkout_command("demo")[-1] == "HEAD"


def test_no_command_and_no_setting_has_the_token():
    texts = [*build_command(PLAN), *push_command(PLAN.name), *pull_command("alpine")]
    texts += [*settings_files("/s", {}).values(), *environment().values()]
    assert not [one for one in texts if "secret" in one]
    assert environment()["REGISTRY_AUTH_FILE"] == AUTH


def test_images_of_other_registries_come_through_the_facade():
    hosts = {"docker.io": "docker.io", "127.0.0.1:5000": "127.0.0.1_5000"}
    texts = {path.rpartition("/")[2]: text for path, text in settings_files("", hosts).items()}
    assert tomllib.loads(texts["registries.conf"]) == {
        "unqualified-search-registries": ["docker.io"],
        "registry": [
            {"prefix": host, "location": f"127.0.0.1:5000/{name}", "insecure": True}
            for host, name in hosts.items()
        ],
    }


def test_nothing_is_pulled_that_the_plan_does_not_name():
    plan = BuildPlan(name="n", token="t", folder="demo", dockerfile="D", context="")
    assert "--pull=never" in build_command(plan)


def test_the_base_is_a_store_of_its_own():
    assert 'additionalimagestores = ["/s"]' in next(iter(settings_files("/s", {}).values()))
    assert "additional" not in next(iter(settings_files("", {}).values()))
