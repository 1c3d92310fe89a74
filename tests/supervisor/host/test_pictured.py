"""The image's variables, as the daemon hands them over."""

from supervisor.host.pictured import pictured


def test_they_are_read_and_none_is_no_trouble(tmp_path):
    path = tmp_path / "variables"
    assert pictured(str(path)) == {}
    path.write_text('{"GOPATH": "/go"}')
    assert pictured(str(path)) == {"GOPATH": "/go"}
    path.write_text("[1]")
    assert pictured(str(path)) == {}
