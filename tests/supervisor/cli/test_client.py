"""Asking the supervisor."""

import pytest

from supervisor.cli.client import LOCAL_SOCKET, Client, NotServed
from tests.supervisor.cli.samples import supervisor
from wire import agent


def test_it_looks_where_the_supervisor_serves():
    assert LOCAL_SOCKET == agent.LOCAL_SOCKET


def test_a_document_is_read(tmp_path):
    with supervisor(tmp_path, {"/v1/ports": {"ports": []}}) as path:
        assert Client(path).get("/v1/ports") == {"ports": []}


def test_what_is_not_there_is_told(tmp_path):
    with (
        supervisor(tmp_path, {}) as path,
        pytest.raises(NotServed, match="answered 404 to /v1/ports"),
    ):
        Client(path).get("/v1/ports")


def test_without_a_supervisor_it_says_where_it_looked(tmp_path):
    with pytest.raises(NotServed, match=r"does not answer at .*none\.sock"):
        Client(str(tmp_path / "none.sock")).get("/v1/ports")


def test_a_document_is_sent_by_another_method(tmp_path):
    with supervisor(tmp_path, {"PUT /v1/x": lambda sent: {"got": sent}}) as path:
        assert Client(path).ask("PUT", "/v1/x", {"a": 1}) == {"got": {"a": 1}}


def test_a_refusal_has_the_supervisors_words_and_code(tmp_path):
    def refuse(_sent):
        raise ValueError("not so")

    with supervisor(tmp_path, {"PUT /v1/x": refuse}) as path, pytest.raises(NotServed) as refused:
        Client(path).ask("PUT", "/v1/x", {})
    assert (str(refused.value), refused.value.code) == ("not so", "refused")
