"""The town that tests of findings stand on."""

import pytest

from findings_town import Town, build


@pytest.fixture
def town(db) -> Town:
    return build()
