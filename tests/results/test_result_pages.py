"""The pages of results as each role opens them."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from dudao.calc.tree import from_data
from dudao.core.waiting import laid_out
from dudao.evaluations.models import Answer, Campaign, Mark
from dudao.evaluations.views.figures import block_words, deviation_figure, number, total
from dudao.frameworks.trials.figures import decimals
from dudao.people.queries import actor_for
from dudao.results.actions import objections, uses
from dudao.results.actions import results as acts
from dudao.results.desk import result_piles
from evaluations_town import published
from results_town import GOVERNMENT, deciding
from signing import signed_in


@pytest.fixture
def world(town):
    """A campaign in publicity with two sheets, an objection, a proposal."""
    town.row, town.first = deciding(town, version=published(town, GOVERNMENT))
    acts.record_decision(
        town.director, campaign=town.row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    town.sheet = acts.make_sheet(town.officer, campaign=town.row, purpose="final", reason="复算。")
    town.row = acts.publicise(town.director, campaign=Campaign.objects.get(pk=town.row.pk))
    town.subject = town.row.subjects.get(unit=town.kindergarten)
    town.result = town.sheet.results.get(subject=town.subject)
    town.objection = objections.ask_objection(town.head, subject=town.subject, text="有异议。", code="P1.1")
    town.proposal = uses.make_proposal(
        town.head, framework=town.row.version.framework, unit=town.kindergarten, text="建议调整分值。"
    )
    return town


def addresses(world):
    row, sheet = world.row.pk, world.sheet.pk
    return {
        reverse(f"results:{name}", args=args)
        for name, args in [
            ("result_list", []),
            ("results", [row]),
            ("score", [row]),
            ("decide", [row]),
            ("publicity", [row]),
            ("years", [row]),
            ("sheet", [sheet]),
            ("sheet_verify", [sheet]),
            ("sheet_indicator", [sheet]),
            ("sheet_compare", [sheet]),
            ("sheet_low", [sheet]),
            ("sheet_what_if", [sheet]),
            ("result", [world.result.pk]),
            ("objections", []),
            ("objection", [world.objection.pk]),
            ("objection_uphold", [world.objection.pk]),
            ("objection_change", [world.objection.pk]),
            ("uses", []),
            ("proposals", []),
            ("proposal_new", []),
            ("proposal_decide", [world.proposal.pk]),
        ]
    }


def test_every_page_opens_for_the_office(world):
    client = signed_in(world.accounts["director"])
    for address in sorted(addresses(world)):
        answer = client.get(address)
        assert answer.status_code == 200, address
    page = client.get(world.result.get_absolute_url(), {"code": "P1.1"}).content.decode()
    assert "得分是怎么来的" in page
    assert "王科员" not in page or "核定" in page
    low = client.get(reverse("results:sheet_what_if", args=[world.sheet.pk]), {
        "target": "M1", "field": "weight", "value": "0.5", "follow": "1",
    })  # fmt: skip
    assert "个单位" in low.content.decode()


def test_a_unit_sees_its_own_result_and_may_object(world):
    client = signed_in(world.accounts["head"])
    page = client.get(world.result.get_absolute_url()).content.decode()
    assert "提出异议" in page
    assert "初步结果" in page
    assert "采用" in page
    assert "办公室核定" not in page
    assert client.get(reverse("results:results", args=[world.row.pk])).status_code == 404
    assert client.get(world.sheet.get_absolute_url()).status_code == 404
    other = world.sheet.results.get(subject__unit=world.private)
    assert client.get(other.get_absolute_url()).status_code == 404
    answer = client.post(
        reverse("results:objection_new", args=[world.subject.pk]), {"code": "P1.2", "text": "还有一项异议。"}
    )
    assert answer.status_code == 302


def test_the_office_answers_on_pages(world):
    client = signed_in(world.accounts["officer"])
    answer = client.post(
        reverse("results:objection_uphold", args=[world.objection.pk]),
        {"revision": world.objection.revision, "answer": ""},
    )
    assert answer.status_code == 422
    answer = client.post(
        reverse("results:objection_uphold", args=[world.objection.pk]),
        {"revision": world.objection.revision, "answer": "记录不全。"},
    )
    assert answer.status_code == 302


def test_a_level_system_has_its_pages_too(town):
    row, sheet = deciding(town)
    client = signed_in(town.accounts["officer"])
    for name in ("sheet", "sheet_indicator", "sheet_low", "sheet_compare", "sheet_what_if", "sheet_verify"):
        assert client.get(reverse(f"results:{name}", args=[sheet.pk])).status_code == 200, name
    assert client.get(sheet.results.first().get_absolute_url()).status_code == 200
    assert client.get(reverse("results:results", args=[row.pk])).status_code == 200


def test_levels_of_all_sources_stand_side_by_side_with_their_distance(town):
    row, _ = deciding(town)
    subject = row.subjects.get(unit=town.kindergarten)
    Answer.objects.create(subject=subject, code="F1.1", cells={"F1.1": "符合"})
    for source, level in (("online", "部分符合"), ("onsite", "不符合")):
        Mark.objects.update_or_create(
            subject=subject, code="F1.1", source=source, defaults={"cells": {"F1.1": level}, "by": "办公室"}
        )
    sheet = acts.make_sheet(town.officer, campaign=row, purpose="final", reason="测试。")
    client = signed_in(town.accounts["officer"])
    page = client.get(reverse("results:sheet_indicator", args=[sheet.pk]), {"code": "F1.1"}).content.decode()
    line = page.split(subject.label)[1].split("</tr>")[0]
    assert [line.count(word) for word in (">符合<", ">部分符合<", ">不符合<", "低 2 档")] == [1, 1, 2, 1]
    page = client.get(sheet.results.get(subject=subject).get_absolute_url()).content.decode()
    line = page.split("F1.1 ")[-1].split("</tr>")[0]
    assert "低 2 档" in line and "部分符合" in line


def test_the_ranking_asks_a_constant_number_of_queries(world, django_assert_max_num_queries):
    client = signed_in(world.accounts["officer"])
    client.get(world.sheet.get_absolute_url())
    with django_assert_max_num_queries(30):
        client.get(world.sheet.get_absolute_url())


def test_steps_by_buttons(world):
    client = signed_in(world.accounts["director"])
    where = reverse("results:step", args=[world.row.pk])
    client.post(where, {"step": "campaign.publish"})
    world.row.refresh_from_db()
    assert world.row.state == "publicised"
    client.post(where, {"step": "campaign.reopen", "reason": "补评。"})
    world.row.refresh_from_db()
    assert world.row.state == "running"
    assert client.post(where, {"step": "campaign.nothing"}).status_code == 404


def test_opinions_in_bulk(world):
    client = signed_in(world.accounts["officer"])
    where = reverse("results:sheet_opinions", args=[world.sheet.pk])
    page = client.post(where, {"ids": [str(world.result.pk)]})
    assert page.status_code == 200
    due = (timezone.localdate() + timedelta(30)).isoformat()
    answer = client.post(where, {"keys": str(world.result.pk), "due_on": due})
    assert answer.status_code == 302, answer.content.decode()[-500:]


def test_the_trace_is_a_file(world):
    client = signed_in(world.accounts["head"])
    for form, kind in (("txt", "text/plain"), ("json", "application/json")):
        answer = client.get(reverse("results:result_trace", args=[world.result.pk, form]))
        assert answer["Content-Type"].startswith(kind)


def test_the_workbench_tells_each_side_what_comes_next(world):
    def told(who):
        groups = laid_out(result_piles(actor_for(world.accounts[who]))).groups()
        return {group.title: group.total for group in groups if group.total}

    assert told("officer") == {"异议待答复": 1}
    assert told("director") == {"异议待答复": 1}
    assert told("head") == {"评估结果公示中": 1}
    assert told("stranger") == {}
    day = timezone.localdate()
    Campaign.objects.filter(pk=world.row.pk).update(
        publicised_on=day - timedelta(20), publicised_until=day - timedelta(2)
    )
    assert told("director") == {"异议待答复": 1, "公示期满待公布": 1}
    assert told("head") == {}
    acts.reopen_campaign(world.director, campaign=Campaign.objects.get(pk=world.row.pk), reason="补评。")
    acts.make_sheet(world.officer, campaign=Campaign.objects.get(pk=world.row.pk), purpose="final", reason="重新评定。")
    assert told("director") == {"异议待答复": 1, "评定会议待登记": 1}
    assert signed_in(world.accounts["director"]).get("/").status_code == 200


def test_the_ranking_leaves_as_a_workbook_of_numbers(world):
    client = signed_in(world.accounts["officer"])
    answer = client.post(world.sheet.get_absolute_url(), {"export": "1"})
    assert answer.status_code == 200
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    head = next(row for row in sheet if "总分" in row)
    first = sheet[sheet.index(head) + 1]
    assert isinstance(first[head.index("总分")], float)
    assert first[head.index("名次")] == 1
    given = {"totals": {"self": "96.15"}, "total": "97.02"}
    assert deviation_figure(given, "self") == pytest.approx(0.87), "one can compute with it"
    styles = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/styles.xml").decode()
    assert 'formatCode="0.00"' in styles, "all numbers of a column have one number of decimals"


def test_numbers_are_shown_with_the_decimals_that_the_system_rounds_to():
    def outcome(total, mark):
        return {"total": total, "blocks": {"M1": {"mark": mark, "level": None}}}

    def system(**places):
        block = {
            "code": "M1",
            "name": "甲",
            "points": 100,
            "children": [{"code": "C1", "name": "乙", "points": 100, "rule": "judged"}],
        }
        return from_data({"code": "T", "name": "全部", "points": 100, "places": places, "indicators": [block]})

    rows = [outcome("86.32", "80"), outcome("81", "70.75"), outcome(None, None)]
    assert decimals(system(), rows) == {"": 2, "M1": 2}
    assert decimals(system(), [outcome("81", "80")]) == {"": 2, "M1": 0}
    assert decimals(system(total=1, node=1), [outcome("81", "80")]) == {"": 1, "M1": 1}
    assert decimals(system(total=None), [outcome("81.5", "80"), outcome("7", "3.125")]) == {"": 1, "M1": 3}
    assert total(system(), "94.7") == "94.70" and total(system(), None) is None
    assert block_words({"mark": "80", "level": "良好"}, 2) == "80.00 良好"
    assert number("81", 0) == "81"
