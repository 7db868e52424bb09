"""What may be done with papers: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("paper.view", "查看文书", writes=False),
    Verb("paper.personal", "查看涉及个人的文书", writes=False),
)
power(
    "papers:write",
    "拟办文书",
    Verb("paper.draft", "起草文书"),
    Verb("paper.edit", "修改文稿"),
    Verb("paper.answer", "说明差异"),
    Verb("paper.submit", "送核"),
    Verb("paper.check", "核稿通过"),
    Verb("paper.issue", "印发"),
    Verb("paper.discard", "作废文书"),
    Verb("paper.remind", "催签"),
    Verb("paper.seal", "办理用印"),
    Verb("paper.template", "维护文书模板"),
    Verb("paper.style", "维护版式"),
)
power(
    "papers:pass",
    "退回和交后台办理",
    Verb("paper.send_back", "退回修改"),
    Verb("paper.queue", "交后台办理"),
)
declare(
    Verb("paper.sign", "签发"),
)
power(
    "papers:withdraw",
    "撤回文书和作废文号",
    Verb("paper.withdraw", "撤回文书"),
    Verb("paper.void_number", "作废文号"),
)
declare(
    Verb("paper.receive", "签收文书"),
)
