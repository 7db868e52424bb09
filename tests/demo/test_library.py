"""The libraries of the demo city show every standing, and everything in them is marked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dudao.core import files
from dudao.core.access import SYSTEM
from dudao.demo.builders import account, unit
from dudao.demo.library import build_library
from dudao.demo.logins import Login
from dudao.evidence.models import Evidence, EvidenceVersion
from dudao.evidence.queries.library import listed
from dudao.orgs.models import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    county = unit("平江县", Kind.COUNTY)
    garden = unit("示例幼儿园", Kind.KINDERGARTEN, county)
    posts = (("county-430626", "county_office", county), ("kindergarten-head", "school_head", garden))
    build_library(
        [Login(account("甲", at, role, username=name), at, role, "") for name, role, at in posts], now=timezone.now()
    )


def test_every_standing_is_there_and_marked(filled):
    assert {row.standing for row in listed(SYSTEM)} == {"valid", "soon", "expired", "incomplete", "withdrawn"}
    assert not Evidence.objects.filter(demo=False).exists()
    assert Evidence.objects.filter(versions__number=2).exists()
    assert {version.extension for version in EvidenceVersion.objects.all()} == {".pdf", ".docx", ".png", ".csv"}
    assert EvidenceVersion.objects.filter(uploaded_at__gt=timezone.now() - timedelta(hours=1)).count() == 0


def test_the_files_are_whole(filled):
    for version in EvidenceVersion.objects.select_related("file"):
        with files.opened(version.file, check=True) as stream:
            assert stream.read(4)
