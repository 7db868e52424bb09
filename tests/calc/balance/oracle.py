"""The national method done slowly and exactly: fractions, one school at a time, written from the regulation and not from the code.

Numbers are fractions of what was typed (``Fraction("1234.5")``), square roots have 50 digits.
"""

from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 50

THRESHOLDS = {
    "小学": ["4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3"],
    "初中": ["5.3", "1", "0.9", "5.8", "10.2", "2500", "2.4"],
}
LIMITS = {"小学": Fraction(1, 2), "初中": Fraction(9, 20)}
EXCLUDED = {"特殊教育学校", "职业高中", "514", "365"}


def exact(value):
    return Fraction(str(value))


def root(value):
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def values_of(row, stage):
    """The seven per-pupil values of one stage of a school."""
    p, j, h = (exact(row[f"{name}在校生数"]) for name in ("小学", "初中", "高中"))
    pupils = p if stage == "小学" else j
    per_hundred = [
        100 * exact(row[f"{stage}{what}"]) / pupils for what in ("高于规定学历教师数", "骨干教师数", "体艺教师数")
    ]
    # Nine-year 1 : 1.1, complete 1 : 1.2, twelve-year 1 : 1.1 : 1.32.
    reckoned = p + Fraction("1.1") * j + Fraction("1.32") * h
    if stage == "初中":
        reckoned = p / Fraction("1.1") + j + Fraction("1.2") * h
    rooms = exact(row["教学及辅助用房面积"]) - exact(row["室内体育用房面积"])
    shared = [
        rooms / reckoned,
        exact(row["体育运动场馆面积"]) / reckoned,
        10000 * exact(row["教学仪器设备值_万元"]) / reckoned,
        100 * exact(row["网络多媒体教室数"]) / reckoned,
    ]
    return pupils, per_hundred + shared


def counts(row, stage):
    if str(row["办学类型"]).strip() in EXCLUDED or not exact(row[f"{stage}在校生数"]):
        return False
    return not (row["办学类型"] in {"教学点", "218"} and exact(row["小学在校生数"]) < 50)


def passes(values, stage):
    thresholds = [Fraction(value) for value in THRESHOLDS[stage]]
    reached = sum(value >= least for value, least in zip(values, thresholds, strict=True))
    floors = all(value >= least * Fraction("0.85") for value, least in zip(values, thresholds, strict=True))
    return reached >= 6 and floors


def county(rows):
    """stage → what the regulation says of it."""
    found = {}
    for stage in ("小学", "初中"):
        schools = [values_of(row, stage) for row in rows if counts(row, stage)]
        total = sum((pupils for pupils, _ in schools), Fraction(0))
        result = {"schools": len(schools), "pupils": int(total), "indicators": []}
        within = []
        for place in range(7) if schools else ():
            mean = sum(pupils * values[place] for pupils, values in schools) / total
            variance = sum(pupils * (values[place] - mean) ** 2 for pupils, values in schools) / total
            has_cv = mean > 0 and len(schools) > 1
            within.append(variance <= (LIMITS[stage] * mean) ** 2 if has_cv else None)
            result["indicators"].append(
                {
                    "mean": mean,
                    "sd": root(variance),
                    "cv": root(variance / mean**2) if has_cv else None,
                    "pass": within[-1],
                    "schools_reaching": sum(
                        values[place] >= Fraction(THRESHOLDS[stage][place]) for _, values in schools
                    ),
                }
            )
        result["schools_passing"] = sum(passes(values, stage) for _, values in schools)
        if False in within or result["schools_passing"] < len(schools):
            result["verdict"] = "未达标"  # final, whatever can't be computed
        elif None in within or not within:
            result["verdict"] = "无法计算"
        else:
            result["verdict"] = "达标"
        found[stage] = result
    return found
