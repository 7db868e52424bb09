"""Invented names of schools and persons, and telephone numbers that nobody has. From a seed, the same every time."""

import random
from collections.abc import Iterator
from itertools import product

# Pairs that read like a place and are used by hardly any real school.
_FIRST = "砚霁岚筠葭澄皓蔚昀汐芷桐榆栖沐聆颂怀知明听望映清远星云松竹兰"
_SECOND = "渚汀屿岫坞皋榭澜畹陌蹊阡浦堤湾溪岭塘岗畈"
_SURNAMES = (
    "李王张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余"
    "潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = (
    "安秉承春德恩帆芳刚国海涵和恒红华慧佳建洁静娟军凯兰丽莉林琳玲龙敏明宁萍平倩青清庆荣蓉锐瑞珊胜淑思松涛"
    "婷伟文武霞先晓欣兴秀旭雪雅艳阳洋怡毅英瑛勇宇玉远云泽珍志忠卓"
)


def school_words(chance: random.Random) -> Iterator[str]:
    """Two-letter words without end, none twice until all have been used."""
    pairs = [first + second for first, second in product(_FIRST, _SECOND)]
    chance.shuffle(pairs)
    yield from pairs
    for number in range(2, 100):
        yield from (f"{pair}{'一二三四五六七八九'[number % 9]}" for pair in pairs)


def person(chance: random.Random) -> str:
    given = "".join(chance.sample(_GIVEN, 1 if chance.random() < 0.25 else 2))
    return chance.choice(_SURNAMES) + given


def phone(chance: random.Random) -> str:
    """Eleven digits that begin with 100, as no mobile number does."""
    return f"100{chance.randrange(10**8):08d}"
