"""What may be done with selection: verbs by power."""

from dudao.core.access import Verb, declare, power

power(
    "selection:read",
    "查看随机抽取和周期规划",
    Verb("draw.view", "查看随机抽取", writes=False),
    Verb("cycle.view", "查看周期规划", writes=False),
)
power(
    "selection:run",
    "编制周期规划，抽取和组队",
    Verb("draw.create", "新建随机抽取"),
    Verb("draw.edit", "修改随机抽取"),
    Verb("draw.commit", "固定并公开承诺"),
    Verb("draw.draw", "抽取"),
    Verb("draw.override", "人工调整抽取结果"),
    Verb("cycle.create", "新建周期规划"),
    Verb("cycle.edit", "修改周期规划"),
    Verb("cycle.fix", "固定督导学期"),
    Verb("cycle.compute", "测算周期规划"),
    Verb("cycle.solve", "排定周期规划"),
    Verb("cycle.replan", "重排周期规划"),
    Verb("cycle.export", "导出周期规划", writes=False),
    Verb("team.view", "查看组队方案", writes=False),
    Verb("team.create", "自动组队"),
    Verb("team.keep", "形成组队方案"),
    Verb("team.apply", "采用组队方案"),
    Verb("team.drop", "不采用组队方案"),
    Verb("team.travel", "修改路程"),
)
power(
    "selection:decide",
    "批准规划，公布抽取，认定回避",
    Verb("draw.publish", "公布抽取结果"),
    Verb("draw.void", "作废抽取"),
    Verb("cycle.apply", "采用调整"),
    Verb("cycle.drop", "不采用调整"),
    Verb("cycle.approve", "批准周期规划"),
    Verb("cycle.discard", "作废周期规划"),
    Verb("recusal.approve", "认定回避"),
    Verb("recusal.reject", "不予认定"),
    Verb("recusal.end", "解除回避"),
)
declare(
    Verb("recusal.declare", "申报回避"),
)
