"""What may be done with cases of accountability and with talks: verbs by power."""

from dudao.core.access import Verb, declare, power

power(
    "cases:read",
    "查看问责案件和约谈",
    Verb("case.view", "查看问责案件", writes=False),
    Verb("talk.view", "查看约谈", writes=False),
)
declare(
    Verb("case.person", "查看被问责人员信息", writes=False),
)
power(
    "cases:answer",
    "答辩、签收和申请复核",
    Verb("case.defend", "陈述申辩"),
    Verb("case.receive", "签收问责决定"),
    Verb("case.ask_review", "申请复核"),
    Verb("case.appeal", "提出申诉"),
    Verb("talk.sign", "签收约谈通知"),
)
declare(
    Verb("case.answer", "反馈意见"),
)
power(
    "cases:run",
    "办理问责案件和约谈",
    Verb("case.open", "登记问责线索"),
    Verb("case.edit", "修改问责线索"),
    Verb("case.examine", "成立调查认定工作组"),
    Verb("case.notify", "告知拟问责事项"),
    Verb("case.drop", "不予问责"),
    Verb("case.hear", "听取申辩"),
    Verb("case.consult", "征求成员单位意见"),
    Verb("case.submit", "报请审定"),
    Verb("case.issue", "印发问责决定"),
    Verb("case.execute", "登记执行情况"),
    Verb("case.publish", "登记公开情况"),
    Verb("case.decide_review", "作出复核决定"),
    Verb("case.decide_appeal", "作出申诉处理决定"),
    Verb("case.correct", "纠正问责决定"),
    Verb("case.archive", "归档"),
    Verb("case.recall", "撤回问责决定"),
    Verb("case.export", "导出问责台账"),
    Verb("talk.plan", "登记约谈"),
    Verb("talk.call", "发出约谈通知"),
    Verb("talk.record", "记录约谈"),
    Verb("talk.absent", "登记拒不到场"),
    Verb("talk.follow", "登记落实情况"),
    Verb("talk.cancel", "取消约谈"),
)
power(
    "cases:decide",
    "审定问责决定",
    Verb("case.send_back", "退回补正"),
    Verb("case.decide", "审定问责决定"),
)
