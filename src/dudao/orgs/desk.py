"""Units on the shared pages."""

from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import HITS, Desk, Entry, Found, Hit
from dudao.orgs.models import Unit
from dudao.orgs.queries import best_found, ways


def find(actor: Actor, text: str) -> Found | None:
    rows = best_found(Unit.objects.visible_to(actor, "unit.view"), text, HITS + 1)
    way = ways(rows[:HITS])
    hits = [Hit(unit.name, unit.get_absolute_url(), way.get(unit.pk, ""), _kind(unit)) for unit in rows[:HITS]]
    return Found("机构", "building-community", hits, len(rows) > HITS, reverse("orgs:units"))


def _kind(unit: Unit) -> str:
    return f"{unit.get_kind_display()}（已撤销）" if unit.is_closed else unit.get_kind_display()


DESK = Desk(
    menu=(
        (60, (("inspector",), Entry("机构", "building-community", "orgs:units", "unit.view"))),
        (110, (("school",), Entry("本校档案", "school", "orgs:unit", "unit.view", own=True))),
        (114, (("admin",), Entry("工作日历", "calendar", "orgs:calendar", "calendar.edit"))),
        (115, (("admin",), Entry("机构", "building-community", "orgs:units", "unit.view"))),
    ),
    search=((10, find),),
)
