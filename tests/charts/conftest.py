"""The chart as real Helm renders it, once for all tests of a run."""

import pytest

from tests.charts.helm import FILES, Helm, Rendered


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    return Helm(tmp_path_factory.mktemp("helm"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def rendered(request: pytest.FixtureRequest, helm: Helm) -> Rendered:
    """With each of the values files of ci/."""
    return helm.of_file(request.param)


@pytest.fixture
def trying_out(helm: Helm) -> Rendered:
    """With everything that is bundled."""
    return helm.of_file(FILES[-1])
