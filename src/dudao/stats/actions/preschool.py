"""A preschool run: the numbers of the returns, what every kindergarten lacks, kept frozen; and the judgements that people add."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao import packs
from dudao.calc.declared import RulesError
from dudao.calc.preschool import Kindergarten, Lack, county_data, judge, standard_from
from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.models import PreschoolJudgement, PreschoolRun
from dudao.stats.queries import preschool


@audit.action
def run_preschool(
    actor: Actor, *, unit: Unit, year: int, pack: str, accepted_only: bool, skip_missing: bool = False
) -> PreschoolRun:
    """Evaluate the counties below a unit by the standard as it holds at the beginning of the school year.

    ``skip_missing``: kindergartens that haven't reported are left out instead of leaving the sums open; for trying only.
    Judgements of the latest run of the same year and place are carried over: what people decided doesn't change with numbers.
    """
    actor.require("preschool.run", unit.path)
    content = packs.read("items", pack)
    try:
        standard, norms = standard_from(content), preschool.norms_of(content)
    except RulesError as reason:
        raise Conflict(str(reason)) from None
    inputs = preschool.inputs_of(unit, year, accepted_only=accepted_only)
    if not any(county.kindergartens or county.own for county in inputs):
        words = "已通过审核的报表" if accepted_only else "报表"
        raise Denied(f"{unit}在{year}—{year + 1}学年还没有幼儿园或县级数据的{words}，不能测算。", "preschool.run")
    counties = []
    for county in inputs:
        judged = [(one, judge(one, norms)) for one in county.kindergartens]
        usable = skip_missing and bool(judged)
        data = county_data(judged, county.own, norms, is_complete=not county.missing or usable)
        wanted = _names(standard)
        gardens = [one for one in county.kindergartens if not one.is_attached]
        counties.append(
            {
                "unit": county.unit.pk,
                "name": str(county.unit),
                "region": (county.unit.region_code or unit.region_code)[:6],
                "kindergartens": len(gardens),
                "attached": len(county.kindergartens) - len(gardens),
                "missing": county.missing,
                "data": {name: _plain(data.get(name)) for name in sorted(wanted)},
                "failing": [_garden(one, found.lacks) for one, found in judged if found.lacks and not one.is_attached],
                "unknown": [_garden(one, found.unknown) for one, found in judged if found.unknown],
            }
        )
    results = {"counties": counties}
    stored = json.loads(json.dumps(content, default=str))
    previous = PreschoolRun.objects.filter(unit=unit, year=year).order_by("-id").first()
    made = PreschoolRun.objects.create(
        unit=unit,
        year=year,
        pack=pack,
        pack_name=content["name"],
        standard=stored,
        day=date(year, 9, 1),
        accepted_only=accepted_only,
        skip_missing=skip_missing,
        inputs=preschool.digest_of([county.plain for county in inputs]),
        rules=preschool.digest_of(stored),
        outputs=preschool.digest_of(results),
        kindergartens=sum(county["kindergartens"] for county in counties),
        results=results,
        made_by=actor.name,
    )
    carried = _carry(previous, made, {item.code for item in standard.items.items if item.judged})
    audit.record(
        actor, "preschool.run", made, inputs=made.inputs, rules=made.rules, outputs=made.outputs, carried=carried
    )
    return made


def _garden(one: Kindergarten, lacks: Sequence[Lack]) -> dict[str, Any]:
    said = [{"code": lack.code, "words": lack.words} for lack in lacks]
    return {"unit": one.key, "name": one.name, "nature": one.nature or "", "lacks": said}


def _names(standard: Any) -> set[str]:
    """The names of all numbers that the standard asks for."""
    items = [*standard.items.items, *([standard.recognition] if standard.recognition else [])]
    conditions = [condition for item in items for condition in (*item.conditions, *item.basic)]
    return {name for one in conditions for name in (one.of, one.over, one.value_of) if name}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize(), "f")


def _carry(previous: PreschoolRun | None, made: PreschoolRun, judged: set[str]) -> int:
    if previous is None:
        return 0
    held = list(PreschoolJudgement.objects.filter(run=previous, item__in=judged))
    for one in held:
        one.pk, one.run = None, made
    PreschoolJudgement.objects.bulk_create(held)
    return len(held)


class Judged(TypedDict):
    """A status with its grounds, and perhaps a file."""

    status: str
    note: str
    upload: NotRequired[Any]


@audit.action
def judge_item(
    actor: Actor, *, run: PreschoolRun, county: int, item: str, version: int, **said: Unpack[Judged]
) -> PreschoolJudgement:
    """Decide an item of one county by hand, with the reason; a new file replaces the one before. ``version`` 0: not yet judged."""
    actor.require("preschool.judge", run.unit.path)
    view = preschool.run_view(run)
    found = view.county(county)
    shown = found.item(item) if found else None
    if found is None or shown is None:
        raise ValidationError("这次测算里没有这个县市区或这项指标。")
    if not shown.result.item.judged:
        raise ValidationError(f"{item} 由数据判定，不能人工判定；数据不对请更正报表后重新测算。")
    status, note, upload = said["status"], said["note"].strip(), said.get("upload")
    if not note:
        raise ValidationError("请写明判定的依据。")
    held = PreschoolJudgement.objects.select_for_update().filter(run=run, county=county, item=item).first()
    if (held.version if held else 0) != version:
        raise Conflict(f"{held.judged_by if held else '其他人'}刚才判定了这一项，请刷新页面，看过再改。")
    before = held.status if held else None
    made = held or PreschoolJudgement(run=run, county_id=county, item=item, version=0)
    made.status, made.note = status, note
    if upload is not None:
        made.file, made.file_name = files.store(upload), upload.name[:200]
    made.version += 1
    made.judged_by, made.judged_at = actor.name, timezone.now()
    made.save()
    audit.record(
        actor, "preschool.judge", run, county=found.name, item=item, changes={"status": [before, status]}, note=note
    )
    return made


@audit.action
def note_preschool_export(actor: Actor, *, run: PreschoolRun) -> None:
    actor.require("preschool.export", run.unit.path)
    audit.record(actor, "preschool.export", run)
