"""What a change of a draft comes to, in sentences for its history. Pure functions of plain data."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dudao.calc.tree import Tree, diff, from_data
from dudao.core.ui.formats import datetime_cn
from dudao.core.ui.history import moments
from dudao.core.ui.parts import Moment


def node_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Between two states of one indicator, whatever is below it."""
    sentences = []
    if old["code"] != new["code"]:
        sentences.append(f"{new['code']}“{new['name']}”的代码由 {old['code']} 改为 {new['code']}。")
        old = {**old, "code": new["code"]}
    return sentences + [change.sentence for change in diff(_alone(old), _alone(new))]


def _alone(data: Mapping[str, Any]) -> Tree:
    return from_data({"code": "·", "name": "·", "indicators": [dict(data)]})


def whole_changes(old: Tree, new: Tree) -> list[str]:
    """Between two states of what belongs to no single indicator."""
    bare_old, bare_new = (replace(tree, root=replace(tree.root, children=())) for tree in (old, new))
    sentences = [change.sentence for change in diff(bare_old, bare_new)]
    return sentences + _about(old.about, new.about)


_FACTS = {
    "number": "文号",
    "issuer": "发布机关",
    "date": "日期",
    "region": "适用地区",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "level": "层级",
    "notes": "说明",
    "office_fills": "由单位补充的内容",
    "unchecked": "待与原文核对的内容",
}


def _about(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        f"{label}由“{_fact(old.get(name))}”改为“{_fact(new.get(name))}”。"
        for name, label in _FACTS.items()
        if _fact(old.get(name)) != _fact(new.get(name))
    ]


def _fact(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "；".join(_FACTS.get(str(entry), str(entry)) for entry in value) or "—"
    return str(value) if value not in (None, "") else "—"


def told(events: Iterable[Any]) -> list[Moment]:
    """The history of a version, each entry with what changed."""
    events = list(events)
    return [
        replace(moment, note="；".join(filter(None, (moment.note, *map(_bare, event.data.get("changes", ()))))))
        for moment, event in zip(moments(events), events, strict=True)
    ]


def _bare(sentence: str) -> str:
    return sentence.rstrip("。")


def conflict_words(events: Iterable[Any]) -> str:
    """Who did what after the page was opened; ``events``: newest first."""
    words = [
        f"{datetime_cn(event.at)} {event.actor_name}：{'；'.join(map(_bare, event.data.get('changes', ())))}"
        for event in events
    ]
    done = f"（{'。'.join(words)}）" if words else ""
    return f"这份草稿刚刚被他人修改{done}，您的这次修改没有保存。请刷新页面，看过改动后再修改。"
