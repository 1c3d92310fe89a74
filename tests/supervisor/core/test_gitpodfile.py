"""Reading .gitpod.yml: what is right is kept, what is wrong has line, field and cause."""

import pytest

from supervisor.core.config import ImageWish, Repository, Task
from supervisor.core.findings import MOST_FAULTS
from supervisor.core.gitpodfile import MOST_TASKS, parse
from wire.ports import PortWish

TASKS = """\
tasks:
  - name: API
    before: cd api
    init: npm install
    command: npm start
    env:
      PORT: 3000
      LIST: [1, two]
      TEXT: as it is
    openMode: split-right
  - command: |
      echo one
      echo two
"""


def told(text: str) -> list[str]:
    return [str(one) for one in parse(".gitpod.yml", text).faults]


def test_tasks_are_read():
    config = parse(".gitpod.yml", TASKS)
    assert config.faults == []
    assert config.tasks == [
        Task(
            name="API",
            before="cd api",
            init="npm install",
            command="npm start",
            env={"PORT": "3000", "LIST": '[1,"two"]', "TEXT": "as it is"},
            open_mode="split-right",
        ),
        Task(name="Task 2", command="echo one\necho two\n"),
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "image: gitpod/workspace-full\n"])
def test_a_file_without_tasks_has_none_and_no_faults(text):
    config = parse(".gitpod.yml", text)
    assert (config.tasks, config.faults) == ([], [])


def test_the_older_prebuild_belongs_to_init():
    config = parse(".gitpod.yml", "tasks: [{init: a, prebuild: b}]")
    assert config.tasks[0].init == "{\na\n} && {\nb\n}"
    assert parse(".gitpod.yml", "tasks: [{prebuild: b}]").tasks[0].init == "b"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("tasks:\n  - init: a\n   command: b\n", "line 3: this is no YAML: "),
        ("a: b: c", "line 1: this is no YAML: "),
        ("tasks: [\n", "line 2: this is no YAML: "),
        ("just words", "line 1: is a text and must be a set of names and values"),
        ("- a\n- b", "line 1: is a list and must be a set of names and values"),
        ("tasks: npm start", "line 1, tasks: is a text and must be a list"),
        ("tasks:\n- npm start", "line 2, tasks[0]: is a text and must be a set of names"),
        ("tasks:\n- name: a\n  init: [a]", "line 3, tasks[0].init: is a list and must be a text"),
        ("tasks:\n- command: 12", "line 2, tasks[0].command: is a number and must be a text"),
        ("tasks:\n- command: yes", "line 2, tasks[0].command: is true or false and must be"),
        ("tasks:\n- command: 2020-01-01", "line 2, tasks[0].command: is something else and"),
        ("tasks:\n- command:", "line 2, tasks[0].command: is nothing and must be a text"),
        (
            "tasks:\n- openMode: left",
            "line 2, tasks[0].openMode: must be one of split-left, split-right, tab-before, ",
        ),
        ("ports:\n- onOpen: ignore", "line 2, ports[0]: port is missing"),
        ("ports:\n- port: 70000", "line 2, ports[0].port: must be a port from 1 to 65535"),
        ("image: [a]", "line 1, image: must be the name of an image, or file: with a"),
        ("taks:\n- command: a", "line 1, taks: is not known: did you mean tasks?"),
        ("tasks:\n- comand: a", "line 2, tasks[0].comand: is not known: did you mean command?"),
        ("ports:\n- {port: 1, on_open: ignore}", "line 2, ports[0].on_open: is not known: did you"),
        ("x-ours: a", "line 1, x-ours: is not known"),
        ("env: {A: 1}\nenv: {B: 2}", "line 2, env: is written twice; the later one counts"),
        ("env:\n  MY-NAME: a", "line 2, env.MY-NAME: is no name of a variable"),
        ("gitConfig:\n  autocrlf: a", "line 2, gitConfig.autocrlf: is no setting of git"),
        ("gitConfig:\n  a.b: [c]", "line 2, gitConfig.a.b: is a list and must be a text or a"),
        ("checkoutLocation: ../a", "line 1, checkoutLocation: must be a path below /workspace"),
        ("vscode:\n  extensions: [a.b, c]", "line 2, vscode.extensions[1]: must be publisher.name"),
        ("additionalRepositories:\n- url: a", "line 2, additionalRepositories[0].url: must be an"),
        ("ports:\n- port: 9-8", "line 2, ports[0].port: is no range: from a port to a higher"),
        ("podium: {keepAwake: npm}", "line 1, podium.keepAwake: is a text and must be a list"),
        ("podium: {backupExcludes: ['*']}", "line 1, podium.backupExcludes[0]: must be a pattern"),
        ("podium: {backupExcludes: [a/../b]}", "line 1, podium.backupExcludes[0]: must be a"),
        (
            "podium: {keepAlive: []}",
            "line 1, podium.keepAlive: is not known: did you mean keepAwake",
        ),
    ],
)
def test_each_fault_has_its_line_its_field_and_its_cause(text, fault):
    (found,) = told(text)
    assert found.startswith(fault)


