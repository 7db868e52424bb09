"""Plans in the shapes that offices give them: each in words of our own, with the tree that must be read from it."""

import pytest

from dudao.calc import worktext

NOTICE = """青河市教育局关于印发2026年教育督导工作计划的通知
各县（市、区）教育局：
现将工作计划印发给你们，请认真落实。
附件：1.青河市2026年教育督导工作计划
{list}青河市教育局
2026年2月10日
附件1
青河市2026年教育督导工作计划
"""
BODY = """一、督政
（一）履职评价
1. 开展评价。6月底前完成。（牵头单位：督导科；配合单位：人事科）
2. 落实整改。逐项整改。
（二）优质均衡
1. 县级自评。9月底前完成。
二、督学
（一）挂牌督导
1. 每月入校。（责任单位：市教育局）
"""
TREE = [
    ("督政", [
        ("（一）履职评价", 1, "开展评价", "2026-06-30", ["督导科 acts", "人事科 partner"]),
        ("（一）履职评价", 2, "落实整改", None, []),
        ("（二）优质均衡", 1, "县级自评", "2026-09-30", ["县市区 acts"]),
    ]),
    ("督学", [("（一）挂牌督导", 1, "每月入校", None, ["市教育局 acts"])]),
]  # fmt: skip
TITLE = "青河市2026年教育督导工作计划"


def tree(plan: worktext.WorkPlanText) -> list:
    return [
        (
            section.title,
            [
                (
                    "".join(point.group),
                    point.number,
                    point.title,
                    point.deadline and point.deadline.date and point.deadline.date.isoformat(),
                    [f"{actor.name} {actor.role}" for actor in point.actors if actor.role != "named"],
                )
                for point in section.points
            ],
        )
        for section in plan.sections
    ]


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        pytest.param(TITLE + "\n" + BODY, TITLE, TREE, id="plan alone"),
        pytest.param(NOTICE.format(list="") + BODY, TITLE, TREE, id="notice with one attachment"),
        pytest.param(NOTICE.format(list="2.重点任务分工表\n") + BODY, TITLE, TREE, id="notice with two attachments"),
        pytest.param(
            NOTICE.format(list="　　　2．重点任务分工表\n　　　3．联络员名单\n") + BODY + "附件2\n重点任务分工表\n",
            TITLE,
            TREE,
            id="three attachments, indented, the second behind the plan",
        ),
    ],
)
def test_shape(text, title, expected):
    plan = worktext.parse(text)
    assert plan.title == title
    assert tree(plan) == expected
