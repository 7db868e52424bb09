"""On-site evaluation: a team of three inspectors, one visit for several campaigns, marks that two can't overwrite.

What is told before leaving, the unit's statement, the decision; who sees what and when.
"""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from dudao.core.access import Denied
from dudao.core.files import keep
from dudao.core.models import Notice
from dudao.core.workflow import Conflict
from dudao.evaluations.actions import visit_papers
from dudao.evaluations.actions import visits as onsite
from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Mark
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.queries.scoring import scored
from dudao.evidence.actions.library import add_file as kept_file
from dudao.evidence.models import EvidenceLink
from dudao.findings import sources
from dudao.findings.models import Finding
from dudao.people.queries import actor_for
from dudao.visits import actions as visit_acts
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit, VisitFile, VisitRecord
from findings_town import proof
from review_town import CODES, FULL, again, build, opened
from signing import signed_in

DAY = timezone.localdate
TEAM = ("inspector", "second", "third")


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


def special(town):
    """A second campaign over the same school, without self-evaluation."""
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年实验教学专项督导",
        year=2026,
        objects_kind="schools",
        version=town.campaign.version,
        phases=[PhaseGiven("onsite", "实地督导", DAY(), DAY() + timedelta(20), source="onsite", codes=["F2.1"])],
    )
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(town.school)])
    made = start_campaign(town.director, campaign=made, revision=made.revision)
    return opened(made, town.school)


def plan(town, *, team=TEAM, leader="inspector", subjects=None, actor=None, unit=None, **more):
    return visiting.plan_visit(
        actor or town.officer,
        office=town.city,
        unit=unit or town.school,
        subjects=subjects or [opened(town.campaign, unit or town.school)],
        members=[town.accounts[name] for name in team],
        leader=town.accounts[leader],
        from_on=DAY(),
        until_on=DAY() + timedelta(1),
        **more,
    )


@pytest.fixture
def going(town):
    town.visit = plan(town)
    visiting.notify(town.officer, visit=town.visit)
    visiting.begin(town.second, visit=town.visit)
    return town


def give(town, who, code, cells=None, reason="", subject=None, **more):
    return onsite.mark_on_site(
        getattr(town, who),
        visit=town.visit,
        subject=subject or town.subject,
        code=code,
        cells=cells or FULL[code],
        reason=reason,
        **more,
    )


# ---- planning -------------------------------------------------------------------------------------------------


def test_a_team_has_three_inspectors_with_their_leader(town):
    with pytest.raises(ValidationError, match="至少 3 名督学（含组长），现有 2 名；专家不计入"):
        plan(town, team=("second", "expert"))
    with pytest.raises(ValidationError, match="孙专家不是督学"):
        plan(town, leader="expert")
    with pytest.raises(ValidationError, match="李近在平江县第一中学任职，应当回避"):
        plan(town, team=("second", "third", "near"))
    with pytest.raises(ValidationError, match="没有对平江县第一中学实地评估的权限"):
        plan(town, team=("second", "third", "head"))
    with pytest.raises(ValidationError, match="早于开始日期"):
        plan(town, team=TEAM).pk or None
        visiting.edit_visit(
            town.officer,
            visit=SiteVisit.objects.get(),
            revision=0,
            subjects=[town.subject],
            members=[town.accounts[name] for name in TEAM],
            leader=town.accounts["second"],
            from_on=DAY(),
            until_on=DAY() - timedelta(1),
        )
    made = SiteVisit.objects.get()
    assert [member.account.name for member in made.members.all() if member.leader] == ["张督学"]
    assert Notice.objects.filter(account=town.accounts["third"], text__contains="实地评估").exists()
    for actor in (town.county_officer, town.inspector, town.principal):
        with pytest.raises(Denied):
            plan(town, actor=actor)


def test_one_visit_serves_several_campaigns_and_a_second_one_finds_nothing_left(town):
    other = special(town)
    assert set(reads.offered(town.officer, town.school)) == {town.subject, other}
    made = plan(town, subjects=[town.subject, other])
    assert made.subjects.count() == 2 and not reads.offered(town.officer, town.school).exists()
    with pytest.raises(ValidationError, match="已经列入另一次实地评估"):
        plan(town, subjects=[other])
    town.visit = made
    visiting.notify(town.officer, visit=made)
    visiting.begin(town.inspector, visit=made)
    give(town, "inspector", "F2.1")
    give(town, "second", "F2.1", {"F2.1": "2"}, "两门课没有开足。", subject=other)
    assert {mark.subject_id: mark.cells for mark in Mark.objects.all()} == {
        town.subject.pk: {"F2.1": "0"},
        other.pk: {"F2.1": "2"},
    }


