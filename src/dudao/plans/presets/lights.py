"""Rule tables of lights that a city can choose and then change. Cities mean different things by red: hence tables, not code.

Each rule is one row of `LightRule` without unit and validity; they are tried in order and the first that holds wins.
Days and percentage points are the platform's proposals where a city's own rule names none; the sources say which is which.
"""

from dataclasses import dataclass

_OPEN = ("issued", "working", "returned")
_DONE = ("confirmed", "closed")


@dataclass(frozen=True, slots=True)
class Rule:
    """The conditions and the light of one row, as plain values; the meaning of each is told at ``LightRule``."""

    light: str
    label: str
    states: tuple[str, ...] = ()
    days_left_max: int | None = None
    behind_min: int | None = None
    quality: str = ""
    late_finish: bool = False
    tells: tuple[str, ...] = ()
    source: str = ""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    name: str
    about: str
    source: str
    rules: tuple[Rule, ...]


_TAIL = (
    Rule("purple", "已退回", states=("returned",)),
    Rule("blue", "待确认", states=("reported",)),
    Rule("grey", "未签收", states=("issued",)),
)

PRESETS: dict[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "standard",
            "通用规则",
            "红灯为逾期，黄灯为临近或落后，绿灯为完成；逾期完成的一直显示为“逾期完成”。",
            "平台默认：10 天、30 个百分点为建议值",
            (
                Rule("amber", "逾期完成", states=_DONE, late_finish=True),
                Rule("green", "已完成", states=_DONE),
                Rule(
                    "red",
                    "逾期",
                    states=(*_OPEN, "reported"),
                    days_left_max=-1,
                    tells=("county_office", "school_head", "liaison", "city_officer", "city_director"),
                ),
                Rule("purple", "已退回", states=("returned",)),
                Rule("blue", "待确认", states=("reported",)),
                Rule(
                    "amber",
                    "临近",
                    states=_OPEN,
                    days_left_max=10,
                    tells=("county_office", "school_head", "liaison"),
                ),
                Rule("amber", "进度落后", states=_OPEN, behind_min=30, tells=("county_office",)),
                Rule("grey", "未签收", states=("issued",)),
                Rule("blue", "进行中", states=("working",)),
            ),
        ),
        Preset(
            "yichang",
            "顺利绿、临近黄、落后红（宜昌做法）",
            "红灯看进度是否落后，黄灯提醒临近时限，其余为绿灯；完成后不再亮红灯。",
            "宜昌市督查亮灯办法：顺利为绿灯，临近时限为黄灯，进度落后为红灯；天数和百分点为建议值",
            (
                Rule("green", "已完成", states=_DONE),
                Rule(
                    "red",
                    "逾期",
                    states=_OPEN,
                    days_left_max=-1,
                    tells=("county_office", "school_head", "city_officer"),
                ),
                Rule(
                    "red",
                    "进度落后",
                    states=_OPEN,
                    behind_min=20,
                    tells=("county_office", "school_head", "city_officer"),
                ),
                Rule("amber", "临近时限", states=_OPEN, days_left_max=7, tells=("county_office", "school_head")),
                *_TAIL[:2],
                Rule("green", "进展顺利"),
            ),
        ),
        Preset(
            "suqian",
            "督办单：蓝临近、黄落后或质量不高、红逾期至销号（宿迁做法）",
            "蓝色督办单提醒临近时限，黄色督办单针对落后序时进度或质量不高，红色督办单针对逾期，销号前一直为红。",
            "宿迁市督办单办法：临近时限发蓝色，落后序时进度或质量不高发黄色，逾期发红色直至销号；天数和百分点为建议值",
            (
                Rule("green", "已销号", states=("closed",)),
                Rule(
                    "red",
                    "红色督办",
                    days_left_max=-1,
                    states=(*_OPEN, "reported"),
                    tells=("county_office", "school_head", "city_officer", "city_director"),
                ),
                Rule("red", "红色督办", states=("confirmed",), late_finish=True),
                Rule("amber", "黄色督办", quality="poor", tells=("county_office", "school_head")),
                Rule("amber", "黄色督办", states=_OPEN, behind_min=10, tells=("county_office", "school_head")),
                Rule("blue", "蓝色督办", states=_OPEN, days_left_max=7, tells=("county_office", "school_head")),
                Rule("green", "已完成待销号", states=("confirmed",)),
                *_TAIL,
                Rule("blue", "进行中"),
            ),
        ),
        Preset(
            "ouhai",
            "按期绿码、逾期红码、补上转黄码（瓯海做法）",
            "按期推进和按期完成为绿码，逾期为红码，逾期后补上的转为黄码并一直保留。",
            "温州市瓯海区做法：按期为绿码，未按期为红码，事后补上当月转黄码",
            (
                Rule("amber", "黄码（逾期补上）", states=(*_DONE, "reported"), late_finish=True),
                Rule(
                    "red",
                    "红码（逾期）",
                    states=_OPEN,
                    days_left_max=-1,
                    tells=("county_office", "school_head", "liaison", "city_officer"),
                ),
                Rule("green", "绿码（按期完成）", states=_DONE),
                *_TAIL[:2],
                Rule("green", "绿码（按期推进）"),
            ),
        ),
    )
}
