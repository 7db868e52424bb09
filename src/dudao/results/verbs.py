"""What may be done with results: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("result.view", "查看评估结果", writes=False),
)
power(
    "results:answer",
    "提出异议和修订建议",
    Verb("objection.ask", "提出异议"),
    Verb("objection.withdraw", "撤回异议"),
    Verb("proposal.make", "提出指标修订建议"),
)
power(
    "results:run",
    "办理异议、建议和结果运用",
    Verb("result.use", "登记结果运用"),
    Verb("objection.uphold", "维持原评"),
    Verb("objection.change", "调整评定"),
    Verb("proposal.decide", "研究指标修订建议"),
)
