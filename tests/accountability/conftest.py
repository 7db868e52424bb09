"""The town that tests of cases and talks stand on."""

import pytest

from accountability_town import CaseTown, build_town


@pytest.fixture
def town(db, settings, tmp_path) -> CaseTown:
    settings.FILES_ROOT = tmp_path / "files"
    return build_town()
