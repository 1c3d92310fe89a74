"""The dialog of share links: what it offers, and what it never shows as markup."""

from app.shares.contexts import offered, shares_context
from app.shares.policy import Links, Policy
from app.shares.structs import ShareView
from app.web.assets import Assets
from app.web.render import Renderer

RENDERER = Renderer(Assets())
HOSTILE = '"><b>x</b>'


def link(**changes: object) -> ShareView:
    values = {
        "id": "ps_0123456789abcdef",
        "version": 1,
        "workspace": "w",
        "port": 3000,
        "url": f"http://x/#{HOSTILE}",
        "note": HOSTILE,
        "created": 1.0,
        "expires": 2.0,
        "password": True,
        "once": False,
        "opened": 2,
        "last_opened": 1.5,
    }
    return ShareView(**{**values, **changes})  # type: ignore[arg-type] # whatever the test wants


def drawn(*shares: ShareView, made: ShareView | None = None, policy: Policy | None = None) -> str:
    context = shares_context("w", 3000, list(shares), policy or Policy(), made)
    return str(RENDERER.piece(context).content)


def test_what_people_typed_is_escaped() -> None:
    assert "<b>" not in drawn(link(), made=link(id="ps_ffffffffffffffff"))


def test_a_new_link_is_shown_once_and_above_the_others() -> None:
    made = link(id="ps_ffffffffffffffff", note="new")
    text = drawn(made, link(note="old"), made=made)
    assert text.count("data-share=") == 1
    assert text.index("Copy the link</button>") < text.index("old")
    assert "tell the password by another way" in text


def test_only_what_is_allowed_is_offered() -> None:
    assert [one.lasts for one in offered(Policy())] == ["1h", "24h", "168h", "720h"]
    assert [one.lasts for one in offered(Policy()) if one.chosen] == ["24h"]
    assert [(one.lasts, one.chosen) for one in offered(Policy(longest=7200.0))] == [("1h", True)]
    assert [one.lasts for one in offered(Policy(longest=600.0))] == ["600s"]
    assert "required" in drawn(policy=Policy(Links.PASSWORD))
    assert "required" not in drawn()


def test_where_links_are_switched_off_old_ones_can_still_be_revoked() -> None:
    text = drawn(link(), policy=Policy(Links.OFF))
    assert "<form" not in text
    assert "Revoke" in text