def test_who_sees_a_visit_and_when(town):
    made = plan(town)
    assert [row.pk for row in reads.seen(town.inspector)] == [made.pk]
    for actor in (town.principal, town.county_officer, town.expert, town.fourth, town.stranger):
        assert not reads.seen(actor).exists(), actor.name
    visiting.notify(town.officer, visit=made)
    for actor in (town.principal, town.county_officer, town.director):
        assert reads.seen(actor).exists(), actor.name
    for actor in (town.expert, town.fourth, town.stranger):
        assert not reads.seen(actor).exists(), actor.name
    assert Notice.objects.filter(account=town.accounts["principal"], text__contains="来实地评估").exists()
    assert not visit_reads.is_inside(town.county_officer, reads.visit_of(town.county_officer, made.pk))


def test_without_notice_the_unit_hears_at_the_door(town):
    made = plan(town, announced=False)
    with pytest.raises(Denied, match="不事先通知"):
        visiting.notify(town.officer, visit=made)
    assert not reads.seen(town.principal).exists()
    visiting.begin(town.inspector, visit=made)
    assert reads.seen(town.principal).exists()
    assert Notice.objects.filter(account=town.accounts["principal"], text__contains="已到校").exists()


def test_with_notice_nobody_begins_before_it(town):
    made = plan(town)
    with pytest.raises(Denied, match="还没有通知单位"):
        visiting.begin(town.inspector, visit=made)
    with pytest.raises(Denied):
        visiting.begin(town.fourth, visit=made)


def test_who_lost_the_right_can_not_go_on(town):
    made = plan(town, announced=False)
    town.accounts["inspector"].appointments.update(valid_to=DAY() - timedelta(1))
    with pytest.raises(Denied):
        visiting.begin(actor_for(town.accounts["inspector"]), visit=made)


# ---- on the spot ----------------------------------------------------------------------------------------------


def test_two_who_mark_the_same_indicator_do_not_overwrite_each_other(going):
    give(going, "inspector", "F1.1", revision=0)
    with pytest.raises(Conflict, match="张督学"):
        give(going, "second", "F1.1", {"F1.1": "0.6"}, revision=0)
    row = give(going, "second", "F1.1", {"F1.1": "0.6"}, "看了记录，缺两次。", revision=1)
    assert (row.by, row.revision) == ("刘督学", 2)


def test_marks_of_the_team_count_and_are_held_to_the_rule(going):
    give(going, "inspector", "F1.1", {"F1.1": "0.8"}, "一次记录后补。")
    assert scored(going.subject).sheet("onsite").mark("F1.1").at(0) * 10 == 32
    with pytest.raises(ValidationError, match="不能大于 1"):
        give(going, "inspector", "F1.1", {"F1.1": "4"})
    with pytest.raises(ValidationError, match="不在实地评估的范围内"):
        give(going, "inspector", "F2.2", {"F2.2": "0"})
    for who in ("fourth", "expert", "officer", "principal", "stranger"):
        with pytest.raises(Denied):
            give(going, who, "F1.1")
    visiting.cancel(going.officer, visit=going.visit, reason="学校停课。")
    assert scored(going.subject).sheet("onsite").mark("F1.1").at(0) is None


def test_a_record_sent_twice_is_one(going):
    key = uuid.uuid4()
    first = visit_acts.save_record(
        going.inspector, visit=going.visit, key=key, kind="interview", title="教师座谈会", people=12
    )
    second = visit_acts.save_record(
        going.inspector, visit=going.visit, key=key, kind="interview", title="教师座谈会", people=12
    )
    assert first == second and VisitRecord.objects.count() == 1
    changed = visit_acts.save_record(
        going.second,
        visit=going.visit,
        key=key,
        kind="interview",
        title="教师座谈会",
        record=first,
        revision=1,
        text="意见。",
    )
    assert changed.revision == 2
    with pytest.raises(Conflict):
        visit_acts.save_record(
            going.third, visit=going.visit, key=key, kind="interview", title="座谈", record=first, revision=1
        )
    with pytest.raises(ValidationError, match="份数不能是负数"):
        visit_acts.save_record(
            going.inspector,
            visit=going.visit,
            key=uuid.uuid4(),
            kind="questionnaire",
            title="家长问卷",
            counts={"满意": -1},
        )
    with pytest.raises(Denied, match="由本人删除"):
        visit_acts.drop_record(going.third, visit=going.visit, record=changed)


