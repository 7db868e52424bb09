"""The demo city's trials of indicator systems: invented numbers of all counties, and of kindergartens, that hang together.

`sample_grid` makes a table for any system; it knows the data items of the county template by name, others by their kind.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dudao.calc.expr import Item, Kind
from dudao.calc.rules import Attain, Deduct, Judged, Pick
from dudao.calc.score import SubjectColumn, System, columns_of, read_subjects
from dudao.core.access import Actor
from dudao.demo import clock
from dudao.demo.evaluations import GOVERNMENTS
from dudao.demo.logins import Login
from dudao.frameworks import queries
from dudao.frameworks.actions.trials import run_trial
from dudao.frameworks.models import FrameworkVersion, Trial
from dudao.orgs.models import Kind as UnitKind
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for

KINDERGARTENS = "kindergarten-online-onsite-template"
MOST_KINDERGARTENS = 24
SEED = 4306
Range = tuple[str, float, float]

_NUMBERS: Mapping[str, Range] = {
    # name: (what it is a share of, or «», least, most)
    "上年一般公共预算教育支出_万元": ("", 90_000, 210_000),
    "一般公共预算教育支出_万元": ("上年一般公共预算教育支出_万元", 0.995, 1.07),
    "上年幼儿园生均一般公共预算教育支出_元": ("", 6_800, 8_900),
    "幼儿园生均一般公共预算教育支出_元": ("上年幼儿园生均一般公共预算教育支出_元", 0.99, 1.08),
    "上年小学生均一般公共预算教育支出_元": ("", 10_500, 12_800),
    "小学生均一般公共预算教育支出_元": ("上年小学生均一般公共预算教育支出_元", 0.99, 1.08),
    "上年初中生均一般公共预算教育支出_元": ("", 14_800, 17_600),
    "初中生均一般公共预算教育支出_元": ("上年初中生均一般公共预算教育支出_元", 0.99, 1.08),
    "上年普通高中生均一般公共预算教育支出_元": ("", 13_900, 16_800),
    "普通高中生均一般公共预算教育支出_元": ("上年普通高中生均一般公共预算教育支出_元", 1.0, 1.08),
    "上年中职生均一般公共预算教育支出_元": ("", 13_200, 16_400),
    "中职生均一般公共预算教育支出_元": ("上年中职生均一般公共预算教育支出_元", 1.0, 1.08),
    "普通高中学校数": ("", 2, 8),
    "中等职业学校数": ("", 1, 4),
    "应拨付公用经费_万元": ("", 6_500, 16_000),
    "实际拨付公用经费_万元": ("应拨付公用经费_万元", 0.97, 1.0),
    "特殊教育学校学生数": ("", 60, 210),
    "特殊教育学校公用经费_元": ("特殊教育学校学生数", 7_900, 8_600),
    "培训经费不足公用经费预算5%的学校数": ("", 0, 2),
    "当地公务员年平均工资收入_元": ("", 96_000, 108_000),
    "义务教育教师年平均工资收入_元": ("当地公务员年平均工资收入_元", 0.995, 1.04),
    "拖欠教师工资_万元": ("", 0, 0),
    "核定教职工编制数": ("", 4_200, 9_800),
    "空编数": ("核定教职工编制数", 0.0, 0.05),
    "专任教师数": ("核定教职工编制数", 0.93, 0.97),
    "持教师资格证的专任教师数": ("专任教师数", 1.0, 1.0),
    "完成360学时培训的教师数": ("专任教师数", 0.97, 1.0),
    "符合交流条件的教师数": ("专任教师数", 0.3, 0.45),
    "交流轮岗教师数": ("符合交流条件的教师数", 0.09, 0.14),
    "交流轮岗的骨干教师数": ("交流轮岗教师数", 0.18, 0.3),
    "学前三年适龄人口数": ("", 9_000, 26_000),
    "在园幼儿数": ("学前三年适龄人口数", 0.88, 0.97),
    "幼儿园专任教师数": ("在园幼儿数", 0.062, 0.075),
    "公办园和普惠性民办园在园幼儿数": ("在园幼儿数", 0.82, 0.95),
    "公办园在园幼儿数": ("在园幼儿数", 0.48, 0.64),
    "高中阶段毛入学率": ("", 91, 97),
    "适龄残疾儿童少年数": ("", 240, 620),
    "入学的适龄残疾儿童少年数": ("适龄残疾儿童少年数", 0.95, 0.99),
    "校际差异系数达标项数": ("", 10, 14),
    "均衡测算的小学部数": ("", 60, 180),
    "资源配置达标的小学部数": ("均衡测算的小学部数", 0.86, 1.0),
    "均衡测算的初中部数": ("", 20, 48),
    "资源配置达标的初中部数": ("均衡测算的初中部数", 0.86, 1.0),
    "初中三年巩固率": ("", 95, 99),
    "符合条件的随迁子女数": ("", 900, 5_200),
    "在公办和政府购买服务民办学校就读的随迁子女数": ("符合条件的随迁子女数", 0.84, 0.97),
    "监测学业水平未达Ⅲ级科目数": ("", 0, 1),
    "相关科目最大校际差异率": ("", 0.09, 0.15),
    "义务教育班级数": ("", 1_200, 2_600),
    "义务教育大班额班数": ("义务教育班级数", 0.0, 0.012),
    "义务教育超大班额班数": ("", 0, 0),
    "超过规定规模的学校数": ("", 0, 2),
    "回收有效问卷数": ("", 1_800, 3_200),
    "满意问卷数": ("回收有效问卷数", 0.84, 0.95),
    "上级部署的教育改革发展任务数": ("", 22, 30),
    "按期完成的教育改革发展任务数": ("上级部署的教育改革发展任务数", 0.93, 1.0),
    "学校和幼儿园数": ("", 180, 430),
    "责任督学数": ("学校和幼儿园数", 0.18, 0.23),
    "超过20所学校的责任区数": ("", 0, 1),
    "不足2名督学的责任区数": ("", 0, 1),
    "督学数": ("责任督学数", 1.1, 1.4),
    "当年集中培训满40学时的督学数": ("督学数", 0.9, 1.0),
    "挂牌督导的学校和幼儿园数": ("学校和幼儿园数", 0.98, 1.0),
    "每月到校督导都达到1次的学校和幼儿园数": ("学校和幼儿园数", 0.9, 1.0),
    "每学期经常性督导都达到2次的学校和幼儿园数": ("学校和幼儿园数", 0.92, 1.0),
    "近五年接受过综合督导的学校和幼儿园数": ("学校和幼儿园数", 0.85, 1.0),
    "上年度评价反馈问题数": ("", 6, 14),
    "上年度反馈问题整改完成数": ("上年度评价反馈问题数", 0.8, 1.0),
    "排查出的校园安全隐患数": ("", 40, 160),
    "按期整改的校园安全隐患数": ("排查出的校园安全隐患数", 0.94, 1.0),
    "应持教师资格证人数": ("", 6, 22),
    "持教师资格证人数": ("应持教师资格证人数", 0.85, 1.0),
    "应持保育或卫生保健证明人数": ("", 3, 12),
    "持保育或卫生保健证明人数": ("应持保育或卫生保健证明人数", 0.75, 1.0),
    "应签劳动合同人数": ("", 12, 38),
    "已签劳动合同人数": ("应签劳动合同人数", 0.88, 1.0),
    "应参加社会保险人数": ("应签劳动合同人数", 1.0, 1.0),
    "已参加社会保险人数": ("应参加社会保险人数", 0.7, 1.0),
    "班级数": ("", 3, 12),
    "班额达标班级数": ("班级数", 0.8, 1.0),
    "本学期应急演练次数": ("", 1, 4),
}
_TOWNSHIP = "公办中心幼儿园数"
_OF_TOWNSHIPS: dict[str, tuple[str, float, float]] = {
    _TOWNSHIP: ("", 1, 2),
    "适龄儿童少年数": ("", 900, 6_200),
    "已入学适龄儿童少年数": ("适龄儿童少年数", 0.997, 1.0),
    "失学辍学学生数": ("", 0, 4),
    "劝返复学学生数": ("失学辍学学生数", 0.8, 1.0),
    "适龄残疾儿童少年数": ("", 6, 45),
    "已安置的适龄残疾儿童少年数": ("适龄残疾儿童少年数", 0.92, 1.0),
    "学前三年适龄人口数": ("", 320, 2_100),
    "入园幼儿数": ("学前三年适龄人口数", 0.85, 0.98),
    "未取缔的无证园数": ("", 0, 1),
    "上年度评价反馈问题数": ("", 3, 9),
    "上年度反馈问题整改完成数": ("上年度评价反馈问题数", 0.7, 1.0),
    "排查出的校园周边隐患数": ("", 4, 26),
    "已整改的校园周边隐患数": ("排查出的校园周边隐患数", 0.8, 1.0),
    "回收有效问卷数": ("", 120, 420),
}
"""What is a hundred times as large in a county as in a township."""


class _Subject:
    """One subject's answers, drawn around how good it is (``level``, 0 to 1)."""

    def __init__(self, system: System, level: float, draw: random.Random) -> None:
        self.system, self.level, self.draw = system, level, draw
        self.numbers: dict[str, Decimal] = {}
        is_township = _TOWNSHIP in system.tree.catalogue.items
        self.scales = {**_NUMBERS, **(_OF_TOWNSHIPS if is_township else {})}

    def within(self, least: float, most: float) -> float:
        """Nearer to the upper end for the better."""
        share = min(max(self.level + self.draw.uniform(-0.35, 0.35), 0), 1)
        return least + (most - least) * share

    def cell(self, column: SubjectColumn) -> Any:
        return self.answer(column) if column.source else self.value(column.item)

    def value(self, item: Item) -> Any:
        if item.kind is Kind.TRUTH:
            return "是"
        if item.kind is Kind.CHOICE:
            return self.draw.choice(item.options)
        if item.kind is Kind.TEXT:
            return ""
        if item.name not in self.numbers:
            whole, least, most = self.scales.get(item.name, ("", 1, 9))
            base = Decimal(1)
            if whole:
                self.value(self.system.tree.catalogue.items.get(whole, Item(whole, Kind.COUNT)))
                base = self.numbers[whole]
            number = (base * Decimal(repr(round(self.within(least, most), 4)))).quantize(
                Decimal(1 if item.kind is Kind.COUNT else "0.01")
            )
            self.numbers[item.name] = min(max(number, item.least or Decimal(0)), item.most or number)
        return float(self.numbers[item.name]) if self.numbers[item.name] % 1 else int(self.numbers[item.name])

    def answer(self, column: SubjectColumn) -> Any:
        if not column.code:
            return "否"
        node = self.system.tree.nodes[column.code]
        if not column.is_needed and not self.system.plans[column.code].is_extra:
            return ""
        match node.rule:
            case Judged(step=step):
                points, size = float(node.points or 0), step or Decimal("0.5")
                number = round(points * self.within(0.45, 1.0) / float(size)) * size
                return float(number) if number % 1 else int(number)
            case Pick(bands):
                labelled = [band.label for band in bands if band.label and band.within.is_point]
                top = bands[0].within.low or Decimal(0)
                return labelled[0] if labelled else float(top)
            case Deduct():
                return self.draw.choices((0, 1, 2), (0.2 + self.level, 0.9 - self.level / 2, 0.5 - self.level / 2))[0]
            case Attain(levels=levels):
                return levels[0 if self.draw.random() < 0.5 + self.level / 2 else min(1, len(levels) - 1)]
        if column.item.kind is Kind.TRUTH:
            return "是" if self.draw.random() < 0.6 + self.level / 3 else "否"
        return self.draw.randint(0, 2)


