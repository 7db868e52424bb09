"""Departments answer parts of their government's self-evaluation: each its own, handed in, merged, and only then the whole."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.demo.builders import account, unit
from dudao.evaluations.actions import parts as acts
from dudao.evaluations.actions.answering import confirm_figures, save_answer, save_figure, take_figures
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.reminders import urge_all
from dudao.evaluations.actions.submitting import digest_of, submit_evaluation
from dudao.evaluations.models import Answer, Part, Subject
from dudao.evaluations.queries.answering import leaves_of, window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.divisions import suggested
from dudao.evaluations.queries.parts import desk_of, part_of
from dudao.evaluations.queries.systems import system_of
from dudao.evidence import uses
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from evaluations_town import published

FINANCE = ["P5.1", "D1"]
TODAY = timezone.localdate


@pytest.fixture
def city(town):
    """The city's own self-evaluation, running, with two departments that have somebody."""
    town.finance = unit("岳阳市财政局", Kind.DEPARTMENT, town.city)
    town.staffing = unit("中共岳阳市委机构编制委员会办公室", Kind.DEPARTMENT, town.city)
    town.county_bureau = unit("平江县教育局", Kind.DEPARTMENT, town.county)
    for name, label, at in (
        ("money", "苏联络", town.finance),
        ("posts", "白联络", town.staffing),
        ("bureau", "县联络", town.county_bureau),
    ):
        town.accounts[name] = account(label, at, "liaison")
        setattr(town, name, actor_for(town.accounts[name]))
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年市人民政府履行教育职责自评",
        year=2026,
        objects_kind="city",
        version=published(town, "county-government-template"),
        template="city-government",
        phases=[PhaseGiven("self", "分工填报", TODAY() - timedelta(5), TODAY() + timedelta(20), source="self")],
    )
    made = set_subjects(
        town.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(town.city, "岳阳市人民政府")]
    )
    start_campaign(town.director, campaign=made, revision=made.revision)
    town.subject = made.subjects.get()
    return town


def spread(city, at=None, codes=FINANCE, **more):
    due_on = more.pop("due_on", TODAY() + timedelta(10))
    return acts.assign_part(
        city.officer, subject=city.subject, unit=at or city.finance, codes=codes, due_on=due_on, **more
    )


def say(actor, subject, code):
    leaf = leaves_of(system_of(subject.campaign))[code]
    cells = {column.name: column.item.options[0] if column.item.options else "1" for column in leaf.columns}
    revision = Answer.objects.filter(subject=subject, code=code).values_list("revision", flat=True).first() or 0
    return save_answer(actor, subject=subject, code=code, revision=revision, cells=cells, text="已按时足额拨付。")


def fill(actor, part):
    leaves = leaves_of(system_of(part.subject.campaign))
    for code in part.codes:
        if leaves[code].needed:
            say(actor, part.subject, code)
        for name in leaves[code].items:
            save_figure(actor, subject=part.subject, name=name, revision=0, cell="12")


def test_a_department_answers_its_part_and_nothing_else(city):
    part = spread(city)
    assert set(part.codes) == {"P5.1", "D1.1", "D1.2", "D1.3", "D1.4", "D1.5"}
    say(city.money, city.subject, "P5.1")
    for code in ("P1.1", "D2.1", "nothing"):
        with pytest.raises(Denied):
            save_answer(city.money, subject=city.subject, code=code, revision=0, text="越界。")
    with pytest.raises(Denied):
        save_figure(city.money, subject=city.subject, name="空编数", revision=0, cell="3")
    save_figure(city.money, subject=city.subject, name="应拨付公用经费_万元", revision=0, cell="120")
    part.refresh_from_db()
    assert part.filled == 2
    assert Answer.objects.get(code="P5.1").saved_by == "苏联络"
    cells = dict.fromkeys(Answer.objects.get(code="P5.1").cells, "")
    save_answer(city.money, subject=city.subject, code="P5.1", revision=1, cells=cells)
    part.refresh_from_db()
    assert part.filled == 1


def test_nobody_else_writes_into_a_part(city):
    spread(city)
    other = spread(city, at=city.staffing, codes=["P5.2"])
    for actor in (city.posts, city.bureau, city.county_officer, city.officer, city.head):
        with pytest.raises(Denied):
            say(actor, city.subject, "P5.1")
        with pytest.raises(Denied):
            save_figure(actor, subject=city.subject, name="应拨付公用经费_万元", revision=0, cell="1")
    say(city.officer, city.subject, "P1.1")
    acts.withdraw_part(city.officer, part=other, reason="由督导办自己填。")
    say(city.officer, city.subject, "P5.2")
    with pytest.raises(Denied):
        say(city.posts, city.subject, "P5.2")


