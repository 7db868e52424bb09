"""Packs that are no indicator systems, as text for people: tables of names, numbers and conditions. For the command line. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from unicodedata import east_asian_width

import yaml

from dudao.calc.deadlines import STARTS, SUBJECTS
from dudao.calc.facts import FACTS, GRADES

Plain = Mapping[str, Any]
Row = Sequence[object]

_SIGNS: Final = {">=": "≥", "<=": "≤", "<": "<", ">": ">"}
_KINDS: Final = {"integer": "整数", "decimal": "数", "yes_no": "是否", "choice": "选项"}
_TO_CHECK: Final = {"recall"}


def printed(kind: str, data: Plain) -> Iterator[str]:
    """The resolved values of a pack of a kind other than ``frameworks``, line by line."""
    return _PRINTERS.get(kind, _plain)(data)


def width(text: str) -> int:
    """Columns on a screen: Chinese characters take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _table(title: str, head: Row, rows: Sequence[Row]) -> Iterator[str]:
    """A titled table whose columns stand below each other; nothing at all without rows."""
    if not rows:
        return
    cells = [[*map(str, head)], *(["—" if cell in (None, "") else str(cell) for cell in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    yield ""
    yield title
    for row in cells:
        padded = [cell + " " * (most - width(cell)) for cell, most in zip(row, widths, strict=True)]
        yield f"  {'  '.join(padded)}".rstrip()


def _bound(value: object, unit: object = "") -> str:
    unit = str(unit or "")
    return f"{value}{unit if unit == '%' else unit and f' {unit}'}"


def _place(part: Plain) -> str:
    """«（地区 43，2019-01-01起）» of a line that holds in one place or for a time only."""
    words = [f"地区 {part['region']}"] if part.get("region") else []
    words += [f"{part['valid_from']}起"] if part.get("valid_from") else []
    words += [f"{part['valid_to']}止"] if part.get("valid_to") else []
    return f"（{'，'.join(words)}）" if words else ""


def _graded(part: Plain) -> str:
    grade = part.get("grade", "")
    return f"{part.get('source', '')}{f'（{GRADES[grade]}）' if grade in _TO_CHECK else ''}"


# ---- evaluations item by item ------------------------------------------------------------------------------------


def _condition(part: Plain) -> str:
    value = part["of"] + (f" ÷ {part['over']}" if part.get("over") else "")
    value += f" × {part['per']}" if part.get("per", 1) != 1 else ""
    bound = part["value_of"] if part.get("value_of") else _bound(part["value"], part.get("unit"))
    local = "".join(f"；{_bound(each['value'], part.get('unit'))}{_place(each)}" for each in part.get("local", ()))
    return f"{value} {_SIGNS[part['op']]} {bound}{local}"


def _items(data: Plain) -> Iterator[str]:
    part = None
    extra = [data["recognition"]] if data.get("recognition") else []
    for item in [*data["items"], *extra]:
        if item["part"] != part:
            part = item["part"]
            yield ""
            yield part
        unchecked = "（待核对）" if item["code"] in data.get("unchecked", ()) else ""
        yield f"  {item['code']} {item['name']}{unchecked}{'　由人判定' if item.get('judged') else ''}"
        yield from (f"      达标：{_condition(each)}" for each in item.get("conditions", ()))
        yield from (f"      基本达标：{_condition(each)}" for each in item.get("basic", ()))
    yield from _kindergartens(data.get("kindergartens") or {})
    yield from _table("一票否决", ("编号", "情形"), [(veto["code"], veto["name"]) for veto in data.get("vetoes", ())])
    levels = [
        (level["name"], level["full"], level.get("region"), level.get("source")) for level in data.get("levels", ())
    ]
    yield from _table("结论（没有未达标的项）", ("结论", "至少达标项数", "地区", "出处"), levels)


def _kindergartens(data: Plain) -> Iterator[str]:
    space = [(each["name"], f"≥ {_bound(each['least'], each.get('unit'))}") for each in data.get("space", ())]
    yield from _table("每所幼儿园：园舍和图书", ("指标", "标准"), space)
    classes = [(each["name"], f"≤ {each['most']} 人") for each in data.get("classes", ())]
    yield from _table("每所幼儿园：班额", ("班", "标准"), classes)
    staff = [
        (each["name"], f"每班 {each['per_class']} 人" if "per_class" in each else f"每人至多 {each['children']} 名幼儿")
        for each in data.get("staff", ())
    ]
    yield from _table("每所幼儿园：教职工", ("人员", "标准"), staff)


# ---- balanced development ----------------------------------------------------------------------------------------


def _balance(data: Plain) -> Iterator[str]:
    stages = data["stages"]
    least = {line["indicator"]: line for line in data.get("thresholds", ()) if not line.get("region")}
    rows = [
        (
            each["code"],
            each["name"],
            _value(each),
            *(_bound(least[each["code"]][stage], each["unit"]) if each["code"] in least else "" for stage in stages),
        )
        for each in data["indicators"]
    ]
    yield from _table("指标", ("编号", "名称", "算法", *(f"{stage}不低于" for stage in stages)), rows)
    local = [line for line in data.get("thresholds", ()) if line.get("region")]
    yield from _table(
        "地方标准",
        ("编号", *stages, "范围"),
        [(line["indicator"], *(line.get(stage) for stage in stages), _place(line)) for line in local],
    )
    limits = [
        ("每个差异系数" if line.get("each") else "综合差异系数", *(line.get(stage) for stage in stages), _place(line))
        for line in data.get("limits", ())
    ]
    yield from _table("差异系数不高于", ("", *stages, "范围"), limits)
    rule = data.get("school_rule")
    yield ""
    yield (
        f"学校达标：{len(rows)} 项中至少 {rule['reached']} 项达标，其余不低于标准的 {rule['floor'] * 100:g}%"
        if rule
        else "学校达标：不逐校判定"
    )
    yield f"共用资源按学段折算人数分摊：{'，'.join(f'{stage} {value}' for stage, value in data['weights'].items())}"
    scope = [
        (
            "、".join(line["types"]),
            "、".join(line.get("stages", ())) or "不计入",
            "、".join(line.get("also", ())),
            f"{line['least_pupils']} 人以上" if "least_pupils" in line else "",
            line.get("reason"),
        )
        for line in data["scope"]
    ]
    yield from _table("学校范围（办学类型代码）", ("类型", "计入学段", "也可附设", "规模", "不计入的原因"), scope)


def _value(indicator: Plain) -> str:
    shared = indicator.get("of_school")
    of = shared or "／".join(indicator["of_stage"].values())
    if indicator.get("less"):
        of = f"（{of} − {indicator['less']}）"
    per = indicator.get("per", 1)
    return f"{of} ÷ {'折算' if shared else ''}在校生数{f' × {per}' if per != 1 else ''}"


# ---- the rest ----------------------------------------------------------------------------------------------------


def _reliefs(data: Plain) -> Iterator[str]:
    for clause in data["clauses"]:
        yield ""
        yield f"{clause['code']} {clause['name']}{_place(clause)}"
        yield f"    条件：{clause['condition']}"
        if clause.get("adds"):
            yield f"    加计：{'、'.join(clause['adds'].values())}"


def _sizes(data: Plain) -> Iterator[str]:
    classes = data["classes"]
    rows = [
        (word, f"{classes[key]['from']} 人及以上", _graded(classes[key]))
        for key, word in (("large", "大班额"), ("extra_large", "超大班额"))
        if key in classes
    ]
    standard = classes.get("standard", {})
    rows += [
        (f"{stage}标准班额", f"{size} 人以内", _graded(standard))
        for stage, size in standard.items()
        if stage not in {"source", "grade"}
    ]
    yield from _table("班额", ("名称", "人数", "出处"), rows)
    shares = [
        ({"large": "大班额", "extra_large": "超大班额"}.get(key, key), f"≤ {share['most']}%", _graded(share))
        for key, share in data.get("shares", {}).items()
    ]
    yield from _table("基本消除", ("名称", "占全部班级", "出处"), shares)
    limits = [
        (
            "、".join(line["types"]),
            "、".join(line["stages"]),
            f"≤ {line['most']}",
            f"≤ {line['relief']}" if line["relief"] != line["most"] else "",
            _graded(line),
        )
        for line in data["schools"]
    ]
    yield from _table("学校规模（办学类型代码）", ("类型", "计入学段", "人数", "放宽后", "出处"), limits)
    if relief := data.get("relief"):
        yield ""
        yield (
            f"放宽条件：{relief['founded_to']} 年及以前建校，或随迁子女超过 {relief['migrants_over']}%"
            f"{_place(relief)}　{_graded(relief)}"
        )


def _statistics(data: Plain) -> Iterator[str]:
    names = {item["code"]: item["name"] for item in data["items"]}
    places: dict[str, list[str]] = {}
    for source in data.get("sources", ()):
        word = f"{source['table']} {source['label']}"
        found = places.setdefault(source["item"], [])
        if source.get("to") is None and word not in found:
            found.append(word)
    rows = [
        (
            item["code"],
            item["name"],
            _KINDS[item["kind"]],
            item.get("unit"),
            _asked(item),
            "；".join(places.get(item["code"], ())),
        )
        for item in data["items"]
    ]
    yield from _table("数据指标", ("代码", "名称", "类型", "单位", "谁填报", "现行年报位置"), rows)
    checks = [
        (f"{names.get(check['item'], check['item'])} {_check(check, names)}", _severity(check), check.get("source"))
        for check in data.get("checks", ())
    ]
    yield from _table("审核规则", ("规则", "级别", "依据"), checks)


def _asked(item: Plain) -> str:
    if item.get("county"):
        return "县"
    return f"学校（{'、'.join(item.get('stages') or item.get('schools') or ['全部'])}）"


def _severity(check: Plain) -> str:
    return "错误" if check["severity"] == "error" else "提醒"


def _check(check: Plain, names: Mapping[str, str]) -> str:
    others = [names.get(code, code) for code in check.get("others", ())]
    between = f"在 {check.get('low', '不限')} 至 {check.get('high', '不限')} 之间"
    words = {
        "sum": f"= {' ＋ '.join(others)}",
        "at_most": f"≤ {'、'.join(others)}",
        "range": between,
        "ratio": f"÷ {'、'.join(others)} {between}",
        "change": f"比上年增减不超过 {check.get('percent')}%",
        "register": "与机构信息登记的学段一致",
        "type": "与办学类型应有的学段一致",
        "count": "与机构信息登记的学校数一致",
        "below": f"= 所属学校{'、'.join(others)}之和",
        "nature": "与机构信息登记的办学性质一致",
    }
    return words[check["kind"]]


def _terms(data: Plain) -> Iterator[str]:
    rows = [
        (
            SUBJECTS[term["subject"]],
            f"{term['days']} {'个工作日' if term.get('working') else '日'}",
            STARTS[term.get("start", "issue")],
            term.get("source"),
        )
        for term in data["terms"]
    ]
    yield from _table("时限", ("事项", "期限", "起算", "出处"), rows)


def _evidence(data: Plain) -> Iterator[str]:
    limits = data["limits"]
    rows = [
        ("每个单位的容量", f"{limits['unit_mb']} MB"),
        ("单个文件上限", f"{limits['file_mb']} MB"),
        ("每人未完成的上传", f"{limits['open_uploads']} 个"),
        ("未完成的上传保留", f"{limits['upload_days']} 日"),
        ("有效期满前提醒", f"{limits['soon_days']} 日"),
    ]
    yield from _table("容量和时限", ("事项", "规定"), rows)
    kinds = {"school": "学校", "kindergarten": "幼儿园", "teaching_point": "教学点"}
    asked = [
        (
            one["name"],
            "、".join(kinds.get(kind, kind) for kind in one.get("kinds", ())),
            {"private": "民办", "public": "公办"}.get(one.get("ownership", ""), ""),
            "是" if one.get("ends") else "",
            one.get("source"),
        )
        for one in data.get("categories", ())
    ]
    yield from _table("资料类别", ("类别", "建议常备", "限于", "有有效期", "出处"), asked)


def _plain(data: Plain) -> Iterator[str]:
    """What has no table of its own: as it is written, without the facts of the document that stand above it."""
    skipped = {*FACTS, "kind", "code", "name", "grade", "level", "unchecked", "notes", "region_name"}
    rest = {key: value for key, value in data.items() if key not in skipped}
    yield ""
    yield from yaml.safe_dump(rest, allow_unicode=True, sort_keys=False, width=120).splitlines()


_PRINTERS: Final[Mapping[str, Callable[[Plain], Iterator[str]]]] = MappingProxyType(
    {
        "items": _items,
        "balance": _balance,
        "reliefs": _reliefs,
        "sizes": _sizes,
        "statistics": _statistics,
        "terms": _terms,
        "evidence": _evidence,
    }
)
