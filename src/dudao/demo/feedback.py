"""A superior's list of problems in the demo city: pasted, spread over departments and counties, partly done."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core.access import Actor
from dudao.demo.evidence import evidence
from dudao.findings.actions import feedback as acts
from dudao.findings.actions import issuing, judging, rectifying
from dudao.findings.feedback_lists import read_text
from dudao.findings.models import Feedback, FeedbackPart, Finding
from dudao.findings.queries.feedback import units_named
from dudao.orgs.models import Kind, Unit

_LIST: Final = """
1. 义务教育学校音体美教师缺额较大，部分乡村学校由其他学科教师兼任。
整改要求：核定教师编制和岗位，制定三年补充计划，当年补充不少于缺额的三分之一。
牵头单位：市编办
责任单位：市教育局、平江县、华容县
完成时限：{third}
2. 个别县教育经费“两个只增不减”没有落实，生均公用经费拨付不及时。
整改要求：逐县核对预算和决算，补足差额，按季度拨付。
牵头单位：市财政局
责任单位：湘阴县、云溪区
完成时限：{second}
3. 县级教育督导机构专职人员不足，责任督学工作经费没有单列。
整改要求：配齐专职人员，责任督学经费列入年度预算。
责任单位：平江县、岳阳县、汨罗市
完成时限：{first}
4. 城区部分学校规模超过规定，学位供给不足。
整改要求：加快城区学校新建、改扩建，制定分流方案。
牵头单位：市教育局
责任单位：岳阳楼区
完成时限：{third}
5. 幼儿园名称、收费和教师资质管理不规范。
整改要求：开展专项清理，建立台账，结果向社会公示。
牵头单位：市教育局
完成时限：{first}
6. 校车和学生集中上下学路段交通安全设施不完善。
整改要求：会同公安、交通部门逐路段排查，限期完善。
"""

_DONE: Final = frozenset({3, 5})
"""Problems that all their units have done with."""
_PARTLY: Final = 1
"""The problem whose leading unit goes on with a part done."""
_REPORTED: Final = 2
"""The problem that one unit has reported done, and nobody has looked at."""


def happenings(city: Unit, people: Mapping[str, Actor]) -> list[tuple[int, Callable[[], object]]]:
    """(days before today, what is done)."""
    story = _Feedback(city, people)
    return [
        (45, story.register),
        (43, story.hand_down),
        (41, story.sign),
        (38, story.plan),
        (22, story.report),
        (19, story.verify),
        (17, story.close),
        (8, story.progress),
    ]


def _day(offset: int) -> date:
    return timezone.localdate() + timedelta(offset)


class _Feedback:
    def __init__(self, city: Unit, people: Mapping[str, Actor]) -> None:
        self.city, self.people = city, people
        self.office = people["officer1"]
        self.row: Feedback

    def register(self) -> None:
        """The list as it stands in the superior's document, pasted; the last problem is spread later."""
        days = {"first": chinese_date(_day(50)), "second": chinese_date(_day(70)), "third": chinese_date(_day(150))}
        rows, problems = read_text(_LIST.format(**days), lambda names: units_named(self.office, self.city, names))
        if problems:
            raise LookupError(f"the demo's list names what the city doesn't have: {problems}")
        self.row = acts.register(
            self.office,
            office=self.city,
            title=f"{_day(0).year - 1}年对市级人民政府履行教育职责评价反馈意见",
            superior="湖南省人民政府教育督导委员会办公室",
            number=f"演示教督〔{_day(0).year}〕3号",
            dated=_day(-3),
            received_on=_day(0),
            due_on=_day(90),
            rows=rows,
            demo=True,
        )

    def hand_down(self) -> None:
        acts.issue_drafts(self.office, feedback=self.row)

    # What the units do

    def _parts(self) -> list[tuple[int, Finding, Actor]]:
        """(number of the problem, its finding, who speaks for the unit) wherever somebody does."""
        parts = FeedbackPart.objects.filter(item__feedback=self.row).select_related("item", "finding__unit", "finding")
        found = []
        for part in parts.order_by("item__number", "pk"):
            speaker = self._speaker(part.finding.unit)
            if speaker is not None:
                found.append((part.item.number, part.finding, speaker))
        return found

    def _speaker(self, unit: Unit) -> Actor | None:
        if unit.kind == Kind.DEPARTMENT:
            names = {"市教育局": "liaison-education", "市编办": "liaison-staff", "市财政局": "liaison-finance"}
            return self.people.get(names.get(unit.short_name, ""))
        return self.people.get(f"county-{(unit.region_code or unit.local_code).lower()}")

    def sign(self) -> None:
        for _, finding, speaker in self._parts():
            issuing.sign(speaker, finding=finding)

    def plan(self) -> None:
        for _, finding, speaker in self._parts():
            rectifying.plan(
                speaker,
                finding=finding,
                measures="成立专班，逐项明确措施、责任人和时间节点，每月调度一次。",
                target="按反馈意见要求全部到位，并建立长效机制。",
                leader="分管负责人",
                person="责任科室负责人",
            )

    def report(self) -> None:
        proof = evidence("反馈问题整改佐证材料（演示）", "整改文件、预算和名册的样例，仅供演示。")
        for number, finding, speaker in self._parts():
            done = number in _DONE or (number == _REPORTED and finding.parent_id is not None)
            if done:
                text = "已按反馈意见逐条整改到位，文件、预算和公示材料附后。"
                rectifying.report(speaker, finding=finding, kind="done", text=text, files=[proof])

    def verify(self) -> None:
        for number, finding, _ in self._parts():
            if number in _DONE:
                opinion = "查阅文件、预算和公示材料，与报告一致。"
                judging.verify(self.people["officer2"], finding=finding, method="paper", opinion=opinion)

    def close(self) -> None:
        for number, finding, _ in self._parts():
            if number in _DONE:
                judging.close(self.people["director"], finding=finding)

    def progress(self) -> None:
        for number, finding, speaker in self._parts():
            if finding.state != Finding.State.RECTIFYING:
                continue
            first = number == _PARTLY and finding.parent_id is None
            kind, share = ("partly", 60) if first else ("progress", 40)
            text = (
                "已核增编制120名，招聘公告已经发布，首批教师下学期到岗。"
                if first
                else "已制定方案并分工到人，完成摸底，正在逐项落实。"
            )
            rectifying.report(speaker, finding=finding, kind=kind, text=text, progress=share)