def test_a_department_sees_only_its_own_unless_it_may_read_all(city):
    part = spread(city)
    spread(city, at=city.staffing, codes=["P5.2"], reads_all=True)
    say(city.money, city.subject, "P5.1")
    money, posts = desk_of(city.money, city.subject.pk), desk_of(city.posts, city.subject.pk)
    assert money.reads("P5.1") and not money.reads("P5.2")
    assert posts.reads("P5.1") and posts.why_not("P5.1") is not None
    assert desk_of(city.bureau, city.subject.pk) is None
    assert part_of(city.posts, part.pk) is None
    key = f"answer:{city.subject.pk}:"
    assert uses.find(city.money, f"{key}P5.1").closed == ""
    assert uses.find(city.money, f"{key}P5.1").unit == city.finance
    assert uses.find(city.money, f"{key}P1.1") is None
    assert uses.find(city.posts, f"{key}P5.1").closed
    assert uses.find(city.officer, f"{key}P5.1").closed
    assert uses.find(city.bureau, f"{key}P5.1") is None


def test_one_indicator_has_one_department(city):
    spread(city)
    with pytest.raises(ValidationError, match="已经分给"):
        spread(city, at=city.staffing, codes=["P5.1"])
    taken = spread(city, at=city.staffing, codes=["P5"])
    assert taken.codes == ["P5.2", "P5.3"]
    with pytest.raises(ValidationError, match="已经有分工"):
        spread(city, codes=["P1.1"])
    with pytest.raises(ValidationError, match="不是岳阳市的部门"):
        spread(city, at=city.county_bureau, codes=["P1.1"])
    with pytest.raises(ValidationError, match="时限"):
        acts.change_part(city.officer, part=taken, revision=0, codes=["P5.2"], due_on=TODAY() + timedelta(60))
    changed = acts.change_part(city.officer, part=taken, revision=0, codes=["P5.2", "P1"], due_on=taken.due_on)
    assert changed.codes == ["P1.1", "P1.2", "P1.3", "P1.4", "P5.2"]
    with pytest.raises(Conflict):
        acts.change_part(city.officer, part=taken, revision=0, codes=["P5.2"], due_on=taken.due_on)


@pytest.mark.parametrize("who", ["money", "county_officer", "stranger", "head", "inspector"])
def test_only_the_governments_own_office_divides(city, who):
    part = spread(city)
    actor = getattr(city, who)
    with pytest.raises(Denied):
        acts.assign_part(actor, subject=city.subject, unit=city.staffing, codes=["P5.2"], due_on=part.due_on)
    for act in (
        lambda: acts.return_part(actor, part=part, reason="再改。"),
        lambda: acts.withdraw_part(actor, part=part, reason="收回。"),
        lambda: acts.remind_parts(actor, subject=city.subject),
    ):
        with pytest.raises(Denied):
            act()


def test_it_is_handed_in_merged_and_only_then_the_whole(city):
    part = spread(city)
    with pytest.raises(ValidationError, match="还有必填内容"):
        acts.submit_part(city.money, part=part)
    fill(city.money, part)
    handed = acts.submit_part(city.money, part=part)
    assert handed.digest == digest_of(handed.content)
    assert set(handed.content["answers"]) == {"P5.1"}
    assert Notice.objects.filter(account=city.accounts["officer"], verb="part.submit").exists()
    with pytest.raises(Denied, match="已经交出"):
        say(city.money, city.subject, "P5.1")
    words = [gap.words for gap in completeness_of(city.subject, window_of(city.subject)).errors]
    assert "岳阳市财政局的分工已经交来，还没有汇总。" in words
    with pytest.raises(ValidationError, match="还没有汇总"):
        submit_evaluation(city.officer, subject=city.subject, received_at=timezone.now())
    (merged,) = acts.merge_parts(city.officer, subject=city.subject)
    assert merged.state == Part.State.MERGED
    say(city.officer, city.subject, "P5.1")
    with pytest.raises(Denied, match="已经汇总"):
        say(city.money, city.subject, "P5.1")
    words = [gap.words for gap in completeness_of(city.subject, window_of(city.subject)).errors]
    assert not any("分工" in line for line in words)
    with pytest.raises(ValidationError, match="等待汇总"):
        acts.merge_parts(city.officer, subject=city.subject)


