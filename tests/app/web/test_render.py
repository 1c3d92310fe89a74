"""Contexts and templates name the same things; pages come whole or as their fragment."""

import importlib
import pkgutil
import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import pytest
from jinja2 import UndefinedError, meta, nodes
from litestar.testing import RequestFactory

import app
from app.web.assets import FRONTEND, Assets
from app.web.errors import NoticeContext
from app.web.render import FRAME, HEADERS, Context, Renderer, Shell, wants_fragment
from wire.problems import Problem

RENDERER = Renderer(Assets())
TEMPLATES = FRONTEND / "templates"
FOUND = Problem(code="c", title="<b>T</b>", detail="D", cure="C")


def contexts() -> list[type[Context]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] in {"pages", "errors", "styleguide", "desktop"}:
            importlib.import_module(module.name)
    below = list(Context.__subclasses__())
    for one in below:
        below += one.__subclasses__()
    # A dataclass with slots is made twice; the later one counts.
    found = {f"{one.__module__}.{one.__name__}": one for one in below}
    return [one for name, one in found.items() if name.startswith("app.")]


def names(template: str) -> set[str]:
    """Return what a template and everything it includes takes from outside."""
    tree = RENDERER.environment.parse((TEMPLATES / template).read_text())
    found = meta.find_undeclared_variables(tree) - set(RENDERER.environment.globals)
    made = {name for one in tree.find_all(nodes.FromImport) for name in one.names}
    made |= {one.target.name for one in tree.find_all(nodes.For) if hasattr(one.target, "name")}
    for include in tree.find_all(nodes.Include):
        assert isinstance(include.template, nodes.Const)
        found |= names(include.template.value)
    return found - made


@pytest.mark.parametrize("context", contexts(), ids=lambda one: one.__name__)
def test_a_context_has_what_its_template_uses_and_no_more(context: type[Context]) -> None:
    used = names(context.template) | (names(context.part) if context.part else set())
    given = {one.name for one in fields(context)}  # type: ignore[arg-type] # every context is a dataclass
    assert used - FRAME == given


def test_every_page_template_has_a_context() -> None:
    known = {one.template for one in contexts()} | {one.part for one in contexts()}
    parts = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    assert {one for one in parts - known if not one.startswith(("layout/", "components/"))} == set()


def test_templates_hold_nothing_that_the_policy_forbids() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*src=)", text), path
        assert not re.search(r"hx-(on|vals='js)|hx-vars", text), path
        assert "|safe" not in text, path
    assert "unsafe" not in HEADERS["content-security-policy"]


def request(**headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestFactory().get("/", headers=sent)


def test_htmx_gets_the_fragment_and_everybody_else_the_page() -> None:
    assert not wants_fragment(request())
    assert wants_fragment(request(hx_request="true"))
    assert not wants_fragment(request(hx_request="true", hx_boosted="true"))
    assert not wants_fragment(request(hx_request="true", hx_history_restore_request="true"))


@dataclass(frozen=True, slots=True)
class Sample(Context):
    template: ClassVar[str] = "error.html"

    found: Problem


def test_both_carry_title_escapes_and_headers() -> None:
    whole = RENDERER.page(request(), Shell("A & B"), Sample(FOUND), status=404)
    part = RENDERER.page(request(hx_request="true"), Shell("A & B"), Sample(FOUND))
    for page in (whole, part):
        assert "<title>A &amp; B · Podium</title>" in page.content
        assert "&lt;b&gt;T&lt;/b&gt;" in page.content
        assert page.headers["vary"] == "HX-Request"
        assert page.headers["cache-control"] == "no-store"
    assert whole.status_code == 404
    assert whole.content.startswith("<!doctype html>")
    assert part.content.startswith("<title>")


def test_a_piece_has_no_layout_and_may_say_where_it_goes() -> None:
    piece = RENDERER.piece(NoticeContext(FOUND), 409, hx_retarget="#notice")
    assert piece.status_code == 409
    assert piece.headers["hx-retarget"] == "#notice"
    assert "<title>" not in piece.content


def test_a_name_that_nobody_gives_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        RENDERER.environment.from_string("{{ nobody }}").render()


def test_an_icon_that_does_not_exist_is_an_error() -> None:
    text = '{% from "components/icons.html" import icon %}{{ icon(name) }}'
    template = RENDERER.environment.from_string(text)
    assert "<path" in template.render(name="check")
    with pytest.raises(UndefinedError):
        template.render(name="no-such-icon")
