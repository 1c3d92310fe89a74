import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobserve.core.catalogue import Rule
from blobserve.core.inline import is_page, read_values, replaced
from kit.oci.core.refusals import Refused

RULES = [Rule("aaa", "${ide}"), Rule("bbb", "${supervisor}")]


def test_texts_are_replaced_with_the_requests_values() -> None:
    values = {"ide": "https://ide.x/blobserve/a:1/__files__", "supervisor": "bar"}
    page = b"<script src=aaa/a.js>bbb"
    assert replaced(page, RULES, values) == (
        b"<script src=https://ide.x/blobserve/a:1/__files__/a.js>bar"
    )


def test_a_rule_whose_value_is_missing_leaves_the_page() -> None:
    assert replaced(b"aaa bbb", RULES, {"ide": "foo"}) == b"foo bbb"


def test_pages() -> None:
    assert is_page("index.html")
    assert is_page("ide/index.html")
    assert not is_page("a.html")


def test_values_are_addresses_and_nothing_else() -> None:
    assert read_values('{"ide": "https://a.b:1/c?d=e&f"}') == {"ide": "https://a.b:1/c?d=e&f"}
    for header in (
        "",
        "{",
        "[]",
        '{"ide": 3}',
        '{"ide": "\\"><script>"}',
        '{"ide": "a b"}',
        '{"ide": "a\'b"}',
        '{"i-d": "a"}',
        '{"ide": "' + "a" * 9000 + '"}',
        "{" + ",".join(f'"a{one}": ""' for one in range(20)) + "}",
    ):
        with pytest.raises(Refused, match="X-BlobServe-InlineVars"):
            read_values(header)


@given(st.text(max_size=200))
def test_any_header_is_read_or_refused(header: str) -> None:
    try:
        found = read_values(header)
    except Refused:
        return
    assert not any(set(one) & set("<>\"'`\\ ") for one in found.values())
