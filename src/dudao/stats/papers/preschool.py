"""A preschool run as a workbook: items by county, the numbers and gaps, kindergartens that lack something, what is missing."""

import io
from typing import Any

from dudao.calc.preschool import WORDS
from dudao.core.sheets import Column, Writer, add_sheet
from dudao.stats.queries.preschool import RunView


def write_preschool(view: RunView, target: io.BytesIO) -> None:
    run = view.run
    writer = Writer(target)
    line = [f"标准：{run.pack_name}", f"学年：{run.year_words}", f"数据摘要：{run.inputs[:12]}"]
    title = str(run)
    heads = [
        Column("code", "编号", width=8),
        Column("name", "指标", width=44),
        *(Column(f"c{county.key}", county.name, width=12) for county in view.counties),
    ]
    first = view.counties[0].items if view.counties else []
    rows: list[dict[str, Any]] = [
        {"code": one.code, "name": one.name}
        | {f"c{county.key}": WORDS[county.items[place].result.status] for county in view.counties}
        for place, one in enumerate(first)
    ]
    rows.append(
        {"code": "结论", "name": run.pack_name}
        | {f"c{county.key}": county.run.verdict or "待定" for county in view.counties}
    )
    add_sheet(writer, "各县指标", heads, rows, title=title, line=line)
    heads = [
        Column("county", "县市区"), Column("code", "编号", width=8), Column("name", "指标", width=44),
        Column("value", "数据", width=18), Column("wanted", "要求", width=20), Column("status", "结论"),
        Column("gap", "差距", width=46), Column("note", "人工判定的依据", width=46), Column("by", "判定人"),
    ]  # fmt: skip
    rows = [
        {
            "county": county.name, "code": one.code, "name": one.name, "value": "；".join(one.values),
            "wanted": "；".join(one.wanted), "status": WORDS[one.result.status],
            "gap": "；".join([*one.gaps, *one.missing]), "note": one.judgement.note if one.judgement else "",
            "by": one.judgement.judged_by if one.judgement else "",
        }
        for county in view.counties for one in county.items
    ]  # fmt: skip
    add_sheet(writer, "数据和差距", heads, rows, title=title, line=line)
    heads = [
        Column("county", "县市区"), Column("name", "幼儿园", width=30), Column("nature", "办园性质", width=14),
        Column("code", "指标", width=8), Column("words", "缺什么", width=60),
    ]  # fmt: skip
    rows = [
        {"county": county.name, "name": one["name"], "nature": one["nature"], **lack}
        for county in view.counties for one in county.failing for lack in one["lacks"]
    ]  # fmt: skip
    add_sheet(writer, "不达标幼儿园", heads, rows, title=title, line=line)
    heads = [
        Column("county", "县市区"), Column("name", "幼儿园（班）", width=30), Column("code", "指标", width=8),
        Column("words", "缺漏和矛盾", width=60),
    ]  # fmt: skip
    rows = [
        {"county": county.name, "name": name, "words": "没有报数"}
        for county in view.counties for name in county.missing
    ] + [
        {"county": county.name, "name": one["name"], **lack}
        for county in view.counties for one in county.unknown for lack in one["lacks"]
    ]  # fmt: skip
    add_sheet(writer, "缺报", heads, rows, title=title, line=line)
    writer.close()
