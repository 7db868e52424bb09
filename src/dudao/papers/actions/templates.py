"""An office's own Word templates: brought in and tried on sample values, one of a kind in use, back to the built-in one."""

from typing import Any

from django.core.exceptions import ValidationError

from dudao.core import audit, files
from dudao.core.access import Actor
from dudao.core.documents import DocumentError, read_word
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.papers import trying
from dudao.papers.composing import ComposeError, examine
from dudao.papers.kinds import Kind
from dudao.papers.models import Template

MOST_BYTES = 5 * 1024 * 1024
_MOST_NAMED = 10


@audit.action
def upload_template(actor: Actor, *, unit: Unit, kind: str, upload: Any, name: str = "") -> Template:
    """Keep a new version of an office's template. It is not in use yet.

    It is tried on sample values first: one that asks for what this kind of paper doesn't say, or that fails, is refused with all
    that is wrong. What it leaves out is kept in ``missing``.
    """
    actor.require("paper.template", unit.path)
    sort = Kind(kind)
    name = (name or getattr(upload, "name", "") or "模板.docx")[:200]
    stored = files.store(upload, name, kinds={"docx"}, limit=MOST_BYTES)
    if Template.objects.filter(unit=unit, kind=sort, file=stored).exists():
        raise ValidationError(f"“{name}”和已有的一个版本完全相同，没有保存。")
    with files.opened(stored) as stream:
        content = bytes(stream.read())
    try:
        found = examine(sort, content)
        if found.unknown:
            rest = f"等 {len(found.unknown)} 处" if len(found.unknown) > _MOST_NAMED else ""
            words = "".join(item.words for item in found.unknown[:_MOST_NAMED])
            raise ValidationError(
                f"{sort.label}的模板用了平台不认识的名称：{words}{rest}请对照“可以使用的内容”改好后重新上传。"
            )
        ignored = read_word(trying.filled(unit, sort, content)).ignored
    except (DocumentError, ComposeError) as problem:
        raise ValidationError(str(problem)) from problem
    if ignored:
        raise ValidationError(f"模板里有不能印出的内容：{'、'.join(ignored)}。请在 Word 里去掉后重新上传。")
    made: Template = Template.objects.create(
        unit=unit, kind=sort, name=name, file=stored, missing=list(found.missing), uploaded_by=actor.name[:100]
    )
    audit.record(actor, "paper.template", made, what="上传模板", kind=sort.label, missing=list(found.missing))
    return made


@audit.action
def use_template(actor: Actor, *, template: Template) -> Template:
    """Put a version in use: papers drafted from now on are made with it. The one before rests."""
    actor.require("paper.template", template.unit.path)
    rows = _held(template.unit, template.kind)
    found = next(row for row in rows if row.pk == template.pk)
    if found.in_use:
        raise Conflict("这个模板已经在使用。")
    Template.objects.filter(unit=template.unit, kind=template.kind, in_use=True).update(in_use=False)
    found.in_use = True
    found.save(update_fields=["in_use"])
    audit.record(actor, "paper.template", found, what="启用模板", kind=found.get_kind_display())
    return found


@audit.action
def return_to_builtin(actor: Actor, *, unit: Unit, kind: str) -> Template:
    """Make papers of this kind in the built-in form again. The office's versions stay."""
    actor.require("paper.template", unit.path)
    found = next((row for row in _held(unit, Kind(kind)) if row.in_use), None)
    if found is None:
        raise Conflict(f"{Kind(kind).label}已经在使用平台自带的格式。")
    found.in_use = False
    found.save(update_fields=["in_use"])
    audit.record(actor, "paper.template", found, what="恢复自带格式", kind=found.get_kind_display())
    return found


def _held(unit: Unit, kind: str) -> list[Template]:
    """All versions, locked in one order: two people who change what is in use come after each other."""
    return list(Template.objects.select_for_update(of=("self",)).filter(unit=unit, kind=kind).order_by("pk"))
