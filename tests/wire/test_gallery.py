import json

import pytest

from wire.gallery import OPEN_VSX, VARIABLE, checked, variables_of


def test_open_vsx_needs_no_word_and_no_gallery_is_told() -> None:
    assert variables_of(checked(f"{OPEN_VSX}/")) == {}
    assert json.loads(variables_of(checked("None"))[VARIABLE])["serviceUrl"] == ""


def test_another_gallery_is_told_by_its_address() -> None:
    told = variables_of(checked("http://10.0.0.3:8080/vscode/gallery/"))
    assert json.loads(told[VARIABLE])["serviceUrl"] == "http://10.0.0.3:8080/vscode/gallery"


@pytest.mark.parametrize(
    "text", ["", "gallery", "file:///etc", "https://", "https://a:b@c", "https://c?x=1", "http://["]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|IPv6"):
        checked(text)
