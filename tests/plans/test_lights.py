"""Lights: the SQL against a slow oracle in plain Python, tables in force, explanations, and who is told of a change."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Notice
from dudao.demo.builders import unit
from dudao.plans.actions.assignments import report, sign
from dudao.plans.actions.hand_down import hand_on
from dudao.plans.actions.lights import adopt_preset, set_light_rules, tell_light_changes
from dudao.plans.models import Assignment, LightRule
from dudao.plans.presets.lights import PRESETS, Rule
from dudao.plans.queries import assignment_rows, lights_on
from dudao.plans.queries.lights import light_changes, preview_changes
from plans.conftest import a_row, a_task, day, fresh

STATES = ("issued", "working", "reported", "returned", "confirmed", "closed")


def oracle(row, rules, today):
    """The light of one row, written as the office would explain it, without a database."""
    on = row.finished_on or today
    days_left = (row.deadline - on).days
    if days_left <= 0:
        due = 100
    else:
        gone = max((on - row.starts).days, 0)
        due = gone * 100 // max((row.deadline - row.starts).days, 1)
    for rule in rules:
        if rule.states and row.state not in rule.states:
            continue
        if rule.days_left_max is not None and days_left > rule.days_left_max:
            continue
        if rule.behind_min is not None and due - row.progress < rule.behind_min:
            continue
        if rule.quality and row.quality != rule.quality:
            continue
        if rule.late_finish and not (row.finished_on and row.finished_on > row.deadline):
            continue
        return rule.light, rule.label
    return "grey", "—"


def scattered(city, task, number, dice):
    """A row in some state with some dates: valid by the table's constraints, otherwise anything."""
    place = unit(f"县{number}", "county", city.city)
    state = dice.choice(STATES)
    starts = day(dice.randint(-120, 20))
    deadline = starts + timedelta(days=dice.choice([0, 1, 2, 7, 30, 90, 200]))
    finished = day(dice.randint(-100, 5)) if state in {"reported", "confirmed", "closed"} else None
    now = timezone.now()
    return Assignment(
        task=task,
        unit=place,
        state=state,
        starts=starts,
        deadline=deadline,
        progress=dice.choice([0, 1, 20, 50, 69, 70, 99, 100]),
        quality=dice.choice(["", "good", "fair", "poor"]),
        issued_at=now,
        signed_at=None if state == "issued" else now,
        finished_on=finished,
        confirmed_at=now if state in {"confirmed", "closed"} else None,
        closed_at=now if state == "closed" else None,
    )


def random_rules(dice):
    """Tables nobody would write by hand: every condition may be there or not."""
    return [
        Rule(
            dice.choice(["grey", "blue", "amber", "red", "green", "purple"]),
            f"规则{place}",
            states=tuple(dice.sample(STATES, dice.randint(0, 3))),
            days_left_max=dice.choice([None, None, -5, -1, 0, 1, 10, 60]),
            behind_min=dice.choice([None, None, None, 0, 10, 30, 90]),
            quality=dice.choice(["", "", "", "good", "poor"]),
            late_finish=dice.random() < 0.2,
        )
        for place in range(dice.randint(1, 8))
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_light_in_sql_is_the_light_of_the_oracle(city, seed):
    dice = random.Random(seed)
    task = a_task(city)
    Assignment.objects.bulk_create(scattered(city, task, number, dice) for number in range(60))
    tables = [PRESETS[key].rules for key in PRESETS] if seed == 0 else [random_rules(dice) for _ in range(3)]
    for rules in tables:
        set_light_rules(city.director, unit=city.city, rules=rules, valid_from=day(-400))
        for today in (day(), day(-30), day(17)):
            lights = lights_on(today)
            for row in assignment_rows(city.officer, lights):
                light, word = oracle(row, rules, today)
                assert (row.light, lights.of(row).state.word) == (light, word), (row.state, row.deadline, rules)


def test_without_a_table_the_default_counts_and_says_so(city):
    row = a_row(city, deadline=5, starts=-1)
    sign(city.county, row=row)
    lights = lights_on(day())
    shown = lights.of(assignment_rows(city.officer, lights).get())
    assert (shown.light, shown.state.word) == ("amber", "临近")
    assert shown.why.startswith("距期限 5 天")
    assert "规则" not in shown.why  # what is so, not the row of a table


def test_a_late_finish_stays_visible_where_the_rules_say_so(city):
    row = a_row(city, deadline=-2, starts=-30)
    Assignment.objects.filter(pk=row.pk).update(
        state="closed", signed_at=timezone.now(), confirmed_at=timezone.now(), closed_at=timezone.now(), finished_on=day(),
        progress=100,
    )  # fmt: skip
    words = {}
    for key in PRESETS:
        adopt_preset(city.director, unit=city.city, key=key, valid_from=day())
        lights = lights_on(day())
        words[key] = lights.of(assignment_rows(city.officer, lights).get()).state.word
    assert words == {"standard": "逾期完成", "yichang": "已完成", "suqian": "已销号", "ouhai": "黄码（逾期补上）"}


def test_a_new_table_replaces_the_old_from_its_day_and_the_past_keeps_its_rules(city):
    row = a_row(city, deadline=30)
    first = set_light_rules(
        city.director, unit=city.city, rules=[Rule("green", "旧")], valid_from=day(-20), source="办法"
    )
    set_light_rules(city.director, unit=city.city, rules=[Rule("red", "新"), Rule("blue", "余")], valid_from=day(3))
    set_light_rules(city.director, unit=city.city, rules=[Rule("amber", "更新")], valid_from=day(3))
    word = {
        offset: lights_on(day(offset)).of(assignment_rows(city.officer, lights_on(day(offset))).get()).state.word
        for offset in (-30, -20, 2, 3)
    }
    assert word == {-30: "未签收", -20: "旧", 2: "旧", 3: "更新"}
    assert LightRule.objects.count() == 4
    assert LightRule.objects.get(pk=first[0].pk).valid_to == day(3)
    assert row.pk


def test_a_countys_own_table_counts_for_what_it_hands_on_only(city):
    row = a_row(city)
    sign(city.county, row=row)
    hand_on(city.county, row=fresh(row), units=[city.school])
    set_light_rules(city.director, unit=city.pingjiang, rules=[Rule("purple", "县里的规则")], valid_from=day(-1))
    lights = lights_on(day())
    words = {row.unit.name: lights.of(row).state.word for row in assignment_rows(city.officer, lights)}
    assert words == {"平江县": "进行中", "平江一中": "县里的规则"}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], "规则表是空的"),
        ([Rule("", "没灯")], "没有选灯色"),
        ([Rule("red", " ")], "没有名称"),
        ([Rule("red", "x", states=("nowhere",))], "适用状态"),
        ([Rule("red", "x", behind_min=101)], "101"),
        ([Rule("red", "x", tells=("mayor",))], "通知角色"),
        ([Rule("red", "x")] * 31, "最多 30 条"),
    ],
)
def test_a_table_that_means_nothing_is_refused(city, rules, words):
    with pytest.raises(ValidationError, match=words):
        set_light_rules(city.director, unit=city.city, rules=rules, valid_from=day())


