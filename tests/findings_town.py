"""A city with two counties, a school, a department, people of every role, and terms of its own: what tests of findings stand on."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.builders import account, unit
from dudao.findings.actions import issuing, judging, making, rectifying
from dudao.findings.actions.terms import adopt_terms
from dudao.findings.models import Finding
from dudao.orgs.models import Kind, Unit
from dudao.people.models import Account
from dudao.people.queries import actor_for

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def proof(name: str = "佐证.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def day(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(days=offset)


def at(offset: int) -> datetime:
    return timezone.now() + timedelta(days=offset)


@dataclass
class Town:
    """The units and people of the tests by short names; people are actors."""

    city: Unit
    pingjiang: Unit
    xiangyin: Unit
    school: Unit
    finance: Unit
    accounts: dict[str, Account] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("__") or name not in self.accounts:
            raise AttributeError(name)
        return actor_for(self.accounts[name])

    def draft(self, **values) -> Finding:
        values = {
            "office": self.pingjiang,
            "unit": self.school,
            "description": "食堂食品留样不足48小时",
            "source": "visit",
            "indicator_code": "GP7",
            **values,
        }
        return making.create_finding(self.county, **values)

    def issued(self, **values) -> Finding:
        given = {name: values.pop(name) for name in ("deadline", "at") if name in values}
        return issuing.issue(self.county, finding=self.draft(**values), **given)

    def signed(self, **values) -> Finding:
        return issuing.sign(self.head, finding=self.issued(**values))

    def planned(self, **values) -> Finding:
        row = self.signed(**values)
        rectifying.plan(
            self.head, finding=row, measures="购置留样冰箱", target="留样满48小时", leader="王校长", person="李主任"
        )
        return again(row)

    def reported(self, **values) -> Finding:
        row = self.planned(**values)
        rectifying.report(self.head, finding=row, kind="done", text="冰箱已到位，台账齐全", files=[proof()])
        return again(row)

    def verified(self, **values) -> Finding:
        return judging.verify(self.county, finding=self.reported(**values), method="site", opinion="现场查看属实")


def again(row: Finding) -> Finding:
    return Finding.objects.select_related("unit__parent", "office").get(pk=row.pk)


def build() -> Town:
    city = unit("某市", Kind.CITY)
    pingjiang = unit("平江县", Kind.COUNTY, city, sort_no=10)
    xiangyin = unit("湘阴县", Kind.COUNTY, city, sort_no=20)
    school = unit("平江一中", Kind.SCHOOL, pingjiang)
    finance = unit("市财政局", Kind.DEPARTMENT, city)
    made = Town(city, pingjiang, xiangyin, school, finance)
    for key, name, home, role in (
        ("director", "李主任", city, "city_director"),
        ("officer", "王科", city, "city_officer"),
        ("county", "平江督导办", pingjiang, "county_office"),
        ("county2", "平江副手", pingjiang, "county_office"),
        ("stranger", "湘阴督导办", xiangyin, "county_office"),
        ("head", "校长", school, "school_head"),
        ("reporter", "填报员", school, "school_reporter"),
        ("inspector", "平江督学", pingjiang, "county_inspector"),
        ("liaison", "财政联络员", finance, "liaison"),
        ("leader", "副市长", city, "leader"),
    ):
        made.accounts[key] = account(name, home, role)
    adopt_terms(made.director, unit=city, name="rectification-template")
    return made
