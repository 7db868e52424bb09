"""The places of the demo city: Yueyang's divisions as they are, and how many institutions of each kind they get.

Divisions and codes are real (GB/T 2260; the functional zones have none and get codes of our own). The institutions below them
are invented; only their numbers follow the city's published totals of 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass

TOTALS = {
    "kindergarten": 1266,
    "teaching_point": 361,
    "primary": 680,
    "junior": 152,
    "nine_year": 47,
    "complete": 12,
    "senior": 39,
    "vocational": 33,
    "special": 7,
}
"""1,266 kindergartens; 1,240 in compulsory education, 361 teaching points among them; 51 general and 33 vocational upper-secondary
schools; 7 special schools. How the rest of compulsory education parts into primary, junior and nine-year schools follows the
ratio that Pingjiang published. The city's 5 universities are no institutions that it inspects and are left out.
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A county or zone. ``weight`` is roughly its population in 10,000; ``rural`` its share of the teaching points."""

    name: str
    kind: str
    code: str
    weight: int
    rural: int
    townships: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.code


def _place(name: str, kind: str, code: str, weight: int, rural: int, townships: str) -> Place:
    return Place(name, kind, code, weight, rural, tuple(townships.split()))


COUNTIES: tuple[Place, ...] = (
    _place(
        "岳阳楼区",
        "county",
        "430602",
        62,
        2,
        "岳阳楼街道 三眼桥街道 吕仙亭街道 金鹗山街道 东茅岭街道 五里牌街道 枫桥湖街道 奇家岭街道 站前路街道 望岳路街道 "
        "王家河街道 洞庭街道 洛王街道 郭镇乡 麻布山镇",
    ),
    _place("云溪区", "county", "430603", 17, 12, "云溪街道 长岭街道 陆城镇 路口镇"),
    _place("君山区", "county", "430611", 20, 14, "柳林洲街道 广兴洲镇 许市镇 钱粮湖镇 良心堡镇"),
    _place(
        "岳阳县",
        "county",
        "430621",
        57,
        58,
        "荣家湾镇 黄沙街镇 新墙镇 柏祥镇 筻口镇 公田镇 毛田镇 月田镇 张谷英镇 新开镇 步仙镇 杨林街镇 中洲乡 长湖乡",
    ),
    _place(
        "华容县",
        "county",
        "430623",
        56,
        40,
        "章华镇 三封寺镇 治河渡镇 北景港镇 鲇鱼须镇 万庾镇 插旗镇 注滋口镇 操军镇 东山镇 梅田湖镇 禹山镇 团洲乡 新河乡",
    ),
    _place(
        "湘阴县",
        "county",
        "430624",
        58,
        44,
        "文星街道 南湖洲镇 鹤龙湖镇 樟树镇 岭北镇 新泉镇 湘滨镇 三塘镇 东塘镇 玉华镇 金龙镇 静河镇 石塘镇 洋沙湖镇 杨林寨乡",
    ),
    _place(
        "平江县",
        "county",
        "430626",
        95,
        96,
        "汉昌街道 天岳街道 安定镇 三市镇 加义镇 长寿镇 龙门镇 虹桥镇 南江镇 梅仙镇 浯口镇 瓮江镇 伍市镇 向家镇 童市镇 岑川镇 "
        "福寿山镇 余坪镇 上塔市镇 石牛寨镇 三墩乡 木金乡 板江乡 大洲乡 三阳乡",
    ),
    _place(
        "汨罗市",
        "county",
        "430681",
        63,
        48,
        "归义镇 汨罗镇 罗江镇 新市镇 古培镇 白水镇 川山坪镇 神鼎山镇 弼时镇 桃林寺镇 长乐镇 大荆镇 三江镇 白塘镇 屈子祠镇",
    ),
    _place(
        "临湘市",
        "county",
        "430682",
        43,
        38,
        "长安街道 五里牌街道 桃矿街道 忠防镇 聂市镇 江南镇 羊楼司镇 桃林镇 长塘镇 白羊田镇 詹桥镇 黄盖镇 坦渡镇",
    ),
    _place("岳阳经济技术开发区", "zone", "4306K1", 24, 4, "通海路管理处 金凤桥管理处 木里港管理处 康王乡 西塘镇"),
    _place("南湖新区", "zone", "4306K2", 13, 1, "南湖街道 湖滨街道 求索街道"),
    _place("城陵矶新港区", "zone", "4306K3", 5, 1, "城陵矶街道 松阳湖街道"),
    _place("屈原管理区", "zone", "4306K4", 8, 3, "营田镇 河市镇 凤凰乡"),
)

DEPARTMENTS: tuple[tuple[str, str], ...] = (
    ("教育体育局", "教育局"),
    ("委机构编制委员会办公室", "编办"),
    ("发展和改革委员会", "发改委"),
    ("财政局", "财政局"),
    ("人力资源和社会保障局", "人社局"),
    ("公安局", "公安局"),
    ("民政局", "民政局"),
    ("自然资源和规划局", "自然资源局"),
    ("住房和城乡建设局", "住建局"),
    ("卫生健康委员会", "卫健委"),
    ("审计局", "审计局"),
    ("市场监督管理局", "市场监管局"),
    ("统计局", "统计局"),
)
"""Member units of the committee, without the city's name, and how people call them."""


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Part a whole by weights: whole numbers that sum to it (largest remainders; ties go to the earlier)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts
