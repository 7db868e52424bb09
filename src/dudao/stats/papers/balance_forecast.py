"""The table of expected pupils: what goes out filled with this year's numbers comes back with those of coming years."""

import io
from collections.abc import Mapping, Sequence

from dudao.calc.codetables import Stage
from dudao.core import sheets
from dudao.core.sheets import Column, Problem, Row, SheetError, Table
from dudao.stats.models import BalanceRun, year_words
from dudao.stats.queries.balance_forecasts import MOST_YEARS, Expected, stage_rows

GRADES: Mapping[str, tuple[str, ...]] = {
    Stage.PRIMARY.label: ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    Stage.JUNIOR.label: ("七年级", "八年级", "九年级"),
}
MAX_ROWS = 10_000
SHOWN = 5


def expected_table(run: BalanceRun) -> Table:
    """School, county, stage; expected pupils by year; or the grades of this year with those who will enter."""
    years = [run.round.year + step for step in range(1, MOST_YEARS + 1)]
    return Table(
        "预计学生数",
        [
            Column("school", "学校名称", required=True, width=28, help="不要改，和测算时的名称一致。"),
            Column("county", "县区", required=True, width=12),
            Column("stage", "学段", "choice", required=True, width=8, choices={stage: stage for stage in GRADES}),
            Column("now", "今年学生数", "integer", width=10, help="只供对照，改了不起作用。"),
            *(
                Column(f"y{year}", f"{year_words(year)}预计", "integer", width=13, help="知道的填；空着按年级或增长率推算。")
                for year in years
            ),
            *(
                Column(f"g{number}", grade, "integer", width=8, help="今年各年级人数；小学填六个年级，初中填三个年级。")
                for number, grade in enumerate((*GRADES["小学"], *GRADES["初中"]), 1)
            ),
            Column("entrants", "每年预计招生", "integer", width=10, help="填了年级人数的，每年新入起始年级的人数。"),
        ],
    )  # fmt: skip


def write_expected(run: BalanceRun, target: io.BytesIO) -> int:
    rows = ({**row, "now": row["pupils"]} for row in stage_rows(run))
    return sheets.export(
        expected_table(run),
        rows,
        target,
        title=f"{run.unit}{run.round.year_words}起预计学生数",
        line=["只填知道的，其余空着"],
    )


def read_expected(run: BalanceRun, data: bytes, years: int) -> list[Expected]:
    """What was entered. Raises ``SheetError`` that names rows and columns; a row without any entry is no entry."""
    reading = sheets.read(data, expected_table(run), max_rows=MAX_ROWS)
    known = {(row["school"], row["county"], row["stage"]): row["row"] for row in stage_rows(run)}
    keys = [f"y{run.round.year + step}" for step in range(1, years + 1)]
    problems: list[Problem] = list(reading.problems)
    found: dict[tuple[int, str], Expected] = {}
    for row in reading.rows:
        values = row.values
        stage = str(values.get("stage") or "")
        place = known.get((str(values.get("school") or ""), str(values.get("county") or ""), stage))
        if place is None:
            said = f"“学校名称”{values.get('school') or '（空）'}{stage}不在这次测算里，请用下载的模板填写。"
            problems.append(Problem(row.number, "学校名称", said))
            continue
        if (place, stage) in found:
            problems.append(
                Problem(row.number, "学校名称", f"“学校名称”{values['school']}{stage}出现了两次，请只保留一行。")
            )
            continue
        made = _entered(place, stage, row, keys, problems)
        if made is not None:
            found[place, stage] = made
    if problems:
        shown = sorted(problems, key=lambda problem: problem.row)
        more = "…" if len(shown) > SHOWN else ""
        raise SheetError(f"表里有 {len(shown)} 处错误，没有采用：{'；'.join(map(str, shown[:SHOWN]))}{more}")
    return list(found.values())


def _entered(place: int, stage: str, row: Row, years: Sequence[str], problems: list[Problem]) -> Expected | None:
    """The entry of one row; a faulty one is named in ``problems``."""
    values, number = row.values, row.number
    pupils = [values.get(key) for key in years]
    first = 1 if stage == "小学" else 7
    keys = [f"g{first + step}" for step in range(len(GRADES[stage]))]
    grades = [values.get(key) for key in keys]
    if any(count is not None and count < 0 for count in (*pupils, *grades, values.get("entrants"))):
        problems.append(Problem(number, "学校名称", f"“学校名称”{values['school']}的人数不能是负数，请核对。"))
        return None
    if any(count is not None for count in grades):
        if any(count is None for count in grades) or values.get("entrants") is None:
            said = f"“每年预计招生”{values['school']}{stage}填了年级人数，请把 {len(keys)} 个年级和每年预计招生都填上。"
            problems.append(Problem(number, "每年预计招生", said))
            return None
        entrants = [int(values["entrants"])] * len(years)
        return Expected(place, stage, grades=[int(count or 0) for count in grades], entrants=entrants)
    return Expected(place, stage, pupils=pupils) if any(count is not None for count in pupils) else None
