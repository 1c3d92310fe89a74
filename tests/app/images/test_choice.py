from app.images.choice import Choice, choose
from wire.phases import Condition

BOTH = {"default": "d1", "full": "f1"}
ONE = {"default": "d1"}


def test_without_a_wish_it_is_the_default_and_nothing_is_told() -> None:
    assert choose({}, BOTH) == Choice("default")


def test_gitpods_names_lead_to_ours() -> None:
    assert choose({"name": "gitpod/workspace-base"}, ONE) == Choice("default")
    assert choose({"name": "gitpod/workspace-full"}, BOTH) == Choice("full")


def test_an_image_that_is_not_built_yet_is_told_and_used_later() -> None:
    choice = choose({"name": "gitpod/workspace-full"}, ONE)
    assert (choice.image, choice.condition) == ("default", Condition.IMAGE_PENDING)
    assert "gitpod/workspace-full is the image `full` here" in choice.told
    assert "at the next start" in choice.told


def test_what_a_stand_in_has_not_is_told() -> None:
    choice = choose({"name": "gitpod/workspace-dotnet"}, BOTH)
    assert (choice.image, choice.condition) == ("full", Condition.IMAGE_PARTIAL)
    assert choice.told.endswith("does not have .NET.")


def test_features_are_awaited_with_the_image_below_them() -> None:
    wish = {"file": "", "above": "alpine", "feature/ghcr.io/a/b": "{}"}
    assert choose(wish, BOTH) == Choice("alpine with features", awaited=True)
    assert choose({**wish, "above": ""}, BOTH).image == "default with features"


def test_other_images_are_awaited_under_their_whole_name() -> None:
    assert choose({"name": "ubuntu:22.04"}, BOTH) == Choice(
        "docker.io/library/ubuntu:22.04", awaited=True
    )
    found = choose({"name": "quay.io/a/b", "digest": "sha256:0", "source": "x"}, BOTH)
    assert found == Choice("quay.io/a/b:latest", awaited=True)


def test_what_is_no_name_of_an_image_is_told() -> None:
    odd = choose({"name": "Not An Image"}, BOTH)
    assert (odd.image, odd.condition) == ("default", Condition.IMAGE_UNKNOWN)
    assert odd.told.startswith("Not An Image of .gitpod.yml cannot be an image: ")


def test_what_a_dockerfile_makes_is_awaited() -> None:
    assert choose({"file": "dev/Dockerfile", "context": "."}, BOTH) == Choice(
        "dev/Dockerfile", awaited=True
    )
