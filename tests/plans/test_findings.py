"""Findings made of tasks that are late: of one unit, or of all units that are late with it."""

import pytest
from django.urls import reverse

from dudao.findings.models import Finding
from dudao.findings.sources import facts_now
from dudao.plans.actions.assignments import sign
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.models import Assignment
from plans.conftest import a_row, a_task, day
from signing import signed_in

pytestmark = pytest.mark.django_db


def url(key):
    return reverse("findings:make", args=[key])


def test_a_late_row_becomes_a_finding_once(city):
    row = a_row(city)
    client = signed_in(city.accounts["officer"])
    assert url(f"late:{row.pk}") not in client.get(row.get_absolute_url()).content.decode(), "not late yet"
    assert client.get(url(f"late:{row.pk}")).status_code == 404
    Assignment.objects.filter(pk=row.pk).update(starts=day(-30), deadline=day(-3), progress=40)
    assert url(f"late:{row.pk}") in client.get(row.get_absolute_url()).content.decode()
    page = client.get(url(f"late:{row.pk}")).content.decode()
    assert "完成率40%" in page and "配备督学" in page
    form = {"office": city.city.pk, "description": "督学没有配齐", "severity": "general", "found_on": day().isoformat()}
    client.post(url(f"late:{row.pk}"), form)
    made = Finding.objects.get()
    assert (made.unit, made.source) == (city.pingjiang, "task") and len(made.facts) == 2
    assert "已形成问题" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(url(f"late:{row.pk}"))["Location"] == made.get_absolute_url()
    Assignment.objects.filter(pk=row.pk).update(progress=60)
    assert [fact.value for fact in facts_now(made)] == [day(-3).isoformat(), 60]
    own = signed_in(city.accounts["county"])
    assert own.get(url(f"late:{row.pk}")).status_code == 403, "a county makes no findings of itself"
    assert signed_in(city.accounts["stranger"]).get(url(f"late:{row.pk}")).status_code == 404


def test_all_units_that_are_late_with_a_task(city):
    task = a_task(city)
    hand_down(city.officer, task=task, units=[city.pingjiang, city.xiangyin, city.finance])
    rows = {row.unit_id: row for row in Assignment.objects.filter(task=task)}
    sign(city.liaison, row=rows[city.finance.pk])
    late = [rows[unit.pk] for unit in (city.pingjiang, city.xiangyin)]
    Assignment.objects.filter(pk__in=[row.pk for row in late]).update(starts=day(-30), deadline=day(-1))
    client = signed_in(city.accounts["officer"])
    page = client.get(url(f"lates:{task.pk}")).content.decode()
    assert "平江县" in page and "湘阴县" in page and "财政局" not in page
    form = {"office": city.city.pk, "severity": "general", "found_on": day().isoformat(), "category": "计划任务"}
    marks = [f"{row.unit_id} late:{row.pk}" for row in late]
    answer = client.post(url(f"lates:{task.pk}"), form | {"chosen": marks})
    assert answer.status_code == 302 and Finding.objects.filter(source="task").count() == 2
