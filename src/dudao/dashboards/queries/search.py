"""What a word finds among all one may see: units, tasks, findings, papers, people. By names, former ones, initials, codes."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from dudao.calc.names import pinyin
from dudao.core.access import Actor
from dudao.findings.queries.findings import containing, seen, with_units
from dudao.orgs.models import Unit
from dudao.orgs.queries import best_found, ways
from dudao.papers.queries import named
from dudao.papers.queries import seen as papers_seen
from dudao.people.models import Account
from dudao.plans.queries.tasks import tasks

MOST = 20


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    note: str
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; ``more`` says that there is more than is shown, ``url`` leads to the full list."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more: bool
    url: str


def find(actor: Actor, text: str, addresses: dict[str, str]) -> list[Found]:
    """At most ``MOST`` of each kind, the closest first. ``addresses`` are those of the full lists, by kind."""
    text = " ".join(text.replace("\x00", "").split())[:60]
    if not text:
        return []
    groups = [
        _units(actor, text, addresses),
        _tasks(actor, text, addresses),
        _findings(actor, text, addresses),
        _papers(actor, text, addresses),
        _people(actor, text, addresses),
    ]
    return [group for group in groups if group.hits]


def _units(actor: Actor, text: str, addresses: dict[str, str]) -> Found:
    rows = best_found(Unit.objects.visible_to(actor, "unit.view"), text, MOST + 1)
    way = ways(rows[:MOST])
    hits = [
        Hit(
            unit.name,
            unit.get_absolute_url(),
            way.get(unit.pk, ""),
            f"{unit.get_kind_display()}（已撤销）" if unit.is_closed else unit.get_kind_display(),
        )
        for unit in rows[:MOST]
    ]
    return Found("机构", "building-community", hits, len(rows) > MOST, addresses.get("units", ""))


def _tasks(actor: Actor, text: str, addresses: dict[str, str]) -> Found:
    rows = tasks(actor).order_by("-plan__year", "sort_no", "id")
    words = Q()
    for word in text.split():
        words &= Q(title__icontains=word) | Q(code__istartswith=word) | Q(text__icontains=word)
    found = list(rows.filter(words)[: MOST + 1])
    if not found and text.isascii() and text.isalpha() and len(text) > 1:
        # Tasks are a few hundred a year: their initials are made when asked for.
        found = [task for task in rows[:2000] if text.lower() in _initials(task.title)][: MOST + 1]
    hits = [
        Hit(
            f"{task.code} {task.title}",
            task.get_absolute_url(),
            f"{task.plan} · {task.point.section}",
            task.get_state_display(),
        )
        for task in found[:MOST]
    ]
    return Found("任务", "list-details", hits, len(found) > MOST, addresses.get("tasks", ""))


def _findings(actor: Actor, text: str, addresses: dict[str, str]) -> Found:
    if not actor.may_somewhere("finding.view"):
        return Found("问题", "clipboard-check", (), False, "")
    found = list(containing(with_units(seen(actor)), text).order_by("-pk")[: MOST + 1])
    hits = [Hit(str(row), row.get_absolute_url(), str(row.unit), row.get_state_display()) for row in found[:MOST]]
    return Found("问题", "clipboard-check", hits, len(found) > MOST, addresses.get("findings", ""))


def _papers(actor: Actor, text: str, addresses: dict[str, str]) -> Found:
    if not actor.may_somewhere("paper.view"):
        return Found("文书", "file-text", (), False, "")
    found = list(named(papers_seen(actor), text).order_by("-pk")[: MOST + 1])
    hits = [
        Hit(row.title, row.get_absolute_url(), str(getattr(row, "number", "")), row.get_kind_display())
        for row in found[:MOST]
    ]
    return Found("文书", "file-text", hits, len(found) > MOST, addresses.get("papers", ""))


def _people(actor: Actor, text: str, addresses: dict[str, str]) -> Found:
    if not actor.may_somewhere("account.view"):
        return Found("人员", "users", (), False, "")
    rows = Account.objects.visible_to(actor, "account.view").select_related("home")
    term = text.lower().replace(" ", "")
    rows = rows.filter(Q(name__icontains=text) | Q(username__istartswith=text) | Q(pinyin__istartswith=term))
    found = list(rows.order_by("pinyin", "id")[: MOST + 1])
    hits = [
        Hit(account.name, account.get_absolute_url(), str(account.home), "账号" if account.is_active else "已停用")
        for account in found[:MOST]
    ]
    return Found("人员", "users", hits, len(found) > MOST, addresses.get("people", ""))


@functools.lru_cache(maxsize=8192)
def _initials(title: str) -> str:
    return pinyin(title).initials