def test_a_photo_sent_twice_is_one_and_of_the_team_only(going):
    visit_acts.add_file(going.inspector, visit=going.visit, file=proof(), code="F1.2")
    made = visit_acts.add_file(going.inspector, visit=going.visit, file=proof(), code="F1.2")
    assert VisitFile.objects.get() == made
    assert visit_reads.file_of(going.second, made.pk) and visit_reads.file_of(going.officer, made.pk)
    for actor in (going.principal, going.county_officer, going.fourth, going.stranger):
        assert visit_reads.file_of(actor, made.pk) is None, actor.name


def test_a_photo_is_of_what_is_marked_here_and_named_as_it_can_be_shown(going):
    with pytest.raises(ValidationError, match="“Z9”不在实地评估的范围内"):
        visit_acts.add_file(going.inspector, visit=going.visit, file=proof(), code="Z9")
    assert not VisitFile.objects.exists()
    names = ["食" * 200 + ".pdf", "../../😀.pdf", "证\u202efdp.exe.pdf"]
    kept = []
    for name in names:
        kept.append(visit_acts.add_file(going.inspector, visit=going.visit, file=proof(), name=name).name)
        VisitFile.objects.all().delete()
    assert kept == ["食" * 116 + ".pdf", "😀.pdf", "证fdp.exe.pdf"]


def test_the_team_looks_at_photos_and_at_what_the_unit_proves(going):
    target = io.BytesIO()
    Image.new("RGB", (2400, 1800), "green").save(target, "JPEG")
    stored = keep(target.getvalue(), "image/jpeg")
    made = visit_acts.add_file(going.inspector, visit=going.visit, file=stored, name="大门.jpg", code="F1.1")
    version = kept_file(
        going.principal, unit=going.school, file=keep(b"%PDF-1.4 x", "application/pdf"), name="章程.pdf"
    ).version
    EvidenceLink.objects.create(
        version=version,
        key=f"answer:{going.subject.pk}:F1.1",
        label="F1.1",
        unit=going.school,
        created_by_name="方校长",
    )
    client = signed_in(going.accounts["second"])
    said = words(client.get(reverse("visits:visit_field", args=[going.visit.pk])))
    assert made.show_url in said and made.picture_url in said and version.show_url in said
    assert client.get(version.show_url).status_code == 200
    shown = words(client.get(made.show_url, headers={"HX-Request": "true"}))
    assert reverse("visits:visit_picture", args=[made.pk, "large"]) in shown and "<html" not in shown
    assert client.get(made.picture_url)["Cache-Control"] == "private, no-cache"
    part = client.get(reverse("visits:visit_file", args=[made.pk]), headers={"Range": "bytes=0-9"})
    assert part.status_code == 206 and part["Cache-Control"] == "private, no-store"
    for name in ("visit_show", "visit_file"):
        url = reverse(f"visits:{name}", args=[made.pk])
        assert signed_in(going.accounts["principal"]).get(url).status_code == 404
    assert signed_in(going.accounts["principal"]).get(made.picture_url).status_code == 404


# ---- before leaving, and after --------------------------------------------------------------------------------


def mark_everything(town):
    for code in CODES:
        give(town, "inspector", code)


def test_from_feedback_to_the_decision(going):
    with pytest.raises(Denied, match="由评估组组长操作"):
        visiting.feed_back(going.second, visit=going.visit, preliminary="总体较好。", present="方校长")
    visiting.feed_back(
        going.inspector, visit=going.visit, preliminary="总体较好，实验课要开足。", present="方校长、教务主任"
    )
    assert Notice.objects.filter(account=going.accounts["principal"]).exists()
    with pytest.raises(ValidationError, match="是谁说明的"):
        visiting.state_position(going.third, visit=going.visit, text="无异议。")
    row = visiting.state_position(going.principal, visit=going.visit, text="实验室正在改造，下学期开足。")
    assert row.stated_by == "方校长"
    with pytest.raises(ValidationError, match="还有 3 项没有评完"):
        visiting.settle(going.inspector, visit=going.visit, conclusion="同意初步意见。")
    mark_everything(going)
    with pytest.raises(Denied, match="由评估组组长操作"):
        visiting.settle(going.third, visit=going.visit, conclusion="同意初步意见。")
    done = visiting.settle(going.inspector, visit=going.visit, conclusion="同意初步意见，采纳学校说明。")
    assert done.state == "settled"
    with pytest.raises(Denied, match="不能再改"):
        give(going, "inspector", "F1.1", {"F1.1": "0.6"}, "改。")
    with pytest.raises(Denied):
        visiting.state_position(going.principal, visit=going.visit, text="再说一句。")


