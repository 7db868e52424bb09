"""The workbook an office would use for the same scores: made by the bench, opened, recalculated and saved by LibreOffice.

Its totals are compared with the engine's: a workbook computes in binary fractions and may round a half the other way.
"""

import shutil
import subprocess
import tempfile
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

# Recalculate always, whatever program says it has written the file.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
DATA = ("在校生数", "教师数", "班数", "占地", "城乡", "满意度")
LEVELS = {"优": 1, "良": 0.8, "合格": 0.6, "不合格": 0}


def program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def _formula(kind: str, row: int, answers: list[str]) -> str:
    """A leaf's formula; columns A–F of 数据 hold what `DATA` names, ``answers`` the leaf's cells on 答卷."""
    at = [f"答卷!{column}{row}" for column in answers]
    pupils, teachers, classes, area, town, satisfied = (f"数据!{letter}{row}" for letter in "ABCDEF")
    ratio = f"{teachers}/{pupils}*100"
    match kind:
        case "_judged":
            return f"ROUND({at[0]},2)"
        case "_deduct":
            return f"ROUND(MAX(0,10-{at[0]}*0.5),2)"
        case "_parts":
            return f"4*{at[0]}+3*{at[1]}+3*{at[2]}"
        case "_ratio":
            return f'IF({pupils}=0,"",IF({ratio}>=4.2,10,IF({ratio}>=3.57,6,IF({ratio}>=2,3,0))))'
        case "_category":
            city = f"IF({area}>=60,10,IF({area}>=40,8,IF({area}>=20,5,0)))"
            country = f"IF({area}>=80,10,IF({area}>=60,8,IF({area}>=30,5,0)))"
            return f'IF({town}="城市",{city},{country})'
        case "_linear":
            return f"ROUND((MIN(MAX({satisfied},0.6),0.9)-0.6)/0.3*10,2)"
        case "_yes_no":
            return f"IF({at[0]}=1,0,10)"
        case "_level":
            return f"ROUND({at[0]}*10,2)"
        case "_halved":
            return f"ROUND(IF({classes}<6,{at[0]}/2,{at[0]}),2)"
        case _:
            return f"ROUND(MIN(10,MAX(0,({teachers}+{classes})/40)),2)"


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    return LEVELS.get(value, value) if isinstance(value, str) else value


def _write(path: Path, leaves: dict, weights: tuple[str, ...], data: list[dict], answers: list[dict]) -> None:
    book = xlsxwriter.Workbook(path, {"constant_memory": False})
    reported, asked, marks = book.add_worksheet("数据"), book.add_worksheet("答卷"), book.add_worksheet("得分")
    questions = list(answers[0])
    columns = {question: xl_col_to_name(place) for place, question in enumerate(questions)}
    reported.write_row(0, 0, DATA)
    asked.write_row(0, 0, questions)
    marks.write_row(0, 0, [*leaves, "总分", "等次"])
    own = {
        code: [columns[question] for question in questions if question == code or question.startswith(f"{code}·")]
        for code in leaves
    }
    per_block = len(leaves) // len(weights)
    for number, (values, given) in enumerate(zip(data, answers, strict=True), 1):
        row = number + 1
        shown = {**values, "满意度": values["满意度"] / 100}
        reported.write_row(number, 0, [_cell(shown[name]) if name != "城乡" else shown[name] for name in DATA])
        asked.write_row(number, 0, [_cell(given[question]) for question in questions])
        for place, (code, rule) in enumerate(leaves.items()):
            marks.write_formula(number, place, "=" + _formula(rule.__name__, row, own[code]))
        sums = [
            f"SUM({xl_col_to_name(block * per_block)}{row}:{xl_col_to_name((block + 1) * per_block - 1)}{row})"
            for block in range(len(weights))
        ]
        total = "+".join(f"{weight}*{part}/2" for weight, part in zip(weights, sums, strict=True))
        least = f"MIN({','.join(sums)})/200"
        place = xl_col_to_name(len(leaves))
        marks.write_formula(number, len(leaves), f"=ROUND({total},2)")
        grade = (
            f'=IF(AND({place}{row}>=85,{least}>=0.75),"优秀",IF(AND({place}{row}>=70,{least}>=0.6),"良好",'
            f'IF({place}{row}>=55,"合格","不合格")))'
        )
        marks.write_formula(number, len(leaves) + 1, grade)
    book.close()


def office_seconds(
    leaves: dict, weights: tuple[str, ...], data: list[dict], answers: list[dict], totals: list[Fraction | None]
) -> tuple[float, int]:
    """How long LibreOffice takes, and how many totals come out otherwise."""
    office = program()
    assert office is not None
    folder = Path(tempfile.mkdtemp(prefix="dudao-bench-office-"))
    try:
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        _write(folder / "scores.xlsx", leaves, weights, data, answers)
        began = time.perf_counter()
        subprocess.run(
            [
                office,
                f"-env:UserInstallation=file://{folder / 'profile'}",
                *("--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")),
                str(folder / "scores.xlsx"),
            ],
            check=True,
            capture_output=True,
            timeout=900,
        )
        seconds = time.perf_counter() - began
        rows = CalamineWorkbook.from_path(folder / "out" / "scores.xlsx").get_sheet_by_name("得分").to_python()[1:]
        found = [row[len(leaves)] for row in rows]
        assert any(isinstance(value, float) and value for value in found), "LibreOffice has not recalculated"
        differing = sum(
            total is not None and (not isinstance(value, float) or abs(Fraction(value) - total) > Fraction(1, 1000))
            for value, total in zip(found, totals, strict=True)
        )
        return seconds, differing
    finally:
        shutil.rmtree(folder, ignore_errors=True)