def test_only_who_may_changes_the_rules_and_the_change_is_recorded(city):
    with pytest.raises(Denied):
        adopt_preset(city.officer, unit=city.city, key="ouhai", valid_from=day())
    adopt_preset(city.director, unit=city.city, key="ouhai", valid_from=day())
    assert audit.history(city.city).filter(verb="lights.edit").first().data["source"].startswith("温州市瓯海区")


def test_the_preview_counts_the_rows_that_would_change(city):
    a_row(city, deadline=5, starts=-1)
    a_row(city, deadline=60)
    lights = lights_on(day())
    assert preview_changes(lights, city.city, PRESETS["standard"].rules) == {}
    assert preview_changes(lights, city.city, [Rule("red", "全红")]) == {("amber", "red"): 1, ("grey", "red"): 1}


def test_filtering_counting_and_sorting_by_light_is_one_query(city):
    task = a_task(city)
    Assignment.objects.bulk_create(scattered(city, task, number, random.Random(number)) for number in range(40))
    lights = lights_on(day())
    rows = assignment_rows(city.officer, lights)
    with CaptureQueriesContext(connection) as queries:
        red = list(lights.ranked(rows).filter(light="red").order_by("light_rank", "pk"))
    assert len(queries) == 1
    assert red
    assert {row.light for row in red} == {"red"}


def test_the_daily_job_tells_the_roles_of_the_rule_once(city):
    row = a_row(city, deadline=10, starts=-1)
    sign(city.county, row=row)
    adopt_preset(city.director, unit=city.city, key="standard", valid_from=day(-30))
    changes = list(light_changes(day(11), day(10)))
    assert [(change.before.state.word, change.after.state.word) for change in changes] == [("临近", "逾期")]
    assert tell_light_changes(day(11)) == 1
    assert tell_light_changes(day(11)) == 1
    told = Notice.objects.filter(verb="assignment.light")
    assert {notice.account.name for notice in told} == {"平江督导办", "平江副手", "王科", "李主任"}
    assert told.count() == 4
    assert all(notice.urgent and "逾期" in notice.text for notice in told)
    assert tell_light_changes(day(5)) == 0


def test_days_on_which_nothing_ran_are_made_up_for(city):
    first = a_row(city, deadline=10, starts=-1)
    second = a_row(city, deadline=12, starts=-1)
    for row in (first, second):
        sign(city.county, row=row)
    adopt_preset(city.director, unit=city.city, key="standard", valid_from=day(-30))
    assert tell_light_changes(day(2)) == 1  # the second comes within ten days
    # Nothing ran on days 3 to 12: the first was late from day 11, the second from day 13 on.
    assert tell_light_changes(day(13)) == 2
    assert tell_light_changes(day(14)) == 0


def test_who_acts_next_is_told_and_nobody_else(city):
    Notice.objects.all().delete()
    row = a_row(city)
    assert {notice.account.name for notice in Notice.objects.all()} == {"平江督导办", "平江副手"}
    Notice.objects.all().delete()
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    assert {notice.account.name for notice in Notice.objects.all()} == {"王科", "李主任"}


def test_days_are_counted_in_local_time():
    assert day() == timezone.localdate()
    assert isinstance(day(), date)