def test_all_faults_are_told_at_once():
    assert len(told("tasks:\n- init: 1\n- command: [a]\nports: none\nimgae: a")) == 4


def test_a_task_with_a_fault_is_left_out_and_the_others_stay():
    config = parse(".gitpod.yml", "tasks: [{name: a, init: [1]}, {name: b, command: x}]")
    assert [one.name for one in config.tasks] == ["b"]


def test_a_name_that_is_not_known_leaves_the_task():
    config = parse(".gitpod.yml", "tasks: [{name: a, command: x, comment: y}]")
    assert [one.name for one in config.tasks] == ["a"]
    assert [one.warning for one in config.faults] == [True]


def test_what_a_file_can_have_of_both_is_bounded():
    text = "tasks:\n" + "".join(f"- {{command: x, x{one}: 1}}\n" for one in range(60))
    config = parse(".gitpod.yml", text)
    assert (len(config.tasks), len(config.faults)) == (MOST_TASKS, MOST_FAULTS)


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "[" * 3000, "a: &a [*a]"])
def test_what_is_made_to_hurt_is_a_fault(text):
    assert told(text)


PORTS = """
ports:
  - port: 3000
    visibility: public
    name: Shop
    description: The front end
    onOpen: open-preview
  - port: 4000-4010
    protocol: https
  - port: "5000:5001"
    visibility: private
    unknown: 1
  - port: 6000
    visibility: everybody
  - port: 9-8
  - port: 1-70000
  - name: none
"""


def test_ports_and_ranges_and_only_those_without_a_fault():
    found = parse(".gitpod.yml", PORTS)
    assert found.ports == [
        PortWish(
            first=3000,
            last=3000,
            public=True,
            name="Shop",
            description="The front end",
            on_open="open-preview",
        ),
        PortWish(first=4000, last=4010, protocol="https"),
        PortWish(first=5000, last=5001),
    ]
    assert parse(".gitpod.yml", "ports: 3000").ports == []


WHOLE = """
image:
  file: docker/Dockerfile
checkoutLocation: code
workspaceLocation: code/all.code-workspace
additionalRepositories:
  - url: https://example.org/a/b
    checkoutLocation: b
  - url: git@example.org:a/c.git
mainConfiguration: https://example.org/a/config
gitConfig:
  core.autocrlf: input
  http.postBuffer: 12
env:
  A: b
  LIST: [1, 2]
  1WRONG: c
vscode:
  extensions: [a.b, c.d@1.2.3, "https://example.org/e.vsix", wrong, "f.g@1:hash="]
jetbrains: {plugins: [a]}
coreDump: {enabled: true}
github: {prebuilds: true}
experimentalNetwork: true
podium:
  keepAwake: ["npm test*", "python train.py"]
  backupExcludes: [node_modules, /web/dist/]
"""


def test_every_field_is_read():
    config = parse(".gitpod.yml", WHOLE)
    assert config.image == ImageWish(dockerfile="docker/Dockerfile", context="docker")
    assert (config.checkout_location, config.workspace_location) == (
        "code",
        "code/all.code-workspace",
    )
    assert config.repositories == [
        Repository(url="https://example.org/a/b", location="b"),
        Repository(url="git@example.org:a/c.git"),
    ]
    assert config.main_configuration == "https://example.org/a/config"
    assert config.git_config == {"core.autocrlf": "input", "http.postBuffer": "12"}
    assert config.env == {"A": "b", "LIST": "[1,2]"}
    assert config.extensions == ["a.b", "c.d@1.2.3", "https://example.org/e.vsix", "f.g@1:hash="]
    assert config.keep_awake == ["npm test*", "python train.py"]
    assert config.backup_excludes == ["node_modules", "/web/dist/"]
    assert [one.field for one in config.faults] == ["env.1WRONG", "vscode.extensions[3]"]


def test_what_is_not_followed_is_told_with_what_is_so_instead():
    config = parse(".gitpod.yml", "github: {prebuilds: true}\ncoreDump: {enabled: true}\n")
    assert config.faults == []
    assert config.told_unfollowed() == (
        ".gitpod.yml line 1, github: is not followed: prebuilds are no matter of GitHub's app "
        "here; line 2, coreDump: is not followed: core dumps are off"
    )
    placed = parse(".gitpod.yml", 'checkoutLocation: "my code"\n')
    assert "only of letters, digits and" in placed.told_unfollowed()
