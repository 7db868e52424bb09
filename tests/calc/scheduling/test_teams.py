"""Teams: nobody who must stay away goes, no better teams exist, what is missing is explained."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calc.scheduling.cases import every_team, tasks
from dudao.calc.scheduling.solving import Limits
from dudao.calc.scheduling.team_model import plan_teams
from dudao.calc.scheduling.team_reasons import MissingKind
from dudao.calc.scheduling.teams import Inspector, TeamError, Teams, TeamTask, Visit, cost, fits

DAY = date(2026, 10, 12)


def person(key: str, **data) -> Inspector:
    return Inspector(key, f"{key}督学", **{"county": "甲", **data})


def visit(key: str = "v", **data) -> Visit:
    return Visit(key, f"{key}校", **{"school": key, "county": "甲", "window": "第1周", **data})


@settings(max_examples=50, deadline=None)
@given(tasks())
def test_no_teams_are_better_than_those_found(task):
    plan = plan_teams(task)
    assert fits(task, plan.teams)
    assert plan.proved
    best = min(cost(task, teams) for teams in every_team(task) if fits(task, teams))
    assert cost(task, plan.teams) == best
    assert [level.value for level in plan.levels] == list(best)
    assert bool(plan.missing) == bool(best[0])
    assert all(missing.text.endswith("。") for missing in plan.missing)


@settings(max_examples=25, deadline=None)
@given(tasks(), st.randoms(use_true_random=False))
def test_order_of_input_does_not_change_what_is_reached(task, source):
    visits, people = list(task.visits), list(task.inspectors)
    source.shuffle(visits)
    source.shuffle(people)
    other = plan_teams(replace(task, visits=tuple(visits), inspectors=tuple(people)))
    assert other.levels == plan_teams(task).levels


def test_a_team_has_three_a_leader_and_the_speciality_and_nobody_recused():
    people = (
        person("甲", may_lead=True, recusals={"v": "配偶任该校校长"}),
        person("乙", may_lead=True, county="乙"),
        person("丙"),
        person("丁"),
        person("戊", specialities=frozenset({"财务"}), county="丙"),
    )
    plan = plan_teams(TeamTask((visit(specialities=frozenset({"财务"})),), people))
    (members,) = plan.teams.members.values()
    assert members[0] == plan.teams.leaders["v"] == "乙"
    assert "甲" not in members
    assert "戊" in members
    assert len(members) == 3
    assert not plan.missing


def test_visits_are_shared_out_evenly_and_near():
    people = tuple(person(f"p{index}", may_lead=True, county="甲乙"[index % 2]) for index in range(6))
    visits = tuple(visit(f"v{index}", county="甲乙"[index % 2], window=f"第{index}周") for index in range(4))
    plan = plan_teams(TeamTask(visits, people))
    loads = [sum(each.key in members for members in plan.teams.members.values()) for each in people]
    assert loads == [2] * 6
    assert plan.levels[2].value == 0
    assert sorted(plan.teams.leaders.values()) == sorted(set(plan.teams.leaders.values()))


def test_better_one_visit_whole_than_two_by_halves():
    people = tuple(person(f"p{index}", may_lead=True) for index in range(4))
    task = TeamTask((visit("v", dates=frozenset({DAY})), visit("w", dates=frozenset({DAY}))), people)
    plan = plan_teams(task)
    assert sorted(len(members) for members in plan.teams.members.values()) == [1, 3]
    assert [level.value for level in plan.levels[:2]] == [1, 20]
    halves = Teams({"v": ("p0", "p1"), "w": ("p2", "p3")}, {"v": "p0", "w": "p2"})
    assert cost(task, halves)[:2] == (2, 20)


def test_what_is_missing_is_explained():
    people = (
        person("甲", may_lead=True, recusals={"v": "配偶任该校校长"}),
        person("乙", away=frozenset({DAY})),
        person("丙", limit=1),
        person("丁"),
    )
    plan = plan_teams(TeamTask((visit(days=2, dates=frozenset({DAY}), specialities=frozenset({"财务"})),), people))
    assert [(missing.kind, missing.amount, missing.text) for missing in plan.missing] == [
        (
            MissingKind.PEOPLE,
            2,
            "“v校”需要 3 名督学，只排到 1 名：名单里有 4 名，1 名已在本组，1 名须回避：甲督学（配偶任该校校长），"
            "1 名当天不能参加，1 名的天数上限不够 2 天。",
        ),
        (
            MissingKind.LEADER,
            1,
            "“v校”没有能任组长的督学：名单里有 1 名，1 名须回避：甲督学（配偶任该校校长）。",
        ),
        (MissingKind.SPECIALITY, 1, "“v校”缺“财务”专长的督学：名单里没有这样的人。"),
    ]
    pair = tuple(person(key, may_lead=True, limit=1) for key in "子丑寅")
    busy = plan_teams(TeamTask((visit("v"), visit("w")), pair)).missing
    assert all("同期另有任务或已到天数上限" in missing.text for missing in busy if missing.kind is MissingKind.PEOPLE)
    crowd = tuple(person(f"p{index}", recusals={"v": "曾任教"}) for index in range(4))
    (text, *_) = [missing.text for missing in plan_teams(TeamTask((visit(),), crowd)).missing]
    assert "4 名须回避：p0督学（曾任教）、p1督学（曾任教）、p2督学（曾任教）等" in text


def test_without_time_to_search_nobody_is_sent_and_the_bound_says_so():
    people = tuple(person(f"p{index}", may_lead=True) for index in range(12))
    visits = tuple(visit(f"v{index}", window="一", dates=frozenset({DAY})) for index in range(4))
    plan = plan_teams(TeamTask(visits, people), Limits(work=0.0))
    assert plan.levels[0].bound <= plan.levels[0].value
    assert fits(TeamTask(visits, people), plan.teams)


@pytest.mark.parametrize(
    ("members", "leaders"),
    [
        ({"v": ("a", "b"), "w": ("a",)}, {}),
        ({"v": ("c",), "w": ()}, {}),
        ({"v": ("b",), "w": ()}, {"v": "b"}),
        ({"v": ("b",), "w": ()}, {"v": "a"}),
        ({"v": ("b", "b"), "w": ()}, {}),
        ({"v": ("d",), "w": ("d",)}, {}),
    ],
)
def test_what_must_never_be_is_seen(members, leaders):
    task = TeamTask(
        (visit("v", dates=frozenset({DAY}), size=2), visit("w", dates=frozenset({DAY}))),
        (person("a", may_lead=True), person("b"), person("c", recusals={"v": "任职"}), person("d", limit=1)),
    )
    assert not fits(task, Teams(members, leaders))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"visits": (visit(), visit())}, "入校任务标识“v”出现了 2 次"),
        ({"inspectors": (person("a"), person("a"))}, "督学标识“a”出现了 2 次"),
        ({"visits": (visit(days=0),)}, "“v校”需要 0 天、3 人"),
        ({"far": -1}, "路程不能是负数"),
    ],
)
def test_input_without_meaning_is_refused(data, words):
    with pytest.raises(TeamError, match=words):
        TeamTask(**{"visits": (visit(),), "inspectors": ()} | data)
