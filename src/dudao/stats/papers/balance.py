"""What statistics give out as files: the result of a balance run as a workbook."""

import io
from collections.abc import Sequence

from dudao.core.sheets import Column, Writer, add_sheet
from dudao.stats.models import BalanceRun, SchoolResult
from dudao.stats.queries.balance_results import lack_parts


def write_balance(run: BalanceRun, schools: Sequence[SchoolResult], target: io.BytesIO) -> None:
    """The result as a workbook: the coefficients by county and stage, the schools, those left out.

    Cells keep all digits and show those of the form.
    """
    results = run.results
    names = {one["code"]: f"{one['code']} {one['name']}（{one['unit']}）" for one in results["indicators"]}
    words = {True: "达标", False: "超限", None: "无法计算"}
    writer = Writer(target)
    line = [f"标准：{run.pack_name}", f"数据：{run.round.title}", f"数据摘要：{run.inputs[:12]}"]
    heads = [
        Column("county", "县区"), Column("stage", "学段", width=8), Column("name", "指标", width=40),
        Column("mean", "全县平均值", "decimal", places=2), Column("sd", "标准差", "decimal", places=3),
        Column("cv", "差异系数", "decimal", places=3), Column("limit", "上限", "decimal", places=2),
        Column("verdict", "结论"), Column("reaching", "达标学校数", "integer"),
        Column("schools", "学校数", "integer"),
    ]  # fmt: skip
    rows = [
        {**one, "county": county["county"], "stage": stage["stage"], "name": names[one["code"]],
         "verdict": words[one["passed"]], "schools": stage["schools"]}
        for county in results["counties"] for stage in county["stages"] for one in stage["indicators"]
    ]  # fmt: skip
    add_sheet(writer, "差异系数", heads, rows, title=str(run), line=line)
    codes = list(names)
    heads = [
        Column("county", "县区"), Column("school", "学校名称", width=30), Column("stage", "学段", width=8),
        Column("pupils", "学生数", "integer"), *(Column(code, names[code], "decimal", places=2) for code in codes),
        Column("verdict", "结论"), Column("lacks", "要达标还差", width=60),
    ]  # fmt: skip
    rows = [
        {"county": one.county, "school": one.school, "stage": one.stage, "pupils": one.pupils,
         **dict(zip(codes, one.values, strict=True)), "verdict": "达标" if one.passed else "未达标",
         "lacks": "；".join(words for _, words in lack_parts(one))}
        for one in schools
    ]  # fmt: skip
    add_sheet(writer, "各校", heads, rows, title=str(run), line=line)
    heads = [
        Column("county", "县区"),
        Column("school", "学校名称", width=30),
        Column("reason", "不计入的原因", width=50),
    ]
    add_sheet(writer, "不计入的学校", heads, results["excluded"], title=str(run), line=line)
    writer.close()
