"""A city with three counties on its way through an evaluation of their governments: for the journey in a browser."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from dudao.demo.builders import account, unit
from dudao.findings.actions.terms import adopt_terms
from dudao.orgs.models import Kind
from dudao.papers.models import OfficeStyle
from dudao.people.queries import actor_for
from dudao.stats.models import DataItem, Return, Round, RoundItem, Value
from evaluations_town import build_town

SHARES = {"平江县": Decimal("0.85"), "湘阴县": Decimal("0.95"), "汨罗市": Decimal("0.7")}
"""About which share of the points each county gets."""
SPENT = "一般公共预算教育支出_万元"


def build() -> SimpleNamespace:
    """``clerks``: who answers for a county; what each spent is known to the statistics."""
    town = build_town()
    town.third_county = unit("汨罗市", Kind.COUNTY, town.city)
    town.counties = [town.county, town.other, town.third_county]
    town.clerks = {town.county.pk: "county_officer", town.other.pk: "stranger", town.third_county.pk: "third_clerk"}
    for name, person in {
        "third_clerk": account("汨罗办", town.third_county, "county_office"),
        "second_officer": account("陈科员", town.city, "city_officer"),
        "fourth": account("钱督学", town.city, "city_inspector"),
    }.items():
        town.accounts[name] = person
        setattr(town, name, actor_for(person))
    OfficeStyle.objects.create(
        unit=town.city, signature="岳阳市人民政府教育督导委员会办公室", code_word="岳政教督办",
        masthead="岳阳市人民政府教育督导委员会办公室文件", valid_from=date(2020, 1, 1),
    )  # fmt: skip
    adopt_terms(town.director, unit=town.city, name="rectification-template")
    known_to_statistics(town)
    return town


def known_to_statistics(town) -> None:
    """What every county spent on education stands in a return of this year."""
    today = timezone.localdate()
    item = DataItem.objects.create(
        code="own_spent",
        name=SPENT,
        level="county",
        kind="decimal",
        unit="万元",
        valid_from=today - timedelta(400),
        sort_no=1,
    )
    asked = Round.objects.create(
        unit=town.city, title=f"{today.year}年教育经费统计", year=today.year, stages=["primary"], opens_on=today - timedelta(60),
        closes_on=today - timedelta(30), state="closed",
    )  # fmt: skip
    RoundItem.objects.create(round=asked, item=item)
    for number, county in enumerate(town.counties):
        given = Return.objects.create(round=asked, unit=county, state="submitted", submitted_at=timezone.now())
        Value.objects.create(ret=given, item=item, stage="", number=Decimal(153600 + number))
