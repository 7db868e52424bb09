"""上级反馈: bring a list in, again and with faults; spread it; how a problem stands as a whole; the report back; reminders."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from dudao.core import sheets
from dudao.core.access import Denied
from dudao.core.documents import read_word, text_of
from dudao.core.models import Notice, SheetImport
from dudao.core.workflow import Conflict
from dudao.findings import feedback_lists as lists
from dudao.findings.actions import feedback, feedback_reports, issuing, judging, rectifying
from dudao.findings.models import Feedback, FeedbackItem, Finding
from dudao.findings.queries import feedback as reads
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.papers import queries as papers
from dudao.papers.actions import issuing as papers_out
from dudao.papers.actions import routing
from dudao.papers.actions.styles import set_style
from findings_town import again, day, proof
from signing import signed_in

State = Finding.State
TEXT = """1. 音体美教师缺额较大
整改要求：2026年底前补足
牵头单位：市财政局
责任单位：平江县、湘阴县
2. 城区学位不足"""


def register(town, **values):
    values = {
        "office": town.city,
        "title": "2025年履行教育职责评价反馈意见",
        "number": "某教督〔2026〕3号",
        "superior": "某省人民政府教育督导委员会办公室",
        "dated": day(-10),
        "received_on": day(-5),
        "due_on": day(60),
        **values,
    }
    return feedback.register(town.officer, **values)


def named(town):
    return lambda names: reads.units_named(town.officer, town.city, names)


def from_text(town, text=TEXT):
    rows, problems = lists.read_text(text, named(town))
    assert [str(problem) for problem in problems] == []
    return rows


def board(row):
    return reads.board(Feedback.objects.get(pk=row.pk), Lights(terms_on(day())))


def book(*rows):
    target = io.BytesIO()
    sheets.export(lists.LIST, [{"description": "问题", **row} for row in rows], target)
    return target.getvalue()


STATES = st.lists(st.sampled_from(State.values), max_size=8)


@given(STATES)
def test_a_problem_is_done_only_when_every_part_is(states):
    whole = reads.overall(states)
    assert whole in reads.WHOLE
    assert (whole in {"done", "waived"}) == (bool(states) and set(states) <= {"closed", "waived"})
    assert (whole == "none") == (not states)
    assert whole == reads.overall(list(reversed(states)))


@given(STATES)
def test_a_waived_part_holds_up_nothing(states):
    if set(states) - {"waived"}:
        assert reads.overall([*states, "waived"]) == reads.overall(states)


@pytest.mark.django_db
def test_a_pasted_list_is_spread_as_drafts_with_the_leading_one_above(town):
    row = register(town, rows=from_text(town))
    first, second = row.items.order_by("number")
    assert (first.demand, first.told) == ("2026年底前补足", "市财政局（牵头）、平江县、湘阴县")
    lead, *others = [part.finding for part in first.parts.select_related("finding__unit")]
    assert (lead.unit.name, lead.state, lead.source, lead.parent_id) == ("市财政局", "draft", "superior", None)
    assert [(one.unit.name, one.parent_id) for one in others] == [("平江县", lead.pk), ("湘阴县", lead.pk)]
    assert "〔2026〕3号" in lead.source_label and "第1项" in lead.source_label
    assert [line.state for line in board(row).lines] == ["draft", "none"] and second.parts.count() == 0


@pytest.mark.django_db
def test_the_same_document_is_recognised(town):
    register(town)
    with pytest.raises(ValidationError, match="已经登记过"):
        register(town, title="换个名称")
    with pytest.raises(ValidationError, match="已经登记过"):
        register(town, number="")
    assert Feedback.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"superior": ""}, "superior"),
        ({"received_on": day(-11)}, "received_on"),
        ({"received_on": day(2)}, "received_on"),
        ({"due_on": day(-6)}, "due_on"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused_beside_the_field(town, values, field):
    with pytest.raises(ValidationError) as refused:
        register(town, **values)
    assert field in refused.value.message_dict and not Feedback.objects.exists()


@pytest.mark.django_db
def test_faults_of_a_sheet_name_line_and_column_and_nothing_is_written(town):
    data = book(
        {"number": 1, "lead": "市财政局、平江县"},
        {"number": 1, "description": "重复编号"},
        {"number": 3, "description": "没有的单位", "others": "平江县、某某局"},
        {"number": 4, "description": "日期不对", "due_on": None},
    )
    _, problems = lists.read_sheet(lists.opened(data), named(town))
    assert [str(problem) for problem in problems] == [
        "第 4 行“牵头单位”填了 2 个单位，牵头单位只能有一个，其余请填在“责任单位”",
        "第 5 行“编号”是 1，与第 4 行重复",
        "第 6 行“责任单位”“某某局”不是可以下达整改的单位，请写机构里的全称或简称",
    ]
    answer = signed_in(town.accounts["officer"]).post(
        reverse("findings:feedback_new"),
        {
            "office": town.city.pk, "title": "反馈意见", "superior": "省", "dated": day(-3).isoformat(),
            "received_on": day(-2).isoformat(), "due_on": day(9).isoformat(), "text": "",
            "sheet": SimpleUploadedFile("清单.xlsx", data),
        },
    )  # fmt: skip
    content = answer.content.decode()
    assert answer.status_code == 422 and "第 6 行“责任单位”" in content and not Feedback.objects.exists()
    kept = SheetImport.objects.get()
    address = reverse("findings:upload_errors", args=[kept.pk])
    assert address in content, "the list is given back with what is wrong"
    given = openpyxl.load_workbook(
        io.BytesIO(b"".join(signed_in(town.accounts["officer"]).get(address).streaming_content))
    ).worksheets[0]
    red = {
        cell.row: cell.value for line in given for cell in line if cell.font.color and cell.font.color.rgb == "00C00000"
    }
    assert all(said in red[line] for line, said in ((4, "填了 2 个单位"), (5, "与第 4 行重复"), (6, "某某局")))
    assert signed_in(town.accounts["director"]).get(address).status_code == 404, (
        "to whoever brought it, and nobody else"
    )
    assert signed_in(town.accounts["officer"]).get(kept.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_faults_of_pasted_text_name_the_line(town):
    _, problems = lists.read_text("1. 甲\n2. 乙\n责任单位：某某局\n完成时限：明天", named(town))
    assert [str(problem).partition("”")[0] for problem in problems] == ["第 4 行“完成时限", "第 3 行“责任单位"]


@pytest.mark.django_db
def test_brought_twice_it_is_the_same_and_more_is_added(town):
    row = register(town, rows=from_text(town))
    added = feedback.add_items(town.officer, feedback=row, rows=from_text(town))
    assert (added.new, added.changed, added.same, added.findings) == (0, 0, 2, 0)
    added = feedback.add_items(
        town.officer, feedback=row, rows=from_text(town, TEXT + "\n责任单位：平江县\n3. 实验开出率低")
    )
    assert (added.new, added.same, added.findings) == (1, 2, 1)
    assert list(row.items.values_list("number", flat=True)) == [1, 2, 3] and Finding.objects.count() == 4


@pytest.mark.django_db
def test_what_is_taken_away_comes_back_without_loss(town):
    row = register(town, rows=from_text(town))
    item = row.items.get(number=1)
    feedback.edit_item(
        town.officer, item=item, measures="核增编制", standing="已招聘 20 人", due_on=day(30), category="师资"
    )
    before = list(FeedbackItem.objects.order_by("pk").values())
    target = io.BytesIO()
    assert lists.write(row, board(row), target, mark="王科导出") == 2
    rows, problems = lists.read_sheet(lists.opened(target.getvalue()), named(town))
    assert problems == []
    added = feedback.add_items(town.officer, feedback=row, rows=rows)
    assert (added.new, added.changed, added.same, added.findings) == (0, 0, 2, 0)
    assert list(FeedbackItem.objects.order_by("pk").values()) == before and Finding.objects.count() == 3


@pytest.mark.django_db
def test_a_problem_that_is_carried_out_keeps_its_words(town):
    row = register(town, rows=from_text(town))
    data = book({"number": 1, "description": "另一个问题"})
    rows, _ = lists.read_sheet(lists.opened(data), named(town))
    with pytest.raises(ValidationError, match="已经分解给责任单位"):
        feedback.add_items(town.officer, feedback=row, rows=rows)
    with pytest.raises(ValidationError, match="不能再改"):
        feedback.edit_item(town.officer, item=row.items.get(number=1), description="另一个问题")
    rows, _ = lists.read_sheet(lists.opened(book({"number": 2, "description": "城区学位不足较多"})), named(town))
    assert feedback.add_items(town.officer, feedback=row, rows=rows).changed == 1
    with pytest.raises(Denied, match="已经分解"):
        feedback.remove_item(town.officer, item=row.items.get(number=1))
    feedback.remove_item(town.officer, item=row.items.get(number=2))
    assert row.items.count() == 1


@pytest.mark.django_db
def test_spreading_again_adds_only_who_has_none_and_one_leads(town):
    row = register(town, rows=from_text(town))
    item = row.items.get(number=2)
    made = feedback.spread(town.officer, item=item, others=[town.pingjiang], issue_now=True)
    assert [(one.state, one.deadline) for one in made] == [(State.ISSUED, row.due_on)]
    made = feedback.spread(
        town.officer, item=item, lead=town.finance, others=[town.pingjiang], issue_now=True, deadline=day(9)
    )
    assert [(one.unit_id, one.deadline) for one in made] == [(town.finance.pk, day(9))]
    assert again(item.parts.get(leads=False).finding).parent_id == made[0].pk
    with pytest.raises(ValidationError, match="没有新增"):
        feedback.spread(town.officer, item=item, lead=town.finance, others=[town.pingjiang])
    with pytest.raises(ValidationError, match="已由市财政局牵头"):
        feedback.spread(town.officer, item=item, lead=town.xiangyin)
    with pytest.raises(ValidationError, match="请选择"):
        feedback.spread(town.officer, item=item)
    with pytest.raises(Denied):
        feedback.spread(town.county, item=item, others=[town.school])


@pytest.mark.django_db
def test_all_drafts_go_out_each_until_its_day(town):
    row = register(town, rows=from_text(town, TEXT + "\n责任单位：平江县\n完成时限：2099-03-05"))
    done = feedback.issue_drafts(town.officer, feedback=row)
    assert len(done) == 4 and not any(one.refused for one in done)
    days = {
        (part.item.number, part.finding.deadline.isoformat()) for item in row.items.all() for part in item.parts.all()
    }
    assert days == {(1, row.due_on.isoformat()), (2, "2099-03-05")}
    with pytest.raises(ValidationError, match="没有待下达"):
        feedback.issue_drafts(town.officer, feedback=row)


def close(town, finding, who, judge="officer", closer="director"):
    """Take a finding of the city to its end."""
    finding = again(finding)
    issuing.sign(who, finding=finding)
    rectifying.plan(who, finding=again(finding), measures="核增编制", target="补足", leader="王局", person="李科")
    rectifying.report(who, finding=again(finding), kind="done", text="已招聘到岗", files=[proof()])
    judging.verify(getattr(town, judge), finding=again(finding), method="paper", opinion="属实")
    return judging.close(getattr(town, closer), finding=again(finding))


@pytest.mark.django_db
def test_the_whole_follows_its_parts_and_the_report_states_it(town):
    row = register(town, rows=from_text(town, "1. 教师缺额\n责任单位：市财政局、平江县\n2. 学位不足"))
    feedback.issue_drafts(town.officer, feedback=row)
    finance, county = (part.finding for part in row.items.get(number=1).parts.order_by("finding__unit__depth", "pk"))
    by_unit = {one.unit_id: one for one in (finance, county)}
    close(town, by_unit[town.finance.pk], town.liaison)
    assert board(row).lines[0].state == "open", "one of two is done"
    Finding.objects.filter(pk=by_unit[town.pingjiang.pk].pk).update(deadline=day(-1))
    assert board(row).lines[0].lit == "late" and board(row).late == 1
    close(town, by_unit[town.pingjiang.pk], town.county)
    now = board(row)
    assert (now.lines[0].state, now.of("done"), now.units) == ("done", 1, 2)
    assert now.lines[0].measures == "平江县：核增编制\n市财政局：核增编制"
    paper = feedback_reports.draft_reply(town.officer, feedback=row)
    texts = {fact["text"] for fact in paper.facts}
    assert {"反馈问题2个", "已完成整改1个", "正在整改1个", "责任单位2个", "完成率50.0%"} <= texts
    assert [item.words for item in papers.compare(paper) if item.blocks] == []
    assert [line["result"] for line in paper.values["rectified"]] == ["已完成", "待分解"]
    with pytest.raises(Denied, match="已经起草"):
        feedback_reports.draft_reply(town.officer, feedback=row)
    Finding.objects.filter(pk=by_unit[town.pingjiang.pk].pk).update(state="verified", closed_on=None)
    assert any("已完成整改0个" in item.words for item in papers.compare(paper) if item.blocks), (
        "asked again before issue"
    )
    Finding.objects.filter(pk=by_unit[town.pingjiang.pk].pk).update(state="closed", closed_on=day())
    set_style(town.officer, unit=town.city, signature="某市督导办", code_word="某政教督办", valid_from=day())
    routing.submit_paper(town.officer, paper=paper)
    routing.check_paper(town.director, paper=paper)
    routing.sign_paper(town.director, paper=paper)
    papers_out.choose_seal(town.officer, paper=paper, seal="none")
    papers_out.issue_paper(town.officer, paper=paper, address="https://dudao.example")
    row.refresh_from_db()
    assert (row.state, row.reported_on) == ("reported", day())
    assert feedback_reports.why_not_reply(town.officer, reads.feedback(town.officer, row.pk)) is None, (
        "one more may follow"
    )


@pytest.mark.django_db
def test_the_report_is_written_to_whom_the_office_says(town):
    row = register(town, rows=from_text(town, "1. 教师缺额\n责任单位：市财政局"))
    first = feedback_reports.draft_reply(town.officer, feedback=row)
    assert "某省人民政府教育督导委员会办公室：" in written(first) and first.recipients == []
    routing.discard_paper(town.director, paper=first, reason="换主送")
    row = feedback.edit_feedback(town.officer, feedback=row, addressees="某省人民政府")
    second = feedback_reports.draft_reply(town.officer, feedback=row)
    assert "某省人民政府：" in written(second) and second.recipients == []
    initial = signed_in(town.accounts["officer"]).get(reverse("papers:edit", args=[second.pk])).content.decode()
    assert 'value="某省人民政府"' in initial, "and can still be written otherwise"


@pytest.mark.django_db
def test_a_superior_in_the_tree_is_delivered_to(town):
    county = feedback.register(
        town.county, office=town.pingjiang, title="市级反馈", superior=town.city.name, dated=day(-3), received_on=day(-1),
        due_on=day(30), rows=lists.read_text("1. 甲", lambda names: reads.units_named(town.county, town.pingjiang, names))[0],
    )  # fmt: skip
    assert feedback_reports.draft_reply(town.county, feedback=county).recipients == [town.city.pk]


def written(paper) -> str:
    return text_of(read_word(papers.content_of(papers.latest(paper))))


@pytest.mark.django_db
def test_an_empty_list_has_nothing_to_report(town):
    row = register(town)
    with pytest.raises(ValidationError, match="没有可以报告"):
        feedback_reports.draft_reply(town.officer, feedback=row)
    with pytest.raises(ValidationError, match="没有读到问题"):
        feedback.add_items(town.officer, feedback=row, rows=[])


@pytest.mark.django_db
def test_an_office_is_reminded_once_a_day_before_its_day_and_after(town):
    row = register(town)
    assert feedback.tell_due(day()) == 0
    assert feedback.tell_due(day(53)) > 0 and feedback.tell_due(day(53)) == 0
    text = Notice.objects.filter(account=town.accounts["officer"], verb="feedback.report").latest("pk").text
    assert "还有 7 天" in text
    assert feedback.tell_due(day(61)) > 0
    assert Notice.objects.filter(verb="feedback.report").latest("pk").urgent
    Feedback.objects.filter(pk=row.pk).update(state="reported", reported_on=day())
    assert feedback.tell_due(day(62)) == 0


@pytest.mark.django_db
def test_a_stale_edit_is_refused(town):
    row = register(town, rows=from_text(town))
    item = row.items.get(number=1)
    feedback.edit_item(town.officer, item=item, revision=item.revision, measures="甲")
    with pytest.raises(Conflict):
        feedback.edit_item(town.director, item=item, revision=item.revision, measures="乙")


@pytest.mark.django_db
def test_the_pages_show_and_bring_back(town, django_assert_max_num_queries):
    row = register(town, rows=from_text(town))
    client = signed_in(town.accounts["officer"])
    client.get(row.get_absolute_url())
    with django_assert_max_num_queries(30):
        content = client.get(row.get_absolute_url()).content.decode()
    assert "市财政局" in content and "（牵头）" in content and "待分解" in content
    answer = client.post(reverse("findings:feedback_add", args=[row.pk]), {"text": TEXT})
    assert answer.status_code == 302
    assert "没有变化" in client.get(row.get_absolute_url()).content.decode()
    taken = client.post(reverse("findings:feedback_export", args=[row.pk]))
    assert taken.status_code == 200 and lists.read_sheet(lists.opened(taken.content), named(town))[1] == []
    template = client.get(reverse("findings:feedback_template"))
    with pytest.raises(sheets.SheetError, match="没有数据"):
        lists.read_sheet(lists.opened(template.content), named(town))
    assert signed_in(town.accounts["leader"]).get(row.get_absolute_url()).status_code == 200
    assert signed_in(town.accounts["county"]).get(row.get_absolute_url()).status_code == 404
