"""What it would take, as a workbook: the counties, the amounts, the schools with their changes, the coefficients afterwards."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from dudao.core.sheets import Column, Writer, add_sheet
from dudao.core.ui.formats import date_cn
from dudao.stats.models import BalanceRun
from dudao.stats.queries.balance_plans import CountyEffort, wan_of


def write_plan(run: BalanceRun, efforts: Sequence[CountyEffort], day: date, target: io.BytesIO) -> None:
    writer = Writer(target)
    line = [
        f"标准：{run.pack_name}",
        f"数据：{run.round.title}",
        f"单价：按 {date_cn(day)} 有效的单价",
        "只计新增，不含教师交流轮岗",
    ]
    title = f"{efforts[0].name if len(efforts) == 1 else run.unit}{run.round.year_words}达标所需"
    heads = [
        Column("county", "县市区", width=14), Column("verdict", "现在的结论", width=12),
        Column("failing", "未达标的校（部）数", "integer", width=12), Column("resource", "要补充的资源", width=30),
        Column("amount", "数量", "decimal", width=12), Column("unit", "单位", width=8),
        Column("bound", "不少于", "decimal", width=12),
        Column("price", "单价（元）", "decimal", width=12, places=2), Column("cost", "费用（万元）", "decimal", width=14, places=2),
        Column("reason", "说明", width=40),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for effort in efforts:
        first = {"county": effort.name, "verdict": effort.verdict, "failing": effort.failing, "reason": effort.reason}
        if not effort.totals:
            rows.append({**first, "reason": effort.reason or "不需要补充。"})
        rows += [
            {**first, "resource": total["what"], "unit": total["unit"], "amount": total["amount"], "bound": total["bound"],
             "price": total["price"], "cost": wan_of(total["cost"])}
            for total in effort.totals
        ]  # fmt: skip
        if effort.cost is not None and effort.totals:
            rows.append({"county": effort.name, "resource": "合计", "cost": wan_of(effort.cost)})
    add_sheet(writer, "汇总", heads, rows, title=title, line=line)
    heads = [
        Column("county", "县市区", width=14), Column("school", "学校", width=28), Column("resource", "补充什么", width=30),
        Column("amount", "数量", "decimal", width=12), Column("unit", "单位", width=8),
        Column("own", "其中本校达标", "decimal", width=14),
        Column("level", "其中缩小差距", "decimal", width=14), Column("cost", "费用（万元）", "decimal", width=14, places=2),
    ]  # fmt: skip
    rows = [
        {"county": effort.name, "school": school.school, "resource": change["what"], "unit": change["unit"],
         "amount": change["amount"],
         "own": change["for_school"], "level": change["amount"] - change["for_school"], "cost": wan_of(change["cost"])}
        for effort in efforts for school in effort.schools for change in school.changes
    ]  # fmt: skip
    add_sheet(writer, "各校", heads, rows, title=title, line=line)
    heads = [
        Column("county", "县市区", width=14), Column("stage", "学段", width=8), Column("code", "指标", width=8),
        Column("before", "现在的差异系数", "decimal", width=16, places=3),
        Column("after", "补充后的差异系数", "decimal", width=16, places=3),
        Column("limit", "上限", "decimal", width=10, places=2), Column("passing", "现在达标学校", width=14),
        Column("passing_after", "补充后达标学校", width=14),
    ]  # fmt: skip
    rows = []
    for effort in efforts:
        for stage, before in effort.before.items():
            after = effort.after[stage] if effort.after else None
            rows += [
                {"county": effort.name, "stage": stage.label, "code": code, "before": found.cv, "limit": found.limit,
                 "after": after.indicators[code].cv if after else None,
                 "passing": f"{before.schools_passing}/{before.schools}",
                 "passing_after": f"{after.schools_passing}/{after.schools}" if after else ""}
                for code, found in before.indicators.items()
            ]  # fmt: skip
    add_sheet(writer, "补充后的结果", heads, rows, title=title, line=line)
    writer.close()
