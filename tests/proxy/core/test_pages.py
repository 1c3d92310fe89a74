"""The proxy's own pages: whole, self-contained, and nothing in them is taken for markup."""

from html.parser import HTMLParser

from proxy.core.pages import Link, Row, Shown, page

EVIL = '<script>alert(1)</script>"onload="x'


class Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(*words, **options) -> Read:
    reader = Read()
    reader.feed(page(*words, **options).decode())
    return reader


def test_nothing_said_becomes_markup():
    told = read(EVIL, EVIL, EVIL, EVIL, links=(Link(f"http://a/{EVIL}", EVIL),))
    assert "script" not in [tag for tag, _ in told.tags]
    assert not [one for _, attributes in told.tags for one in attributes if one == "onload"]
    assert told.text.count("<script>") >= 4


def test_it_needs_no_other_file():
    told = read("Title", "Cause", "Cure", "502 code")
    assert {"img", "script", "link", "iframe"}.isdisjoint(tag for tag, _ in told.tags)
    assert b"url(" not in page("t", "c", "", "d")


def test_the_first_link_is_the_one_next_action():
    told = read("t", "c", "", "d", links=(Link("/1", "One"), Link("/2", "Two", tab=True)))
    anchors = [attributes for tag, attributes in told.tags if tag == "a"]
    assert anchors[0] == {"class": "first", "href": "/1"}
    assert anchors[1] == {"target": "_blank", "rel": "noopener", "href": "/2"}


def test_a_page_that_waits_asks_again_and_says_so():
    told = read("t", "c", "", "d", again=3)
    assert ("meta", {"http-equiv": "refresh", "content": "3"}) in told.tags, "without scripts"
    assert ("script", {"data-watches": "", "data-again": "3000"}) in told.tags
    assert "asks again every 3 s" in told.text
    assert not any("http-equiv" in attributes for _, attributes in read("t", "c", "", "d").tags)


def test_what_is_to_be_typed_is_code():
    body = page("t", "Run `podium status` & `<x>`.", "", "d").decode()
    assert "<p>Run <code>podium status</code> &amp; <code>&lt;x&gt;</code>.</p>" in body


def test_an_empty_cure_leaves_no_empty_paragraph():
    assert [tag for tag, _ in read("t", "c", "", "d").tags].count("p") == 1


def test_a_page_that_watches_asks_its_way_and_needs_no_script_for_it():
    told = read("t", "c", "", "d", again=3, shown=Shown(watches='/w?a="x'))
    scripts = [attributes for tag, attributes in told.tags if tag == "script"]
    assert scripts == [{"data-watches": '/w?a="x', "data-again": "100"}]
    assert "goes on by itself" in told.text
    tags = [tag for tag, _ in told.tags]
    assert tags[tags.index("noscript") + 1] == "meta"


def test_a_list_has_names_to_follow_and_what_is_said_of_them():
    rows = (Row("80", EVIL, "http://a/"), Row("90", aside=EVIL))
    told = read("t", "c", "", "d", shown=Shown("stopped", EVIL, heading=EVIL, rows=rows))
    assert [attributes["href"] for tag, attributes in told.tags if tag == "a"] == ["http://a/"]
    assert "script" not in [tag for tag, _ in told.tags]
    assert told.text.count("<script>") == 4
