"""`gp credential-helper`, as git calls it."""

import io
import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.cli.__main__ import main
from supervisor.cli.credentials import SOCKET, read
from supervisor.host.gitaccess import HELPER_NAME

ASKED = "protocol=https\nhost=h.org:8443\npath=ada/demo\n\n"


class Answers:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: object = {"reason": "missing"}
        self.asked: list[object] = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(folder / SOCKET))
        self.socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rw") as stream:
                self.asked.append(json.loads(stream.readline()))
                stream.write(json.dumps(self.given) + "\n")


@pytest.fixture
def supervisor(monkeypatch) -> Iterator[Answers]:
    with tempfile.TemporaryDirectory() as folder:
        made = Answers(Path(folder))
        monkeypatch.setenv("PODIUM_LOCAL_SOCKET", f"{folder}/gp.sock")
        monkeypatch.setenv("PODIUM_HOST", "http://podium.localhost:8080")
        yield made
        made.socket.shutdown(socket.SHUT_RDWR)
        made.socket.close()


def ask(monkeypatch, operation: str, text: str = ASKED) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    return main(["credential-helper", operation])


def test_both_ends_mean_the_same_socket():
    assert SOCKET == HELPER_NAME


def test_git_gets_the_token(supervisor, monkeypatch, capsys):
    supervisor.given = {"username": "ada", "password": "t"}
    assert ask(monkeypatch, "get") == 0
    assert capsys.readouterr() == ("username=ada\npassword=t\n", "")
    assert supervisor.asked == [{"protocol": "https", "host": "h.org:8443"}]


def test_a_user_name_in_the_address_stays(supervisor, monkeypatch, capsys):
    supervisor.given = {"username": "ada", "password": "t"}
    ask(monkeypatch, "get", "protocol=https\nhost=h.org\nusername=eve\n")
    assert capsys.readouterr().out == "username=eve\npassword=t\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "missing"}, "there is no token for h.org:8443. Add one at http://podium"),
        ({"reason": "not_trusted"}, "not trusted, so it gets no token"),
        ({"reason": "no_answer"}, ""),
    ],
)
def test_without_one_git_goes_on_and_the_person_knows_why(
    supervisor, monkeypatch, capsys, given, words
):
    supervisor.given = given
    assert ask(monkeypatch, "get") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_a_refused_token_leads_to_settings_and_is_not_printed(supervisor, monkeypatch, capsys):
    assert ask(monkeypatch, "erase", ASKED.strip() + "\npassword=secret\n") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "Replace it at http://podium.localhost:8080/settings?host=h.org%3A8443" in err
    assert "secret" not in err
    assert supervisor.asked == []


@pytest.mark.parametrize("operation", ["store", "unknown"])
def test_nothing_else_is_done(supervisor, monkeypatch, capsys, operation):
    assert ask(monkeypatch, operation) == 0
    assert capsys.readouterr() == ("", "")
    assert supervisor.asked == []


@pytest.mark.parametrize("text", ["", "protocol=ssh\nhost=h\n", "protocol=https\n", "nonsense"])
def test_what_is_no_web_address_is_nobodys_question(supervisor, monkeypatch, capsys, text):
    assert ask(monkeypatch, "get", text) == 0
    assert capsys.readouterr() == ("", "")
    assert supervisor.asked == []


def test_without_a_supervisor_git_asks_the_person(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PODIUM_LOCAL_SOCKET", str(tmp_path / "gp.sock"))
    assert ask(monkeypatch, "get") == 0
    assert capsys.readouterr() == ("", "")


def test_lines_end_where_git_ends_them():
    assert read(io.BytesIO(b"a=b\nc=d=e\n\nf=g\n")) == {"a": "b", "c": "d=e"}


@pytest.mark.parametrize("end", ["\r", "\r\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_user_name_makes_another_host_of_an_address(supervisor, monkeypatch, end):
    asked = f"protocol=https\nhost=evil.example\nusername=x{end}host=github.com\n"
    assert ask(monkeypatch, "get", asked) == 0
    assert [one["host"] for one in supervisor.asked] == ["evil.example"]
