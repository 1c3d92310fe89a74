"""Which editor, version and images a start gets. Gitpod's own cases: tests/vectors/test_ides.py."""

from app.ides.resolve import Client, Offer, Offers, Policy, Release, Warm, Wish, resolve, warm

CODE = Offer(
    Release("1.2", "code-1.2"),
    latest=Release("1.3", "code-1.3"),
    versions=(Release("1.1", "code-1.1"),),
)
LAB = Offer(Release("4.6", "lab-4.6"))
DESK = Offer(Release("1", "desk", ("below",)), desktop=True)
OFFERS = Offers("code", {"lab": LAB, "code": CODE, "desk": DESK}, {})


def test_versions_are_pinned_by_the_policy_then_wished_then_pinned_by_the_person() -> None:
    def web(wish: Wish, **pins: str) -> str:
        return resolve(OFFERS, wish, Policy(pins=pins)).web

    assert web(Wish("code")) == "code-1.2"
    assert web(Wish("code", pins={"code": "1.1"})) == "code-1.1"
    assert web(Wish("code", latest=True, pins={"code": "1.1"})) == "code-1.3"
    assert web(Wish("code", latest=True), code="1.1") == "code-1.1"
    assert web(Wish("code"), code="0.0") == "code-1.2", "a pin to nothing is none"
    assert web(Wish("lab", latest=True)) == "lab-4.6", "there is no newer one"


def test_what_is_not_allowed_is_not_opened() -> None:
    found = resolve(OFFERS, Wish("desk"), Policy(allowed=frozenset({"code"})))
    assert (found.ide, found.alias, found.layers) == ("code", "", ())
    only = resolve(OFFERS, Wish("code"), Policy(allowed=frozenset({"lab"})))
    assert (only.ide, only.web) == ("lab", "lab-4.6"), "a default that is forbidden gives way"
    none = resolve(OFFERS, Wish("code"), Policy(allowed=frozenset()))
    assert none.ide == "code", "somebody has to be able to look"


def test_a_desktop_comes_above_the_browsers() -> None:
    found = resolve(OFFERS, Wish("desk"))
    assert (found.ide, found.web, found.layers) == ("desk", "code-1.2", ("desk", "below"))


def test_a_client_that_opens_nothing_allowed_is_no_client() -> None:
    offers = Offers("code", OFFERS.ides, {"c": Client(frozenset({"desk"}), "desk")})
    policy = Policy(allowed=frozenset({"code"}))
    assert resolve(offers, Wish(client="c"), policy).referer_ide == ""
    assert resolve(offers, Wish(client="c")).referer_ide == "desk"


def test_a_prebuild_prepares_for_desktops_alone() -> None:
    wanted = {"code": Warm.BOTH, "gone": Warm.STABLE, "desk": Warm.BOTH}
    assert warm(OFFERS, wanted, {}) == ("below", "desk")
    assert warm(OFFERS, {"desk": Warm.LATEST}, {}) == ()
