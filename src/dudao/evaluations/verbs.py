"""What may be done with evaluations: verbs by power."""

from dudao.core.access import Verb, declare, power

power(
    "evaluations:read",
    "查看督导项目和评估",
    Verb("campaign.view", "查看督导项目", writes=False),
    Verb("campaign.export", "导出督导项目", writes=False),
    Verb("evaluation.view", "查看评估", writes=False),
)
power(
    "evaluations:fill",
    "填报自评",
    Verb("evaluation.fill", "填报自评"),
    Verb("evaluation.submit", "提交自评"),
    Verb("evaluation.take_back", "撤回自评"),
)
power(
    "evaluations:run",
    "组织督导项目、自评和评审",
    Verb("campaign.create", "新建督导项目"),
    Verb("campaign.edit", "修改督导项目"),
    Verb("campaign.start", "启动督导项目"),
    Verb("campaign.amend", "变更督导项目"),
    Verb("campaign.remind", "催报"),
    Verb("campaign.try", "试算得分"),
    Verb("campaign.score", "形成评定结果"),
    Verb("campaign.reopen", "退回评审"),
    Verb("evaluation.accept", "核查通过"),
    Verb("evaluation.return", "退回修改"),
    Verb("evaluation.remark", "提出修改意见"),
    Verb("evaluation.move", "转由其他单位承担"),
    Verb("evaluation.extend", "延长自评期限"),
    Verb("evaluation.exempt", "列为不参评"),
    Verb("evaluation.restore", "恢复参评"),
    Verb("part.assign", "下达自评分工"),
    Verb("part.edit", "修改自评分工"),
    Verb("part.return", "退回成员单位"),
    Verb("part.merge", "汇总分工内容"),
    Verb("part.remind", "催办自评分工"),
    Verb("part.withdraw", "收回自评分工"),
    Verb("review.assign", "分配评审任务"),
    Verb("review.revoke", "撤销评审任务"),
    Verb("review.reopen", "退回重评"),
    Verb("review.settle", "核定得分"),
)
power(
    "evaluations:decide",
    "评定、公布和归档",
    Verb("campaign.cancel", "取消督导项目"),
    Verb("campaign.decide", "登记评定会议"),
    Verb("campaign.publicise", "公示结果"),
    Verb("campaign.publish", "公布结果"),
    Verb("campaign.archive", "项目归档"),
)
declare(
    Verb("part.view", "查看自评分工", writes=False),
)
power(
    "parts:fill",
    "填报自评分工",
    Verb("part.fill", "填报分工内容"),
    Verb("part.submit", "交报分工内容"),
    Verb("part.take_back", "撤回分工内容"),
)
power(
    "reviews:mark",
    "网上评审",
    Verb("review.view", "查看评审任务", writes=False),
    Verb("review.mark", "评分"),
    Verb("review.submit", "提交评审"),
    Verb("review.hand_back", "交回评审任务"),
)
