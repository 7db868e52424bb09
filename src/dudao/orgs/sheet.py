"""The units' sheet: one declaration for the template, the import, the export and the error copy."""

from collections.abc import Mapping
from typing import Any

from dudao.calc.codetables import ORGANIZERS, SCHOOL_TYPES, URBAN_RURAL
from dudao.core.sheets import Column, Table
from dudao.orgs.models import Kind, Licensed, Ownership, Stage

MAX_ROWS = 60_000
HELP = (
    "从第 4 行起每行一个机构，行序不限，上级可以在同一张表里。再次导入时按标识码、本地代码、名称加上级依次匹配已有机构："
    "填了的单元格更新，空着的单元格保持原值。名称或上级有变化时，按导入当天更名或变更隶属，原名自动留作曾用名。"
)


def split_words(text: str) -> list[str]:
    """Several names in one cell, parted by 、 or a like sign."""
    for sign in "，,；;|\n":
        text = text.replace(sign, "、")
    return [word.strip() for word in text.split("、") if word.strip()]


def _labels(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices}


UNITS = Table(
    "机构信息",
    [
        Column(
            "name",
            "机构名称",
            required=True,
            width=34,
            help="全称，与公章一致。",
            example="平江县第一中学",
            aliases=("名称", "学校名称", "学校（机构）名称", "单位名称", "机构全称", "学校全称"),
        ),
        Column(
            "kind",
            "类别",
            "choice",
            choices=_labels(Kind.choices),
            width=16,
            help="填了办学类型可不填。",
            example="学校",
            aliases=("机构类别", "单位类别"),
        ),
        Column(
            "parent",
            "上级机构",
            width=30,
            help="上级的名称或代码；有重名时写成“平江县/三阳乡”。不填则归到导入时所选的机构。",
            example="平江县/三阳乡",
            aliases=("上级", "上级单位", "主管单位", "隶属机构"),
        ),
        Column(
            "institution_code",
            "学校（机构）标识码",
            "code",
            width=18,
            help="10 位，学校、教学点、幼儿园填写。",
            example="3143000123",
            aliases=("标识码", "学校标识码", "机构标识码", "学校（机构）代码"),
        ),
        Column(
            "uscc",
            "统一社会信用代码",
            "code",
            width=24,
            help="18 位，含两位校验码。",
            aliases=("信用代码", "社会信用代码"),
        ),
        Column(
            "region_code",
            "行政区划代码",
            "code",
            width=14,
            help="省、市、县 6 位，乡镇 9 位；功能区没有，请填本地代码。",
            example="430626",
            aliases=("区划代码",),
        ),
        Column(
            "local_code",
            "本地代码",
            "code",
            width=14,
            help="没有国家标准代码的机构自编，最多 20 位。",
            example="4306K1",
            aliases=("自编代码",),
        ),
        Column("short_name", "简称", width=16, help="列表里显示的短名称。", example="平江一中"),
        Column(
            "organ_name",
            "机关全称",
            width=26,
            help="文书主送时写的全称，如“汨罗市人民政府”；不填时按名称和类别写。",
            example="平江县第一中学",
        ),
        Column(
            "organ_short",
            "规范简称",
            width=16,
            help="几个机关一起主送时写的规范化简称，没有就不填。",
            aliases=("规范化简称",),
        ),
        Column("aliases", "别名", width=22, help="多个用顿号隔开。", check=split_words, aliases=("其他名称",)),
        Column(
            "school_type",
            "办学类型",
            "choice",
            choices={code: item.name for code, item in SCHOOL_TYPES.items() if not item.is_attached},
            width=18,
            help="从列表选择，也可以填三位代码，如 312。",
            example="高级中学",
            aliases=("办学类型代码", "学校办学类型"),
        ),
        Column(
            "stages",
            "学段",
            "choices",
            choices=_labels(Stage.Level.choices),
            width=14,
            help="不填时按办学类型推定；多个用顿号隔开。",
            example="小学、初中",
        ),
        Column(
            "organizer",
            "举办者",
            "choice",
            choices={name: name for name in ORGANIZERS},
            width=16,
            example="县级教育部门",
        ),
        Column(
            "ownership",
            "公民办",
            "choice",
            choices=_labels(Ownership.choices),
            width=10,
            help="不填时按举办者判断。",
            example="公办",
            aliases=("办学性质",),
        ),
        Column("inclusive", "是否普惠", "yes_no", width=10, help="只用于幼儿园。", aliases=("普惠性", "普惠")),
        Column(
            "urban_rural",
            "城乡类型",
            "choice",
            choices={code: item.name for code, item in URBAN_RURAL.items()},
            width=14,
            help="从列表选择，也可以填三位代码，如 121。",
            example="镇中心区",
            aliases=("城乡分类",),
        ),
        Column("boarding", "是否寄宿制", "yes_no", width=12, aliases=("寄宿制", "寄宿")),
        Column(
            "licence",
            "办园许可",
            "choice",
            choices={str(one.value): str(one.label) for one in (Licensed.HELD, Licensed.EXPIRED, Licensed.NONE)},
            width=12,
            help="只用于幼儿园；没有许可的看护点填“无证”。有变化时按导入当天登记，以前的登记保留。",
            aliases=("办园证照", "证照情况", "许可情况"),
        ),
        Column(
            "licence_number",
            "办园许可证号",
            width=20,
            limit=60,
            aliases=("许可证号", "办学许可证号", "民办学校办学许可证号"),
        ),
        Column("licence_until", "许可有效期至", "date", width=16, aliases=("许可证有效期", "有效期至")),
        Column("licence_source", "许可依据", width=24, limit=120, help="批准文号，或无证园排查的通知。"),
        Column("founded", "建校年份", "integer", width=10, example="1956", aliases=("建校年", "建园年份")),
        Column(
            "valid_from",
            "设立日期",
            "date",
            width=16,
            help="在本平台从哪天起算；不填则与上级相同。已有机构的设立日期不能用导入来改。",
            example="2019年9月1日",
            aliases=("成立日期", "设立时间"),
        ),
        Column("sort_no", "排序号", "integer", width=8, help="整数，小的在前，不填为 1000。"),
        Column(
            "leader_name",
            "负责人",
            width=12,
            limit=60,
            help="校长、园长或主要负责人姓名。",
            aliases=("校长", "园长", "校长姓名", "单位负责人"),
        ),
        Column(
            "leader_phone",
            "负责人电话",
            "code",
            width=16,
            help="导出时只显示部分号码；带 * 的号码导入时不改原号。",
            aliases=("校长电话",),
        ),
        Column("contact_name", "联系人", width=12, limit=60),
        Column(
            "contact_phone",
            "联系电话",
            "code",
            width=16,
            help="导出时只显示部分号码；带 * 的号码导入时不改原号。",
            aliases=("联系人电话", "电话"),
        ),
        Column(
            "status",
            "状态",
            "choice",
            choices={"open": "在册", "closed": "已撤销"},
            width=10,
            help="导出时注明。导入时“已撤销”的行不处理；撤销机构请在页面上办理。",
            example="在册",
        ),
    ],
)

_HEADINGS: Mapping[str, str] = {column.key: column.name for column in UNITS.columns}


def heading(key: str) -> str:
    """The heading under which a value stands; fields without a column of their own are told at the name."""
    return _HEADINGS.get(key, _HEADINGS["name"])
