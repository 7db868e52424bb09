"""Real transactions side by side: two officers close one finding, many issue at once, a form and the morning come twice."""

import threading
import uuid

import pytest
from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.core.exceptions import ValidationError
from django.db import connection

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.findings.actions import clock, issuing, judging, making, rectifying, reminders
from dudao.findings.models import Extension, Finding
from findings_town import again, build, day, proof

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    for app in apps.get_app_configs():
        create_contenttypes(app, verbosity=0)  # emptied between tests
    return build()


def at_once(*acts):
    """Run the acts at the same moment; what each answered or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait()
            answers[place] = act()
        except (Denied, Conflict, ValidationError) as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_officers_one_closes_and_one_is_told(town):
    row, one, other = town.verified(), town.county2, town.director
    answers = at_once(lambda: judging.close(one, finding=row), lambda: judging.close(other, finding=row))
    assert sorted(type(answer).__name__ for answer in answers) == ["Denied", "Finding"]
    assert again(row).state == "closed" and Event.objects.filter(verb="finding.close").count() == 1


def test_numbers_are_neither_skipped_nor_used_twice(town):
    rows = [town.draft(description=f"问题{number}") for number in range(6)]
    actor = town.county
    at_once(*(lambda row=row: issuing.issue(actor, finding=row) for row in rows))
    codes = sorted(Finding.objects.values_list("code", flat=True))
    assert [code[-3:] for code in codes] == ["001", "002", "003", "004", "005", "006"]


def test_a_double_click_reports_once(town):
    row, head, token = town.planned(), town.head, uuid.uuid4()

    def send():
        with audit.once(token):
            return rectifying.report(head, finding=row, kind="done", text="完成", files=[proof()])

    first, second = at_once(send, send)
    assert first == second and row.reports.filter(kind="done").count() == 1


def test_the_same_source_makes_one_finding(town):
    actor = town.county

    def make():
        return making.create_finding(
            actor,
            office=town.pingjiang,
            unit=town.school,
            description="差异系数超标",
            source="score",
            source_key="score:7:A1",
        )

    first, second = at_once(make, make)
    assert Finding.objects.count() == 1 and first == second


def test_one_request_for_time_is_open(town):
    row, head, reporter = town.planned(), town.head, town.reporter
    at_once(
        lambda: clock.ask_time(head, finding=row, until=day(90), reason="忙"),
        lambda: clock.ask_time(reporter, finding=row, until=day(80), reason="忙"),
    )
    assert Extension.objects.count() == 1


def test_two_workers_in_the_morning_tell_once(town):
    row = town.planned()
    Finding.objects.filter(pk=row.pk).update(deadline=day(-8))
    at_once(lambda: reminders.escalate_overdue(day()), lambda: reminders.escalate_overdue(day()))
    assert again(row).escalation == 2
    told = Notice.objects.filter(account=town.accounts["head"], verb="finding.escalate")
    assert told.count() == 1
    at_once(lambda: reminders.tell_pressing(day()), lambda: reminders.tell_pressing(day()))
    assert Notice.objects.filter(account=town.accounts["head"], key__startswith="findings ").count() == 1
