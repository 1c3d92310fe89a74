"""The words of the API's port."""

from app.runtime.podapi import ApiRefused, Event


def test_a_refusal_says_what_and_why() -> None:
    refused = ApiRefused(403, "Forbidden", "pods is forbidden")
    assert refused.status == 403
    assert str(refused) == "403 Forbidden: pods is forbidden"


def test_an_event_tells_where_to_go_on() -> None:
    assert Event("BOOKMARK", {"metadata": {"resourceVersion": "17"}}).version == "17"
