"""Reads for bringing indicator systems in: for which offices, as the next version of which systems, which files are waiting."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from dudao.core.access import Actor
from dudao.frameworks.models import Framework, FrameworkUpload, FrameworkVersion
from dudao.orgs.models import Kind, Unit


def offices(actor: Actor) -> list[Unit]:
    """The cities and counties for which the actor may bring systems in."""
    rows = Unit.objects.visible_to(actor, "framework.import").filter(kind__in=(Kind.CITY, Kind.COUNTY, Kind.ZONE))
    return list(rows.order_by("path"))


def systems(actor: Actor) -> list[Framework]:
    """The systems that can take a new draft: those without one."""
    drafts = FrameworkVersion.objects.filter(framework=OuterRef("pk"), state="draft")
    rows = Framework.objects.visible_to(actor, "framework.import").select_related("unit")
    return list(rows.filter(~Exists(drafts)).order_by("unit__path", "name"))


def uploads(actor: Actor) -> QuerySet[Any]:
    rows: QuerySet[Any] = FrameworkUpload.objects.visible_to(actor, "framework.import")
    return rows.select_related("unit", "framework", "file", "version__framework")


def upload_of(actor: Actor, pk: int) -> FrameworkUpload | None:
    found: FrameworkUpload | None = uploads(actor).filter(pk=pk).first()
    return found


def root_code(system: Framework | None) -> str:
    """The code of the whole in the newest version, which a new version keeps; «» for a new system."""
    if system is None:
        return ""
    newest = FrameworkVersion.objects.filter(framework=system).order_by("-number").first()
    if newest is None:
        return ""
    code: str = newest.indicators.values_list("code", flat=True).get(parent=None)
    return code
