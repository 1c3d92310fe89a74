import yaml

from cli.images.values import values


def test_each_image_is_named_by_its_digest():
    told = yaml.safe_load(
        values("registry.example.org/podium", {"proxy": "sha256:b", "daemon": "sha256:a"})
    )
    assert told == {
        "images": {
            "registry": "registry.example.org/podium",
            "digests": {"daemon": "sha256:a", "proxy": "sha256:b"},
        }
    }
