"""Reads over what offices' papers look like: their Word templates and their styles."""

from datetime import date

from django.db.models import Q, QuerySet

from dudao.core import files
from dudao.core.access import Actor
from dudao.core.documents import DocumentError
from dudao.orgs.models import Unit
from dudao.papers.models import OfficeFont, OfficeStyle, Template


def templates_seen(actor: Actor) -> QuerySet[Template]:
    """Templates of the offices whose papers one keeps in shape."""
    rows: QuerySet[Template] = Template.objects.visible_to(actor, "paper.template").select_related("unit", "file")
    return rows


def templates_of(unit: Unit, kind: str = "") -> list[Template]:
    """An office's versions, the newest first; of one kind, or of all."""
    rows = Template.objects.filter(unit=unit).select_related("file")
    return list(rows.filter(kind=kind) if kind else rows)


def bytes_of(template: Template) -> bytes:
    """The file of a version. Raises `DocumentError` when the store has lost it."""
    try:
        with files.opened(template.file) as stream:
            return bytes(stream.read())
    except files.Missing as problem:
        raise DocumentError(f"模板文件“{template.name}”在存储中缺失，请重新上传，或联系系统管理员。") from problem


def styles_of(unit: Unit) -> list[OfficeStyle]:
    """Every style of an office, the newest first."""
    return list(OfficeStyle.objects.filter(unit=unit))


def fonts_of(office: Unit) -> QuerySet[OfficeFont]:
    return OfficeFont.objects.filter(unit=office).order_by("family")


def fonts_seen(actor: Actor) -> QuerySet[OfficeFont]:
    return OfficeFont.objects.visible_to(actor, "paper.style")


def fonts_by_role(office: Unit) -> dict[str, tuple[str, ...]]:
    """The fonts that an office and the offices above it have put in, its own first: role → families."""
    keys = [int(key) for key in office.path.split(".") if key]
    rows = OfficeFont.objects.filter(unit__in=keys).select_related("unit").order_by("-unit__depth", "family")
    found: dict[str, list[str]] = {}
    for row in rows:
        for role in row.roles:
            found.setdefault(role, []).append(row.family)
    return {role: tuple(dict.fromkeys(families)) for role, families in found.items()}


def style_on(unit: Unit, day: date) -> OfficeStyle | None:
    """The style that holds on a day."""
    found: OfficeStyle | None = (
        OfficeStyle.objects.filter(unit=unit, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .order_by("-valid_from")
        .first()
    )
    return found
