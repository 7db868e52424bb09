"""Rows of findings and who sees them. `seen` is the one scope that lists, pages, files and counts share."""

from typing import Any

from django.db.models import Q, QuerySet

from dudao.core.access import Actor
from dudao.core.keys import is_number
from dudao.findings.models import Extension, Finding, FindingFile, Report, Verification
from dudao.orgs.models import Unit
from dudao.orgs.queries import search
from dudao.orgs.rules import spoken_for_at
from dudao.papers.models import Paper


def with_units(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with all that guards, lights and tables look at, in one join."""
    return rows.select_related("unit__parent", "office")


def seen(actor: Actor, verb: str = "finding.view") -> QuerySet[Any]:
    """What a person may see: findings of units in their scope; a draft only where they could have made it.

    The unit that a draft is about doesn't know of it before it is issued.
    """
    rows = Finding.objects.visible_to(actor, verb)
    if actor.everything:
        return rows
    known = ~Q(state=Finding.State.DRAFT)
    for path in actor.paths("finding.create"):
        known |= Q(office__path__startswith=path)
    return rows.filter(known)


def finding(actor: Actor, pk: int) -> Finding | None:
    return with_units(seen(actor)).select_related("recurs", "parent", "notice").filter(pk=pk).first()


def mine(actor: Actor) -> Q:
    """The findings that the actor's own units have to put right."""
    return spoken_for_at(actor.paths("finding.sign"))


def offices(actor: Actor, verb: str = "finding.create") -> QuerySet[Unit]:
    """The offices in whose name a person finds problems: the highest nodes on which they hold the verb."""
    return Unit.objects.filter(path__in=actor.paths(verb)).order_by("depth", "sort_no", "id")


def responsible(actor: Actor, office: Unit | None = None) -> QuerySet[Any]:
    """The units that may be made responsible: open ones below an office in which the actor may make findings."""
    rows = Unit.objects.visible_to(actor, "finding.create").filter(valid_to__isnull=True)
    rows = rows.exclude(path__in=actor.paths("finding.create"))
    return rows.filter(path__startswith=office.path).exclude(pk=office.pk) if office is not None else rows


def evidence_of(row: Finding) -> QuerySet[FindingFile]:
    """The files that show the problem itself."""
    return row.files.filter(report__isnull=True, verification__isnull=True).select_related("file")


def reports_of(row: Finding) -> QuerySet[Report]:
    return row.reports.prefetch_related("files__file").order_by("-number")


def verifications_of(row: Finding) -> QuerySet[Verification]:
    return row.verifications.prefetch_related("files__file").order_by("-id")


def sent_back(row: Finding) -> Verification | None:
    """The look after which it went back to its unit, while it is there: its opinion says what is still to be done."""
    if row.state != Finding.State.RETURNED:
        return None
    last = verifications_of(row).first()
    return last if last is not None and not last.passed else None


def parts_of(actor: Actor, row: Finding) -> QuerySet[Any]:
    """The findings that carry out this one, as far as the actor sees them."""
    return with_units(seen(actor)).filter(parent=row).order_by("unit__path", "pk")


def evidence_count(row: Finding) -> int:
    """Files that the responsible unit has sent with any of its reports."""
    return FindingFile.objects.filter(finding=row, report__isnull=False).count()


def noticed(paper: int) -> QuerySet[Any]:
    """The findings that a 整改通知书 tells of."""
    return Finding.objects.filter(notice=paper).order_by("pk")


def given_since(paper: Paper) -> QuerySet[Extension]:
    """More time that was given to the findings of a 整改通知书 after it was issued, in the order of the paper."""
    rows = Extension.objects.filter(finding__notice=paper, state=Extension.State.GIVEN)
    if paper.issued_at is not None:
        rows = rows.filter(decided_at__gte=paper.issued_at)
    return rows.select_related("finding").order_by("finding", "decided_at", "pk")


def asking() -> QuerySet[Any, Any]:
    """The keys of findings whose unit waits for an answer about more time."""
    return Extension.objects.filter(state=Extension.State.ASKED).values("finding")


def open_extension(row: Finding) -> Extension | None:
    return row.extensions.filter(state=Extension.State.ASKED).first()


def extension(actor: Actor, pk: int) -> Extension | None:
    rows = Extension.objects.filter(finding__in=seen(actor).values("pk"))
    return rows.select_related("finding__unit__parent", "finding__office").filter(pk=pk).first()


def file_of(actor: Actor, pk: int) -> FindingFile | None:
    """A file of a finding, if the actor may see the finding and open files there."""
    rows = FindingFile.objects.visible_to(actor, "file.view").filter(pk=pk, finding__in=seen(actor).values("pk"))
    return rows.select_related("file").first()


def unit_name(actor: Actor, value: str) -> str | None:
    """The name of a unit chosen as a filter; ``None`` when the actor has no findings to see there."""
    if not is_number(value):
        return None
    found = Unit.objects.visible_to(actor, "finding.view").filter(pk=value).first()
    return str(found) if found is not None else None


def path_of(value: str) -> str:
    """The path of a unit that `unit_name` has let through."""
    return str(Unit.objects.values_list("path", flat=True).get(pk=value))


def containing(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The rows in whose description, number or unit every word is found; units by any piece of a name, initials or code."""
    for word in text.split():
        units = search(Unit.objects.all(), word).values("pk")
        rows = rows.filter(Q(description__contains=word) | Q(code__startswith=word.upper()) | Q(unit__in=units))
    return rows
