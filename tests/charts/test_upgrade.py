"""What Helm makes by chance at the first install is the same after an upgrade."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.charts.apiserver import serving
from tests.charts.helm import FILES, NAMESPACE, Helm, Object, Rendered, values_of


def secrets(rendered: Rendered) -> dict[tuple[str, str], Any]:
    return {
        (one["metadata"].get("namespace", NAMESPACE), one["metadata"]["name"]): one["data"]
        for one in rendered.of_kind("Secret")
    }


def kept(rendered: Rendered, *without: str) -> list[Object]:
    """Return the secrets of an installation as its cluster has them."""
    return [
        {**one, "metadata": {"namespace": NAMESPACE, **one["metadata"]}}
        for one in rendered.of_kind("Secret")
        if one["metadata"]["name"] not in without
    ]


def rendered_anew(helm: Helm, first: Rendered, there: Iterable[Object], folder: Path) -> Rendered:
    """Return what an upgrade renders where the cluster has these secrets."""
    with serving(there, (one for _, one in first.objects), folder) as kubeconfig:
        return helm.template(
            *("--dry-run=server", "--is-upgrade", "--disable-openapi-validation"),
            *("--kubeconfig", str(kubeconfig), *values_of(FILES[-1])),
        )


def test_an_upgrade_changes_no_secret(helm: Helm, trying_out: Rendered, tmp_path: Path):
    after = rendered_anew(helm, trying_out, kept(trying_out), tmp_path)
    assert secrets(after) == secrets(trying_out)


def test_a_certificate_that_was_taken_away_is_made_anew_by_the_same_authority(
    helm: Helm, trying_out: Rendered, tmp_path: Path
):
    left = kept(trying_out, "podium-link-proxy")
    before, after = secrets(trying_out), secrets(rendered_anew(helm, trying_out, left, tmp_path))
    (changed,) = {key for key in before if before[key] != after[key]}
    assert changed == (NAMESPACE, "podium-link-proxy")
    assert after[changed]["ca.crt"] == before[changed]["ca.crt"]


def test_a_second_installation_has_secrets_of_its_own(
    helm: Helm, trying_out: Rendered, tmp_path: Path
):
    other = secrets(rendered_anew(helm, trying_out, [], tmp_path))
    assert not [key for key, data in secrets(trying_out).items() if other[key] == data]
