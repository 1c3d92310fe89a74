"""The supervisor behind the editor's host: who may change something there."""

import json

import pytest

from proxy.core.plans import Asker, Forward, Plan
from proxy.core.replies import Reply
from proxy.core.routing import route
from tests.proxy.world import FOREIGN, IDE, MOMENT, PROOF_KEY, SEED, SELF, head, ide_cookie
from tests.proxy.world import make_world as world
from wire.proof import Bearer, check

TARGET = "/_supervisor/v1/terminals/main"


def planned(method: str, **headers: str) -> Plan:
    asked = head(TARGET, IDE, method, {**SELF, "Cookie": ide_cookie(), **headers})
    return route(world(), asked, Asker("192.0.2.7", SEED), 1, MOMENT)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_goes_through_with_a_proof_of_its_own(method: str) -> None:
    plan = planned(method)
    assert isinstance(plan, Forward)
    proof = dict(plan.headers)[b"x-podium-proof"].decode()
    assert check(PROOF_KEY, method, TARGET, proof, MOMENT.now) == Bearer("ada", "owner")
    assert check(PROOF_KEY, "GET", TARGET, proof, MOMENT.now) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "crossing",
    [
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": FOREIGN, "Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": f"{FOREIGN}/page", "Sec-Fetch-Site": "same-site"},
    ],
    ids=["stranger", "another workspace", "opaque", "silent", "by its referrer"],
)
def test_a_page_of_another_origin_changes_nothing(method: str, crossing: dict[str, str]) -> None:
    plan = planned(method, **crossing)
    assert isinstance(plan, Reply)
    assert json.loads(plan.body)["code"] == "initiator_refused"