def test_a_statement_may_be_entered_for_the_unit_and_may_be_missing(going):
    mark_everything(going)
    visiting.feed_back(going.inspector, visit=going.visit, preliminary="总体较好。", present="方校长")
    with pytest.raises(ValidationError, match="单位还没有说明"):
        visiting.settle(going.inspector, visit=going.visit, conclusion="同意。")
    row = visiting.state_position(going.third, visit=going.visit, text="无异议。", by="方校长")
    assert row.stated_by == "方校长（代为登记）"
    with pytest.raises(Denied):
        visiting.state_position(going.stranger, visit=going.visit, text="我们也说。", by="某")
    visiting.settle(going.officer, visit=going.visit, conclusion="同意。")


def test_a_plan_changes_until_the_team_is_there(going):
    with pytest.raises(Denied, match="当前状态为“实地评估中”"):
        visiting.edit_visit(
            going.officer,
            visit=going.visit,
            revision=again(going.visit).revision,
            subjects=[going.subject],
            members=[going.accounts[name] for name in TEAM],
            leader=going.accounts["second"],
            from_on=DAY(),
            until_on=DAY(),
        )


# ---- pages ----------------------------------------------------------------------------------------------------


def words(response):
    return response.content.decode()


def test_pages_of_each_side(going):
    url, field = (reverse(f"visits:{name}", args=[going.visit.pk]) for name in ("visit", "visit_field"))
    give(going, "inspector", "F1.1", {"F1.1": "0.6"}, "会议记录缺两次。")
    visit_acts.save_record(going.inspector, visit=going.visit, key=uuid.uuid4(), kind="tour", title="看实验室")
    as_ = lambda name: signed_in(going.accounts[name])  # noqa: E731
    team = words(as_("inspector").get(url))
    assert "现场记录" in team and "会议记录缺两次" in team and "看实验室" in team
    unit = words(as_("principal").get(url))
    assert "平江县第一中学" in unit and "会议记录缺两次" not in unit and "看实验室" not in unit
    assert as_("principal").get(field).status_code == 403
    settle = f"{reverse('evaluations:review_settle', args=[going.subject.pk])}?source=onsite&code=F1.1"
    assert "评估组 张督学</b>：0.6" in words(as_("officer").get(settle))
    for name in ("stranger", "fourth", "expert"):
        assert as_(name).get(url).status_code == 404, name
        assert as_(name).get(field).status_code in {403, 404}, name
    for tab in ("marks", "records", "problems", "feedback"):
        assert as_("second").get(f"{field}?tab={tab}").status_code == 200
    assert "会议记录缺两次" in words(as_("second").get(f"{field}?tab=problems"))
    listed = words(as_("officer").get(reverse("visits:visits"), {"q": "普通高中"}))
    assert "平江县第一中学" in listed and '共 <b class="dd-num">1</b> 条' in listed, "one visit is one line"


def test_the_phone_saves_marks_records_and_photos(going):
    client = signed_in(going.accounts["second"])
    headers = {"X-Save": "1"}
    url = reverse("visits:visit_mark", args=[going.visit.pk])
    token = str(uuid.uuid4())
    data = {"subject": going.subject.pk, "code": "F1.1", "revision": "0", "cell-0": "0.8", "form_token": token}
    first = client.post(url, data, headers=headers)
    assert first.status_code == 200 and first.json()["lacks"] == "缺理由"
    assert client.post(url, data, headers=headers).json()["revision"] == 1, "sent again: the same save"
    late = client.post(url, {**data, "form_token": str(uuid.uuid4())}, headers=headers)
    assert late.status_code == 409 and "刘督学" in words(late)
    key = str(uuid.uuid4())
    record = {"kind": "questionnaire", "title": "家长问卷", "counts": "很满意 42\n满意：30 份", "key": key}
    made = client.post(reverse("visits:visit_record", args=[going.visit.pk]), record, headers=headers)
    assert made.status_code == 200 and VisitRecord.objects.get().counts == {"很满意": 42, "满意": 30}
    wrong = client.post(
        reverse("visits:visit_record", args=[going.visit.pk]), {**record, "counts": "很满意"}, headers=headers
    )
    assert wrong.status_code == 422 and "看不出份数" in words(wrong)
    sent = client.post(
        reverse("visits:visit_photo", args=[going.visit.pk]), {"file": proof(), "code": "F1.2"}, headers=headers
    )
    assert sent.status_code == 200
    shown = client.get(sent.json()["files"][0]["url"])
    assert shown.status_code == 200
    bad = client.post(reverse("visits:visit_photo", args=[going.visit.pk]), {}, headers=headers)
    assert bad.status_code == 422


