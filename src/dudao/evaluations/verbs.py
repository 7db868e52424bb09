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
