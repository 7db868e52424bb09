"""What statistics give out as files: the result of a balance run as a workbook."""

import io
from collections.abc import Sequence
from typing import Any

from dudao.core.sheets import Column, Writer
from dudao.stats.models import BalanceRun

__all__ = ["write_balance"]


def write_balance(run: BalanceRun, target: io.BytesIO) -> None:
    """The result as a workbook: the coefficients by county and stage, the schools, those left out. Unrounded numbers."""
    results = run.results
    names = {one["code"]: f"{one['code']} {one['name']}（{one['unit']}）" for one in results["indicators"]}
    words = {True: "达标", False: "超限", None: "无法计算"}
    writer = Writer(target)
    line = [f"标准：{run.pack_name}", f"数据：{run.round.title}", f"数据摘要：{run.inputs[:12]}"]
    heads = [
        Column("county", "县区"), Column("stage", "学段", width=8), Column("name", "指标", width=40),
        Column("mean", "全县平均值", "decimal"), Column("sd", "标准差", "decimal"), Column("cv", "差异系数", "decimal"),
        Column("limit", "上限", "decimal"), Column("verdict", "结论"), Column("reaching", "达标学校数", "integer"),
        Column("schools", "学校数", "integer"),
    ]  # fmt: skip
    rows = [
        {**one, "county": county["county"], "stage": stage["stage"], "name": names[one["code"]],
         "verdict": words[one["passed"]], "schools": stage["schools"]}
        for county in results["counties"] for stage in county["stages"] for one in stage["indicators"]
    ]  # fmt: skip
    _sheet(writer, "差异系数", heads, rows, title=str(run), line=line)
    codes = list(names)
    heads = [
        Column("county", "县区"), Column("school", "学校名称", width=30), Column("stage", "学段", width=8),
        Column("pupils", "学生数", "integer"), *(Column(code, names[code], "decimal") for code in codes),
        Column("verdict", "结论"), Column("lacks", "要达标还差", width=60),
    ]  # fmt: skip
    rows = [
        {**school, **dict(zip(codes, school["values"], strict=True)), "verdict": "达标" if school["passed"] else "未达标",
         "lacks": "；".join(f"{lack['column']} {lack['reach']:g}" for lack in school["lacks"])}
        for school in results["schools"]
    ]  # fmt: skip
    _sheet(writer, "各校", heads, rows, title=str(run), line=line)
    heads = [
        Column("county", "县区"),
        Column("school", "学校名称", width=30),
        Column("reason", "不计入的原因", width=50),
    ]
    _sheet(writer, "不计入的学校", heads, results["excluded"], title=str(run), line=line)
    writer.close()


def _sheet(
    writer: Writer,
    name: str,
    heads: Sequence[Column],
    rows: Sequence[dict[str, Any]],
    *,
    title: str,
    line: Sequence[str],
) -> None:
    sheet = writer.book.add_worksheet(name)
    last = len(heads) - 1
    for place, column in enumerate(heads):
        sheet.set_column(place, place, column.width)
    writer.page(sheet, header_row=2, width=sum(column.width for column in heads))
    writer.title(sheet, f"{title}：{name}", last)
    writer.line(sheet, 1, line, last)
    writer.header(sheet, 2, heads)
    for at, row in enumerate(rows, 3):
        for place, column in enumerate(heads):
            writer.value(sheet, at, place, column, row.get(column.key))
