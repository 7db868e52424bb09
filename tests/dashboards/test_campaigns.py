"""The office's to-dos about its campaigns: what is ready to start, where the self-evaluation is about to close."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dudao.core.waiting import laid_out
from dudao.evaluations.desk import campaign_piles
from evaluations_town import build_town, campaign

pytestmark = pytest.mark.django_db


def test_an_office_is_told_of_its_own(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    running = campaign(town)
    draft = campaign(town, title="下一个", start=False, version=running.version)
    running.phases.filter(kind="self").update(closes_on=timezone.localdate() + timedelta(3))
    ready, closing = laid_out(campaign_piles(town.officer)).groups()[:2]
    assert [todo.title for todo in ready.items] == [draft.title]
    assert [todo.note for todo in closing.items] == ["3 个单位没有提交自评"]
    assert ready.total == closing.total == 1
    assert [group.total for group in laid_out(campaign_piles(town.county_officer)).groups()][:2] == [0, 0]
    assert campaign_piles(town.head) == []
    running.subjects.update(state="accepted", accepted_at=timezone.now())
    assert laid_out(campaign_piles(town.officer)).groups()[1].total == 0
