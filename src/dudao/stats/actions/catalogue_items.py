"""Keeping data items and where they stand in the yearly sheets. Numbers hang on an item: what they rest on can't be changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.actions.catalogue import why_fixed
from dudao.stats.models import DataItem, ItemSource
from dudao.stats.queries.catalogue import STAGE_WORDS

_CONTENT = (
    "name", "heading", "definition", "unit", "kind", "level", "stages", "part", "options", "decimals", "carried", "sort_no",
    "valid_from", "valid_to",
)  # fmt: skip


@audit.action
def create_item(actor: Actor, *, place: Unit, code: str, **values: Any) -> DataItem:
    """Add an item of the office's own."""
    actor.require("item.edit", place.path)
    held = DataItem.objects.filter(code=code).first()
    if held is not None:
        raise ValidationError({"code": f"代码“{code}”已被“{held.name}”使用，请换一个。"})
    item = DataItem(code=code, changed=True, **values)
    _check(item)
    item.save(force_insert=True)
    audit.record(actor, "item.edit", item, step="new", **_told(values))
    return item


@audit.action
def edit_item(actor: Actor, *, place: Unit, item: DataItem, revision: int, **values: Any) -> DataItem:
    """Word an item anew or end it. Kind, level, unit and what else its numbers rest on stay as soon as there are numbers.

    From then on the standard set it came from leaves it alone.
    """
    actor.require("item.edit", place.path)
    fixed = why_fixed(item, values)
    if fixed:
        raise ValidationError(fixed)
    changes = {name: [_plain(getattr(item, name)), _plain(values[name])] for name in _CONTENT if name in values}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    for name in _CONTENT:
        if name in values:
            setattr(item, name, values[name])
    _check(item)
    changed = DataItem.objects.filter(pk=item.pk, revision=revision).update(
        **{name: getattr(item, name) for name in _CONTENT}, changed=True, revision=F("revision") + 1
    )
    if changed != 1:
        raise Conflict("这个指标刚刚被他人修改，您的修改没有保存。请刷新页面后再改。")
    audit.record(actor, "item.edit", item, changes=changes)
    return item


def _check(item: DataItem) -> None:
    """What fits together, in words, before the database says no."""
    if item.valid_to is not None and item.valid_to <= item.valid_from:
        raise ValidationError({"valid_to": "停用日期不能早于启用日期，请核对。"})
    if item.level == DataItem.Level.STAGE and not item.stages:
        raise ValidationError({"stages": "按学段填报的指标至少要选一个学段。"})
    if item.level == DataItem.Level.COUNTY and item.stages:
        raise ValidationError({"stages": "县区填报的指标不分学段，请不要勾选。"})
    if (item.kind == DataItem.Kind.CHOICE) != bool(item.options):
        said = "请写明选项，一行一个。" if not item.options else "只有“选项”类型的指标才有选项，请清空。"
        raise ValidationError({"options": said})
    if len(set(item.options)) != len(item.options):
        raise ValidationError({"options": "有重复的选项，请删去。"})
    others = DataItem.objects.filter(heading=item.heading).exclude(pk=item.pk)
    others = others.filter(_overlaps(item.valid_from, item.valid_to))
    for other in others:
        same = set(other.columns) & set(item.columns)
        if same and (other.level == DataItem.Level.COUNTY) == (item.level == DataItem.Level.COUNTY):
            raise ValidationError(
                {"heading": f"表头“{item.heading}”与指标“{other.name}”（{other.code}）相同，表格里会分不清，请换一个。"}
            )


def _overlaps(start: date, end: date | None) -> Q:
    found = Q(valid_to__isnull=True) | Q(valid_to__gt=start)
    return found & Q(valid_from__lt=end) if end is not None else found


@audit.action
def save_source(
    actor: Actor, *, place: Unit, item: DataItem, revision: int, source: ItemSource | None = None, **values: Any
) -> ItemSource:
    """Say where an item stands in the yearly sheets, or correct it. One row of a sheet belongs to one item in one year.

    ``revision`` is that of the item, as it was on the page: its sources are changed by one person at a time.
    """
    actor.require("item.edit", place.path)
    _claim(item, revision)
    made = source or ItemSource(item=item)
    for name, value in values.items():
        setattr(made, name, value)
    if made.year_to is not None and made.year_to < made.year_from:
        raise ValidationError({"year_to": "截止学年早于起始学年，请对调。"})
    if made.stage not in item.columns:
        words = "、".join(STAGE_WORDS[stage] for stage in item.columns if stage) or "不分学段"
        raise ValidationError({"stage": f"“{item.name}”{words}，请改选。"})
    rows = ItemSource.objects.filter(table=made.table, label=made.label).exclude(pk=made.pk).select_related("item")
    rows = rows.filter(Q(year_to__isnull=True) | Q(year_to__gte=made.year_from))
    if made.year_to is not None:
        rows = rows.filter(year_from__lte=made.year_to)
    other = rows.first()
    if other is not None:
        years = f"{other.year_from}—{other.year_to or '今'}"
        raise ValidationError(
            {"label": f"{made.table}“{made.label}”在 {years} 学年已经对应“{other.item.name}”，导入时会分不清。"}
        )
    made.save()
    audit.record(actor, "item.edit", item, step="source", **_told(values))
    return made


@audit.action
def remove_source(actor: Actor, *, place: Unit, item: DataItem, revision: int, source: ItemSource) -> None:
    actor.require("item.edit", place.path)
    _claim(item, revision)
    source.delete()
    audit.record(actor, "item.edit", item, step="source removed", table=source.table, label=source.label)


def _claim(item: DataItem, revision: int) -> None:
    """Take the item's next revision, or say that somebody else has."""
    rows = DataItem.objects.filter(pk=item.pk, revision=revision)
    if rows.update(changed=True, revision=F("revision") + 1) != 1:
        raise Conflict("这个指标刚刚被他人修改，您的修改没有保存。请刷新页面后再改。")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}
