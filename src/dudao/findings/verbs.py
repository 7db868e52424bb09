"""The verbs of findings, look-back and accountability."""

from dudao.core.access import Verb, declare

declare(
    Verb("finding.view", "查看问题", writes=False),
    Verb("finding.create", "登记问题"),
    Verb("finding.edit", "修改问题"),
    Verb("finding.discard", "删除未下达的问题"),
    Verb("finding.issue", "下达整改"),
    Verb("finding.recall", "撤回下达"),
    Verb("finding.sign", "签收"),
    Verb("finding.plan", "报送整改方案"),
    Verb("finding.progress", "报送进展"),
    Verb("finding.partly", "报告部分完成"),
    Verb("finding.keep_on", "列为长期坚持"),
    Verb("finding.report", "报告整改完成"),
    Verb("finding.take_back", "收回报告"),
    Verb("finding.verify", "核验通过"),
    Verb("finding.send_back", "退回整改"),
    Verb("finding.close", "确认销号"),
    Verb("finding.reopen", "重新整改"),
    Verb("finding.waive", "免予整改"),
    Verb("finding.ask_time", "申请延期"),
    Verb("finding.give_time", "批复延期"),
    Verb("finding.pause", "暂停计时"),
    Verb("finding.resume", "恢复计时"),
    Verb("finding.remind", "催办"),
    Verb("finding.escalate", "升级处理"),
    Verb("finding.import", "导入问题"),
    Verb("finding.export", "导出台账"),
    Verb("term.edit", "修改时限规定"),
)
