"""Rows, frames and rules for the tests of this folder."""

from datetime import date

import polars as pl

from dudao import packs
from dudao.calc import balance

RULES = balance.rules_from(packs.read("balance", "excellent-2017"))
COLUMNS = balance.required_columns(RULES)
DAY = date(2024, 9, 1)


UNNAMED = "第一小学"


def school(kind="小学", *, name=UNNAMED, county="甲县", primary=0, junior=0, senior=0, **numbers):
    """A row that passes comfortably, whatever its size; ``numbers`` overrides single columns."""
    whole = primary + junior + senior
    row = {
        "学校名称": name,
        "县区": county,
        "办学类型": kind,
        "小学在校生数": primary,
        "初中在校生数": junior,
        "高中在校生数": senior,
        "小学高于规定学历教师数": -(-primary // 20),
        "初中高于规定学历教师数": -(-junior // 15),
        "小学骨干教师数": -(-primary // 50),
        "初中骨干教师数": -(-junior // 50),
        "小学体艺教师数": -(-primary // 100),
        "初中体艺教师数": -(-junior // 100),
        "教学及辅助用房面积": whole * 9,
        "室内体育用房面积": 0,
        "体育运动场馆面积": whole * 14,
        "教学仪器设备值_万元": whole * 0.5,
        "网络多媒体教室数": -(-whole // 25),
    }
    assert set(numbers) <= set(row)
    return row | numbers


def distinct(rows):
    """Rows that a test left unnamed get names of their own: the same school twice is a fault."""
    left = sum(row.get("学校名称") == UNNAMED for row in rows)
    for row in rows:
        unnamed = row.get("学校名称") == UNNAMED
        yield row | {"学校名称": f"第{left}小学"} if unnamed and left > 1 else row
        left -= unnamed


def frame(*rows):
    rows = list(distinct(rows))
    return pl.DataFrame({column: pl.Series([row[column] for row in rows], strict=False) for column in COLUMNS})


def cells(*rows, columns=COLUMNS):
    """As a spreadsheet reader answers them."""
    return [list(columns), *([row.get(column) for column in columns] for row in distinct(rows))]


def evaluate(*rows, rules=RULES):
    return balance.evaluate(frame(*rows), rules, DAY)


def read(*rows, rules=RULES, columns=COLUMNS):
    return balance.evaluate(balance.frame_of(cells(*rows, columns=columns), rules), rules, DAY)
