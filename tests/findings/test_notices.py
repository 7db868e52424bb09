"""Papers of findings: drafted at issue, their facts counted again, signed for together with the findings."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.core.access import Denied
from dudao.core.ui.formats import date_cn
from dudao.demo.builders import unit
from dudao.findings.actions import clock, consulting, issuing, judging, making, notices
from dudao.findings.actions.terms import end_term
from dudao.findings.models import Finding
from dudao.orgs.models import Kind
from dudao.papers.actions.drafting import replace_paper
from dudao.papers.actions.issuing import choose_seal, issue_paper, withdraw_paper
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.actions.routing import check_paper, sign_paper, submit_paper
from dudao.papers.models import Delivery, OfficeStyle, Paper
from dudao.papers.sources import facts_now
from findings_town import again, day
from signing import signed_in

pytestmark = pytest.mark.django_db


def test_the_form_issues_and_drafts(town):
    row = town.draft(severity="serious", suggestion="按标准留样")
    browser = signed_in(town.accounts["county"])
    answer = browser.post(reverse("findings:issue", args=[row.pk]), {"deadline": "", "notice": "on"}, follow=True)
    content = answer.content.decode()
    assert "已起草 1 份整改通知书" in content, content[-3000:]
    paper = Paper.objects.get()
    assert (
        again(row).notice_id == paper.pk
        and paper.source_key == f"finding:{row.pk}"
        and paper.recipients == [town.school.pk]
    )
    assert "整改通知书" in content and paper.get_absolute_url() in content
    assert paper.get_absolute_url() not in signed_in(town.accounts["head"]).get(row.get_absolute_url()).content.decode()


def test_one_paper_a_unit_with_facts_that_are_counted_again(town):
    second = unit("平江二中", Kind.SCHOOL, town.pingjiang)
    rows = [town.issued(description="甲"), town.issued(description="乙"), town.issued(description="丙", unit=second)]
    papers = notices.draft_notices(town.county, findings=rows)
    assert [len(paper.values["problems"]) for paper in papers] == [2, 1]
    facts = {fact.name: fact for fact in facts_now(papers[0].source_key)}
    assert facts["问题数"].text == "2个问题" and facts["整改期限"].value == rows[0].deadline.isoformat()
    assert [fact["text"] for fact in papers[0].facts] == [fact.text for fact in facts.values()]
    judging.waive(town.county, finding=rows[1], reason="误报")
    assert facts_now(papers[0].source_key)[0].value == 1, "what was waived no longer counts"
    with pytest.raises(Denied, match="已经起草了整改通知书"):
        notices.draft_notices(town.county, findings=[rows[0]])
    with pytest.raises(Denied):
        notices.draft_notices(town.head, findings=[town.issued(description="丁")])
    with pytest.raises(Denied, match="不用起草"):
        notices.draft_notices(town.county, findings=[town.draft(description="戊")])


def test_who_signs_for_the_paper_signs_for_its_findings(town):
    OfficeStyle.objects.create(
        unit=town.pingjiang, signature="平江县人民政府教育督导委员会办公室", masthead="平江县教育督导文件", code_word="平政教督办",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    rows = [town.issued(description="食堂食品留样不足"), town.issued(description="安全台账缺失")]
    (paper,) = notices.draft_notices(town.county, findings=rows)
    paper = check_paper(town.county2, paper=submit_paper(town.county, paper=paper))
    paper = choose_seal(town.county, paper=sign_paper(town.county2, paper=paper), seal="none")
    paper = issue_paper(town.county, paper=paper, address="https://dudao.example")
    assert paper.state == Paper.State.ISSUED, "its facts stand in it and are what the database says"
    assert paper.get_absolute_url() in signed_in(town.accounts["head"]).get(rows[0].get_absolute_url()).content.decode()
    issuing.sign(town.head, finding=rows[0])
    receive_paper(town.head, delivery=Delivery.objects.get(paper=paper))
    assert {again(row).state for row in rows} == {Finding.State.SIGNED}
    assert [again(row).deadline for row in rows] == [row.deadline for row in rows], "the day that the paper names holds"
    assert facts_now(paper.source_key)[1].value == rows[0].deadline.isoformat()


def test_a_paper_in_place_of_a_withdrawn_one_tells_the_same_findings(town):
    OfficeStyle.objects.create(
        unit=town.pingjiang,
        signature="平江县人民政府教育督导委员会办公室",
        code_word="平政教督办",
        valid_from=date(2020, 1, 1),
    )

    def issued(paper):
        paper = check_paper(town.county2, paper=submit_paper(town.county, paper=paper))
        paper = choose_seal(town.county, paper=sign_paper(town.county2, paper=paper), seal="none")
        return issue_paper(town.county, paper=paper, address="https://dudao.example")

    rows = [town.issued(description="食堂食品留样不足"), town.issued(description="安全台账缺失")]
    (draft,) = notices.draft_notices(town.county, findings=rows)
    old = withdraw_paper(town.county2, paper=issued(draft), reason="标题有误")
    renewed = issued(replace_paper(town.county, paper=old))
    assert {again(row).notice_id for row in rows} == {renewed.pk}
    receive_paper(town.head, delivery=Delivery.objects.get(paper=renewed))
    assert {again(row).state for row in rows} == {Finding.State.SIGNED}


def test_a_late_finding_leads_to_a_talk_and_to_a_case(town):
    row = town.issued(description="食堂食品留样不足")
    page = lambda who: signed_in(town.accounts[who]).get(row.get_absolute_url()).content.decode()  # noqa: E731
    assert "登记问责线索" not in page("county")
    Finding.objects.filter(pk=row.pk).update(escalation=Finding.Escalation.TRIGGER)
    assert f"?finding={row.pk}" in page("county") and "发起约谈" in page("county")
    assert "登记问责线索" not in page("head")


def test_a_question_becomes_a_paper_with_its_day(town):
    row = making.create_finding(town.officer, office=town.city, unit=town.school, description="拥堵", source="visit")
    asked = consulting.ask(town.officer, finding=row, unit=town.finance, text="请安排资金")
    paper = notices.draft_consultation(town.officer, consultation=asked)
    assert paper.recipients == [town.finance.pk] and facts_now(paper.source_key)[0].value == asked.due_on.isoformat()
    with pytest.raises(Denied, match="已经起草"):
        notices.draft_consultation(town.officer, consultation=asked)
    end_term(town.director, unit=town.city, subject="answer")
    other = making.create_finding(town.officer, office=town.city, unit=town.school, description="积水", source="visit")
    bare = consulting.ask(town.officer, finding=other, unit=town.finance, text="请支持")
    with pytest.raises(ValidationError, match="时限规定"):
        notices.draft_consultation(town.officer, consultation=bare)


def test_more_time_leaves_its_trace_on_the_issued_notice(town):
    OfficeStyle.objects.create(
        unit=town.pingjiang, signature="平江县人民政府教育督导委员会办公室", masthead="平江县教育督导文件", code_word="平政教督办",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    row, other = town.issued(description="食堂食品留样不足"), town.issued(description="安全台账缺失")
    (paper,) = notices.draft_notices(town.county, findings=[row, other])
    paper = check_paper(town.county2, paper=submit_paper(town.county, paper=paper))
    paper = choose_seal(town.county, paper=sign_paper(town.county2, paper=paper), seal="none")
    paper = issue_paper(town.county, paper=paper, address="https://dudao.example")
    receive_paper(town.head, delivery=paper.deliveries.get())
    head = signed_in(town.accounts["head"])
    assert "印发以后的变化" not in head.get(paper.get_absolute_url()).content.decode()
    until = again(row).deadline + timedelta(days=15)
    asked = clock.ask_time(town.head, finding=again(row), until=until, reason="经费待批。")
    assert "印发以后的变化" not in head.get(paper.get_absolute_url()).content.decode(), "asked for isn't given"
    clock.give_time(town.county2, extension=asked, given=True)
    told = f"{row.code} 整改期限已延至{date_cn(until)}（事由：经费待批；{date_cn(day())}{town.county2.name}批准）"
    for who in ("head", "county"):
        shown = signed_in(town.accounts[who]).get(paper.get_absolute_url()).content.decode()
        assert told in shown and other.code not in shown.split("印发以后的变化")[1].split("</ul>")[0], who
    paper = withdraw_paper(town.county2, paper=paper, reason="重新发文")
    assert "印发以后的变化" not in head.get(paper.get_absolute_url()).content.decode()
