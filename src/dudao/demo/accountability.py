"""One case of accountability and one talk of the demo city, both in progress: enough to see every part of their pages.

Made by the actions that people use, on the days on which they would have. Facts and people are invented.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dudao.accountability.actions import deciding, opening, talks
from dudao.accountability.models import Case, Talk
from dudao.accountability.queries.cases import findings_for
from dudao.core.access import Actor
from dudao.demo import clock
from dudao.demo.logins import Login
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for

__all__ = ["build_accountability"]

ACCUSED = "430624"
"""The county whose overdue finding has led to a case."""
CALLED = "430682"
"""The county that was called to a talk."""


def build_accountability(city: Unit, counties: Sequence[Unit], logins: Sequence[Login], *, now: datetime) -> None:
    """A case whose accused has defended itself, and a talk whose demands are being met."""
    actors = {login.account.username: actor_for(login.account) for login in logins}
    by_code = {county.region_code: county for county in counties}
    office = actors["officer1"]
    if ACCUSED in by_code:
        unit = by_code[ACCUSED]
        with clock.set_to(now - timedelta(20)):
            late = list(findings_for(office, unit).filter(office=city)[:1])
            row: Case = opening.open_case(
                office,
                office=city,
                unit=unit,
                trigger="overdue",
                facts="义务教育优质均衡整改事项超过时限仍未完成，市督导办两次书面催办后仍没有报送整改结果。",
                source_label="2026年教育督导实地检查",
                ended_on=(now - timedelta(32)).date(),
                findings=late,
                demo=True,
            )
        with clock.set_to(now - timedelta(16)):
            opening.set_up_group(
                office, case=row, members="市督导办督查科科长、市督导办工作人员、市财政局教科文科人员，共3人"
            )
        with clock.set_to(now - timedelta(6)):
            opening.notify(
                office,
                case=row,
                established="经查阅资料、实地核对，整改事项逾期属实，县级专班没有实际运转，催办后仍没有明确完成时间。",
                proposal="拟给予督导通报，并约谈主要负责人。",
                defend_by=(now + timedelta(14)).date(),
            )
        with clock.set_to(now - timedelta(1)):
            deciding.defend(
                actors[f"county-{ACCUSED.lower()}"],
                case=row,
                text="整改项目受汛期影响推迟开工，县政府已重新明确分管领导和完成时间，请求从轻处理。",
            )
    if CALLED in by_code:
        _talk(city, by_code[CALLED], actors, now)


def _talk(city: Unit, unit: Unit, actors: dict[str, Actor], now: datetime) -> None:
    office = actors["officer1"]
    with clock.set_to(now - timedelta(18)):
        row: Talk = talks.plan_talk(
            office,
            office=city,
            unit=unit,
            called="县级分管负责人、教育局主要负责人",
            host="市督导办负责人",
            held_on=(now - timedelta(12)).date(),
            time="上午9:00",
            place_name="市教育局三楼会议室",
            reason="乡村小学音体美教师补充进度缓慢，整改台账连续两次没有更新。",
            matters="通报整改进展和存在的差距\n听取原因说明和下一步安排\n提出整改要求",
            materials="教师补充情况说明\n下一步补充计划",
            demo=True,
        )
        talks.call(office, talk=row)
    with clock.set_to(now - timedelta(17)):
        talks.sign(actors[f"county-{CALLED.lower()}"], talk=row)
    with clock.set_to(now - timedelta(12)):
        talks.record(
            office,
            talk=row,
            attendees=[
                {"name": "李示例", "post": "市督导办负责人"},
                {"name": "孙样本", "post": "县教育局主要负责人"},
            ],
            facts="截至约谈之日，12所村小音体美课程仍由其他学科教师兼任，走教只覆盖7所。",
            course="通报了整改进展和差距。\n县教育局说明了编制和招聘方面的原因。",
            statement="诚恳接受约谈，由局长负总责，按期完成。",
            recorder="督查科工作人员",
            demands=[
                {"text": "走教覆盖全部12所村小", "due_on": (now + timedelta(20)).date()},
                {"text": "制定三年补充计划并报市督导办", "due_on": (now - timedelta(2)).date()},
            ],
        )
    with clock.set_to(now - timedelta(3)):
        talks.follow(
            office, demand=row.demands.get(text__startswith="制定"), note="计划已报送，并经县政府常务会议审定。"
        )
