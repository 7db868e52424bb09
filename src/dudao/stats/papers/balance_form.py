"""The application form of 县域义务教育优质均衡 (表Ⅰ–表Ⅵ) as a workbook, as far as the platform knows it.

Decimals are those of the form: values and means 2, coefficients 3, proportions 1, everything else whole. A cell that the platform
has no number for stays empty and is marked; nothing is filled with 0.
"""

import io
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlsxwriter.worksheet import Worksheet

from dudao.calc.balance.items import Condition, ItemResult
from dudao.calc.rounding import round_half_up
from dudao.core.sheets import TONE_COLOURS, Column, Writer
from dudao.stats.queries.balance_form import BASICS, FormData
from dudao.stats.queries.balance_items import named

# Fields of 表Ⅴ and 表Ⅵ that are no items of their own: names as the county's return has them.
QUALITY_FIELDS = ("初中毕业班学生数", "三年前初中入学学生数", "三年转入学生数", "三年转出学生数", "三年死亡学生数")
"""The five numbers of 初中三年巩固率."""

SUBJECTS = ("语文", "数学", "科学", "体育", "艺术", "德育")
"""Subjects of the state's quality monitoring; its results come from the state."""

SATISFACTION_FIELDS = (
    ("问卷总数", "问卷总数", "份"),
    ("家长问卷数", "其中：家长问卷", "份"),
    ("回收有效问卷数", "回收有效问卷", "份"),
    ("满意问卷数", "满意问卷", "份"),
    ("实地走访人数", "实地走访人数", "人"),
    ("走访满意人数", "走访满意人数", "人"),
)
"""Name in the return, label in the form, unit."""

NOTE = "黄底空格是平台没有的数，请填写；表样以当年申报通知为准"


