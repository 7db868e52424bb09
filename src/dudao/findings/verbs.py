"""What may be done with findings, looking back and feedback from above: verbs by power."""

from dudao.core.access import Verb, declare, power

power(
    "findings:read",
    "查看和导出问题",
    Verb("finding.view", "查看问题", writes=False),
    Verb("finding.export", "导出台账"),
)
power(
    "findings:make",
    "登记问题，核查回头看",
    Verb("finding.create", "登记问题"),
    Verb("finding.edit", "修改问题"),
    Verb("finding.discard", "删除未下达的问题"),
    Verb("lookback.visit", "登记核查结果"),
)
power(
    "findings:rectify",
    "整改问题",
    Verb("finding.sign", "签收"),
    Verb("finding.plan", "报送整改方案"),
    Verb("finding.progress", "报送进展"),
    Verb("finding.partly", "报告部分完成"),
    Verb("finding.keep_on", "列为长期坚持"),
    Verb("finding.report", "报告整改完成"),
    Verb("finding.take_back", "收回报告"),
    Verb("finding.ask_time", "申请延期"),
)
power(
    "findings:supervise",
    "督办问题整改",
    Verb("finding.issue", "下达整改"),
    Verb("finding.recall", "撤回下达"),
    Verb("finding.verify", "核验通过"),
    Verb("finding.send_back", "退回整改"),
    Verb("finding.close", "确认销号"),
    Verb("finding.reopen", "重新整改"),
    Verb("finding.waive", "免予整改"),
    Verb("finding.give_time", "批复延期"),
    Verb("finding.pause", "暂停计时"),
    Verb("finding.resume", "恢复计时"),
    Verb("finding.remind", "催办"),
    Verb("finding.escalate", "升级处理"),
    Verb("finding.import", "导入问题"),
    Verb("finding.recur", "判断是否反复出现"),
    Verb("consult.ask", "发出协商意见"),
    Verb("consult.withdraw", "撤回协商意见"),
    Verb("lookback.make", "生成回头看"),
    Verb("lookback.assign", "指派核查督学"),
    Verb("lookback.settle", "处理核查结果"),
    Verb("lookback.send_back", "退回重查"),
    Verb("lookback.drop", "不再核查"),
    Verb("lookback.close", "结束回头看"),
    Verb("feedback.register", "登记上级反馈"),
    Verb("feedback.edit", "修改上级反馈"),
    Verb("feedback.spread", "分解反馈问题"),
    Verb("feedback.export", "导出反馈台账"),
    Verb("feedback.report", "报告反馈整改情况"),
)
power(
    "consultations:answer",
    "答复协商意见",
    Verb("consult.view", "查看协商意见", writes=False),
    Verb("consult.answer", "答复协商意见"),
)
declare(
    Verb("lookback.view", "查看回头看", writes=False),
    Verb("feedback.view", "查看上级反馈", writes=False),
    Verb("term.edit", "修改时限规定"),
)