def sample_grid(system: System, names: Sequence[str], *, seed: int = SEED, apart: bool = False) -> list[list[Any]]:
    """A header and a row for each name; the same seed gives the same table."""
    columns = columns_of(system, apart=apart)
    draw = random.Random(seed)  # invented numbers, the same every time
    rows = []
    for name in names:
        subject = _Subject(system, draw.uniform(0.05, 0.95), draw)
        rows.append([name, *(subject.cell(column) for column in columns)])
    return [["单位名称", *(column.header for column in columns)], *rows]


def sample_rows(system: System, size: int, *, seed: int) -> list[dict[str, Any]]:
    """The same, as cells by key of column («在校生数», «C3@online») for so many subjects, what every source says by itself."""
    columns = columns_of(system, apart=True)
    draw = random.Random(seed)  # invented numbers, the same every time
    found = []
    for _ in range(size):
        subject = _Subject(system, draw.uniform(0.2, 0.95), draw)
        found.append({column.key: subject.cell(column) for column in columns})
    return found


def build_trials(city: Unit, counties: Sequence[Unit], logins: Sequence[Login], *, now: datetime) -> list[Trial]:
    """Last year's systems of the county governments, tried on all of them, and of the kindergartens, tried on some: this year's
    drafts can be compared with them."""
    officer = next(actor_for(login.account) for login in logins if login.account.username == "officer1")
    kindergartens = Unit.objects.filter(path__startswith=city.path, kind=UnitKind.KINDERGARTEN).order_by("path")
    wanted = (
        (GOVERNMENTS, counties, "县市区政府履职评价试算（演示数据）", 75),
        (KINDERGARTENS, kindergartens[:MOST_KINDERGARTENS], "幼儿园试算（演示数据）", 200),
    )
    made = []
    for pack, units, title, days in wanted:
        version = FrameworkVersion.objects.filter(framework__unit=city, framework__pack=pack, number=1).first()
        names = list(dict.fromkeys(unit.name for unit in units))
        if version is not None and version.state == FrameworkVersion.State.PUBLISHED and names:
            made.append(_tried(officer, city, version, names, title, now - timedelta(days)))
    return made


def _tried(
    actor: Actor, city: Unit, version: FrameworkVersion, names: Sequence[str], title: str, at: datetime
) -> Trial:
    system = System(queries.tree(version))
    subjects = read_subjects(system, sample_grid(system, names))
    with clock.set_to(at):
        made: Trial = run_trial(
            actor,
            unit=city,
            version=version,
            subjects=subjects,
            title=title,
            file_name="演示数据.xlsx",
            file_digest=hashlib.sha256(repr(subjects.cells).encode()).hexdigest(),
        )
    return made
