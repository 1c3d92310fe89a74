"""Which workspace this is."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from supervisor.api.endpoint import Call, Endpoint, Refused, Who, answers
from supervisor.core.info import info
from supervisor.subjects.context import Context
from supervisor.subjects.subject import Subject


class InfoSubject(Subject):
    """Knows it as soon as the server has said it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def endpoints(self) -> Sequence[Endpoint]:
        """Serve it where Gitpod does."""
        return [answers("GET", "/v1/info/workspace", Who.PERSON, self.info)]

    def info(self, _call: Call) -> dict[str, Any]:
        """Return ids, places and addresses."""
        desired = self._context.desired
        if desired is None:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", "The workspace begins.")
        return info(desired, self._context.account.home)
