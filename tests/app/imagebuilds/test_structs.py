import msgspec

from app.imagebuilds.structs import ImageBuildList, ImageBuildView

VIEW = ImageBuildView(
    id="amber-otter-4k2hw9xz1q",
    state="queued",
    place=2,
    repository="https://h.org/ada/demo",
    revision="1" * 40,
    dockerfile="Dockerfile",
    workspaces=["dusty-wren-f4k7q2n9xe"],
    created=1.5,
    started=None,
    ended=None,
    log_length=0,
    problem=None,
)


def test_what_is_told_comes_back():
    told = msgspec.json.encode(ImageBuildList(builds=[VIEW]))
    assert msgspec.json.decode(told, type=ImageBuildList).builds == [VIEW]
    assert b'"place":2' in told
