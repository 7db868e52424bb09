"""The town of findings with what a case needs: heads of committees, more officers, and a case at any of its steps."""

from datetime import date, datetime

from django.utils import timezone

from dudao.accountability.actions import deciding, effects, opening, papers
from dudao.accountability.models import Case
from dudao.accountability.queries import cases
from dudao.core.access import Actor
from dudao.demo.builders import account
from dudao.demo.clock import set_to
from dudao.findings.actions import issuing, making
from dudao.papers.actions.issuing import choose_seal, issue_paper
from dudao.papers.actions.routing import check_paper, sign_paper, submit_paper
from dudao.papers.models import OfficeStyle, Paper
from findings_town import Town, build
from findings_town import day as today

ADDRESS = "https://dudao.example"


def now_on(day: date, hour: int = 10):
    """The clock set to an hour of a day."""
    return set_to(datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_current_timezone()))


class CaseTown:
    """A `Town` and cases at any step: ``opened``, ``examined``, ``notified``, ``heard``, ``consulted``, ``submitted``, ``decided``,
    ``issued``, ``received``. The city leads, the school is accused, ``officer`` handles, ``leader`` decides.
    """

    def __init__(self, town: Town) -> None:
        self.town = town

    def __getattr__(self, name: str):
        return getattr(self.town, name)

    def opened(self, **values) -> Case:
        values = {
            "office": self.city, "unit": self.school, "trigger": "overdue", "facts": "三个问题逾期九十日未整改。",
            "ended_on": today(-5), **values,
        }  # fmt: skip
        by = values.pop("by", self.officer)
        values.pop("party", None)
        return opening.open_case(by, **values)

    def examined(self, **values) -> Case:
        by = values.get("by", self.officer)
        return opening.set_up_group(
            by, case=self.opened(**values), members="李主任、王科、市财政局陈某", late_reason="人员出差"
        )

    def notified(self, **values) -> Case:
        by = values.get("by", self.officer)
        row = self.examined(**values)
        return opening.notify(
            by, case=row, established="经查，三个问题均未整改。", proposal="拟给予督导通报。", defend_by=today(20)
        )

    def heard(self, **values) -> Case:
        by = values.get("by", self.officer)
        row = self.notified(**values)
        deciding.defend(values.get("party", self.head), case=row, text="经费未到位，已补报。")
        return deciding.hear(by, case=row, hearing="经费一节属实，予以采纳；其余不予采纳。")

    def consulted(self, **values) -> Case:
        by = values.get("by", self.officer)
        row = deciding.consult(by, case=self.heard(**values), units=[self.finance])
        deciding.answer(self.liaison, opinion=row.opinions.get(), agrees=True)
        return self.again(row)

    def submitted(self, **values) -> Case:
        by = values.get("by", self.officer)
        forms = values.pop("measures", {"circular": "", "resources": "暂缓年度评优"})
        row = self.consulted(**values)
        return deciding.submit(by, case=row, measures=forms, publicity="range")

    def decided(self, **values) -> Case:
        row = self.submitted(**values)
        return deciding.decide(self.leader, case=row, effective_on=timezone.localdate())

    def issued(self, **values) -> Case:
        row = self.decided(**values)
        self.issue(papers.draft_decision(self.officer, case=row))
        return self.again(row)

    def received(self, **values) -> Case:
        row = self.issued(**values)
        return effects.receive(values.get("party", self.head), case=row)

    def issued_finding(self, unit):
        """A finding of a unit, issued by the city."""
        draft = making.create_finding(self.officer, office=self.city, unit=unit, description="逾期问题", source="visit")
        return issuing.issue(self.officer, finding=draft)

    def issue(self, paper: Paper, by: Actor | None = None, checker: Actor | None = None) -> Paper:
        paper = submit_paper(by or self.officer, paper=paper)
        paper = check_paper(checker or self.officer2, paper=paper)
        paper = sign_paper(self.director, paper=paper)
        if paper.seal != Paper.Seal.NONE:
            paper = choose_seal(self.director, paper=paper, seal="none")
        return issue_paper(self.director, paper=paper, address=ADDRESS)

    @staticmethod
    def again(row: Case) -> Case:
        return cases.with_units(Case.objects).get(pk=row.pk)


def build_town() -> CaseTown:
    town = build()
    for key, name, home, role in (
        ("officer2", "赵科", town.city, "city_officer"),
        ("county_leader", "平江副县长", town.pingjiang, "leader"),
        ("teacher", "副校长", town.school, "school_head"),
    ):
        town.accounts[key] = account(name, home, role)
    OfficeStyle.objects.create(
        unit=town.city,
        signature="某市人民政府教育督导委员会办公室",
        masthead="某市人民政府教育督导委员会办公室文件",
        code_word="某政教督办",
        valid_from=date(2020, 1, 1),
    )
    return CaseTown(town)
