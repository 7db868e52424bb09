"""Pages of findings: who sees which button, forms that say what is wrong beside the field, lists that don't grow in queries."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dudao.core import files
from dudao.core.access import SYSTEM
from dudao.core.models import Event, Notice
from dudao.evidence.actions.library import add_file
from dudao.evidence.models import EvidenceLink
from dudao.findings.actions import clock, consulting, issuing, judging, making, reminders
from dudao.findings.models import Finding, Policy
from dudao.findings.views.common import most
from findings_town import again, day, proof
from signing import signed_in

pytestmark = pytest.mark.django_db
State = Finding.State


def client(town, who):
    return signed_in(town.accounts[who])


def page(town, who, name, *args, **data):
    answer = client(town, who).get(reverse(f"findings:{name}", args=args), data)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def post(town, who, name, *args, **data):
    return client(town, who).post(reverse(f"findings:{name}", args=args), data)


def test_the_whole_way_by_forms(town):
    answer = post(
        town, "county", "new", office=town.pingjiang.pk, units=[town.school.pk], description="留样不足", severity="general",
        found_on=day().isoformat(), source="visit", indicator_code="GP7", files=[proof("照片.pdf")],
    )  # fmt: skip
    row = Finding.objects.get()
    assert answer.status_code == 302 and row.files.count() == 1 and answer["Location"] == row.get_absolute_url()
    assert "规定" in page(town, "county", "issue", row.pk)
    assert post(town, "county", "issue", row.pk, deadline="").status_code == 302
    assert "签收" in page(town, "head", "finding", row.pk)
    post(town, "head", "step", row.pk, step="finding.sign")
    assert again(row).state == State.SIGNED
    values = {"measures": "购置冰箱", "target": "满48小时", "leader": "王", "person": "李"}
    post(town, "head", "plan", row.pk, **values, revision=again(row).revision)
    assert again(row).state == State.RECTIFYING and again(row).leader == "王"
    post(town, "head", "report", row.pk, kind="partly", text="买了一台", progress="50", files=[proof()])
    assert again(row).state == State.PARTLY
    post(town, "head", "report", row.pk, kind="done", text="全部完成", progress="")
    assert again(row).state == State.REPORTED
    post(town, "county", "send_back", row.pk, method="site", on=day().isoformat(), reason="记录仍缺", deadline="")
    assert "记录仍缺" in page(town, "head", "report", row.pk), "what is still to be done stands over the form"
    assert "记录仍缺" in page(town, "head", "finding", row.pk)
    post(town, "head", "report", row.pk, kind="done", text="已补记录", progress="")
    post(town, "county", "verify", row.pk, method="site", on=day().isoformat(), opinion="属实")
    told = Notice.objects.filter(account=town.accounts["head"])
    assert told.get(verb="finding.verify").text.startswith("整改已核验通过，等待销号")
    for verb in ("finding.issue", "finding.send_back"):
        assert not told.filter(verb=verb, read_at__isnull=True).exists(), "what was asked for is done"
    assert told.filter(verb="finding.verify", read_at__isnull=True).exists()
    post(town, "county", "step", row.pk, step="finding.close")
    assert again(row).state == State.VERIFIED, "who verified doesn't cross off"
    post(town, "county2", "step", row.pk, step="finding.close")
    assert again(row).state == State.CLOSED
    post(town, "county2", "reopen", row.pk, reason="又发生", deadline="")
    assert again(row).state == State.RETURNED
    post(town, "county2", "step", row.pk, step="finding.waive", reason="学校停办")
    assert again(row).state == State.WAIVED
    for who in ("county", "head", "director", "leader", "inspector"):
        assert "学校停办" in page(town, who, "finding", row.pk)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("plan", {"measures": "", "target": "x", "leader": "x", "person": "x"}, "请填写“整改措施”"),
        ("report", {"kind": "done", "text": "完成"}, "佐证材料，请至少上传一个文件"),
        ("report", {"kind": "progress", "text": "好", "progress": "abc"}, "0 到 100 的整数"),
        ("report", {"kind": "progress", "text": "好", "progress": "100"}, "请选“整改完成”"),
        ("ask_time", {"until": "2020-01-01", "reason": "忙"}, "应在它之后"),
        ("ask_time", {"until": "明天", "reason": "忙"}, "这不是日期"),
    ],
)
def test_an_error_stands_beside_its_field_and_changes_nothing(town, name, data, said):
    row = town.planned()
    answer = post(town, "head", name, row.pk, **data)
    content = answer.content.decode()
    assert answer.status_code == 422 and said in content
    assert again(row).revision == row.revision


def test_a_stale_plan_is_refused(town):
    row = town.signed()
    values = {"measures": "甲", "target": "乙", "leader": "丙", "person": "丁", "revision": row.revision}
    assert post(town, "head", "plan", row.pk, **values).status_code == 302
    answer = post(town, "reporter", "plan", row.pk, **values | {"measures": "覆盖"})
    assert answer.status_code == 422 and "刚刚被他人修改" in answer.content.decode()


def buttons(content):
    head = content[content.index("dd-object-head") : content.index("dd-columns-2")]
    return set(re.findall(r">\s*(?:<svg.*?</svg>)?([一-鿿]+)\s*</(?:a|button)>", head))


def test_everybody_finds_their_own_acts(town):
    row = town.planned()
    assert {"报送整改方案", "报送进展或完成", "申请延期"} <= buttons(page(town, "head", "finding", row.pk))
    office = buttons(page(town, "county", "finding", row.pk))
    assert {"催办", "暂停计时", "升级处理", "免予整改", "发协商意见"} <= office
    assert not {"报送整改方案", "签收", "申请延期"} & office
    assert not {"催办", "免予整改", "报送整改方案", "核验通过"} & buttons(page(town, "leader", "finding", row.pk))
    reported = town.reported(description="别的问题")
    judged = page(town, "county", "finding", reported.pk)
    assert {"核验通过", "退回整改"} <= buttons(judged)


def test_the_list_filters_and_exports_what_it_shows(town):
    first, second = (
        town.issued(description="甲问题", category="校园安全"),
        town.planned(description="乙问题", severity="serious"),
    )
    draft = town.draft(description="丙草稿")
    content = page(town, "county", "findings")
    assert all(text in content for text in ("甲问题", "乙问题", "丙草稿"))
    assert "乙问题" in page(town, "county", "findings", severity="serious")
    assert "甲问题" not in page(town, "county", "findings", severity="serious")
    for query in (
        {"state": "issued"}, {"category": "校园安全"}, {"q": "甲"}, {"under": town.school.pk, "state": "issued"},
        {"light": "grey", "q": "甲"}, {"indicator": "GP7", "q": "甲"}, {"recurring": "0", "q": "甲"},
    ):  # fmt: skip
        shown = page(town, "county", "findings", **query)
        assert "甲问题" in shown and "乙问题" not in shown, query
    mine = page(town, "head", "findings")
    assert "甲问题" in mine and "丙草稿" not in mine and "我的整改" in mine
    assert "甲问题" not in page(town, "stranger", "findings") and first and second and draft
    answer = client(town, "county").post(f"{reverse('findings:findings')}?q=甲", {"export": "1"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "问题台账" and "甲问题" in rows[2] and len(rows) == 3
    assert Event.objects.filter(verb="finding.export").count() == 1


def _queries(town, who, name, *args, **data):
    browser = client(town, who)
    browser.get(reverse(f"findings:{name}", args=args), data)
    with CaptureQueriesContext(connection) as queries:
        browser.get(reverse(f"findings:{name}", args=args), data)
    return len(queries)


def test_the_number_of_queries_does_not_grow(town):
    def fill(count):
        for number in range(count):
            town.planned(description=f"问题{number}")
            town.draft(description=f"草稿{number}")

    fill(2)
    places = [
        ("county", "findings"),
        ("head", "findings"),
        ("director", "findings"),
        ("leader", "board"),
        ("county", "board"),
    ]
    before = [_queries(town, who, name) for who, name in places]
    row = Finding.objects.filter(state=State.RECTIFYING).last()
    one = _queries(town, "county", "finding", row.pk)
    fill(6)
    assert [_queries(town, who, name) for who, name in places] == before
    assert max(before) <= 25 and one <= 32, (before, one)


def test_many_are_handed_down_by_a_page_that_asks_first(town):
    rows = [town.draft(description=f"批量{n}") for n in range(3)]
    asked = post(town, "county", "issue_many", ids=[row.pk for row in rows])
    content = asked.content.decode()
    assert (
        asked.status_code == 200
        and "下达 3 个问题" in content
        and not Event.objects.filter(verb="finding.issue").exists()
    )
    keys = re.search(r'name="rows" value="([\d,]+)"', content).group(1)
    done = post(town, "county", "issue_many", rows=keys, deadline=day(20).isoformat())
    assert done.status_code == 302 and Finding.objects.filter(state=State.ISSUED, deadline=day(20)).count() == 3
    assert post(town, "county", "issue_many").status_code == 403


def test_bulk_acts_tell_what_was_not_done(town):
    good, bad = town.verified(description="可销"), town.planned(description="不可销")
    answer = client(town, "county2").post(
        reverse("findings:bulk", args=["close"]), {"ids": [good.pk, bad.pk]}, follow=True
    )
    content = answer.content.decode()
    assert "已销号 1 项" in content and "没有办理 1 项" in content and "不可销" in content
    client(town, "county").post(reverse("findings:bulk", args=["remind"]), {"ids": [bad.pk], "reason": "请抓紧"})
    again_ = client(town, "county").post(reverse("findings:bulk", args=["remind"]), {"ids": [bad.pk]}, follow=True)
    assert "今天已经催办过" in again_.content.decode()


def _bulk(town, who, act, rows, **more):
    address = reverse("findings:bulk", args=[act])
    ids = [row.pk for row in rows]
    return client(town, who).post(address, {"ids": ids, **more}, follow=True).content.decode()


def test_a_unit_signs_for_many_at_once_and_for_itself_only(town):
    rows = [town.issued(description=f"待签{number}") for number in range(3)]
    elsewhere = issuing.issue(
        town.director,
        finding=making.create_finding(
            town.director, office=town.city, unit=town.pingjiang, description="县里的", source="visit"
        ),
    )
    content = _bulk(town, "head", "sign", [*rows, elsewhere])
    assert "已签收 3 项" in content
    assert Finding.objects.filter(state=State.SIGNED).count() == 3
    assert Event.objects.filter(verb="finding.sign").count() == 3
    assert "没有一项可以签收" in _bulk(town, "head", "sign", rows)
    assert again(elsewhere).state == State.ISSUED


def test_an_office_stops_and_starts_many_clocks_and_agrees_to_many(town):
    rows = [town.planned(description=f"停课{number}") for number in range(2)]
    closed = judging.close(town.county2, finding=town.verified(description="早已销号"))
    content = _bulk(town, "county", "pause", [*rows, closed], reason="汛期停课")
    assert "已暂停计时 2 项" in content and "没有办理 1 项" in content and "早已销号" in content
    assert "请写明为什么暂停计时" in _bulk(town, "county", "pause", [town.planned(description="无理由")], reason=" ")
    assert "已恢复计时 2 项" in _bulk(town, "county", "resume", rows)
    assert Event.objects.filter(verb__in=["finding.pause", "finding.resume"]).count() == 4
    clock.ask_time(town.head, finding=again(rows[0]), until=day(90), reason="设备未到")
    listed = page(town, "county", "findings", asked="1")
    assert "停课0" in listed and "停课1" not in listed
    content = _bulk(town, "county", "agree", rows, reason="同意")
    assert "已同意延期 1 项" in content and "没有等待批复的延期申请" in content
    assert again(rows[0]).deadline == day(90)


def test_many_get_time_of_the_office_s_own_accord(town):
    rows = [town.planned(description=f"水毁{number}") for number in range(2)]
    asking = town.planned(description="自己申请了")
    clock.ask_time(town.head, finding=asking, until=day(200), reason="设备未到")
    late = again(rows[0]).deadline
    shown = post(town, "county", "extend_many", ids=[row.pk for row in [*rows, asking]])
    keys = re.search(r'name="rows" value="([\d,]+)"', shown.content.decode()).group(1)
    assert "统一延期 3 个问题" in shown.content.decode()
    bad = post(town, "county", "extend_many", rows=keys, until=day(-1).isoformat(), reason="洪水")
    assert bad.status_code == 422 and "已经过去" in bad.content.decode()
    assert post(town, "county", "extend_many", rows=keys, until=day(120).isoformat(), reason="洪水").status_code == 302
    assert [again(row).deadline for row in rows] == [day(120)] * 2 and again(asking).deadline != day(120)
    content = page(town, "head", "finding", rows[0].pk)
    assert "洪水" in content and "统一延期" in content
    assert str(late.day) in again(rows[0]).deadline_basis
    assert (
        "没有一项可以批复延期"
        in post(town, "county", "extend_many", rows=keys, until=day(60).isoformat(), reason="反悔").content.decode()
    )
    assert post(town, "head", "extend_many", rows=keys).status_code == 403


def test_time_is_asked_for_and_decided(town):
    row = town.planned()
    post(town, "head", "ask_time", row.pk, until=day(90).isoformat(), reason="设备未到货")
    extension = row.extensions.get()
    assert "批复延期" in page(town, "county", "finding", row.pk)
    assert "批复延期" not in page(town, "head", "finding", row.pk)
    refused = post(town, "county", "give_time", extension.pk, given="no", until="", answer="")
    assert refused.status_code == 422 and "请写明理由" in refused.content.decode()
    post(town, "county", "give_time", extension.pk, given="yes", until=day(80).isoformat(), answer="同意到此日")
    assert again(row).deadline == day(80)
    assert "原定" in page(town, "head", "finding", row.pk)


def test_a_department_finds_its_question_and_answers(town):
    row = making.create_finding(
        town.officer, office=town.city, unit=town.school, description="校门口拥堵", source="visit"
    )
    post(town, "officer", "consult", row.pk, unit=town.finance.pk, text="请安排资金")
    asked = row.consultations.get()
    assert "请安排资金" in page(town, "liaison", "consultations")
    content = page(town, "liaison", "consultation", asked.pk)
    assert "校门口拥堵" in content and row.get_absolute_url() not in content, "the finding itself is not theirs"
    assert client(town, "liaison").get(row.get_absolute_url()).status_code == 404
    assert client(town, "head").get(asked.get_absolute_url()).status_code == 404
    answer = post(town, "liaison", "consultation", asked.pk, answer="")
    assert answer.status_code == 422
    post(town, "liaison", "consultation", asked.pk, answer="已列入预算", file=proof("文件.pdf"))
    assert "已列入预算" in page(town, "officer", "consultation", asked.pk)
    got = client(town, "officer").get(reverse("findings:consultation_file", args=[asked.pk]))
    assert got.status_code == 200 and b"".join(got.streaming_content).startswith(b"%PDF")
    other = consulting.ask(town.officer, finding=again(row), unit=town.finance, text="误发")
    post(town, "officer", "consultation_withdraw", other.pk, reason="发错")
    assert "已撤回" in page(town, "liaison", "consultation", other.pk)


def test_a_file_is_for_those_who_see_the_finding(town):
    row = town.reported()
    file = row.files.get()
    assert client(town, "county").get(reverse("findings:file", args=[file.pk])).status_code == 200
    for who in ("stranger", "liaison"):
        assert client(town, who).get(reverse("findings:file", args=[file.pk])).status_code == 404


def test_terms_are_set_adopted_and_ended_by_their_office(town):
    content = page(town, "county", "terms")
    assert "某市" in content and "30 日，自签收之日起" in content and "采用本单位还没有规定的各项" in content
    bad = post(
        town, "county", "term_edit", "general", days="0", is_working="0", start="issue", source="", valid_from=""
    )
    assert bad.status_code == 422
    post(
        town, "county", "term_edit", "general", days="15", is_working="1", start="issue", source="平江督〔2026〕1号",
        valid_from=day().isoformat(),
    )  # fmt: skip
    assert "15 个工作日，自下达之日起" in page(town, "county", "terms")
    row = town.issued()
    assert "平江督〔2026〕1号" in row.deadline_basis and row.term_working
    client(town, "county").post(reverse("findings:terms_adopt"), {"name": "rectification-template"})
    assert Policy.objects.filter(unit=town.pingjiang).count() == 9, "its own rule stays"
    post(town, "county", "term_end", "general", unit=town.pingjiang.pk)
    assert "某市规定" in town.issued(description="以后的").deadline_basis
    for who in ("officer", "head", "inspector"):
        assert post(town, who, "term_edit", "general", days="1").status_code == 403
        assert "设定" not in re.findall(r">([一-鿿]+)</a>", page(town, who, "terms"))


def test_the_board_never_calls_nothing_a_hundred_percent(town):
    judging.close(town.county2, finding=town.verified())
    town.planned(description="还在改")
    Finding.objects.filter(description="还在改").update(deadline=day(-3), first_deadline=day(-3))
    content = page(town, "leader", "board")
    rows = {row[0]: row for row in _table(content)}
    assert rows["平江县"][1:9] == ["2", "1", "50.0%", "1", "1", "1", "1", "50.0%"]
    assert rows["湘阴县"][1:9] == ["0", "0", "—", "0", "0", "0", "0", "—"]
    assert "平江县逾期最多：1 个" in content
    making.create_finding(town.officer, office=town.city, unit=town.xiangyin, description="同样晚", source="visit")
    issuing.issue(town.officer, finding=Finding.objects.get(description="同样晚"))
    Finding.objects.filter(description="同样晚").update(deadline=day(-3), first_deadline=day(-3))
    assert "平江县、湘阴县逾期最多：各 1 个" in page(town, "leader", "board"), "who shares the most is named too"
    assert "这不是" not in content and "不是日期" in page(town, "leader", "board", since="昨天")
    assert "湘阴县" not in page(town, "county", "board")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["甲县"], "甲县逾期最多：2 个"),
        (["甲县", "乙县"], "甲县、乙县逾期最多：各 2 个"),
        (list("甲乙丙丁戊"), "甲、乙、丙、丁等 5 个县市区逾期最多：各 2 个"),
    ],
)
def test_all_who_share_the_most_are_named(names, words):
    assert most(names, 2, "逾期") == words


def _table(content):
    body = content[content.index("<tbody>") : content.index("</tbody>")]
    for row in re.findall(r"<tr>(.*?)</tr>", body, flags=re.S):
        yield [re.sub(r"<[^>]+>|\s", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, flags=re.S)]


def test_a_recurring_problem_is_offered_and_settled_on_the_page(town):
    earlier = town.issued(description="食堂食品留样不足48小时", found_on=day(-60))
    row = town.draft(description="食堂食品留样又不足48小时")
    content = page(town, "county", "finding", row.pk)
    assert "可能是反复出现的问题" in content and "描述相似度" in content
    post(town, "county", "recurrence", row.pk, earlier=earlier.pk)
    assert again(row).recurs == earlier and "反复出现" in page(town, "county", "finding", row.pk)
    other = town.draft(description="食堂食品留样不足48小时了")
    post(town, "county", "recurrence", other.pk, earlier="")
    assert "可能是反复出现的问题" not in page(town, "county", "finding", other.pk)


def test_what_is_asked_of_a_step_that_is_gone_is_told(town):
    row = town.planned()
    assert post(town, "county", "step", row.pk, step="finding.explode").status_code in {403, 404}
    answer = client(town, "county").post(
        reverse("findings:step", args=[row.pk]), {"step": "finding.close"}, follow=True
    )
    assert "当前状态为“整改中”" in answer.content.decode()
    reminders.escalate(town.county, finding=row, reason="拒不整改")
    assert "已催办责任单位" in page(town, "county", "finding", row.pk)


def test_a_report_is_proved_from_the_library(town, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    mine = add_file(town.head, unit=town.school, file=files.keep(b"%PDF-1.4 a", "application/pdf"), name="留样台账.pdf")
    foreign = add_file(SYSTEM, unit=town.pingjiang, file=files.keep(b"%PDF-1.4 b", "application/pdf"), name="别处.pdf")
    row = town.planned()
    pick = reverse("evidence:pick")
    options = client(town, "head").get(pick, {"unit": town.school.pk, "q": "留样"}).content.decode()
    assert f'data-value="{mine.version.evidence_id}"' in options
    assert client(town, "head").get(pick, {"unit": town.pingjiang.pk}).status_code == 404
    assert f"{pick}?unit={town.school.pk}" in page(town, "head", "report", row.pk)
    bad = post(town, "head", "report", row.pk, kind="done", text="好了", library=[foreign.version.evidence_id])
    assert bad.status_code == 422 and not row.files.exists()
    sent = post(town, "head", "report", row.pk, kind="done", text="已改好", library=[mine.version.evidence_id])
    assert sent.status_code == 302 and again(row).state == State.REPORTED
    assert [(one.file, one.name) for one in row.files.all()] == [(mine.version.file, "留样台账.pdf")]
    link = EvidenceLink.objects.get(version=mine.version)
    assert link.frozen_at is not None and link.url == row.get_absolute_url()
    shown = client(town, "head").get(mine.version.evidence.get_absolute_url()).content.decode()
    assert "第 2 次报告" in shown
