"""Every code stands in the catalogue, with words for people and a test that causes it."""

from tests.tree.catalogue import entries, source_of, speaks_of, table
from tests.tree.codes import codes

HOW = "docs/conditions.toml: [code] with cause, test, and title or cure where the code has none"


def test_every_code_that_can_be_told_is_explained() -> None:
    silent = [
        f"{one.code} ({', '.join(one.places)}): no {', no '.join(missing)}"
        for one in entries()
        if (
            missing := [
                name for name in ("title", "cause", "cure", "test") if not getattr(one, name)
            ]
        )
    ]
    assert not silent, "\n".join([HOW, *silent])


def test_nothing_is_explained_that_is_told_no_more() -> None:
    assert sorted(table().keys() - codes().keys()) == []


def test_every_condition_names_a_test_that_exists_and_speaks_of_it() -> None:
    wrong = []
    for one in entries():
        source = source_of(one.test)
        if not source:
            wrong.append(f"{one.code}: there is no {one.test}")
        elif not speaks_of(source, one.code):
            wrong.append(f"{one.code}: {one.test} does not name it")
    assert not wrong, "\n".join([HOW, *wrong])


def test_causes_and_cures_are_sentences() -> None:
    odd = [
        one.code
        for one in entries()
        if not one.cause.endswith(".") or one.title.endswith(".") or not one.cure.endswith(".")
    ]
    assert odd == []