def test_a_part_goes_back_and_comes_again(city):
    part = spread(city)
    fill(city.money, part)
    acts.submit_part(city.money, part=part)
    acts.take_back_part(city.money, part=part)
    acts.submit_part(city.money, part=part)
    with pytest.raises(ValidationError):
        acts.return_part(city.officer, part=part, reason=" ")
    back = acts.return_part(city.officer, part=part, reason="请补充拨付凭证。")
    assert back.state == Part.State.RETURNED
    assert Notice.objects.filter(account=city.accounts["money"], verb="part.return").exists()
    say(city.money, city.subject, "P5.1")
    acts.submit_part(city.money, part=part)
    acts.merge_parts(city.officer, subject=city.subject)
    acts.return_part(city.officer, part=part, reason="省里要求更新。", due_on=TODAY() + timedelta(3))
    say(city.money, city.subject, "P5.1")


def test_figures_belong_to_the_first_part_that_reads_them(city):
    spread(city)
    spread(city, at=city.staffing, codes=["D2.2"])
    save_figure(city.posts, subject=city.subject, name="空编数", revision=0, cell="3")
    with pytest.raises(Denied):
        save_figure(city.posts, subject=city.subject, name="应拨付公用经费_万元", revision=0, cell="3")
    with pytest.raises(Denied):
        save_figure(city.officer, subject=city.subject, name="空编数", revision=1, cell="5")
    take_figures(city.posts, subject=city.subject)
    confirm_figures(city.posts, subject=city.subject)
    with pytest.raises(Denied):
        take_figures(city.bureau, subject=city.subject)


def test_the_template_suggests_a_division(city):
    made = acts.assign_as_suggested(city.officer, subject=city.subject, due_on=TODAY() + timedelta(9))
    assert {part.unit.name: part.codes for part in made} == {
        "中共岳阳市委机构编制委员会办公室": ["P5.2", "D2.2"],
        "岳阳市财政局": ["P5.1", "D1.1", "D1.2", "D1.3", "D1.4", "D1.5"],
    }
    with pytest.raises(ValidationError, match="没有可以直接采用"):
        acts.assign_as_suggested(city.officer, subject=city.subject, due_on=TODAY() + timedelta(9))


def test_the_next_year_begins_with_the_division_of_this_one(city):
    spread(city, codes=["P5.1", "P1.1"])
    made = create_campaign(
        city.director,
        office=city.city,
        title="2027年市人民政府履行教育职责自评",
        year=2027,
        objects_kind="city",
        version=city.subject.campaign.version,
        template="city-government",
        phases=[PhaseGiven("self", "分工填报", TODAY() - timedelta(5), TODAY() + timedelta(20), source="self")],
    )
    made = set_subjects(
        city.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(city.city, "岳阳市人民政府")]
    )
    start_campaign(city.director, campaign=made, revision=made.revision)
    source, found = suggested(made.subjects.get(), [])
    assert source == "“2026年市人民政府履行教育职责自评”的分工"
    assert found == [(city.finance, ["P1.1", "P5.1"])]


def test_a_county_divides_its_own_and_the_city_above_it_does_not(city):
    made = create_campaign(
        city.director,
        office=city.city,
        title="2026年县市区人民政府履行教育职责评价",
        year=2026,
        objects_kind="counties",
        version=city.subject.campaign.version,
        phases=[PhaseGiven("self", "自评", TODAY() - timedelta(5), TODAY() + timedelta(20), source="self")],
    )
    made = set_subjects(city.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(city.county)])
    start_campaign(city.director, campaign=made, revision=made.revision)
    subject = made.subjects.get()
    given = {"subject": subject, "unit": city.county_bureau, "codes": ["P3.1"], "due_on": TODAY() + timedelta(9)}
    with pytest.raises(Denied):
        acts.assign_part(city.director, **given)
    part = acts.assign_part(city.county_officer, **given)
    say(city.bureau, subject, "P3.1")
    acts.submit_part(city.bureau, part=part)
    for actor in (city.director, city.stranger):
        with pytest.raises(Denied):
            acts.merge_parts(actor, subject=subject)
    assert acts.merge_parts(city.county_officer, subject=subject)[0].state == Part.State.MERGED


