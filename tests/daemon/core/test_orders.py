import pytest

from daemon.core import orders
from daemon.core.refused import Refused
from wire.ids import InstanceId

WORKSPACE = "amber-otter-4k2hw9xz1q"
PREPARE = {
    "instance": f"{WORKSPACE}.1",
    "fresh": True,
    "url": "https://example.org/x.git",
    "ref": "",
    "image": "abc123",
    "folder": "x",
}
APPLY = {
    "instance": f"{WORKSPACE}.1",
    "image": "abc123",
    "supervisor": "sha256:def",
    "ide": "0aa",
    "workspace_class": "standard",
    "token": "t" * 43,
}


def test_a_prepare_order():
    order = orders.prepare_order(**PREPARE)
    assert order.instance == InstanceId(WORKSPACE, 1)
    assert order.fresh
    assert order.folder == "x"


def test_an_apply_order_keeps_its_token_out_of_its_text():
    order = orders.apply_order(**APPLY)
    assert order.limits.pids == 2048
    assert "ttt" not in repr(order)


def test_the_node_decides_which_classes_run_containers():
    assert orders.apply_order(**APPLY).limits.containers
    assert not orders.apply_order(**APPLY, without_containers=["standard"]).limits.containers


@pytest.mark.parametrize(
    "more",
    [
        {"snapshot": "../s"},
        {"prebuild": "A"},
        {"snapshot": "s1", "prebuild": "p1"},
        {"prebuild": "p1", "partial": True},
    ],
)
def test_a_tree_begins_as_one_thing(more):
    with pytest.raises(Refused):
        orders.prepare_order(**PREPARE, **more)


@pytest.mark.parametrize("instance", ["", WORKSPACE, f"{WORKSPACE}.0", f"../{WORKSPACE}.1", "x.1"])
def test_only_instance_ids_name_instances(instance):
    with pytest.raises(Refused):
        orders.instance_of(instance)


@pytest.mark.parametrize("digest", ["", "..", "a/b", "a..b", ".a", "a b", "x" * 200])
@pytest.mark.parametrize("name", ["image", "supervisor", "ide"])
def test_digests_are_never_paths(name, digest):
    with pytest.raises(Refused, match="digest"):
        orders.apply_order(**{**APPLY, name: digest})


@pytest.mark.parametrize(
    "folder", ["", ".", "..", "a/b", "/a", "-a", ".podium", ".podium-clone", "a\0b", "x" * 200]
)
def test_a_folder_is_one_plain_segment(folder):
    with pytest.raises(Refused, match="folder"):
        orders.prepare_order(**{**PREPARE, "folder": folder})


@pytest.mark.parametrize("folder", ["a", "über", "a b", ".github", "a.b-c_d"])
def test_ordinary_folder_names_pass(folder):
    assert orders.prepare_order(**{**PREPARE, "folder": folder}).folder == folder


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "x" * 513])
def test_odd_tokens_are_refused(token):
    with pytest.raises(Refused, match="token"):
        orders.apply_order(**{**APPLY, "token": token})


def test_an_unknown_class_is_refused():
    with pytest.raises(Refused, match="workspace_class"):
        orders.apply_order(**{**APPLY, "workspace_class": "huge"})


def test_a_workspace_id():
    assert orders.workspace_of(WORKSPACE) == WORKSPACE
    with pytest.raises(Refused):
        orders.workspace_of("..")


def test_grace_is_bounded():
    assert orders.grace_of(10) == 10
    assert orders.grace_of(-1) == 0
    assert orders.grace_of(1e9) == 600
    assert orders.grace_of(float("nan")) == 0


def test_a_fetch_order_names_an_image_by_digest_and_where_it_is():
    image = f"sha256:{'0' * 64}"
    for source in ("docker.io/library/alpine", "127.0.0.1_5000/a/b-c", f"built/{'a' * 64}"):
        order = orders.fetch_order(f"{WORKSPACE}.1", image=image, source=source)
        assert (order.image, order.source) == (image, source)


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ("alpine", "docker.io/library/alpine"),
        (f"sha256:{'0' * 63}", "docker.io/library/alpine"),
        (f"sha256:{'0' * 64}/..", "docker.io/library/alpine"),
        (f"sha256:{'0' * 64}", "alpine"),
        (f"sha256:{'0' * 64}", "docker.io/../../x"),
        (f"sha256:{'0' * 64}", "docker.io//x"),
        (f"sha256:{'0' * 64}", "docker.io/x?y"),
        (f"sha256:{'0' * 64}", f"docker.io/{'x' * 300}"),
    ],
)
def test_other_images_and_sources_are_refused(image, source):
    with pytest.raises(Refused):
        orders.fetch_order(f"{WORKSPACE}.1", image=image, source=source)