class _Form:
    """A sheet in the making: every cell with its decimals, the unknown ones marked."""

    def __init__(
        self, writer: Writer, data: FormData, name: str, title: str, heads: Sequence[Column], *, pages: int = 1
    ) -> None:
        """``pages`` is how many pages high it may print; 0 is as many as it takes."""
        self.writer, self.heads = writer, heads
        self.sheet: Worksheet = writer.book.add_worksheet(name)
        last = len(heads) - 1
        for place, column in enumerate(heads):
            self.sheet.set_column(place, place, column.width)
        writer.page(self.sheet, header_row=2, widths=[column.width for column in heads])
        self.sheet.fit_to_pages(1, pages)
        writer.title(self.sheet, f"{name}　{title}", last)
        run = data.run
        said = [f"县（市、区）：{data.county['county']}", run.round.year_words, f"依据：{run.pack_name}", NOTE]
        self.sheet.merge_range(1, 0, 1, last, "　　".join(said), writer.format(text_wrap=True))
        self._heighten(1, [("　　".join(said), sum(column.width for column in heads))])
        writer.header(self.sheet, 2, heads)
        self._heighten(2, [(column.name, column.width) for column in heads])
        self.at = 3

    def row(self, *cells: Any) -> None:
        """One row. A cell is a text, or (number or ``None``, decimals); a lone ``None`` is unknown, ``""`` has nothing to say."""
        for place, cell in enumerate(cells):
            if isinstance(cell, tuple):
                self._number(place, *cell)
            elif cell is None:
                self.sheet.write_blank(self.at, place, None, self._style(align="center", unknown=True))
            else:
                self.sheet.write_string(self.at, place, cell, self._text(place))
        self._heighten(self.at, [(cell, self.heads[place].width) for place, cell in enumerate(cells)])
        self.at += 1

    def join(self, first: int, cells: Mapping[int, str | None]) -> None:
        """Make the rows since ``first`` one cell in some columns (place: what it says, ``None`` for unknown)."""
        last = self.at - 1
        for place, said in cells.items() if last > first else ():
            style = self._style(align="center", unknown=True) if said is None else self._text(place)
            self.sheet.merge_range(first, place, last, place, said or "", style)

    def _text(self, place: int) -> Any:
        """Words stand in the middle of narrow columns and at the left of wide ones."""
        return self._style(align="left" if self.heads[place].width > 20 else "center")

    def _heighten(self, row: int, cells: Sequence[tuple[Any, float]]) -> None:
        """As high as the longest text (with the width of its cell) needs."""
        lines = max((-(-_width(text) // (width - 1)) for text, width in cells if isinstance(text, str)), default=1)
        self.sheet.set_row(row, 3 + 15 * max(1, lines))

    def _number(self, place: int, value: Decimal | Fraction | float | None, places: int) -> None:
        if value is None:
            self.sheet.write_blank(self.at, place, None, self._style(align="right", unknown=True))
            return
        exact = Decimal(repr(value)) if isinstance(value, float) else value
        style = self._style(align="right", num_format=f"0.{'0' * places}" if places else "0")
        self.sheet.write_number(self.at, place, float(round_half_up(exact, places)), style)

    def _style(self, *, unknown: bool = False, **wanted: Any) -> Any:
        if unknown:
            wanted["bg_color"] = TONE_COLOURS["amber"][0]
        return self.writer.format(border=1, text_wrap=True, **wanted)


def _width(text: str) -> int:
    """How wide a text is in characters: Chinese ones take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def write_form(data: FormData, target: io.BytesIO) -> None:
    writer = Writer(target)
    _basics(writer, data)
    _reaching(writer, data)
    _schools(writer, data)
    _coefficients(writer, data)
    _government(writer, data)
    _quality(writer, data)
    _satisfaction(writer, data)
    writer.close()


def _known(data: FormData, name: str) -> Decimal | None:
    number = data.numbers.get(name)
    return None if number is None else number.value


def _source(data: FormData, name: str) -> str | None:
    number = data.numbers.get(name)
    return number.source if number else ""


def _basics(writer: Writer, data: FormData) -> None:
    form = _Form(
        writer, data, "表Ⅰ", "县（市、区）基本情况",
        [Column("code", "编号", width=8), Column("name", "项目", width=34), Column("unit", "单位", width=10),
         Column("value", "数值", width=18), Column("source", "数据来源", width=24)],
    )  # fmt: skip
    for code, name, unit, places in BASICS:
        form.row(code, name, unit, (_known(data, name), places), _source(data, name))


def _stages(data: FormData) -> list[dict[str, Any]]:
    return [stage for stage in data.county["stages"] if stage["schools"]]


def _indicator_heads(data: FormData, first: int) -> list[Column]:
    return [
        Column(one["code"], f"L{number} {one['name']}（{one['unit']}）", width=14)
        for number, one in enumerate(data.run.results["indicators"], first)
    ]


def _reaching(writer: Writer, data: FormData) -> None:
    indicators = data.run.results["indicators"]
    form = _Form(
        writer, data, "表Ⅱ-1", "资源配置达标学校情况",
        [Column("stage", "学段", width=10), Column("what", "项目", width=22), *_indicator_heads(data, 1),
         Column("all", f"L{len(indicators) + 1} 综合评估", width=14)],
    )  # fmt: skip
    for stage in _stages(data):
        schools, first = stage["schools"], form.at
        reaching = [*(one["reaching"] for one in stage["indicators"]), stage["passing"]]
        limits = data.run.results["thresholds"].get(stage["stage"], {})
        thresholds = [(limits.get(one["code"]), 2) for one in indicators]
        form.row(stage["stage"], "标准值", *(cell if cell[0] is not None else "" for cell in thresholds), "")
        form.row(stage["stage"], "学校总数（所）", *((Decimal(schools), 0) for _ in reaching))
        form.row(stage["stage"], "达标学校总数（所）", *((Decimal(count), 0) for count in reaching))
        shares = ((Fraction(count * 100, schools), 1) for count in reaching)
        form.row(stage["stage"], "达标学校比例（%）", *shares)
        form.join(first, {0: stage["stage"]})


def _schools(writer: Writer, data: FormData) -> None:
    form = _Form(
        writer, data, "表Ⅱ-2", "各校资源配置情况",
        [Column("no", "序号", width=6), Column("school", "学校名称", width=26), Column("stage", "学段", width=8),
         Column("code", "学校标识码", width=18), Column("organizer", "举办者类型（代码）", width=10),
         Column("kind", "办学类型", width=16), Column("place", "城乡类型", width=12), Column("pupils", "在校生数（人）", width=10),
         *_indicator_heads(data, 7), Column("verdict", "综合评估", width=10)],
        pages=0,
    )  # fmt: skip
    order = {stage["stage"]: place for place, stage in enumerate(data.county["stages"])}
    for number, school in enumerate(sorted(data.schools, key=lambda one: order[one.result.stage]), 1):
        result = school.result
        organizer = None if school.organizer is None else (Decimal(school.organizer), 0)
        form.row(
            str(number), result.school, result.stage, school.code or None, organizer, school.kind or None,
            school.place or None, (Decimal(result.pupils), 0), *((value, 2) for value in result.values),
            "达标" if result.passed else "未达标",
        )  # fmt: skip


def _coefficients(writer: Writer, data: FormData) -> None:
    form = _Form(
        writer, data, "表Ⅲ", "校际差异系数",
        [Column("stage", "学段", width=10), Column("what", "项目", width=18), *_indicator_heads(data, 1),
         Column("all", "综合", width=12)],
    )  # fmt: skip
    for stage in _stages(data):
        found, first = stage["indicators"], form.at
        form.row(stage["stage"], "全县平均值", *((one["mean"], 2) for one in found), "")
        form.row(stage["stage"], "标准差", *((one["sd"], 3) for one in found), "")
        form.row(stage["stage"], "差异系数", *((one["cv"], 3) for one in found), (stage["composite"], 3))
        form.row(stage["stage"], "上限", *((one["limit"], 2) for one in found), "")
        verdicts = {True: "达标", False: "超限", None: "无法计算"}
        form.row(stage["stage"], "结论", *(verdicts[one["passed"]] for one in found), stage["verdict"])
        form.join(first, {0: stage["stage"]})


_ITEM_HEADS = [
    Column("code", "编号", width=8), Column("name", "项目", width=38), Column("what", "数据项", width=34),
    Column("value", "数值", width=14), Column("unit", "单位", width=8), Column("bound", "要求", width=14),
    Column("status", "结论", width=14), Column("note", "依据", width=36),
]  # fmt: skip


def _places(condition: Condition) -> int:
    return 1 if condition.unit == "%" else 3 if not condition.unit else 0


def _item_rows(form: _Form, data: FormData, result: ItemResult) -> None:
    """One row a condition; judged items have a row with the grounds."""
    item, judgement = result.item, data.items.judgements.get(result.item.code)
    note = f"{judgement.note}（{judgement.judged_by}）" if judgement else ("" if not item.judged else None)
    if not result.findings:
        form.row(item.code, item.name, "人工判定", "", "", "", result.status.value if judgement else None, note)
    status = result.status.value if result.status.is_decided else None
    first = form.at
    said = (item.code, item.name, status, note)
    for finding in result.findings:
        condition = finding.condition
        sign = condition.op.replace(">=", "≥").replace("<=", "≤")
        bound = "" if finding.bound is None else f"{sign} {float(finding.bound):g}"
        value = (finding.value, _places(condition))
        code, name, verdict, grounds = said if form.at == first else ("", "", "", "")
        form.row(code, name, named(condition), value, condition.unit, bound, verdict, grounds)
    form.join(first, dict(zip((0, 1, 6, 7), said, strict=True)))


def _of_part(data: FormData, part: str) -> list[ItemResult]:
    return [result for result in (data.items.run.results if data.items.run else ()) if result.item.part == part]


def _government(writer: Writer, data: FormData) -> None:
    form = _Form(writer, data, "表Ⅳ", "政府保障程度", _ITEM_HEADS)
    for result in _of_part(data, "政府保障程度"):
        _item_rows(form, data, result)


def _quality(writer: Writer, data: FormData) -> None:
    form = _Form(writer, data, "表Ⅴ", "教育质量", _ITEM_HEADS)
    for result in _of_part(data, "教育质量"):
        first = form.at
        _item_rows(form, data, result)
        if result.item.code == "Q1":
            for name in QUALITY_FIELDS:
                form.row("", "", name, (_known(data, name), 0), "人", "", "", _source(data, name))
        if result.item.code == "Q9":
            for subject in SUBJECTS:
                form.row("", "", f"{subject}：Ⅲ级以上、校际差异率", None, "", "< 0.15", "", "国家反馈")
        if len(result.findings) == 1:
            form.join(first, {0: result.item.code, 1: result.item.name})


def _satisfaction(writer: Writer, data: FormData) -> None:
    form = _Form(
        writer, data, "表Ⅵ", "社会认可度",
        [Column("what", "项目", width=34), Column("value", "数值", width=16), Column("unit", "单位", width=10),
         Column("bound", "要求", width=14), Column("status", "结论", width=14), Column("source", "来源", width=28)],
    )  # fmt: skip
    for name, label, unit in SATISFACTION_FIELDS:
        form.row(label, (_known(data, name), 0), unit, "", "", _source(data, name))
    for top, below, label, bound in (
        ("满意问卷数", "回收有效问卷数", "问卷综合满意度", "≥ 85"),
        ("走访满意人数", "实地走访人数", "走访满意度", ""),
    ):
        part, whole = _known(data, top), _known(data, below)
        share = Fraction(part) * 100 / Fraction(whole) if part is not None and whole else None
        status = next((result.status for result in _of_part(data, "社会认可度")), None) if bound else None
        shown = status.value if status is not None and status.is_decided else (None if bound else "")
        form.row(label, (share, 1), "%", bound, shown, f"{top} ÷ {below}")
    for code, name in (data.items.items.vetoes if data.items.items else {}).items():
        judgement = data.items.judgements.get(code)
        form.row(
            f"一票否决：{name}", judgement.get_verdict_display() if judgement else None, "", "没有发生", "",
            f"{judgement.note}（{judgement.judged_by}）" if judgement else None,
        )  # fmt: skip
