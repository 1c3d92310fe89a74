import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from cli.commands.client import ApiProblem, Client, Endpoint, pin
from cli.problems import NOT_REACHABLE, USAGE, CommandError
from cli.settings import Settings
from cli.tokens import keep_token
from tests.authority import Authority
from tests.cli.answers import serving


def settings_of(folder: Path, **environ: str) -> Settings:
    home = {"PODIUM_HOME": str(folder), "PODIUM_CACHE": str(folder)}
    return Settings.from_environ({**home, **environ})


def test_a_request_carries_token_and_host_to_the_loopback(tmp_path: Path) -> None:
    with serving(lambda _one: (200, {"workspaces": []})) as server:
        settings = settings_of(tmp_path, PODIUM_PORT=str(server.port))
        keep_token(settings.layout, "ours")
        assert Client.of(settings).workspaces() == []
    headers = server.requests[0].headers
    assert headers["authorization"] == "Bearer ours"
    assert headers["host"] == f"podium.localhost:{server.port}"


def test_this_machine_is_reached_whatever_its_public_name_is(tmp_path: Path) -> None:
    with serving(lambda _one: (200, {"workspaces": []})) as server:
        settings = settings_of(
            tmp_path,
            PODIUM_PORT=str(server.port),
            PODIUM_LISTEN="0.0.0.0",
            PODIUM_BASE_URL="https://podium.example",
        )
        keep_token(settings.layout, "ours")
        Client.of(settings).workspaces()
    assert server.requests[0].headers["host"] == "podium.example"


def test_the_token_of_this_machine_is_never_sent_elsewhere(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, PODIUM_URL="https://podium.example")
    keep_token(settings.layout, "ours")
    with pytest.raises(CommandError) as told:
        Client.of(settings)
    assert told.value.code == USAGE


def test_another_machine_gets_its_own_token(tmp_path: Path) -> None:
    with serving(lambda _one: (200, {"workspaces": []})) as server:
        url = f"http://podium.localhost:{server.port}"
        settings = settings_of(tmp_path, PODIUM_URL=url, PODIUM_TOKEN="theirs")
        Client.of(settings).workspaces()
    assert server.requests[0].headers["authorization"] == "Bearer theirs"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://podium.localhost:8080", ("podium.localhost:8080", "127.0.0.1", 8080, False)),
        ("http://localhost", ("localhost", "127.0.0.1", 80, False)),
        ("https://podium.example", ("podium.example", "podium.example", 443, True)),
        ("http://[::1]:81", ("[::1]:81", "::1", 81, False)),
    ],
)
def test_where_an_url_leads(url: str, endpoint: tuple[str, str, int, bool]) -> None:
    assert Endpoint.of_url(url) == Endpoint(*endpoint)


def test_a_problem_keeps_its_code_and_words() -> None:
    problem = {"code": "key_used", "title": "Used", "detail": "Before.", "cure": "Another."}
    with serving(lambda _one: (409, problem)) as server, pytest.raises(ApiProblem) as told:
        Client(Endpoint("x", "127.0.0.1", server.port), "t").post("/api/v1/workspaces", {"a": 1})
    found = told.value
    assert (found.status, found.problem, found.code) == (409, "key_used", 1)
    assert found.text() == "podium: Used\n  Cause: Before.\n  Cure:  Another."


@pytest.mark.parametrize("said", [b"", b"<h1>Bad gateway</h1>", b'"text"', b"\xff"])
def test_an_answer_that_is_no_problem_document_is_shown(said: bytes) -> None:
    with serving(lambda _one: (502, said)) as server, pytest.raises(ApiProblem) as told:
        Client(Endpoint("x", "127.0.0.1", server.port), "t").get("/")
    assert "502" in told.value.title
    assert told.value.code == NOT_REACHABLE


def test_nobody_there_is_not_reachable() -> None:
    with pytest.raises(CommandError) as told:
        Client(Endpoint("podium.localhost:9", "127.0.0.1", 9), "t").get("/")
    assert told.value.code == NOT_REACHABLE
    assert "podium.localhost:9" in told.value.title


def test_only_a_refused_token_does_not_work() -> None:
    statuses = iter([200, 401, 403, 503])
    with serving(lambda _one: (next(statuses), {"workspaces": []})) as server:
        client = Client(Endpoint("x", "127.0.0.1", server.port), "t")
        assert [client.works() for _ in range(3)] == [True, False, False]
        with pytest.raises(ApiProblem):
            client.works()


def test_a_creation_can_be_repeated_and_two_are_two() -> None:
    with serving(lambda _one: (201, {})) as server:
        client = Client(Endpoint("x", "127.0.0.1", server.port), "t")
        client.post("/api/v1/workspaces", {"url": "u"}, once=True)
        client.post("/api/v1/workspaces", {"url": "u"}, once=True)
    keys = [one.headers["idempotency-key"] for one in server.requests]
    assert len(set(keys)) == 2
    assert all(len(key) >= 20 for key in keys)


def test_the_own_certificate_is_taken_and_no_other(tmp_path: Path) -> None:
    authority = Authority()
    own = authority.issue(tmp_path / "own.pem", "podium.example", days=-2)
    other = authority.issue(tmp_path / "other.pem", "podium.example")
    folder = tmp_path / "folder"
    folder.mkdir()
    authority.issue(folder / "a.crt", "a.example", key=folder / "a.key")
    (folder / "own.crt").write_bytes(own.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def shake() -> None:
            for _ in range(3):
                accepted, _ = listening.accept()
                with suppress(OSError), context.wrap_socket(accepted, server_side=True):
                    pass

        serving_once = threading.Thread(target=shake)
        serving_once.start()
        for pinned in (own, folder):
            where = Endpoint("podium.example", "127.0.0.1", port, tls=True, pinned=str(pinned))
            connection = where.connection(5)
            connection.connect()
            connection.close()
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            pin(other).wrap_socket(plain, do_handshake_on_connect=False) as refused,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            refused.do_handshake()
        serving_once.join()
