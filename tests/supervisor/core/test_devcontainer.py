"""devcontainer.json in the plan of .gitpod.yml."""

import pytest

from supervisor.core.config import Config, ImageWish
from supervisor.core.devcontainer import parse
from wire.ports import PortWish

FILE = ".devcontainer/devcontainer.json"
WHOLE = """
{
  // of the project's own image
  "name": "Shop",
  "build": { "dockerfile": "Dockerfile", "context": ".." },
  "forwardPorts": [3000, "localhost:3001", "db:5432"],
  "portsAttributes": {
    "3000": { "label": "Shop", "onAutoForward": "openPreview", "protocol": "https" },
    "4000-4010": { "onAutoForward": "ignore", "requireLocalPort": true },
    "node.*": { "label": "any" },
  },
  "containerEnv": { "HOST_USER": "${localEnv:USER}", "MODE": "${localEnv:MODE:dev}" },
  "remoteEnv": { "PATH": "${containerEnv:PATH}:/opt", "AT": "${containerWorkspaceFolder}/x" },
  "remoteUser": "vscode",
  "features": { "ghcr.io/devcontainers/features/go:1": {} },
  "initializeCommand": "echo init",
  "onCreateCommand": "npm ci",
  "updateContentCommand": ["npm", "run", "build"],
  "postCreateCommand": { "db": "make db", "docs": ["make", "docs"] },
  "postStartCommand": "npm start ${localWorkspaceFolderBasename}",
  "postAttachCommand": "echo hello",
  "customizations": {
    "vscode": {
      "extensions": ["a.b", "-c.d"],
      "settings": { "editor.tabSize": 3 },
    },
    "jetbrains": { "backend": "x" },
  },
}
"""


def read(text: str, file: str = FILE) -> Config:
    return parse(file, text, "/workspace/shop", {"USER": "gitpod", "PATH": "/bin"})


def test_it_is_read_into_the_plan():
    config = read(WHOLE)
    assert config.faults == []
    assert config.image == ImageWish(dockerfile=".devcontainer/Dockerfile", context=".")
    assert config.ports == [
        PortWish(first=3000, last=3000, protocol="https", name="Shop", on_open="open-preview"),
        PortWish(first=3001, last=3001),
        PortWish(first=4000, last=4010, on_open="ignore-completely"),
    ]
    assert config.env == {
        "HOST_USER": "gitpod",
        "MODE": "dev",
        "PATH": "/bin:/opt",
        "AT": "/workspace/shop/x",
    }
    assert (config.extensions, config.settings) == (["a.b"], {"editor.tabSize": 3})
    assert config.user == "vscode"


def test_its_commands_are_one_task_in_their_order():
    (task,) = read(WHOLE).tasks
    assert "echo init" in task.before
    assert task.init.index("npm ci") < task.init.index("npm run build")
    assert ("make db" in task.create, "make docs" in task.create) == (True, True)
    assert task.command.index("npm start shop") < task.command.index("echo hello")


def test_what_is_not_followed_is_listed_with_line_and_reason():
    told = [str(one) for one in read(WHOLE).unfollowed]
    assert told == [
        "line 14, remoteUser: is not followed: commands run as gitpod, not as vscode",
        (
            "line 16, initializeCommand: runs inside the workspace: there is no machine of yours "
            "around it"
        ),
        "line 6, forwardPorts[2]: is not followed: there is no other container",
        (
            "line 9, portsAttributes.4000-4010.requireLocalPort: is not followed: every port has "
            "an address of its own, none is one of your machine"
        ),
        (
            "line 10, portsAttributes.node.*: is not followed: ports are named by number, or by a "
            "range of them"
        ),
    ]


LEGACY = '{"dockerFile": "D", "context": ".."}'
BUILT = """{ "build": {
  "dockerfile": "D", "context": "..", "target": "dev",
  "args": { "A": "1", "B": "${localEnv:B}" },
  "options": ["--network=host"], "cacheFrom": "x" } }"""


def test_of_a_build_it_is_told_what_is_not_followed_and_of_an_image_elsewhere():
    assert [str(one) for one in read(BUILT).unfollowed] == [
        "line 4, build.options: is not followed: a build has no other options than its own",
        "line 4, build.cacheFrom: is not followed: a build has no other options than its own",
        "line 3, build.args.B: is not followed: there is no machine of yours around it",
    ]
    place = "an image is that of .devcontainer/devcontainer.json or .devcontainer.json"
    for name, text in (("image", '{"image": "a"}'), ("build", BUILT), ("dockerFile", LEGACY)):
        told = [str(one) for one in read(text, ".devcontainer/go/devcontainer.json").unfollowed]
        assert told == [f"line 1, {name}: is not followed: {place}"]
    assert read(LEGACY, ".devcontainer.json").unfollowed == []


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ('{"image": "debian:12"}', ImageWish(name="debian:12")),
        ('{"dockerFile": "D", "context": "c"}', ImageWish(dockerfile="D", context="c")),
        ('{"build": {"dockerfile": "../x/D"}}', ImageWish(dockerfile="../x/D", context=".")),
        ("{}", None),
    ],
)
def test_images(text, image):
    assert read(text, ".devcontainer.json").image == image


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "line 1: this is no JSON: "),
        ("[]", "line 1: is a list and must be a set of names and values"),
        ('{\n"postStartCommand": 3}', "line 2, postStartCommand: must be a text, a list of texts"),
        ('{"forwardPorts": [70000]}', "line 1, forwardPorts[0]: must be a port from 1 to 65535"),
        ('{"postStart": "a"}', "line 1, postStart: is not known: did you mean postStartCommand?"),
        ('{"containerEnv": {"A-B": "c"}}', "line 1, containerEnv.A-B: is no name of a variable"),
        ('{"containerEnv": {"A": 1}}', "line 1, containerEnv.A: is a number and must be a text"),
        ('{"build": {}}', "line 1, build: dockerfile is missing"),
    ],
)
def test_each_fault_has_its_line_its_field_and_its_cause(text, fault):
    (found,) = read(text).faults
    assert str(found).startswith(fault)


def test_a_field_with_a_fault_is_left_out_and_the_others_stay():
    config = read('{"containerEnv": {"A": 1}, "postStartCommand": "b"}')
    assert (config.env, len(config.tasks)) == ({}, 1)
