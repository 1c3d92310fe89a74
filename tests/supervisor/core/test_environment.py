"""Variables of everything that runs for the person."""

from supervisor.core.environment import (
    PATH,
    host_of_url,
    names_below,
    person_environment,
    port_template,
)
from tests.supervisor.samples import WORKSPACE, wish


def environment(image=None, **changes):
    return person_environment(wish(**changes), image or {}, "/home/gitpod", "gitpod", "/bin/bash")


def test_gitpods_names_and_ours():
    made = environment()
    assert made["GITPOD_WORKSPACE_ID"] == made["PODIUM_WORKSPACE_ID"] == WORKSPACE
    assert made["GITPOD_REPO_ROOT"] == made["THEIA_WORKSPACE_ROOT"] == "/workspace/demo"
    assert made["GITPOD_GIT_USER_EMAIL"] == "ada@example.org"
    assert (made["HOME"], made["USER"], made["SHELL"]) == ("/home/gitpod", "gitpod", "/bin/bash")


def test_the_images_path_is_kept_behind_the_persons_own():
    assert environment()["PATH"] == f"/home/gitpod/.local/bin:{PATH}:/.supervisor/bin"
    own = environment({"PATH": "/opt/bin"})["PATH"]
    assert own == "/home/gitpod/.local/bin:/opt/bin:/.supervisor/bin"


def test_nothing_else_of_pid_1_is_handed_on():
    made = environment({"SECRET": "x", "LANG": "de_DE.UTF-8"})
    assert "SECRET" not in made
    assert made["LANG"] == "de_DE.UTF-8"


def test_variables_of_the_image_count_least():
    def made(pictured, configured=None, **changes):
        args = (wish(**changes), {"PATH": "/bin"}, "/home/gitpod", "gitpod", "/bin/bash")
        return person_environment(*args, configured or {}, pictured)

    assert made({"GOPATH": "/go"})["GOPATH"] == "/go"
    assert made({"GOPATH": "/go"}, {"GOPATH": "/w"})["GOPATH"] == "/w"
    assert made({"A": "image"}, environment={"A": "person"})["A"] == "person"
    path = "/home/gitpod/.local/bin:/go/bin:/bin:/.supervisor/bin"
    assert made({"PATH": "/go/bin:/bin"})["PATH"] == path
    assert made({"PATH": "/go/bin:/bin"}, {"PATH": "/only"})["PATH"] == "/only"
    assert made({"EDITOR": "vi", "HOME": "/", "TERM_X": "y"})["EDITOR"] == "vi"
    assert made({"HOME": "/"})["HOME"] == "/home/gitpod"


def test_the_time_zone_is_that_of_this_machine_or_none():
    assert environment({"TZ": "Europe/Berlin"})["TZ"] == "Europe/Berlin"
    assert "TZ" not in environment({})


def test_the_server_has_the_last_word():
    assert environment(environment={"EDITOR": "code", "GITPOD_HOST": "h"})["EDITOR"] == "code"


def test_programs_edit_and_browse_in_the_window_unless_somebody_says_otherwise():
    made = environment()
    assert (made["EDITOR"], made["BROWSER"]) == ("gp open -w", "gp preview --external")
    # git asks both before EDITOR, and core.editor between them
    assert not made.keys() & {"VISUAL", "GIT_EDITOR"}
    own = environment({"EDITOR": "vim", "BROWSER": "w3m"})
    assert (own["EDITOR"], own["BROWSER"]) == ("vim", "w3m")
    assert not environment(ide="terminal").keys() & {"EDITOR", "BROWSER"}, "there is no window"


def test_what_is_empty_is_not_set():
    assert "GITPOD_GIT_USER_NAME" not in environment(git_name="")
    assert "VSCODE_PROXY_URI" not in environment(environment={})


def test_the_key_is_never_among_them():
    assert wish().key not in environment().values()


def test_ports_have_addresses_of_their_own():
    assert (
        environment()["VSCODE_PROXY_URI"] == f"http://{{{{port}}}}-{WORKSPACE}.ws.localhost:8080/"
    )
    assert port_template("https://w.ws.example.org") == "https://{{port}}-w.ws.example.org/"


def test_vite_is_told_our_names_and_needs_no_configuration():
    told = environment()["__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS"]
    assert told == ".ws.localhost"
    assert names_below("https://w.ws.example.org/") == ".ws.example.org"
    assert names_below("") == names_below("http://w") == ""


def test_the_workspaces_host_is_told_without_its_port():
    assert host_of_url(wish()) == f"{WORKSPACE}.ws.localhost"
    assert host_of_url(wish(environment={})) == ""
