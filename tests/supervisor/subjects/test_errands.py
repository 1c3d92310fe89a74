"""What `gp` asks of the server, passed on."""

import pytest

from supervisor.api.endpoint import Call, Refused
from supervisor.subjects.errands import ErrandsSubject
from tests.supervisor.answering import answering
from wire.snapshots import SNAPSHOT_PATH, SNAPSHOT_STATE_PATH
from wire.variables import PORT_PATH, SET_VARIABLES_PATH, UNSET_VARIABLES_PATH, VARIABLES_PATH


def call(body: bytes = b"", **values: str) -> Call:
    return Call("PUT", "/v1/x", values=values, body=body)


async def test_questions_are_passed_on_with_the_token():
    async with answering() as server:
        for path in (SET_VARIABLES_PATH, UNSET_VARIABLES_PATH, PORT_PATH):
            server.answers[path] = {"done": True}
        server.answers[VARIABLES_PATH] = {"variables": {"A": "b" * 100_000}}
        one = ErrandsSubject(server.asking)
        assert (await one.variables(call()))["variables"] == {"A": "b" * 100_000}
        await one.set_variables(call(b'{"variables": {"A": "b"}}'))
        await one.unset_variables(call(b'{"names": ["A"]}'))
        await one.say_port(call(b'{"visibility": "public"}', port="3000"))
    assert [body for _, _, body in server.asked][1:] == [
        {"variables": {"A": "b"}},
        {"names": ["A"]},
        {"port": 3000, "visibility": "public", "protocol": None},
    ]


async def test_a_snapshot_is_asked_for_and_followed():
    said = {"id": "s1", "url": "http://podium.localhost/#snapshot/s1", "state": "wanted"}
    async with answering() as server:
        server.answers[SNAPSHOT_PATH] = said
        server.answers[SNAPSHOT_STATE_PATH] = {**said, "state": "done"}
        one = ErrandsSubject(server.asking)
        assert (await one.take_snapshot(call(b'{"name": "x"}')))["state"] == "wanted"
        assert (await one.snapshot(call(snapshot="s1")))["state"] == "done"
    assert [body for _, _, body in server.asked] == [
        {"name": "x", "access": "link", "lasts": "720h"},
        {"id": "s1"},
    ]


@pytest.mark.parametrize(
    ("answer", "code"), [(403, "not_trusted"), (409, "refused"), (b"", "no_answer")]
)
async def test_a_refusal_is_told_in_words(answer, code):
    async with answering() as server:
        server.answers[VARIABLES_PATH] = answer
        with pytest.raises(Refused) as refused:
            await ErrandsSubject(server.asking).variables(call())
    assert (refused.value.code, len(refused.value.detail) > 10) == (code, True)


@pytest.mark.parametrize(
    ("port", "body"), [("x", b"{}"), ("0", b"{}"), ("1", b'{"visibility": "open"}')]
)
async def test_what_is_no_port_is_refused_here(port, body):
    async with answering() as server:
        with pytest.raises(Refused):
            await ErrandsSubject(server.asking).say_port(call(body, port=port))
    assert server.asked == []
