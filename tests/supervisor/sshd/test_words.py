"""Command lines and variables of sessions."""

from supervisor.sshd.words import command_of, variables

OWN = {"HOME": "/home/gitpod", "PATH": "/bin", "GITPOD_WORKSPACE_ID": "w", "SSH_AUTH_SOCK": "/a"}


def test_without_a_command_it_is_a_login_shell() -> None:
    assert command_of("/bin/bash", None) == ["/bin/bash", "-bash"]
    assert command_of("/bin/sh", "ls | wc") == ["/bin/sh", "sh", "-c", "ls | wc"]


def test_a_client_may_send_variables_but_not_be_somebody_else() -> None:
    sent = {
        b"LC_ALL": b"de_DE.UTF-8",
        "PATH": "/evil",
        "HOME": "/",
        "GITPOD_WORKSPACE_ID": "x",
        "PODIUM_HOST": "x",
        "SSH_CONNECTION": "x",
        "A B": "x",
        "N": "1\0002",
    }
    found = variables(OWN, sent, term=None, agent=None)
    assert found.items() >= {**OWN, "LC_ALL": "de_DE.UTF-8", "N": "12"}.items()
    assert {"A B", "PODIUM_HOST", "TERM"}.isdisjoint(found)
    assert found["SSH_CONNECTION"] == "127.0.0.1 0 127.0.0.1 23001"
    assert found["SSH_CLIENT"] == "127.0.0.1 0 23001"


def test_a_terminal_has_a_kind_and_a_forwarded_agent_goes_first() -> None:
    assert variables(OWN, {}, term="", agent=None)["TERM"] == "xterm"
    found = variables(OWN, {}, term="vt100", agent="/tmp/agent")
    assert (found["TERM"], found["SSH_AUTH_SOCK"]) == ("vt100", "/tmp/agent")
    assert variables(OWN, {}, term=None, agent=None)["SSH_AUTH_SOCK"] == "/a"
