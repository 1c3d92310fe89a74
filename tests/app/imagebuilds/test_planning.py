from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec import structs

from app.imagebuilds.planning import OWN, Asked, Unbuildable, paths_of, plan
from app.runtime.fakegit import FakeRepositories
from app.runtime.port import Initializer, Looked
from wire.ids import InstanceId
from wire.imagebuild import FeaturePart

ASKED = Asked(
    organisation="ada",
    owner="ada",
    url="https://h.org/a/demo",
    revision="1" * 40,
    folder="demo",
    partial=False,
    file="dev/Dockerfile",
    context="dev",
    target="",
    arguments={},
)
IMAGES = {"default": "c8512", "full": "f1"}
ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)


class Repository:
    def __init__(self, **files: str) -> None:
        self._git = FakeRepositories()
        self._git.files[ASKED.url] = {f"dev/{name}": text for name, text in files.items()}
        wanted = Initializer(url=ASKED.url, ref="", folder="demo", image="i", fresh=True)
        self._git.clone(ONE, wanted, None, 0.0)

    async def look(self, paths: Sequence[str]) -> Sequence[Looked]:
        return self._git.at(ONE.workspace, paths)


async def key(asked: Asked = ASKED, **files: str) -> str:
    return (await plan(asked, IMAGES, Repository(**files).look)).key


async def test_only_what_the_dockerfile_reads_makes_another_image():
    text = "FROM gitpod/workspace-base\nCOPY x /x\n"
    first = await key(Dockerfile=text, x="1", y="1")
    assert first == await key(Dockerfile=text, x="1", y="2")
    assert first == await key(replace(ASKED, revision="2" * 40), Dockerfile=text, x="1")
    assert first != await key(Dockerfile=text, x="2", y="1")
    assert first != await key(replace(ASKED, organisation="bob"), Dockerfile=text, x="1")
    whole = "FROM gitpod/workspace-base\nCOPY . /x\n"
    assert await key(Dockerfile=whole, y="1") != await key(Dockerfile=whole, y="2")


async def test_what_git_does_not_find_counts_as_reading_everything():
    """It may be a link, which COPY follows, or be behind one."""
    text = "FROM gitpod/workspace-base\nCOPY x gone /x\n"
    look = Repository(Dockerfile=text, x="1", y="1").look
    assert "dev" in (await plan(ASKED, IMAGES, look)).recipe.objects
    assert await key(Dockerfile=text, x="1", y="1") != await key(Dockerfile=text, x="1", y="2")


async def test_a_context_that_is_no_folder_is_told():
    asked = replace(ASKED, context="other")
    look = Repository(Dockerfile="FROM gitpod/workspace-base\nCOPY x /x\n", x="1").look
    with pytest.raises(Unbuildable, match="The context other is no folder"):
        await plan(asked, IMAGES, look)


async def test_images_of_gitpod_s_are_the_installation_s_own():
    text = (
        "FROM gitpod/workspace-full:latest AS a\nFROM alpine\nCOPY --from=a /x /x\n"
        "COPY --from=ghcr.io/x/y:1 /z /z\n"
    )
    order = await plan(ASKED, IMAGES, Repository(Dockerfile=text).look)
    assert (order.base, order.base_digest) == ("full", "f1")
    assert order.recipe.bases == ["docker.io/gitpod/workspace-full:latest"]
    assert order.recipe.pulls == ["alpine", "ghcr.io/x/y:1"]
    assert order.recipe.objects == {}


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("FROM gitpod/workspace-full\n", False),
        ("FROM alpine\nCOPY --from=Ghcr.io/x/y:1 /z /z\n", True),
        ("FROM ghcr.io:5000/x/y\n", False),
    ],
)
async def test_an_image_is_a_persons_own_when_its_passwords_count(text: str, *, personal: bool):
    asked = replace(ASKED, registries=frozenset({"ghcr.io"}))
    look = Repository(Dockerfile=text).look
    order = await plan(asked, IMAGES, look)
    assert order.recipe.personal is personal
    assert ((await plan(ASKED, IMAGES, look)).key == order.key) is not personal


async def test_features_alone_are_installed_above_an_image():
    part = FeaturePart(
        reference="ghcr.io/x/node:1",
        source="ghcr.io/x/node",
        layer="sha256:1",
        size=1,
        variables={"VERSION": "20"},
        environment={},
    )
    asked = replace(ASKED, file="", context="", features=[part])
    look = Repository().look
    own = await plan(asked, IMAGES, look)
    assert (own.recipe.dockerfile, own.recipe.above, own.base) == ("", OWN, "default")
    assert own.recipe.features == [part]
    above = await plan(replace(asked, above="alpine"), IMAGES, look)
    assert (above.recipe.above, above.recipe.pulls, above.base) == ("alpine", ["alpine"], "")
    other = structs.replace(part, variables={"VERSION": "22"})
    keys = {own.key, above.key, (await plan(replace(asked, features=[other]), IMAGES, look)).key}
    assert len(keys) == 3
    personal = await plan(replace(asked, registries=frozenset({"ghcr.io"})), IMAGES, look)
    assert personal.recipe.personal


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "is not in the repository"),
        ({"Dockerfile": "RUN x\n"}, "has no FROM"),
        ({"Dockerfile": "FROM ../x\n"}, "FROM"),
        ({"Dockerfile": "FROM a\nCOPY --from=[::1]:5000/x /x /x\n"}, "IPv4 address"),
    ],
)
async def test_what_cannot_be_built_says_why(files: dict[str, str], why: str):
    with pytest.raises(Unbuildable, match=why):
        await plan(ASKED, IMAGES, Repository(**files).look)


@pytest.mark.parametrize(
    ("file", "context", "found"),
    [
        (".gitpod.Dockerfile", None, (".gitpod.Dockerfile", "")),
        ("./dev//Dockerfile", None, ("dev/Dockerfile", "dev")),
        ("dev/Dockerfile", ".", ("dev/Dockerfile", "")),
        ("dev/Dockerfile", "/other/", ("dev/Dockerfile", "other")),
    ],
)
def test_a_context_is_the_dockerfile_s_folder_unless_one_is_named(
    file: str, context: str | None, found: tuple[str, str]
):
    assert paths_of(file, context) == found


@pytest.mark.parametrize(
    ("file", "context"), [("../x", None), ("", None), ("x", "../y"), (".", "")]
)
def test_no_path_leads_out_of_the_repository(file: str, context: str | None):
    with pytest.raises(Unbuildable):
        paths_of(file, context)
