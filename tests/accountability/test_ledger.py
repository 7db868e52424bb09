"""The 问责台账: what the list shows, as far as one may take it away, recorded; a long one in the background."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.accountability.actions import exports
from dudao.accountability.ledgers import LEDGER
from dudao.accountability.models import Case
from dudao.core import files, jobs
from dudao.core.access import Denied
from dudao.core.models import Event, Job
from signing import signed_in

pytestmark = pytest.mark.django_db
HEADS = [column.name for column in LEDGER.columns]


def rows_of(content: bytes) -> list[dict[str, object]]:
    """The rows below the head, by column."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["问责台账"]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    top = next(place for place, line in enumerate(lines) if line[1] == HEADS[0])
    body = [line for line in lines[top + 1 :] if isinstance(line[0], int)]
    return [dict(zip(HEADS, line[1:], strict=False)) for line in body]


def taken(town, who: str, **query) -> list[dict[str, object]]:
    address = reverse("accountability:cases", query=query)
    answer = signed_in(town.accounts[who]).post(address, {"export": "1"})
    assert answer.status_code == 200, answer.status_code
    return rows_of(answer.content)


def test_the_filter_of_the_list_is_the_sheet_s(town):
    first, second = town.issued(), town.examined(facts="又发生")
    assert [row["编号"] for row in taken(town, "officer")] == [first.code, second.code]
    (row,) = taken(town, "officer", state="issued")
    assert row["问责方式"] == "督导通报；资源调整：暂缓年度评优" and row["状态"] == "执行中" and row["签收日期"] is None
    event = Event.objects.filter(verb="case.export").latest("pk")
    assert event.actor_name == town.officer.name and event.data["rows"] == 1


def test_who_made_it_and_when_stands_on_it(town):
    town.examined()
    target = io.BytesIO()
    exports.export_cases(town.officer, target=target, ids=list(Case.objects.values_list("pk", flat=True)))
    book = openpyxl.load_workbook(target)
    assert town.officer.name in book.properties.description
    assert town.officer.name in book["问责台账"].oddFooter.left.text + book["问责台账"].oddFooter.center.text


def test_another_side_takes_away_what_it_may_read(town):
    row = town.decided()
    (seen,) = taken(town, "county")
    assert seen["编号"] == row.code and not seen["问责方式"] and not seen["审定日期"]
    for who in ("head", "reporter", "inspector"):
        answer = signed_in(town.accounts[who]).post(reverse("accountability:cases"), {"export": "1"})
        assert answer.status_code == 403, who
        assert "export" not in signed_in(town.accounts["head"]).get(reverse("accountability:cases")).content.decode()
    with pytest.raises(ValidationError, match="没有可以列入"):
        exports.export_cases(town.stranger, target=io.BytesIO(), ids=[row.pk])
    with pytest.raises(Denied):
        exports.export_cases(town.head, target=io.BytesIO(), ids=[row.pk])


def test_no_sheet_names_a_person(town):
    town.notified(person_name="钱多多", person_post="副校长", facts="钱多多没有履行职责")
    (row,) = taken(town, "officer")
    assert "有关责任人" in str(row["问责对象"])
    assert not any("钱" in str(value) for value in row.values())


def test_queries_don_t_grow_with_the_rows(town):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            exports.export_cases(town.officer, target=io.BytesIO(), ids=list(Case.objects.values_list("pk", flat=True)))
        return len(caught)

    town.consulted()
    one = count()
    town.consulted(facts="又发生")
    town.consulted(facts="再发生")
    assert count() == one


def test_a_long_one_is_written_in_the_background(town, monkeypatch):
    row = town.examined()
    monkeypatch.setattr(exports, "LONG", 0)
    answer = signed_in(town.accounts["officer"]).post(reverse("accountability:cases"), {"export": "1"})
    job = Job.objects.get(kind="accountability.ledger")
    assert answer.url == job.get_absolute_url()
    done = jobs.run_now(job)
    assert done.state == Job.State.DONE and done.message.startswith("共 1 件")
    with files.opened(done.result) as stream:
        assert [found["编号"] for found in rows_of(stream.read())] == [row.code]
