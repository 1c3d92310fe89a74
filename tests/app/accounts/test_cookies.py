import pytest

from app.accounts.cookies import MAX_HEADER, find_cookie


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        (["a=1; name=x; b=2"], "x"),
        (["a=1", "name=x"], "x"),
        (['bad"cookie=(; ]=; =; name=x'], "x"),
        (["name=x=y=="], "x=y=="),
        (["name=x; name=x"], "x"),
        (["name=x; name=y"], ""),
        (["Name=x"], ""),
        (["xname=x; name2=y"], ""),
        (["name"], ""),
        ([""], ""),
        ([], ""),
        ([f"name=x; pad={'p' * MAX_HEADER}"], ""),
    ],
)
def test_one_name_is_read_and_the_rest_skipped(headers: list[str], value: str) -> None:
    assert find_cookie(headers, "name") == value
