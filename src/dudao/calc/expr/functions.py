"""The functions of the indicator language: their names, how many arguments they take, what they do in a sentence.

The same table serves the parser, the checker and the help page. What they compute is in `evaluate` and `groups`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SCOPES: Final = ("下级", "学段")
"""What a group function may run over: the units below, or the stages of a school."""

_MANY: Final = 200


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    least: int
    most: int
    usage: str
    meaning: str
    is_group: bool = False
    """May run over a scope: «合计(下级, 在校生数)»; without one it runs over its arguments."""


def _table(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}


FUNCTIONS: Final = _table(
    Function("如果", 3, 3, "如果(条件, 甲, 乙)", "条件成立时取甲，不成立时取乙"),
    Function("缺失时", 2, 2, "缺失时(甲, 乙)", "甲算得出时取甲，算不出时取乙"),
    Function("缺失", 1, 1, "缺失(甲)", "甲是否算不出"),
    Function("上年", 1, 1, "上年(甲)", "甲在上一年的值"),
    Function("增长率", 1, 2, "增长率(甲) 或 增长率(本期, 基期)", "比上年（或基期）增长的比例，以基期的绝对值为分母"),
    Function("比例", 2, 2, "比例(部分, 全体)", "部分 ÷ 全体；全体为零、部分大于全体的算不出"),
    Function("四舍五入", 1, 2, "四舍五入(甲, 小数位数)", "取舍到给定的小数位数，五入（远离零）；不写位数取整数"),
    Function("进一", 1, 1, "进一(甲)", "不小于甲的最小整数"),
    Function("去尾", 1, 1, "去尾(甲)", "不大于甲的最大整数"),
    Function("绝对值", 1, 1, "绝对值(甲)", "甲去掉正负号"),
    Function("属于", 2, _MANY, '属于(办学类型, "小学", "初中")', "甲是否为所列之一"),
    Function("合计", 1, _MANY, "合计(下级, 甲) 或 合计(甲, 乙, …)", "相加；没有单位时为 0", True),
    Function("平均", 1, _MANY, "平均(下级, 甲) 或 平均(下级, 甲, 权重)", "平均数，写了权重时加权", True),
    Function("计数", 0, _MANY, "计数(下级) 或 计数(下级, 条件)", "（符合条件的）个数", True),
    Function("最大", 1, _MANY, "最大(下级, 甲) 或 最大(甲, 乙, …)", "最大的值", True),
    Function("最小", 1, _MANY, "最小(下级, 甲) 或 最小(甲, 乙, …)", "最小的值", True),
    Function(
        "占比", 1, _MANY, "占比(下级, 条件) 或 占比(下级, 条件, 权重)", "符合条件的所占比例，写了权重时按权重计", True
    ),
    Function("中位数", 1, _MANY, "中位数(下级, 甲)", "排在中间的值，偶数个时取中间两个的平均", True),
    Function(
        "标准差", 1, _MANY, "标准差(下级, 甲) 或 标准差(下级, 甲, 权重)", "总体标准差（除以 n），取到 12 位小数", True
    ),
    Function(
        "差异系数",
        1,
        _MANY,
        "差异系数(下级, 甲) 或 差异系数(下级, 甲, 权重)",
        "标准差 ÷ 平均数，取到 12 位小数；校际差异系数以学生数为权重",
        True,
    ),
)
