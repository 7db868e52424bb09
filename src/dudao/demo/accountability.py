"""One case of accountability and one talk of the demo city, both in progress, the talk with its papers: every part of their pages.

Made by the actions that people use, on the days on which they would have. Facts and people are invented.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.utils import timezone

from dudao.accountability.actions import deciding, opening, talks
from dudao.accountability.actions.papers import draft_record, draft_talk_notice
from dudao.accountability.models import Case, Talk
from dudao.accountability.queries.cases import findings_for
from dudao.core.access import Actor
from dudao.demo.papers import Desk
from dudao.orgs.models import Unit

ACCUSED = "430624"
"""The county whose overdue finding has led to a case."""
CALLED = "430682"
"""The county that was called to a talk."""
Step = tuple[int, Callable[[], object]]


def happenings(city: Unit, places: Mapping[str, Unit], people: Mapping[str, Actor], desk: Desk) -> list[Step]:
    """(days before today, what is done): a case whose accused has defended itself, a talk whose demands are being met."""
    found: list[Step] = []
    if ACCUSED in places:
        found += _Case(city, places[ACCUSED], people).steps()
    if CALLED in places:
        found += _Talk(city, places[CALLED], people, desk).steps()
    return found


def _working(day: date) -> date:
    """The Friday before, of a weekend's day."""
    return day - timedelta(max(0, day.weekday() - 4))


def _day(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(offset)


class _Case:
    def __init__(self, city: Unit, unit: Unit, people: Mapping[str, Actor]) -> None:
        self.city, self.unit, self.office = city, unit, people["officer1"]
        self.accused = people[f"county-{ACCUSED}"]
        self.row: Case

    def steps(self) -> list[Step]:
        return [(20, self._open), (16, self._group), (6, self._notify), (1, self._defend)]

    def _open(self) -> None:
        self.row = opening.open_case(
            self.office,
            office=self.city,
            unit=self.unit,
            trigger="overdue",
            facts="义务教育优质均衡整改事项超过时限仍未完成，市督导办两次书面催办后仍没有报送整改结果。",
            source_label=f"{_day().year}年教育督导实地检查",
            ended_on=_day(-12),
            findings=list(findings_for(self.office, self.unit).filter(office=self.city)[:1]),
            demo=True,
        )

    def _group(self) -> None:
        members = "市督导办督查科科长、市督导办工作人员、市财政局教科文科人员，共3人"
        opening.set_up_group(self.office, case=self.row, members=members)

    def _notify(self) -> None:
        opening.notify(
            self.office,
            case=self.row,
            established="经查阅资料、实地核对，整改事项逾期属实，县级专班没有实际运转，催办后仍没有明确完成时间。",
            proposal="拟给予督导通报，并约谈主要负责人。",
            defend_by=_day(20),
        )

    def _defend(self) -> None:
        text = "整改项目受汛期影响推迟开工，县政府已重新明确分管领导和完成时间，请求从轻处理。"
        deciding.defend(self.accused, case=self.row, text=text)


class _Talk:
    def __init__(self, city: Unit, unit: Unit, people: Mapping[str, Actor], desk: Desk) -> None:
        self.city, self.unit, self.office, self.desk = city, unit, people["officer1"], desk
        self.called = people[f"county-{CALLED}"]
        self.row: Talk

    def steps(self) -> list[Step]:
        return [(20, self._call), (18, self._sign), (10, self._record), (9, self._minutes), (3, self._follow)]

    def _call(self) -> None:
        self.row = talks.plan_talk(
            self.office,
            office=self.city,
            unit=self.unit,
            called="县级分管负责人、教育局主要负责人",
            host="市人民政府教育督导委员会办公室主任李示例",
            held_on=_working(_day(8)),
            time="上午9:00",
            place_name="市教育局三楼会议室",
            reason="乡村小学音体美教师补充进度缓慢，整改台账连续两次没有更新。",
            matters="通报整改进展和存在的差距\n听取原因说明和下一步安排\n提出整改要求",
            materials="教师补充情况说明\n下一步补充计划",
            demo=True,
        )
        self.row = talks.call(self.office, talk=self.row)
        self.notice = self.desk.take(draft_talk_notice(self.office, talk=self.row), "issued", drafter=self.office)

    def _sign(self) -> None:
        """Signing for the paper is signing for the talk."""
        self.desk.sign_for(self.notice, self.unit, self.called)

    def _record(self) -> None:
        self.row = talks.record(
            self.office,
            talk=self.row,
            on=self.row.held_on,
            attendees=[
                {"name": "李示例", "post": "市督导办负责人"},
                {"name": "孙样本", "post": "县教育局主要负责人"},
            ],
            facts="截至约谈之日，12所村小音体美课程仍由其他学科教师兼任，走教只覆盖7所。",
            course="通报了整改进展和差距。\n县教育局说明了编制和招聘方面的原因。",
            statement="诚恳接受约谈，由局长负总责，按期完成。",
            recorder="督查科工作人员",
            demands=[
                {"text": "走教覆盖全部12所村小", "due_on": _day(32)},
                {"text": "制定三年补充计划并报市督导办", "due_on": _day(10)},
            ],
        )

    def _minutes(self) -> None:
        paper = self.desk.take(draft_record(self.office, talk=self.row), "issued", drafter=self.office)
        self.desk.sign_for(paper, self.unit, self.called)

    def _follow(self) -> None:
        plan = self.row.demands.get(text__startswith="制定")
        talks.follow(self.office, demand=plan, note="计划已报送，并经县政府常务会议审定。")