def test_a_visit_is_planned_by_forms(town):
    client = signed_in(town.accounts["officer"])
    answer = client.post(reverse("visits:visit_pick"), {"unit": town.school.pk})
    page = words(client.get(answer.url))
    assert "张督学（岳阳市，督学）" in page and "2026年普通高中督导评估（岳阳市）" in page
    data = {
        "office": town.city.pk,
        "subjects": [town.subject.pk],
        "from_on": DAY().isoformat(),
        "until_on": DAY().isoformat(),
        "announced": "on",
        "leader": town.accounts["inspector"].pk,
        "members": [town.accounts["second"].pk],
    }
    short = client.post(answer.url, data)
    assert short.status_code == 422 and "至少 3 名督学" in words(short)
    data["members"] = [town.accounts[name].pk for name in ("second", "third", "expert")]
    assert client.post(answer.url, data).status_code == 302
    made = SiteVisit.objects.get()
    assert client.post(reverse("visits:visit_step", args=[made.pk]), {"step": "onsite.notify"}).status_code == 302
    assert again(made).state == "notified"
    edit = reverse("visits:visit_edit", args=[made.pk])
    assert "修改实地评估安排" in words(client.get(edit))
    data["until_on"] = (DAY() + timedelta(2)).isoformat()
    assert client.post(edit, data).status_code == 302
    assert Notice.objects.filter(account=town.accounts["principal"], text__contains="改为").exists()


def test_the_workbench_names_what_is_next(going):
    def home(name):
        return words(signed_in(going.accounts[name]).get("/"))

    assert "实地评估" in home("second") and "现场记录" in home("second")
    visiting.feed_back(going.inspector, visit=going.visit, preliminary="总体较好。", present="方校长")
    assert "实地评估待说明" in home("principal")
    visiting.state_position(going.principal, visit=going.visit, text="无异议。")
    assert "实地评估待说明" not in home("principal")


def test_the_notice_is_a_paper_whose_issue_tells_the_unit(town):
    visit = plan(town, agenda="8:30 听汇报")
    paper = visit_papers.draft_visit_notice(town.officer, visit=visit)
    assert paper.source_key == f"visit:{visit.pk}" and "2026年普通高中督导评估" in str(paper.values)
    assert [fact.text for fact in visit_papers.facts_of_visit(visit.pk)]
    with pytest.raises(Denied, match="已经起草了督导通知"):
        visit_papers.draft_visit_notice(town.officer, visit=visit)
    page = words(signed_in(town.accounts["officer"]).get(visit.get_absolute_url()))
    assert "关于对平江县第一中学实地评估的通知" in page
    visit_papers.issued(town.director, paper)
    assert again(visit).state == "notified"
    secret = plan(town, announced=False, unit=town.second_school)
    with pytest.raises(Denied, match="不事先通知"):
        visit_papers.draft_visit_notice(town.officer, visit=secret)


def test_a_problem_found_on_site_takes_reason_and_photos_along_and_leads_back(going):
    give(going, "second", "F1.1", cells={"F1.1": "0.6"}, reason="操场有两处破损。")
    kept = visit_acts.add_file(going.second, visit=going.visit, file=proof(), name="破损一.pdf", code="F1.1")
    visit_acts.add_file(
        going.second, visit=going.visit, file=keep(b"%PDF-1.4 two", "application/pdf"), name="破损二.pdf", code="F1.1"
    )
    visit_acts.add_file(
        going.second, visit=going.visit, file=keep(b"%PDF-1.4 gate", "application/pdf"), name="大门.pdf", code="F1.2"
    )
    key = f"onsite:{going.visit.pk}:{going.subject.pk}:F1.1"
    make = reverse("findings:make", args=[key])
    problems = f"{reverse('visits:visit_field', args=[going.visit.pk])}?tab=problems"
    client = signed_in(going.accounts["officer"])
    assert make in words(signed_in(going.accounts["second"]).get(problems))
    page = words(client.get(make))
    assert "操场有两处破损" in page and "破损一.pdf" in page and "破损二.pdf" in page and "大门.pdf" not in page
    data = {
        "office": going.city.pk,
        "description": "操场有两处破损。",
        "severity": "general",
        "found_on": DAY().isoformat(),
        "found": ["0"],
    }
    made = Finding.objects.get(pk=int(client.post(make, data).url.strip("/").split("/")[-1]))
    assert [(one.file, one.name) for one in made.files.all()] == [(kept.file, "破损一.pdf")]
    assert going.visit.get_absolute_url() in words(client.get(made.get_absolute_url()))
    assert made.get_absolute_url() in words(client.get(going.visit.get_absolute_url()))
    assert sources.find(going.principal, key) is None and sources.find(going.fourth, key) is None
