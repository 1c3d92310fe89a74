"""The table from what is refused to what HTTP answers."""

import pytest
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.testing import RequestFactory
from msgspec import json

from app.faults import (
    Conflict,
    Denied,
    Malformed,
    Missing,
    Refusal,
    Unauthenticated,
    Unprocessable,
    answer,
    problem_of,
)
from wire.problems import Problem


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Malformed, 400),
        (Unauthenticated, 401),
        (Denied, 403),
        (Missing, 404),
        (Conflict, 409),
        (Unprocessable, 422),
    ],
)
def test_every_refusal_has_a_status(kind: type[Refusal], status: int) -> None:
    problem = problem_of(kind("a_code", "What", "Why", "Cure"))
    assert problem == Problem(code="a_code", title="What", status=status, detail="Why", cure="Cure")


def test_every_kind_of_refusal_is_in_the_table() -> None:
    for kind in Refusal.__subclasses__():
        assert problem_of(kind("c", "t")).status < 500, kind


def test_what_nobody_foresaw_tells_nothing_of_itself() -> None:
    problem = problem_of(RuntimeError("password=hunter2"))
    assert (problem.code, problem.status) == ("internal", 500)
    assert "hunter2" not in str(problem)


def test_invalid_input_names_its_field() -> None:
    error = ValidationException(extra=[{"key": "url", "message": "too long"}])
    assert problem_of(error) == Problem(
        code="invalid", title="The request is not valid", status=400, detail="url: too long"
    )
    assert problem_of(ValidationException(detail="no body")).detail == "no body"


def test_http_errors_keep_their_status() -> None:
    assert problem_of(NotFoundException()).code == "not_found"
    assert problem_of(HTTPException(status_code=418, detail="teapot")).code == "http_418"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_request"),
        (401, "unauthenticated"),
        (403, "denied"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "too_large"),
        (415, "unsupported_media_type"),
    ],
)
def test_every_status_has_its_code(status: int, code: str) -> None:
    problem = problem_of(HTTPException(status_code=status, detail="why"))
    assert (problem.code, problem.status) == (code, status)


def test_an_answer_names_where_its_code_is_explained() -> None:
    reply = answer(RequestFactory().get("/x"), Missing("workspace_unknown", "There is none"))
    assert json.decode(reply.content)["type"] == "/docs/conditions#workspace_unknown"
    assert reply.media_type == "application/problem+json"
