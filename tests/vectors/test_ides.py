"""Group T: which editor a start gets, as Gitpod's ide-service resolves it."""

from app.ides.resolve import Client, Offer, Offers, Release, Warm, Wish, resolve, warm

ROWS = ["T1", "T3", "T5", "T7", "T9", "T11", "T13", "T15", "T17"]

PLUGIN, NEWEST, LAUNCHER = "jb-backend-plugin", "jb-backend-plugin-latest", "jb-launcher"
INTELLIJ = Offer(
    Release("2024.2", "intellij", (PLUGIN, LAUNCHER)),
    latest=Release("2024.3", "intellij-latest", (NEWEST, LAUNCHER)),
    versions=(Release("2024.1.2", "intellij-2024.1.2", ("layer_1", "layer_2")),),
    desktop=True,
)
OFFERS = Offers(
    "code",
    {
        "code": Offer(Release("1.85", "code"), latest=Release("1.86", "code-latest")),
        "code-desktop": Offer(Release("1", "code-desktop"), desktop=True),
        "intellij": INTELLIJ,
    },
    {"jetbrains-gateway": Client(frozenset({"intellij"}), "intellij")},
)


def test_t1_the_stable_version_of_what_was_chosen() -> None:
    found = resolve(OFFERS, Wish("code"))
    assert (found.alias, found.web, found.layers) == ("code", "code", ())


def test_t3_a_pin_to_a_version_that_there_is_not() -> None:
    assert resolve(OFFERS, Wish("code", pins={"code": "0.0.0"})).web == "code"


def test_t5_a_desktops_image_and_its_layers_beside_the_browsers() -> None:
    found = resolve(OFFERS, Wish("intellij"))
    assert found.layers == ("intellij", PLUGIN, LAUNCHER)
    assert (found.alias, found.web) == ("intellij", "code")


def test_t7_a_client_without_a_choice() -> None:
    found = resolve(OFFERS, Wish(client="jetbrains-gateway"))
    assert (found.referer_ide, found.alias) == ("intellij", "")
    assert found.layers == ("intellij", PLUGIN, LAUNCHER)


def test_t9_a_clients_wish_that_it_cannot_open() -> None:
    found = resolve(OFFERS, Wish("code-desktop", client="jetbrains-gateway", client_ide="nope"))
    assert (found.referer_ide, found.alias) == ("intellij", "code-desktop")


def test_t11_a_client_that_nobody_knows() -> None:
    found = resolve(OFFERS, Wish("intellij", client="nope"))
    assert (found.referer_ide, found.layers) == ("", ("intellij", PLUGIN, LAUNCHER))


def test_t13_a_prebuild_for_both_versions() -> None:
    found = warm(OFFERS, {"intellij": Warm.BOTH}, {})
    assert found == (PLUGIN, LAUNCHER, "intellij", NEWEST, "intellij-latest")


def test_t15_a_prebuild_for_a_pinned_version_and_the_newest() -> None:
    found = warm(OFFERS, {"intellij": Warm.BOTH}, {"intellij": "2024.1.2"})
    assert found == (
        *("layer_1", "layer_2", "intellij-2024.1.2"),
        *(NEWEST, LAUNCHER, "intellij-latest"),
    )


def test_t17_a_start_with_somebody_in_front_of_it_takes_no_layers_of_a_prebuild() -> None:
    assert resolve(OFFERS, Wish("code")).layers == ()
