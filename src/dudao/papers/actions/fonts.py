"""Font files of an office: brought, and taken away again."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from dudao.calc.layout import ROLES
from dudao.core import audit, files
from dudao.core.access import Actor
from dudao.core.documents import face_of
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.papers.models import OfficeFont

FONT = "font/sfnt"
LATIN = "latin"


@audit.action
def add_font(actor: Actor, *, unit: Unit, name: str, content: bytes, roles: Sequence[str]) -> OfficeFont:
    """Put in a font for some roles of the office's papers; one of the same name takes the place of the one before."""
    actor.require("paper.style", unit.path)
    unknown = set(roles) - {*ROLES, LATIN}
    if unknown or not roles:
        raise ValidationError({"roles": "请选择这个字体用在哪里。"})
    face = face_of(content)
    if face is None:
        raise ValidationError({"file": f"“{name}”不是字体文件，请选 .ttf、.otf 或 .ttc 文件。"})
    if not face.may_embed:
        raise ValidationError({"file": f"“{face.family}”的授权不允许嵌入文件，印发的 PDF 里不能用，请换一个字体。"})
    if not face.has_chinese and set(roles) != {LATIN}:
        raise ValidationError({"file": f"“{face.family}”里没有汉字，只能用于字母和数字。"})
    stored = files.keep(content, FONT)
    made, _ = OfficeFont.objects.update_or_create(
        unit=unit,
        family=face.family[:120],
        defaults={"name": name[:200], "roles": list(roles), "file": stored, "added_by": actor.name[:100]},
    )
    audit.record(
        actor, "paper.style", made, what="添加字体", family=made.family, roles=list(roles), digest=stored.digest
    )
    return made


@audit.action
def remove_font(actor: Actor, *, font: OfficeFont) -> None:
    """Take a font out of use. What was issued in it keeps it."""
    actor.require("paper.style", font.unit.path)
    found = OfficeFont.objects.select_for_update(of=("self",)).filter(pk=font.pk).first()
    if found is None:
        raise Conflict("这个字体已经移除。")
    audit.record(actor, "paper.style", found, what="移除字体", family=found.family)
    found.delete()
