"""What may be done with visits: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("onsite.view", "查看实地评估", writes=False),
    Verb("onsite.state", "说明情况"),
)
power(
    "visits:plan",
    "安排实地评估",
    Verb("onsite.plan", "安排实地评估"),
    Verb("onsite.notify", "通知实地评估"),
    Verb("onsite.cancel", "取消实地评估"),
)
power(
    "visits:work",
    "开展实地评估",
    Verb("onsite.begin", "开始实地评估"),
    Verb("onsite.record", "记录实地评估"),
    Verb("onsite.mark", "实地评分"),
    Verb("onsite.feed_back", "现场反馈初步意见"),
    Verb("onsite.settle", "形成评估组意见"),
)
