from app.openapi import API_VERSION, described


def test_the_description_has_a_place_and_a_version():
    config = described()
    assert (config.title, config.version) == ("Podium", API_VERSION)
    assert config.render_plugins[0].paths == ["/openapi.json"]
