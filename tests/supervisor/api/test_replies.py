"""Plain answers."""

import json
from http import HTTPStatus

from supervisor.api.replies import plain


def test_an_answer_is_json_that_nobody_keeps():
    answer = plain(HTTPStatus.OK, {"a": 1})
    assert (answer.status_code, json.loads(answer.body)) == (200, {"a": 1})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(answer.body))
