import tomllib

from msgspec import structs

from supervisor.imagebuild.commands import (
    BEFORE,
    RESULT,
    Ground,
    build_command,
    checkout_command,
    environment,
    features_command,
    pull_command,
    push_command,
    settings_files,
)
from tests.supervisor.imagebuild.test_features import PART
from wire.imagebuild import BuildPlan

GROUND = Ground()
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
    command = build_command(GROUND, PLAN)
    assert command[:3] == ["/usr/bin/podman", "build", "--isolation=chroot"]
    assert command[-1] == "/workspace/demo/dev"
    assert "--file=/workspace/demo/dev/Dockerfile" in command
    assert "--build-arg=VERSION=1; rm -rf /" in command
    assert "--target=last" in command
    assert "--pull=never" in command


def test_the_whole_repository_is_a_context_too():
    plan = BuildPlan(name="n", token="t", folder="demo", dockerfile="D", context="")
    assert build_command(GROUND, plan)[-1] == "/workspace/demo"
    assert checkout_command("/workspace/demo")[-1] == "HEAD"


def test_a_secret_is_a_file_and_no_word_of_a_command():
    plan = structs.replace(PLAN, secrets={"TOKEN": "very-secret"})
    assert "--secret=id=TOKEN,src=/run/podium/secrets/0" in build_command(GROUND, plan)
    assert "very-secret" not in " ".join(build_command(GROUND, plan))


def test_no_command_and_no_setting_has_the_token():
    texts = [
        *build_command(GROUND, PLAN),
        *push_command(GROUND, PLAN.name),
        *pull_command("alpine"),
    ]
    texts += [*settings_files(GROUND, PLAN).values(), *environment(GROUND).values()]
    assert not [one for one in texts if "secret" in one]
    assert environment(GROUND)["REGISTRY_AUTH_FILE"] == GROUND.auth


def test_features_are_built_above_what_the_dockerfile_makes():
    plan = structs.replace(PLAN, features=[PART])
    assert f"--tag={BEFORE}" in build_command(GROUND, plan)
    command = features_command(GROUND)
    assert "--isolation=chroot" in command
    assert f"--tag={RESULT}" in command
    assert command[-1] == "/workspace/.build/features"


def test_images_of_other_registries_come_through_the_facade():
    hosts = {"docker.io": "docker.io", "127.0.0.1:5000": "127.0.0.1_5000"}
    plan = structs.replace(PLAN, registries=hosts)
    texts = {path.rpartition("/")[2]: text for path, text in settings_files(GROUND, plan).items()}
    assert tomllib.loads(texts["registries.conf"]) == {
        "unqualified-search-registries": ["docker.io"],
        "registry": [
            {"prefix": host, "location": f"127.0.0.1:5000/{name}", "insecure": True}
            for host, name in hosts.items()
        ],
    }


def test_nothing_is_pulled_that_the_plan_does_not_name():
    plan = BuildPlan(name="n", token="t", folder="demo", dockerfile="D", context="")
    assert "--pull=never" in build_command(GROUND, plan)


def test_the_base_is_a_store_of_its_own():
    plan = structs.replace(PLAN, bases=[])
    stores = f'additionalimagestores = ["{GROUND.store}"]'
    assert stores in next(iter(settings_files(GROUND, PLAN).values()))
    assert "additional" not in next(iter(settings_files(GROUND, plan).values()))
