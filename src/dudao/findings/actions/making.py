"""Writing a finding down: by hand, from another part of the platform, for many units at once; changing and discarding a draft."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.files import Attachment
from dudao.findings.actions.steps import attach, step
from dudao.findings.flow import FINDING
from dudao.findings.models import WRITTEN, Draft, Finding
from dudao.findings.sources import Origin, Problem
from dudao.orgs.models import Unit
from dudao.papers.sources import Fact

TEXT = 4000


class Said(Draft, total=False):
    """What a problem is registered with: of the platform, and what a person writes."""

    source_url: str
    """A path of the platform that leads back."""
    source_key: str
    """What it was found in («mark:12:A1»)."""
    facts: Iterable[Fact]
    """The numbers that the source states; a paper that states them too asks the source again before it is issued."""
    parent: Finding | None
    demo: bool


@audit.action
def create_finding(
    actor: Actor,
    *,
    office: Unit,
    unit: Unit,
    files: Iterable[Attachment] = (),
    **said: Unpack[Said],
) -> Finding:
    """Write a problem down as a draft of an office; what other parts of the platform call.

    Asked again for the same unit and ``source_key``, the finding that there is comes back with an event of its own and nothing is
    made twice.
    """
    actor.require("finding.create", unit.path, office.path)
    if not unit.path.startswith(office.path) or unit.pk == office.pk:
        raise Denied(f"“{unit}”不在{office}之下，不能由{office}下达整改。", "finding.create")
    source_key, source_url = said.get("source_key", ""), said.get("source_url", "")
    if source_key:
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two at once would both find nothing
        known = Finding.objects.select_related("unit", "office").filter(unit=unit, source_key=source_key).first()
        if known is not None:
            audit.record(actor, "finding.create", known, again=True)
            return known
    if source_url and not source_url.startswith("/"):
        raise ValidationError({"source_url": "来源链接只能是本平台的地址，以“/”开头。"})
    made = Finding.objects.create(
        office=office,
        unit=unit,
        source_url=source_url,
        source_key=source_key,
        facts=[fact.stored() for fact in said.get("facts", ())],
        parent=said.get("parent"),
        created_by_id=actor.id,
        demo=said.get("demo", False),
        **_clean(
            {"description": "", "source": "", "severity": Finding.Severity.GENERAL}
            | {name: value for name, value in said.items() if name in WRITTEN}
            | {"found_on": said.get("found_on") or timezone.localdate()}
        ),
    )
    count = attach(made, files)
    audit.record(
        actor,
        "finding.create",
        made,
        source=made.get_source_display(),
        severity=made.get_severity_display(),
        files=count or None,
    )
    return made


@audit.action
def create_findings(actor: Actor, *, office: Unit, units: Collection[Unit], **values: Any) -> list[Finding]:
    """The same problem at several units: a draft for each, all or none."""
    if not units:
        raise ValidationError({"units": "请至少选择一个责任单位。"})
    return [create_finding(actor, office=office, unit=unit, **values) for unit in units]


@audit.action
def create_from(
    actor: Actor, *, office: Unit, origin: Origin, problems: Sequence[Problem], **values: Any
) -> list[Finding]:
    """A draft for each of some problems of an origin, all or none. ``values``, said of all alike, win over the origin's words."""
    if not problems:
        raise ValidationError("请至少选择一个问题。")
    made = []
    for problem in problems:
        said: dict[str, Any] = {
            "unit": problem.unit,
            "description": problem.description,
            "suggestion": problem.suggestion,
            "category": origin.category,
            "found_on": origin.found_on,
        }
        said |= {name: value for name, value in values.items() if value not in ("", None) or name not in said}
        made.append(
            create_finding(
                actor,
                office=office,
                source=origin.source,
                source_label=origin.label,
                source_url=origin.url,
                source_key=problem.key,
                indicator_code=problem.indicator_code,
                indicator=problem.indicator,
                facts=problem.facts,
                **said,
            )
        )
    return made


@audit.action
def edit(
    actor: Actor, *, finding: Finding, revision: int | None = None, files: Iterable[Attachment] = (), **values: Any
) -> Finding:
    """Change a draft. What was issued can't be changed: recall it first."""
    row = FINDING.lock(finding, revision)
    unknown = set(values) - set(WRITTEN)
    if unknown:
        raise TypeError(f"not a field of a draft: {sorted(unknown)}")
    changes = {name: value for name, value in _clean(values).items() if value != getattr(row, name)}
    touched = [str(_field(name).verbose_name) for name in WRITTEN if name in changes]
    if {"description", "indicator_code", "indicator", "found_on"} & changes.keys():
        changes |= {"recurs": None, "looked_back": False}
    step(actor, row, "finding.edit", changes=changes, fields=touched)
    attach(row, files)
    return row


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a draft, stripped and checked; errors are told by field."""
    found: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    problems = {}
    if "description" in found and not found["description"]:
        problems["description"] = "请写明问题的具体表现。"
    for name in ("description", "suggestion"):
        if len(found.get(name, "")) > TEXT:
            problems[name] = f"有 {len(found[name])} 个字，最多 {TEXT} 个字，请精简或放到附件里。"
    if "severity" in found and found["severity"] not in Finding.Severity.values:
        problems["severity"] = f"没有“{found['severity']}”这种严重程度，请重新选择。"
    if "source" in found and found["source"] not in Finding.Source.values:
        problems["source"] = f"没有“{found['source']}”这种问题来源，请重新选择。"
    if "found_on" in found and found["found_on"] > timezone.localdate():
        problems["found_on"] = "发现时间晚于今天，请核对。"
    if problems:
        raise ValidationError(problems)
    for name in ("category", "source_label", "indicator_code", "indicator", "leader", "person", "remark"):
        if name in found:
            found[name] = found[name][: _field(name).max_length]
    return found


def _field(name: str) -> Any:
    return Finding._meta.get_field(name)


@audit.action
def discard(actor: Actor, *, finding: Finding) -> None:
    """Delete a draft that was never issued, with its files; the event stays."""
    row = FINDING.lock(finding)
    FINDING.require(row, "finding.discard", actor)
    if row.consultations.exists():
        raise Denied("这个问题已经发出协商意见，不能删除；不再整改的请“免予整改”。", "finding.discard")
    audit.record(actor, "finding.discard", row, description=row.description[:200])
    row.files.all().delete()
    row.delete()


@audit.action
def settle_recurrence(actor: Actor, *, finding: Finding, earlier: Finding | None) -> Finding:
    """A person decides whether a problem has come back: ``earlier`` is the one it repeats, ``None`` says that it is none."""
    row = FINDING.lock(finding)
    actor.require("finding.recur", row.unit.path)
    if not actor.everything and not any(
        row.office.path.startswith(grant.path) for grant in actor.grants if "finding.recur" in grant.verbs
    ):
        raise Denied(f"这个问题由{row.office}登记，由{row.office}判断是否反复出现。", "finding.recur")
    if earlier is not None and (earlier.unit_id != row.unit_id or earlier.pk >= row.pk):
        raise ValidationError("反复出现的问题应当是同一单位更早的问题，请重新选择。")
    Finding.objects.filter(pk=row.pk).update(recurs=earlier, looked_back=True, revision=row.revision + 1)
    row.recurs, row.looked_back, row.revision = earlier, True, row.revision + 1
    audit.record(actor, "finding.recur", row, earlier=str(earlier) if earlier is not None else None)
    return row
