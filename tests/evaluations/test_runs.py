"""Numbers and verdicts of the statistics' runs enter a campaign, pinned to one run, and never follow a newer one by themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.evaluations.actions.answering import save_figure, take_figures
from dudao.evaluations.actions.campaigns import start_campaign
from dudao.evaluations.actions.new_campaigns import create_from_template
from dudao.evaluations.actions.runs import pin_run
from dudao.evaluations.models import Amendment, Figure, Mark, RunPin, Subject
from dudao.evaluations.queries.runs import _computed as computed
from dudao.evaluations.queries.runs import newer_than, pinned, standings, verdict_lines
from dudao.evaluations.queries.scoring import scored
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.results.actions.results import make_sheet
from dudao.stats.actions.balance import run_balance
from dudao.stats.actions.balance_inputs import judge_item
from dudao.stats.models import BalanceRun
from signing import signed_in
from stats.conftest import YEAR, good, place  # noqa: F401
from stats.test_balance import filled  # noqa: F401
from stats.test_balance import run as balance_run
from stats.test_preschool import gardens, judge  # noqa: F401
from stats.test_preschool import run as preschool_run

CV = "小学每百名学生拥有高于规定学历教师数差异系数"


@pytest.fixture
def run(filled):  # noqa: F811
    """A run of the city, in which somebody judged an item of the county."""
    made = run_balance(
        filled.actor("officer"), unit=filled.city, asked=filled.round, pack="excellent-2017", accepted_only=False
    )
    judge_item(
        filled.actor("officer"),
        run=made,
        county=filled.east,
        code="G1",
        verdict="failed",
        note="规划没有印发。",
        version=0,
    )
    return made


def again(filled):  # noqa: F811
    return run_balance(
        filled.actor("officer"), unit=filled.city, asked=filled.round, pack="excellent-2017", accepted_only=False
    )


def started(place, template, pack):  # noqa: F811
    director = place.actor("director")
    version = publish_version(
        director, version=load_pack(director, unit=place.city, name=pack).version, reason="已核对。"
    )
    made = create_from_template(
        director, office=place.city, template=template, version=version, year=YEAR, starts_on=timezone.localdate()
    )
    return start_campaign(director, campaign=made, revision=made.revision)


@pytest.fixture
def campaign(filled, run):  # noqa: F811
    return started(filled, "excellent-balance", "excellent-balance-2017")


@pytest.fixture
def subject(filled, campaign):  # noqa: F811
    return campaign.subjects.get(unit=filled.east)


def figure(subject, name):
    return Figure.objects.get(subject=subject, name=name)


def test_a_campaign_is_pinned_to_the_newest_run_and_takes_its_numbers(filled, run, campaign, subject):  # noqa: F811
    pin = pinned(campaign)["balance"]
    assert (pin.balance, pin.number) == (run, 1)
    found = figure(subject, CV)
    (county,) = [one for one in run.results["counties"] if one["unit"] == filled.east.pk]
    cv = county["stages"][0]["indicators"][0]["cv"]
    assert float(found.cell) == pytest.approx(cv, abs=1e-4)
    assert found.taken == "2025—2026学年义务教育均衡测算第1次"
    assert found.taken_url == reverse("evaluations:subject_run", args=[subject.pk, pin.pk])
    assert figure(subject, "均衡测算的小学部数").cell == "2" and figure(subject, "资源配置达标的小学部数").cell == "1"


def test_verdicts_are_marks_of_the_indicators_and_lead_to_the_run(filled, run, campaign, subject):  # noqa: F811
    mark = Mark.objects.get(subject=subject, code="G1")
    assert (mark.source, list(mark.cells.values()), mark.by) == ("data", ["未达标"], "测算：科员")
    assert mark.reason == "来自2025—2026学年义务教育均衡测算第1次的判定：规划没有印发。"
    assert scored(subject).sheet().level("G1").at(0) == "未达标"
    (found,) = verdict_lines(subject, "L0")
    assert "小学部 2 所，达标 1 所，低于标准 1 所" in found.lines[0].words
    (found,) = verdict_lines(subject, "G1")
    assert (found.lines[0].status, found.url) == ("未达标", found.pin.url_for(subject.pk))
    assert "差异系数" in verdict_lines(subject, "L1")[0].lines[0].words
    standing = standings(found.pin, [filled.east.pk])[filled.east.pk]
    assert (standing.below, standing.total) == (1, 2) and "G1" in standing.codes


def test_a_veto_that_somebody_judged_is_a_veto_of_the_campaign(filled, run, campaign, subject):  # noqa: F811
    officer = filled.actor("officer")
    for code, verdict in (("V6", "applies"), ("V1", "none")):
        judge_item(
            officer, run=run, county=filled.east, code=code, verdict=verdict, note="审计发现学生数虚报。", version=0
        )
    assert not Mark.objects.filter(code__startswith="V").exists(), "nothing follows by itself"
    pin_run(filled.actor("director"), campaign=campaign, kind="balance", run=run.pk, reason="取用一票否决的判定。")
    given = {
        mark.code: list(mark.cells.values()) for mark in Mark.objects.filter(subject=subject, code__startswith="V")
    }
    assert given == {"V6": ["是"], "V1": ["否"]}
    assert scored(subject).sheet().grade.at(0) == "未达到"
    sheet = make_sheet(filled.actor("director"), campaign=campaign, purpose="trial")
    row = sheet.results.get(subject=subject)
    assert row.outcome["vetoes"] == ["V6"]
    page = signed_in(filled.accounts["officer"]).get(row.get_absolute_url()).content.decode()
    assert "弄虚作假" in page and "均衡测算第1次的判定：审计发现学生数虚报。" in page
    newest = again(filled)
    pin_run(filled.actor("director"), campaign=campaign, kind="balance", run=newest.pk, reason="数据已更正。")
    assert not Mark.objects.filter(subject=subject, code="V6").exists(), "nobody judged it in the second run"


def test_a_newer_run_changes_nothing_until_it_is_pinned(filled, run, campaign, subject):  # noqa: F811
    newer = again(filled)
    assert newer_than(campaign, pinned(campaign)["balance"]) == newer
    take_figures(filled.actor("east"), subject=subject)
    assert figure(subject, CV).taken.endswith("第1次")
    page = signed_in(filled.accounts["officer"]).get(reverse("evaluations:campaign_runs", args=[campaign.pk]))
    assert "之后又有新的测算" in page.content.decode() and "第 2 次" in page.content.decode()
    save_figure(filled.actor("east"), subject=subject, name="资源配置达标的小学部数", revision=0, cell="2")
    director = filled.actor("director")
    with pytest.raises(ValidationError, match="理由"):
        pin_run(director, campaign=campaign, kind="balance", run=newer.pk)
    made = pin_run(director, campaign=campaign, kind="balance", run=newer.pk, reason="补报后重新测算。")
    assert str(made).endswith("第2次")
    assert figure(subject, CV).taken.endswith("第2次")
    assert figure(subject, "资源配置达标的小学部数").cell == "2", "what somebody typed stays"
    assert RunPin.objects.filter(campaign=campaign, ended_at__isnull=False).count() == 1
    assert "改用2025—2026学年义务教育均衡测算第2次" in Amendment.objects.get().changes[0]
    assert not Mark.objects.filter(subject=subject, code="G1").exists(), "nobody judged it in the second run"


@pytest.mark.parametrize(
    ("cv", "passed", "taken"),
    [
        (0.50004, False, "0.50004"),
        (0.49996, True, "0.5000"),
        (0.5000000000000002, True, "0.5000"),
        (0.31234567, True, "0.3123"),
    ],
)
def test_a_coefficient_is_not_rounded_to_another_verdict(cv, passed, taken):
    run = BalanceRun(results={"indicators": [{"code": "L1", "name": "甲"}]})
    indicators = [{"code": "L1", "cv": cv, "limit": 0.5, "passed": passed}]
    county = {"stages": [{"stage": "小学", "schools": 2, "passing": 2, "indicators": indicators}]}
    assert str(computed(run, county)["小学甲差异系数"]) == taken


def test_what_was_handed_in_stays(filled, campaign, subject):  # noqa: F811
    newer = again(filled)
    Subject.objects.filter(pk=subject.pk).update(
        state="accepted", submitted_at=timezone.now(), accepted_at=timezone.now()
    )
    pin_run(filled.actor("director"), campaign=campaign, kind="balance", run=newer.pk, reason="重新测算。")
    assert figure(subject, CV).taken.endswith("第1次")
    assert "1 个单位已提交，内容不变" in Amendment.objects.get().changes[0]


def test_only_the_office_pins_and_only_runs_of_its_place(filled, run, campaign):  # noqa: F811
    for who in ("east", "west", "head"):
        with pytest.raises(Denied):
            pin_run(filled.actor(who), campaign=campaign, kind="balance", run=run.pk, reason="改用。")
    below = balance_run(filled)
    with pytest.raises(ValidationError, match="没有这次测算"):
        pin_run(filled.actor("director"), campaign=campaign, kind="balance", run=below.pk, reason="改用。")
    with pytest.raises(ValidationError, match="不用这种测算"):
        pin_run(filled.actor("director"), campaign=campaign, kind="preschool", run=1, reason="改用。")


def test_the_pages_show_where_numbers_come_from(filled, run, campaign, subject, django_assert_max_num_queries):  # noqa: F811
    east = signed_in(filled.accounts["east"])
    page = east.get(f"{reverse('evaluations:answer', args=[subject.pk])}?at=L1").content.decode()
    there = reverse("evaluations:subject_run", args=[subject.pk, pinned(campaign)["balance"].pk])
    assert "测算结论" in page and there in page
    page = east.get(there).content.decode()
    assert "汉昌小学" in page and "规划没有印发" in page and "打开这次测算" not in page
    assert "打开这次测算" in signed_in(filled.accounts["officer"]).get(there).content.decode()
    assert signed_in(filled.accounts["west"]).get(there).status_code == 404
    page = east.get(reverse("evaluations:campaign_runs", args=[campaign.pk])).content.decode()
    assert "平江县" in page and "湘阴县" not in page and "改用这次测算" not in page
    address = reverse("evaluations:campaign_runs", args=[campaign.pk])
    sent = {"kind": "balance", "run": run.pk, "reason": "取用新的判定。"}
    assert east.post(address, sent).status_code == 422
    office = signed_in(filled.accounts["director"])
    with django_assert_max_num_queries(45):
        said = office.get(address).content.decode()
    assert "义务教育均衡测算第1次" in said and "现在取用的，再取一次其中的判定" in said
    refused = office.post(address, {**sent, "reason": ""})
    assert refused.status_code == 422 and "请填写“理由”" in refused.content.decode()
    assert office.post(address, sent).status_code == 302


def test_preschool_runs_do_the_same(gardens):  # noqa: F811
    made = preschool_run(gardens)
    judge(gardens, made, gardens.east, "P5", status="failed", note="没有落实用地")
    campaign = started(gardens, "preschool-universal", "preschool-universal-2020")
    subject = campaign.subjects.get(unit=gardens.east)
    assert figure(subject, "在园幼儿数").cell == "720"
    page = signed_in(gardens.accounts["east"]).get(figure(subject, "在园幼儿数").taken_url).content.decode()
    assert "金苗幼儿园" in page and "没有落实用地" in page
    assert list(Mark.objects.get(subject=subject, code="P5").cells.values()) == ["不合格"]
    assert "75 %" in verdict_lines(subject, "P2")[0].lines[0].words
    assert standings(pinned(campaign)["preschool"], [gardens.east.pk])[gardens.east.pk].total == 3
