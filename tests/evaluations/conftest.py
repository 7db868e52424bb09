"""The town that tests of evaluations stand on."""

import pytest

from evaluations_town import build_town, campaign


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build_town()


@pytest.fixture
def running(town):
    """A running campaign over three kindergartens."""
    return campaign(town)
