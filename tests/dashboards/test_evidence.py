"""The workbench tells who keeps a library what runs out, and nobody else."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from dudao.core import files
from dudao.core.waiting import laid_out
from dudao.demo.builders import actor, unit
from dudao.evidence.actions.library import add_file
from dudao.evidence.desk import evidence_piles
from dudao.orgs.models import Kind

pytestmark = pytest.mark.django_db


def test_what_runs_out_is_told_to_who_keeps_it(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    county = unit("平江县", Kind.COUNTY)
    school = unit("示例小学", Kind.SCHOOL, county)
    head, office = actor("校长", school, "school_head"), actor("县办", county, "county_office")
    today = timezone.localdate()
    for number, days in enumerate([5, -3, 300, -200, None, 6, 7, 8, 9, 10]):
        stored = files.store(io.BytesIO(f"%PDF-1.4 {number}".encode()), "a.pdf")
        end = None if days is None else today + timedelta(days)
        add_file(head, unit=school, file=stored, name=f"{days}.pdf", effective_until=end)
    (group,) = laid_out(evidence_piles(head)).groups()
    assert group.total == 7
    assert [todo.title for todo in group.items][:3] == ["-3", "5", "6"]
    assert [group.total for group in laid_out(evidence_piles(office)).groups()] == [0]
    assert evidence_piles(actor("督学", county, "county_inspector")) == []