def test_reminding_is_once_a_day(city):
    spread(city)
    assert acts.remind_parts(city.officer, subject=city.subject) == 1
    with pytest.raises(ValidationError, match="今天催过"):
        acts.remind_parts(city.officer, subject=city.subject)


def test_the_platform_reminds_near_the_term_and_records_it(city):
    part = spread(city, due_on=TODAY() + timedelta(8))
    assert urge_all(TODAY()) == 0, "eight days before it is too early"
    Part.objects.update(due_on=TODAY() + timedelta(7))
    assert urge_all(TODAY()) == 1
    assert urge_all(TODAY()) == 0, "run again it reminds nobody twice"
    assert Notice.objects.filter(account=city.accounts["money"], verb="part.remind").count() == 1
    assert Event.objects.filter(verb="part.remind", object_id=part.pk, actor_name="系统").exists()
    Part.objects.update(due_on=TODAY() - timedelta(1), reminded_on=TODAY() - timedelta(2))
    assert urge_all(TODAY()) == 1
    assert "已过" in Notice.objects.filter(account=city.accounts["money"], verb="part.remind").latest("pk").text
    Part.objects.update(reminded_on=None)
    fill(city.money, part)
    acts.submit_part(city.money, part=part)
    assert urge_all(TODAY()) == 0, "who has handed in is left alone"


def test_one_department_is_urged_from_its_page_once_a_day(city):
    part, other = spread(city), spread(city, city.staffing, ["P5.2"])
    office = Client()
    office.force_login(city.accounts["officer"])
    step = reverse("evaluations:part_step", args=[part.pk])
    assert step in office.get(part.get_absolute_url()).content.decode()
    assert office.post(step, {"step": "part.remind"}).status_code == 302
    assert list(Part.objects.filter(reminded_on=TODAY())) == [part]
    assert "今天已经催办过" in office.get(part.get_absolute_url()).content.decode()
    assert "催办</div>" in office.get(reverse("evaluations:division", args=[city.subject.pk])).content.decode()
    money = Client()
    money.force_login(city.accounts["money"])
    assert "催办" not in money.get(other.get_absolute_url()).content.decode()


def test_the_pages_of_each(city, django_assert_max_num_queries):
    part = spread(city, reads_all=False)
    desk, figures = (reverse(f"evaluations:{name}", args=[city.subject.pk]) for name in ("answer", "figures"))
    money, office, posts, county = Client(), Client(), Client(), Client()
    for client, who in ((money, "money"), (office, "officer"), (posts, "posts"), (county, "county_officer")):
        client.force_login(city.accounts[who])
    page = money.get(f"{desk}?at=P1.1").content.decode()
    assert "P5.1" in page and "P1.1 " not in page
    assert "应拨付公用经费" in money.get(figures).content.decode()
    assert "空编数" not in money.get(figures).content.decode()
    assert "财政局" in office.get(f"{desk}?at=P5.1").content.decode()
    for address in (desk, figures, part.get_absolute_url()):
        assert posts.get(address).status_code == county.get(address).status_code == 404
    assert money.get(city.subject.get_absolute_url()).status_code == 404
    assert money.get(reverse("evaluations:division", args=[city.subject.pk])).status_code == 404
    assert money.get(f"{reverse('evaluations:answer_score', args=[city.subject.pk])}?at=P1.1").status_code == 404
    with django_assert_max_num_queries(40):
        assert "财政局" in money.get(part.get_absolute_url()).content.decode()
    sent = {"code": "P5.1", "revision": "0", "text": "已足额拨付。"}
    assert money.post(reverse("evaluations:answer_save", args=[city.subject.pk]), sent).status_code == 302
    assert Answer.objects.get(code="P5.1").text == "已足额拨付。"
    sent = {"unit": city.staffing.pk, "codes": ["P5.2"], "due_on": part.due_on.isoformat()}
    new = reverse("evaluations:part_new", args=[city.subject.pk])
    assert "全部" in office.get(new).content.decode()
    assert office.post(new, sent).status_code == 302
    assert money.post(new, sent).status_code == 404
    assert Part.objects.count() == 2
    page = office.get(reverse("evaluations:division", args=[city.subject.pk])).content.decode()
    assert "中共岳阳市委机构编制委员会办公室" in page
    assert "自评分工待填报" in money.get("/").content.decode()


def test_the_subject_moves_on_without_parts(city):
    """What has no parts is what it was."""
    assert Subject.objects.get().parts.count() == 0
    say(city.officer, city.subject, "P5.1")
