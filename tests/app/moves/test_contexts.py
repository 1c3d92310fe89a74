from app.moves.contexts import ElsewhereContext
from app.moves.structs import Elsewhere


def test_the_page_is_about_one_workspace() -> None:
    offer = Elsewhere(node="b", answers=False)
    context = ElsewhereContext("amber-otter-0", "demo", offer)
    assert context.template == "moves/elsewhere.html"
    assert context.offer.made is None
