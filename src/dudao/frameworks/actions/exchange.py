"""Indicator systems in from files and out to files: a file taken in, confirmed into a draft, given up; an export noted."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.tree import TreeDataError, validate
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.frameworks.actions.drafts import next_number, write_tree
from dudao.frameworks.exchange import built
from dudao.frameworks.models import Framework, FrameworkUpload, FrameworkVersion
from dudao.frameworks.trees import whole_of
from dudao.orgs.models import Unit

State = FrameworkUpload.State


@audit.action
def take_upload(
    actor: Actor,
    *,
    unit: Unit,
    system: Framework | None,
    file: StoredFile,
    name: str,
    kept: Mapping[str, Any],
    notes: Collection[str],
) -> FrameworkUpload:
    """Keep a file and what was read from it; no indicator system is made yet."""
    actor.require("framework.import", unit.path)
    if system is not None:
        _takes_a_draft(system, unit)
    taken = FrameworkUpload.objects.create(
        unit=unit,
        framework=system,
        file=file,
        name=name[:200],
        state=_state_of(kept),
        kept=dict(kept),
        notes=list(notes),
        uploaded_by=actor.name,
    )
    audit.record(actor, "framework.import", taken, step="upload", file=file.digest, faults=len(kept["faults"]))
    return taken


def _state_of(kept: Mapping[str, Any]) -> str:
    return State.FAULTY if kept["faults"] or kept["unsure"] else State.READY


@audit.action
def read_again(
    actor: Actor, *, taken: FrameworkUpload, kept: Mapping[str, Any], notes: Collection[str]
) -> FrameworkUpload:
    """Keep another reading of the same file: a person has said what its columns mean."""
    found = _locked(taken)
    actor.require("framework.import", found.unit.path)
    if found.state not in {State.READY, State.FAULTY}:
        raise Conflict("这份文件已经导入或放弃，不能再读取。")
    found.kept, found.notes, found.state = dict(kept), list(notes), _state_of(kept)
    found.save(update_fields=["kept", "notes", "state"])
    audit.record(actor, "framework.import", found, step="read", faults=len(kept["faults"]))
    return found


def _takes_a_draft(system: Framework, unit: Unit) -> None:
    if system.unit_id != unit.pk:
        raise ValidationError(f"“{system}”不是{unit}的指标体系，请重新选择所属单位或指标体系。")
    if FrameworkVersion.objects.filter(framework=system, state="draft").exists():
        raise ValidationError(f"“{system}”已经有一份草稿，请先发布或丢弃它，再导入新版本。")


@audit.action
def import_upload(actor: Actor, *, taken: FrameworkUpload, chosen: Collection[str]) -> FrameworkVersion:
    """Make the draft: a new system, or the next version of one. ``chosen``: the guesses that stand."""
    found = _locked(taken)
    actor.require("framework.import", found.unit.path)
    if found.state == State.DONE:
        raise Conflict("这份文件已经导入过，没有重复导入。")
    if found.state != State.READY:
        raise Denied("这份文件有错误或已放弃，不能导入。请改好后重新上传。", "framework.import")
    try:
        tree = built(found.kept, chosen)
    except TreeDataError as error:
        raise ValidationError(f"指标体系读不出来：{error}") from None
    Unit.objects.select_for_update().get(pk=found.unit_id)  # two files of one name at once: the second finds the first
    system = found.framework
    if system is None:
        if Framework.objects.filter(unit=found.unit, name=tree.root.name).exists():
            raise ValidationError(
                f"{found.unit}已经有名为“{tree.root.name}”的指标体系。请重新上传，选“作为它的新版本”，或另取名称。"
            )
        system = Framework.objects.create(unit=found.unit, name=tree.root.name)
    else:
        Framework.objects.select_for_update().get(pk=system.pk)
        _takes_a_draft(system, found.unit)
    version = FrameworkVersion.objects.create(framework=system, number=next_number(system), whole=whole_of(tree))
    write_tree(version, tree)
    values = {"state": State.DONE, "version": version, "imported_at": timezone.now()}
    if FrameworkUpload.objects.filter(pk=found.pk, state=State.READY).update(**values) != 1:
        raise Conflict
    said: dict[str, Any] = {"file": found.file.digest, "guesses": sorted(chosen), "findings": len(validate(tree))}
    audit.record(actor, "framework.import", version, step="import", upload=found.pk, **said)
    return version


@audit.action
def discard_upload(actor: Actor, *, taken: FrameworkUpload) -> FrameworkUpload:
    """Give a file up; it stays as evidence that it was there."""
    found = _locked(taken)
    actor.require("framework.import", found.unit.path)
    if found.state not in {State.READY, State.FAULTY}:
        raise Conflict("这份文件已经导入或放弃，不用再放弃。")
    found.state = State.DISCARDED
    found.save(update_fields=["state"])
    audit.record(actor, "framework.import", found, step="discard")
    return found


@audit.action
def note_export(actor: Actor, *, version: FrameworkVersion, sort: str) -> FrameworkVersion:
    """Note that a version leaves the platform as a file. The caller has found it among the versions the person may see."""
    if not actor.may_somewhere("framework.export"):
        raise Denied("您没有“导出指标体系”的权限，如工作需要请联系安全管理员。", "framework.export")
    audit.record(actor, "framework.export", version, sort=sort)
    return version


def _locked(taken: FrameworkUpload) -> FrameworkUpload:
    rows = FrameworkUpload.objects.select_related("unit", "framework", "file").select_for_update(of=("self",))
    found: FrameworkUpload = rows.get(pk=taken.pk)
    return found
