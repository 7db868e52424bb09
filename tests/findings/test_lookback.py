"""回头看: what is taken and how, who may look, what follows from what was seen, the report of a round."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.calc.sampling import draw
from dudao.core.access import Denied
from dudao.core.models import Notice
from dudao.core.workflow import Conflict
from dudao.demo.builders import account, unit
from dudao.findings.actions import issuing, judging, lookback, lookback_answers, making
from dudao.findings.actions.terms import set_term
from dudao.findings.models import Finding, LookBack, LookBackItem
from dudao.findings.queries import lookback as reads
from dudao.orgs.models import Kind
from dudao.papers import queries as papers
from dudao.papers.models import Paper
from dudao.people.models import Appointment
from dudao.people.queries import actor_for
from findings_town import again, build, day, proof
from signing import signed_in

pytestmark = pytest.mark.django_db
State = Finding.State
NAMES = iter(f"第{number}轮回头看" for number in range(1, 10_000))


def make(town, who="county", **values):
    values = {
        "office": town.pingjiang,
        "title": next(NAMES),
        "basis": "年度督导计划",
        "starts_on": day(),
        "ends_on": day(14),
        "wanted": 5,
        **values,
    }
    return lookback.make_round(getattr(town, who), **values)


def closed(town, **values):
    return judging.close(town.county2, finding=town.verified(**values))


@pytest.fixture
def watcher(town):
    """An inspector of the city who had no part in anything."""
    town.accounts["watcher"] = account("市督学甲", town.city, "city_inspector")
    return town.accounts["watcher"]


def sent(town, watcher, row, **values):
    """A round of one chosen finding, with the watcher sent."""
    made = make(town, how="chosen", wanted=None, findings=[row], **values)
    item = made.items.get()
    lookback.assign(town.county, items=[item], inspectors=[watcher])
    return LookBackItem.objects.get(pk=item.pk)


def seen(town, item, result="done", who="watcher", **values):
    files = [] if result == "done" else [proof("现场.pdf")]
    values = {"method": "site", "result": result, "opinion": "查看了留样柜和记录", "files": files, **values}
    return lookback.record_visit(getattr(town, who), item=item, **values)


def test_only_open_and_recently_closed_findings_are_taken(town):
    town.draft(description="草稿不取")
    open_one = town.planned(description="整改中的取")
    recent = closed(town, description="近期销号的取")
    old = closed(town, description="早已销号的不取")
    Finding.objects.filter(pk=old.pk).update(closed_on=day(-181))
    judging.waive(town.county, finding=town.issued(description="免予整改的不取"), reason="停办")
    made = make(town, wanted=50)
    assert set(made.items.values_list("finding", flat=True)) == {open_one.pk, recent.pk}
    assert (made.within, "平台" in made.within_basis) == (180, True)
    assert set(made.items.values_list("was", flat=True)) == {State.RECTIFYING, State.CLOSED}


def test_the_days_are_the_offices_term_and_another_number_says_so(town):
    set_term(town.director, unit=town.city, subject="look_back", days=365, source="市督导问题整改办法")
    row = closed(town)
    Finding.objects.filter(pk=row.pk).update(closed_on=day(-200))
    made = make(town)
    assert (made.within, "市督导问题整改办法" in made.within_basis) == (365, True)
    with pytest.raises(ValidationError, match="放宽范围"):
        make(town, within=100)
    assert LookBack.objects.count() == 1, "what is refused leaves nothing"


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({"category": "安全"}, {"甲"}),
        ({"severities": ["serious"]}, {"乙"}),
        ({"sources": ["complaint"]}, {"丙"}),
        ({}, {"甲", "乙", "丙"}),
    ],
)
def test_the_scope_narrows(town, scope, names):
    town.planned(description="甲", category="校园安全")
    town.planned(description="乙", severity="serious")
    town.planned(description="丙", source="complaint")
    made = make(town, scope=scope, wanted=50)
    assert {item.finding.description for item in made.items.select_related("finding")} == names


def test_a_city_draws_over_its_counties_and_anybody_can_draw_again(town):
    other = unit("湘阴一中", Kind.SCHOOL, town.xiangyin)
    for number in range(6):
        town.issued(description=f"平江{number}")
    for number in range(2):
        making.create_finding(
            town.stranger, office=town.xiangyin, unit=other, description=f"湘阴{number}", source="visit"
        )
    for row in Finding.objects.filter(unit=other).select_related("unit", "office"):
        issuing.issue(town.stranger, finding=row)
    made = make(town, "officer", office=town.city, wanted=4, seed="2026年3月5日开奖号0815")
    pool = LookBack.objects.get(pk=made.pk).pool
    assert {name: len(keys) for name, keys in pool.items()} == {"平江县": 6, "湘阴县": 2}
    again_drawn = {key for keys in draw(pool, 4, "2026年3月5日开奖号0815").values() for key in keys}
    assert again_drawn == set(made.items.values_list("finding", flat=True)) and len(again_drawn) == 4
    assert reads.redrawn(made) and made.items.filter(finding__unit=other).count() == 1
    narrowed = make(town, "officer", office=town.city, wanted=50, scope={"counties": [town.xiangyin.pk]})
    assert {item.finding.unit_id for item in narrowed.items.select_related("finding")} == {other.pk}


def test_what_was_issued_from_above_is_looked_at_from_above(town):
    row = making.create_finding(
        town.officer, office=town.city, unit=town.school, description="市里下达", source="visit"
    )
    issuing.issue(town.officer, finding=row)
    with pytest.raises(ValidationError, match="放宽范围"):
        make(town)
    with pytest.raises(ValidationError, match="由某市组织回头看"):
        make(town, how="chosen", wanted=None, findings=[row])
    assert make(town, "officer", office=town.city).items.count() == 1


def test_what_stands_in_a_running_round_is_not_taken_again(town):
    row = town.planned()
    make(town)
    with pytest.raises(ValidationError, match="放宽范围"):
        make(town)
    with pytest.raises(ValidationError, match="已在另一轮回头看中"):
        make(town, how="chosen", wanted=None, findings=[row])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"basis": ""}, "basis"),
        ({"ends_on": day(-3)}, "ends_on"),
        ({"wanted": 0}, "wanted"),
        ({"wanted": None}, "wanted"),
        ({"wanted": 2001}, "wanted"),
        ({"within": -1}, "within"),
    ],
)
def test_a_round_that_makes_no_sense_is_refused_beside_the_field(town, values, field):
    town.planned()
    with pytest.raises(ValidationError) as refused:
        make(town, **values)
    assert field in refused.value.message_dict and not LookBack.objects.exists()


def test_nothing_chosen_and_what_cannot_be_chosen(town):
    with pytest.raises(ValidationError, match="勾选"):
        make(town, how="chosen", wanted=None, findings=[])
    with pytest.raises(ValidationError, match="待下达"):
        make(town, how="chosen", wanted=None, findings=[town.draft()])
    with pytest.raises(Denied):
        make(town, "stranger", how="chosen", wanted=None, findings=[town.planned()])
    with pytest.raises(Denied):
        make(town, "inspector")


def test_whoever_had_a_part_in_it_is_kept_away(town, watcher):
    row = closed(town)
    made = make(town, how="chosen", wanted=None, findings=[row])
    item = made.items.get()
    for who, why in (("county", "核验过"), ("head", "不是可以指派")):
        with pytest.raises((Denied, ValidationError), match=why):
            lookback.assign(town.county, items=[item], inspectors=[town.accounts[who]])
    local = account("校内督学", town.school, "school_head")
    Appointment.objects.create(account=local, unit=town.pingjiang, role="county_inspector", valid_from=day(-1))
    with pytest.raises(Denied, match="应当回避"):
        lookback.assign(town.county, items=[item], inspectors=[local])
    lookback.assign(town.county, items=[item], inspectors=[watcher])
    assert "请核查" in Notice.objects.get(account=watcher, verb="lookback.assign").text
    with pytest.raises(Denied, match="没有指派给您"):
        seen(town, item, who="inspector")


def test_who_verified_after_being_sent_may_not_look(town, watcher):
    row = town.reported()
    item = sent(town, watcher, row)
    Finding.objects.filter(pk=row.pk).update(verified_by=watcher, state=State.VERIFIED, verified_at="2026-01-01T00:00Z")
    with pytest.raises(Denied, match=r"核验过.*改派"):
        seen(town, item)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"method": ""}, "method"),
        ({"result": "great"}, "result"),
        ({"opinion": " "}, "opinion"),
        ({"opinion": "长" * 2001}, "opinion"),
        ({"visited_on": day(2)}, "visited_on"),
        ({"visited_on": day(-1)}, "visited_on"),
        ({"result": "again", "files": []}, "files"),
    ],
)
def test_a_result_that_is_not_whole_is_refused(town, watcher, values, field):
    item = sent(town, watcher, closed(town))
    with pytest.raises(ValidationError) as refused:
        seen(town, item, **{"result": "done", **values})
    item.refresh_from_db()
    assert field in refused.value.message_dict and item.result == "" and item.files.count() == 0


def test_a_good_result_needs_no_answer_and_the_round_ends(town, watcher):
    item = sent(town, watcher, closed(town))
    with pytest.raises(Denied, match="1 个问题还没有核查结果"):
        lookback.close_round(town.county, round=item.round)
    item = seen(town, item)
    with pytest.raises(Denied, match="没有需要处理"):
        lookback_answers.settle(town.county, item=item, outcome="kept", reason="x")
    over = lookback.close_round(town.county, round=item.round)
    assert over.state == LookBack.State.CLOSED
    for act in (
        lambda: lookback.close_round(town.county, round=over),
        lambda: lookback.send_back(town.county, item=item, reason="x"),
        lambda: lookback.drop(town.county, item=item, reason="x"),
        lambda: lookback_answers.settle(town.county, item=item, outcome="kept", reason="x"),
        lambda: seen(town, item),
    ):
        with pytest.raises(Denied, match="已经结束"):
            act()


@pytest.mark.parametrize("result", ["partly", "not"])
def test_what_was_not_put_right_is_opened_again(town, watcher, result):
    row = closed(town)
    item = seen(town, sent(town, watcher, row), result)
    assert Notice.objects.filter(account=town.accounts["county"], verb="lookback.visit").exists()
    lookback_answers.settle(town.county, item=item, outcome=lookback_answers.advised(item), deadline=day(20))
    now = again(row)
    assert (now.state, now.deadline, now.escalation) == (State.RETURNED, day(20), 0)
    assert LookBackItem.objects.get().outcome == "reopened"


def test_what_was_only_said_to_be_done_is_a_clue_for_accountability(town, watcher):
    row = closed(town)
    item = seen(town, sent(town, watcher, row), "false")
    lookback_answers.settle(town.county, item=item, outcome="reopened")
    assert (again(row).state, again(row).escalation) == (State.RETURNED, Finding.Escalation.TRIGGER)


def test_what_has_come_back_is_a_new_problem_that_recurs(town, watcher):
    row = closed(town)
    item = seen(town, sent(town, watcher, row), "again")
    assert lookback_answers.advised(item) == "renewed"
    settled = lookback_answers.settle(town.county, item=item, outcome="renewed")
    new = settled.renewed
    assert (new.recurs_id, new.source, new.state, new.unit_id) == (row.pk, "look_back", State.DRAFT, row.unit_id)
    assert new.looked_back and new.files.count() == 1 and "回头看发现" in new.description
    assert again(row).state == State.CLOSED
    with pytest.raises(Denied, match="已经处理"):
        lookback_answers.settle(town.county, item=item, outcome="kept", reason="x")


def test_answers_fit_the_findings_state_at_that_time(town, watcher):
    reported = town.reported(description="已报告")
    item = seen(town, sent(town, watcher, reported), "not")
    assert lookback_answers.possible(item) == ["reopened", "kept"]
    lookback_answers.settle(town.county, item=item, outcome="reopened")
    assert again(reported).state == State.RETURNED
    running = town.planned(description="整改中")
    item = seen(town, sent(town, watcher, running), "partly")
    with pytest.raises(ValidationError, match="不能选"):
        lookback_answers.settle(town.county, item=item, outcome="reopened")
    with pytest.raises(ValidationError, match="写明理由"):
        lookback_answers.settle(town.county, item=item, outcome="kept")
    lookback_answers.settle(town.county, item=item, outcome="kept", reason="时限未到")
    assert again(running).state == State.RECTIFYING


def test_a_finding_waived_meanwhile_is_dropped_or_found_again(town, watcher):
    row = town.planned()
    item = sent(town, watcher, row)
    judging.waive(town.county, finding=row, reason="停办")
    assert lookback_answers.possible(seen(town, item, "not"))[0] == "renewed"
    lookback.send_back(town.county, item=item, reason="已免予整改，不应核查")
    item.refresh_from_db()
    assert (item.result, item.files.filter(old=True).count()) == ("", 1)
    with pytest.raises(ValidationError):
        lookback.drop(town.county, item=item, reason="")
    lookback.drop(town.county, item=item, reason="已免予整改")
    with pytest.raises(Denied, match="不再核查"):
        seen(town, item)
    assert lookback.close_round(town.county, round=item.round).state == "closed"


def test_all_are_answered_as_advised_and_refusals_are_told(town, watcher):
    rows = [closed(town, description=f"问题{number}") for number in range(2)] + [town.planned(description="整改中")]
    made = make(town, how="chosen", wanted=None, findings=rows)
    lookback.assign(town.county, items=list(made.items.all()), inspectors=[watcher])
    for item, result in zip(made.items.order_by("finding_id"), ("partly", "again", "not"), strict=True):
        seen(town, item, result)
    done = lookback_answers.settle_all(town.county, round=made)
    assert [one.refused for one in done] == ["", "", ""]
    assert list(made.items.order_by("finding_id").values_list("outcome", flat=True)) == ["reopened", "renewed", "kept"]
    with pytest.raises(Denied):
        lookback_answers.settle_all(town.county, round=made)


def test_the_second_of_two_inspectors_is_told(town, watcher):
    other = account("市督学乙", town.city, "city_inspector")
    town.accounts["other"] = other
    item = sent(town, watcher, closed(town))
    lookback.assign(town.county, items=[item], inspectors=[watcher, other])
    before = LookBackItem.objects.get(pk=item.pk).revision
    seen(town, item, revision=before)
    with pytest.raises(Conflict, match=r"市督学甲刚刚登记了结果“已整改到位”"):
        seen(town, item, "again", who="other", revision=before)
    assert LookBackItem.objects.get(pk=item.pk).result == "done"


@pytest.mark.django_db(transaction=True)
def test_two_inspectors_at_the_same_moment_leave_one_result():
    town = build()
    watcher = town.accounts["watcher"] = account("市督学甲", town.city, "city_inspector")
    town.accounts["other"] = account("市督学乙", town.city, "city_inspector")
    item = sent(town, watcher, closed(town))
    lookback.assign(town.county, items=[item], inspectors=[watcher, town.accounts["other"]])
    before = LookBackItem.objects.get(pk=item.pk).revision
    start, outcomes = threading.Barrier(2), []

    def record(who):
        start.wait()
        try:
            seen(town, item, who=who, revision=before)
            outcomes.append("saved")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=[who]) for who in ("watcher", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]


def test_the_table_keeps_results_whole(town, watcher):
    item = sent(town, watcher, closed(town))
    for values in ({"result": "done"}, {"outcome": "kept"}, {"result": "done", "dropped": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LookBackItem.objects.filter(pk=item.pk).update(**values)


def test_counts_by_county_with_no_rate_where_nobody_looked(town, watcher):
    rows = [closed(town, description=f"问题{number}") for number in range(3)]
    made = make(town, how="chosen", wanted=None, findings=rows)
    lines, total = reads.lines(made)
    assert [(line.name, line.total, line.waiting, line.rate.share) for line in lines] == [("平江县", 3, 3, None)]
    lookback.assign(town.county, items=list(made.items.all()), inspectors=[watcher])
    first, second, third = made.items.order_by("pk")
    seen(town, first)
    seen(town, second, "again")
    lookback.drop(town.county, item=third, reason="停办")
    _, total = reads.lines(made)
    assert (total.looked, total.done, total.again, total.waiting, total.dropped) == (2, 1, 1, 0, 1)
    assert f"{total.rate.share:.2f}" == "0.50"


def test_the_report_states_the_numbers_of_the_database(town, watcher):
    for number in range(3):
        closed(town, description=f"第{number}类台账缺失")
    made = make(town, wanted=2, seed="公开摇号0815")
    lookback.assign(town.county, items=list(made.items.all()), inspectors=[watcher])
    with pytest.raises(Denied, match="结束以后"):
        lookback_answers.draft_report(town.county, round=made)
    first, second = made.items.order_by("pk")
    seen(town, first)
    seen(town, second, "again")
    lookback_answers.settle_all(town.county, round=made)
    lookback.close_round(town.county, round=made)
    paper = lookback_answers.draft_report(town.county, round=LookBack.objects.get(pk=made.pk))
    texts = {fact["text"] for fact in paper.facts}
    assert {"核查问题2个", "已整改到位1个", "到位率50%", "反弹1个", "3个问题中"} <= texts
    assert [item.words for item in papers.compare(paper) if item.blocks] == []
    assert paper.values["addressees"] == "平江县人民政府", "a report goes upward, to the own government"
    assert paper.values["achievements"] == ["2个问题中，已整改到位1个，反弹1个，到位率50%。"], (
        "what there was none of is not said"
    )
    assert paper.values["results"][0] == {
        "unit": "平江县", "total": "2", "closed": "1", "open": "0", "recurring": "1",
    }  # fmt: skip
    assert "公开摇号0815" in paper.values["overview"] and len(paper.values["recurring"]) == 1
    with pytest.raises(Denied, match="已经起草"):
        lookback_answers.draft_report(town.county, round=LookBack.objects.get(pk=made.pk))
    LookBackItem.objects.filter(pk=first.pk).update(result="partly")
    changed = [item.words for item in papers.compare(paper) if item.blocks]
    assert any("已整改到位0个" in words for words in changed), "before issue the numbers are asked again"
    Paper.objects.filter(pk=paper.pk).update(state="discarded")
    assert lookback_answers.draft_report(town.county, round=LookBack.objects.get(pk=made.pk)).pk != paper.pk


def test_inspectors_see_their_own_items_and_another_county_sees_none(town, watcher):
    item = sent(town, watcher, closed(town))
    assert reads.item(actor_for(watcher), item.pk) is not None
    outsider = account("湘阴督学", town.xiangyin, "county_inspector")
    assert reads.item(actor_for(outsider), item.pk) is None
    assert not reads.rounds(actor_for(outsider)).exists() and not reads.rounds(town.stranger).exists()
    assert reads.round_of(town.inspector, item.round_id) is not None
    assert reads.rounds(town.head).count() == 0


def post(town, who, name, *args, **data):
    return signed_in(town.accounts[who]).post(reverse(f"findings:{name}", args=args), data)


FORM = {
    "title": "春季开学回头看", "basis": "要点", "starts_on": day().isoformat(), "ends_on": day(9).isoformat(),
    "strata": "county", "wanted": "3", "seed": "", "within": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "请填写“名称”"),
        ({"wanted": "很多"}, "应当是整数"),
        ({"wanted": "0"}, "至少 1 个"),
        ({"ends_on": "2020-01-01"}, "请对调或者改正"),
        ({"ends_on": "明天"}, "这不是日期"),
        ({"within": "9999"}, "请填 0 至 3650"),
        ({"strata": "moon"}, "strata"),
        ({"counties": ["999999"]}, "不存在"),
    ],
)
def test_a_form_that_is_wrong_says_where_and_makes_nothing(town, values, said):
    town.planned()
    answer = post(town, "officer", "lookback_new", office=town.city.pk, **(FORM | values))
    assert answer.status_code == 422 and said in answer.content.decode() and not LookBack.objects.exists()


def test_the_preview_writes_nothing_and_says_how_many(town):
    for number in range(4):
        town.issued(description=f"问题{number}")
    content = post(town, "officer", "lookback_new", office=town.city.pk, **FORM).content.decode()
    assert "预览抽取" in content and "将抽取" in content and not LookBack.objects.exists()
    assert "问题0" not in content, "which ones is not said before the round is made"
    narrow = FORM | {"category": "没有这一类"}
    assert "没有可以核查的问题" in post(town, "officer", "lookback_new", office=town.city.pk, **narrow).content.decode()
    answer = post(town, "officer", "lookback_new", office=town.city.pk, confirmed="1", **FORM)
    assert answer.status_code == 302 and LookBack.objects.get().items.count() == 3


def test_a_form_sent_twice_makes_one_round(town):
    town.issued()
    token = "0b5b2f0e-2f55-4a53-8e0f-3f3b7f1f9a01"
    for _ in range(2):
        post(town, "officer", "lookback_new", office=town.city.pk, confirmed="1", form_token=token, **FORM)
    assert LookBack.objects.count() == 1


def test_pages_ask_as_often_for_many_as_for_few(town, watcher):
    counts = []
    for many in (2, 12):
        rows = [town.issued(description=f"{many}个里的第{number}个") for number in range(many)]
        made = make(town, how="chosen", wanted=None, findings=rows)
        lookback.assign(town.county, items=list(made.items.all()), inspectors=[watcher])
        client = signed_in(town.accounts["county"])
        client.get(made.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(made.get_absolute_url()).status_code == 200
        with CaptureQueriesContext(connection) as listed:
            assert client.get(reverse("findings:lookbacks")).status_code == 200
        counts.append((len(queries), len(listed)))
    assert counts[0] == counts[1], counts


def test_nothing_marked_nothing_assigned(town):
    town.issued()
    made = make(town)
    answer = post(town, "county", "lookback_assign", made.pk)
    assert answer.status_code == 302
    answer = post(town, "county", "lookback_assign", made.pk, ids=str(made.items.get().pk), form_token="")
    assert answer.status_code == 422 and "核查督学" in answer.content.decode()
    people = signed_in(town.accounts["county"]).get(reverse("findings:lookback_people", args=[made.pk]), {"q": "督学"})
    assert "平江督学" in people.content.decode() and "校长" not in people.content.decode()
