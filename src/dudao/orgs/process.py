"""A unit as it is worked with: what happens to it on a day, each with its form and its words."""

from datetime import date
from typing import Any, Final

from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.ui.parts import Crumb
from dudao.orgs import actions, flow, forms, queries
from dudao.orgs.models import Kind, Unit, UnitName


def _trail(unit: Any, title: str) -> list[Crumb]:
    """The way from the list: names of what is above one's scope without a link."""
    above = [Crumb("机构", reverse("orgs:units"))]
    above += [Crumb(str(upper), upper.get_absolute_url() if seen else "") for upper, seen in unit.way]
    return [*above, Crumb(str(unit), unit.get_absolute_url())] if title else above


def _edit(actor: Actor, unit: Unit) -> dict[str, Any]:
    initial = forms.EditForm.initial_of(unit, queries.names_of(unit, UnitName.Sort.ALIAS), queries.levels_of(unit))
    return {"unit": unit, "initial": initial}


def _rename(actor: Actor, unit: Unit, **values: Any) -> tuple[str, Unit]:
    return unit.name, actions.rename_unit(actor, unit=unit, **values)


def _move(actor: Actor, unit: Unit, **values: Any) -> tuple[Unit, bool]:
    moved = actions.move_unit(actor, unit=unit, **values)
    return moved, queries.visible_unit(actor, unit.pk).exists()


def _along(unit: Unit) -> str:
    below = queries.count_below(unit)
    along = f"连同 {below} 个下级机构" if below else ""
    return f"现在隶属“{unit.parent or '—'}”。变更后{along}归新的上级管理，原上级的人员不再能看到；按以前的日期仍可查到原来的隶属。"


def _merge(actor: Actor, unit: Unit, *, sources: list[Unit], into: str, day: date, reason: str, **new: str) -> Unit:
    """Into the unit, or with it into a new one beside it."""
    if into != "new":
        return actions.merge_units(actor, target=unit, sources=sources, day=day, reason=reason)
    facts = {"parent": unit.parent, "kind": unit.kind, **{name: value for name, value in new.items() if value}}
    return actions.merge_units(actor, new=facts, sources=[unit, *sources], day=day, reason=reason)


def _split(actor: Actor, unit: Unit, **values: Any) -> tuple[Unit, int]:
    return unit, len(actions.split_unit(actor, unit=unit, **values))


def _licence(actor: Actor, unit: Unit) -> dict[str, Any]:
    rows = queries.licences_of(unit)
    if not rows or rows[0].valid_to is not None:
        return {}
    held = rows[0]
    return {
        "initial": {
            "held": "1" if held.held else "0",
            "number": held.number,
            "until": held.until,
            "source": held.source,
        }
    }


_OFFICES: Final = frozenset({Kind.CITY, Kind.COUNTY, Kind.ZONE})
"""Units whose people find, verify and check."""

UNIT: Final = Process(
    "unit",
    "orgs:unit",
    flow.UNIT,
    queries.unit_with_way,
    lists="orgs:units",
    trail=_trail,
    acts=(
        Act(
            "unit.open", icon="plus", page=lambda unit: f"{reverse('orgs:new')}?under={unit.pk}",
            word="新设下级", primary=False,
        ),
        Act(
            "unit.edit", actions.edit_unit, lambda unit: f"已修改“{unit.name}”的信息。", "pencil", form=forms.EditForm,
            given=_edit, title=lambda unit: f"修改“{unit}”", word="修改", save="保存", save_icon="device-floppy",
        ),
        Act(
            "unit.licence", actions.register_licence,
            lambda done: f"已登记“{done.unit.name}”的办园许可：{done.standing(queries.today()).label}。", "certificate",
            form=forms.LicenceForm, given=_licence, title=lambda unit: f"登记“{unit}”的办园许可", word="登记办园许可",
            save="登记", later=True, fits=lambda unit: unit.kind == Kind.KINDERGARTEN,
            note="登记后列表、督导项目选择对象时按新的情况显示；无证的照样可以入园督导、提出整改，是否参加评定由督导项目规定。",
        ),
        Act(
            "unit.rename", _rename, lambda done: f"“{done[0]}”已更名为“{done[1].name}”。", "writing",
            form=forms.RenameForm, given=lambda actor, unit: {"initial": {"name": unit.name, "kind": unit.kind}},
            title=lambda unit: f"“{unit}”更名", word="更名", save="确认更名", save_icon="check", later=True,
            note=lambda unit: f"更名后“{unit.name}”留作曾用名，仍能按它查到；此前的日期按原名显示。",
        ),
        Act(
            "unit.move", _move, lambda done: f"“{done[0].name}”已隶属“{done[0].parent}”。", "switch-horizontal",
            form=forms.MoveForm, given=lambda actor, unit: {"actor": actor},
            title=lambda unit: f"“{unit}”变更隶属", word="变更隶属", save="确认变更", save_icon="check", later=True, note=_along,
            to=lambda done: done[0] if done[1] else "orgs:units",
        ),
        Act(
            "unit.merge", _merge, lambda made: f"已合并为“{made.name}”。", "arrow-merge",
            form=forms.MergeForm, given=lambda actor, unit: {"actor": actor},
            title=lambda unit: f"与“{unit}”合并", word="合并", save="确认合并", save_icon="check", later=True, to=lambda made: made,
            note=lambda unit: "合并后，被合并的机构从生效日起撤销，标识码不再使用；它们的下级机构一并转过来，"
            f"历史数据仍按当时的机构保存。要把“{unit}”并入别的机构，请到那个机构的页面办理。",
        ),
        Act(
            "unit.split", _split, lambda done: f"已从“{done[0].name}”分设 {done[1]} 个机构。", "arrows-split-2",
            form=forms.SplitForm, given=lambda actor, unit: {"unit": unit},
            title=lambda unit: f"“{unit}”分设", word="分设", save="确认分设", save_icon="check", later=True,
            note=lambda unit: f"分出的机构与“{unit}”同一上级，从生效日起设立，沿革里记明由它分设。",
        ),
        Act(
            "unit.second_person", actions.rule_second_person,
            lambda unit: f"“{unit.name}”：{unit.get_second_person_display()}。", "users",
            form=forms.SecondPersonForm, given=lambda actor, unit: {"initial": {"second_person": unit.second_person}},
            title=lambda unit: f"规定“{unit}”的复核人", word="规定复核人", save="保存", save_icon="device-floppy", later=True,
            primary=False, fits=lambda unit: unit.kind in _OFFICES,
            note="督导办只有一个人时，不规定会使核验过的问题无人销号。可以由同一人办理的，每一件都记录在案。",
        ),
        Act(
            "unit.close", actions.close_unit, lambda unit: f"“{unit.name}”已撤销。", "archive", form=forms.CloseForm,
            title=lambda unit: f"撤销“{unit}”", word="撤销", save="确认撤销", later=True, danger=True,
            note="撤销后不再出现在机构列表和选择框里，标识码不再使用；历史数据保留，按以前的日期仍可查到。撤销不能恢复。",
        ),
    ),
)  # fmt: skip
