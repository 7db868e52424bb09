"""Other papers of the demo city's office, one of a kind: opinion, publication, brief, notice of self-evaluation, consultation.

Drafted, checked, signed and issued by the people's actions; what they say is invented.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.papers import Desk
from dudao.findings.actions import consulting
from dudao.findings.actions.notices import draft_consultation
from dudao.findings.models import Consultation, Finding
from dudao.orgs.models import Kind as UnitKind
from dudao.orgs.models import Unit
from dudao.papers.actions import draft_paper
from dudao.papers.actions.routing import send_back_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.queries import units_of_group

INSPECTED = "430681"
"""The county that got a 督导意见书."""
CONSULTED = "430623"
"""The county about whose finding a department was asked."""
ASKED = "liaison-finance"
"""Who answers for that department."""


def happenings(
    city: Unit, places: Mapping[str, Unit], people: Mapping[str, Actor], desk: Desk
) -> list[tuple[int, Callable[[], object]]]:
    """(days before today, what is done)."""
    return _Letters(city, places, people, desk).steps()


def _day(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(offset)


class _Letters:
    def __init__(self, city: Unit, places: Mapping[str, Unit], people: Mapping[str, Actor], desk: Desk) -> None:
        self.city, self.places, self.people, self.desk = city, places, people, desk
        self.officer = people["officer1"]
        self.made: dict[str, Paper] = {}
        self.asked: Consultation | None = None

    def steps(self) -> list[tuple[int, Callable[[], object]]]:
        found: list[tuple[int, Callable[[], object]]] = [
            (34, self._publish),
            (26, self._brief),
            (5, self._self_notice),
            (4, self._send_back),
        ]
        if INSPECTED in self.places:
            found += [(32, self._opinion), (30, self._opinion_received)]
        if CONSULTED in self.places:
            found += [(18, self._consult), (17, self._consultation_received), (9, self._answer)]
        return found

    def _draft(self, kind: Kind, title: str, values: Mapping[str, Any], upto: str, **more: Any) -> None:
        paper = draft_paper(self.officer, unit=self.city, kind=kind, title=title, values=values, **more)
        self.made[kind] = self.desk.take(paper, upto, drafter=self.officer)

    # 督导意见书

    def _opinion(self) -> None:
        county, topic = self.places[INSPECTED], "义务教育学校规范办学行为专项督导"
        values = {
            "subject": county.name,
            "topic": topic,
            "from_on": _day(-9),
            "to_on": _day(-7),
            "group_head": "李示例",
            "method": "督导组听取汇报1次，查阅资料46份，实地察看学校8所，随堂听课16节，召开教师、家长座谈会6场，发放问卷420份。",
            "evaluation": [
                {"matter": "课程与教学", "judgement": "课程方案执行总体较好，音体美和综合实践课程开设仍不平衡。"},
                {"matter": "招生与编班", "judgement": "落实免试就近入学，均衡编班，未发现设立重点班。"},
                {"matter": "作业与课后服务", "judgement": "作业公示制度普遍建立，课后服务内容比较单一。"},
            ],
            "achievements": ["建立校长、教研员推门听课制度，课堂常规管理扎实。", "课后服务参与率达到92.4%。"],
            "problems": [
                _problem("课程教学", "2所初中七年级综合实践活动课被其他学科占用。", "每周两节", "每周一节"),
                _problem("规范办学", "3所小学课后服务收费公示内容不完整，缺少监督电话。"),
                _problem("教师队伍", "4所村小没有专职体育教师，由其他学科教师兼任。", "配备专职教师", "无专职教师"),
            ],
            "suggestions": ["以学区为单位统筹音体美教师，走教和交流轮岗相结合。", "把课程开设情况列入月度巡查并公示。"],
            "due_on": _day(60),
            "report_to": "整改报告经县级人民政府审定后，通过教育督导平台报送",
            "contact": "王示例，电话：0000-0000000",
        }
        title = f"关于{county.name}{topic}的督导意见书"
        self._draft(Kind.OPINION, title, values, "issued", recipients=[county], reply_days=5)

    def _opinion_received(self) -> None:
        self.desk.sign_for(self.made[Kind.OPINION], self.places[INSPECTED], self.people[f"county-{INSPECTED}"])

    # 公示, 工作简报

    def _publish(self) -> None:
        topic = f"{_day().year}年幼儿园办园行为督导评估结果"
        gardens = Unit.objects.filter(path__startswith=self.city.path, kind=UnitKind.KINDERGARTEN, valid_to=None)
        results = ("优秀", "良好", "良好", "合格", "合格", "合格")
        values = {
            "topic": topic,
            "overview": "根据幼儿园自评、县级复评和市级抽查，经审核拟定下列幼儿园的督导评估结果，现予公示，接受社会监督。",
            "entries": [
                {"unit": unit.name, "result": result, "note": unit.get_ownership_display()}
                for unit, result in zip(gardens.order_by("path", "pk"), results, strict=False)
            ],
            "from_on": _day(),
            "to_on": _day(6),
            "objections": "公示期间如有异议，请以书面形式实名反映，并提供有关线索。电话：0000-0000000，地址：示例路1号。",
        }
        self._draft(Kind.PUBLICITY, f"关于{topic}的公示", values, "issued")

    def _brief(self) -> None:
        values = {
            "issue": "第3期",
            "articles": [
                {
                    "heading": "全市义务教育学校规范办学行为专项督导完成",
                    "text": "督导组分赴各县市区，实地察看学校104所，随堂听课208节，当场反馈问题136个，已整改97个。",
                },
                {
                    "heading": "平江县推行责任督学“一校一单”",
                    "text": "平江县为每所学校建立督导清单，责任督学每月到校，问题、建议和回访记在同一张单上。",
                },
                {
                    "heading": "汨罗市以学区为单位统筹音体美教师",
                    "text": "汨罗市把乡村小规模学校的音体美课程编成学区课表，教师走教，学校按课表开课，督学按课表巡查。",
                },
            ],
            "reported_to": "市委、市人民政府有关负责同志，省人民政府教育督导委员会办公室",
            "sent_to": "各县市区人民政府教育督导委员会办公室，市人民政府教育督导委员会成员单位",
        }
        self._draft(Kind.BRIEF, f"教育督导工作简报{values['issue']}", values, "issued")

    # 自评通知: sent back, waits for its drafter

    def _self_notice(self) -> None:
        topic = f"{_day().year}年度县级人民政府履行教育职责情况自评"
        values = {
            "topic": topic,
            "basis": [
                "《教育督导条例》（国务院令第624号）",
                "《对省级人民政府履行教育职责的评价办法》（国办发〔2017〕49号）",
            ],
            "scope": f"各县市区人民政府，{_day().year}年1月1日至12月31日",
            "matters": [
                "贯彻党的教育方针情况",
                "各级各类教育发展和教育公平情况",
                "教育投入、教师队伍和办学条件保障情况",
            ],
            "steps": [
                "逐项对照指标体系填报数据、上传佐证材料",
                "县级教育督导机构审核",
                "县级人民政府集体研究后提交",
            ],
            "report_points": ["自评依据和过程", "自评结果和主要成绩", "主要问题及原因", "下一步措施"],
            "due_on": _day(60),
            "report_to": "通过教育督导平台填报，自评报告加盖公章后上传",
            "demands": ["自评报告不超过五千字，数据应与统计报表一致。"],
        }
        recipients = units_of_group(self.city, "counties")
        title = f"关于开展{topic}工作的通知"
        self._draft(Kind.SELF_NOTICE, title, values, "submitted", recipients=recipients, reply_days=5)

    def _send_back(self) -> None:
        reason = "报送期限和年度统计报表的时间冲突，请与财政、统计部门衔接后再报。"
        send_back_paper(self.people["officer2"], paper=self.made[Kind.SELF_NOTICE], reason=reason)

    # 协商意见书

    def _consult(self) -> None:
        rows = Finding.objects.filter(unit=self.places[CONSULTED], office=self.city, category="教师队伍")
        row = rows.exclude(state=Finding.State.DRAFT).order_by("pk").first()
        if row is not None:
            text = "请支持核定临聘教师经费，纳入下一年度财政预算，并指导县级财政部门规范列支渠道。"
            asked = consulting.ask(self.officer, finding=row, unit=self._department(), text=text)
            paper = draft_consultation(self.officer, consultation=asked)
            self.made[Kind.CONSULTATION] = self.desk.take(paper, "issued", drafter=self.officer)
            self.asked = asked

    def _department(self) -> Unit:
        return Unit.objects.get(path__startswith=self.city.path, kind=UnitKind.DEPARTMENT, short_name="市财政局")

    def _consultation_received(self) -> None:
        if self.asked is not None:
            self.desk.sign_for(self.made[Kind.CONSULTATION], self._department(), self.people[ASKED])

    def _answer(self) -> None:
        if self.asked is not None:
            text = "已会同市教育局核定人数，所需经费列入下一年度预算草案；现有支出由县级财政在12月底前调整列支渠道。"
            consulting.answer(self.people[ASKED], consultation=self.asked, text=text)


def _problem(category: str, description: str, standard: str = "", actual: str = "") -> dict[str, Any]:
    return {
        "category": category,
        "description": description,
        "standard": standard,
        "actual": actual,
        "due_on": _day(60),
    }
