import pytest

from app.images.aliases import DEFAULT, FULL, Alias, alias_of


@pytest.mark.parametrize(
    ("name", "image"),
    [
        ("gitpod/workspace-full", FULL),
        ("gitpod/workspace-full:latest", FULL),
        ("docker.io/gitpod/workspace-full:2024-05-01-10-00-00", FULL),
        (f"gitpod/workspace-full@sha256:{'0' * 64}", FULL),
        (f"gitpod/workspace-full:latest@sha256:{'0' * 64}", FULL),
        ("gitpod/workspace-base", DEFAULT),
        ("gitpod/workspace-node-lts", DEFAULT),
        ("gitpod/workspace-node", DEFAULT),
        ("gitpod/workspace-python", DEFAULT),
        ("gitpod/workspace-python-3.11", DEFAULT),
        ("gitpod/workspace-go", FULL),
        ("gitpod/workspace-java-17", FULL),
        ("gitpod/workspace-ruby-3.1", FULL),
        ("gitpod/workspace-ruby-3", FULL),
        ("gitpod/workspace-rust", FULL),
        ("gitpod/workspace-c", DEFAULT),
    ],
)
def test_gitpods_images_have_a_stand_in(name: str, image: str) -> None:
    assert alias_of(name) == Alias(image)


@pytest.mark.parametrize(
    ("name", "image", "lacks"),
    [
        ("gitpod/workspace-java-11", FULL, "Java 11 (it has 17)"),
        ("gitpod/workspace-python-3.8", DEFAULT, "Python 3.8 (it has 3.11)"),
        ("gitpod/workspace-python-3.1", DEFAULT, "Python 3.1 (it has 3.11)"),
        ("gitpod/workspace-ruby-2", FULL, "Ruby 2 (it has 3.1)"),
        ("gitpod/workspace-full-vnc", FULL, "a desktop in the browser"),
        ("gitpod/workspace-dotnet", FULL, ".NET"),
        ("gitpod/workspace-surprise", FULL, "what is special about workspace-surprise"),
    ],
)
def test_what_the_stand_in_has_not_is_named(name: str, image: str, lacks: str) -> None:
    assert alias_of(name) == Alias(image, lacks)


@pytest.mark.parametrize(
    "name",
    [
        "ubuntu:22.04",
        "gitpodx/workspace-full",
        "ghcr.io/gitpod/workspace-full",
        "gitpod/workspace-full/../x",
        "gitpod/workspace-",
        "gitpod/openvscode-server",
        "",
    ],
)
def test_other_names_are_none_of_gitpods(name: str) -> None:
    assert alias_of(name) is None
