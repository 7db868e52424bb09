"""Fields of 表Ⅴ and 表Ⅵ that are no items of their own: names as the county's return has them."""

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
