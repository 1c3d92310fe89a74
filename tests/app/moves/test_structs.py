from msgspec import json

from app.moves.structs import Elsewhere


def test_an_offer_that_can_be_taken_has_no_problem() -> None:
    told = json.decode(json.encode(Elsewhere(node="b", answers=False, point="p", made=1.0, wait=0)))
    assert told["problem"] is None
    assert (told["point"], told["made"], told["wait"]) == ("p", 1.0, 0)
