"""What may be done with plans, tasks and the rows handed down: verbs by power."""

from dudao.core.access import Verb, declare, power

power(
    "plans:read",
    "查看计划、任务和承办情况",
    Verb("plan.view", "查看年度计划", writes=False),
    Verb("task.view", "查看任务", writes=False),
    Verb("assignment.view", "查看承办情况", writes=False),
    Verb("assignment.light", "亮灯变化", writes=False),
    Verb("file.view", "查看附件", writes=False),
)
power(
    "plans:report",
    "签收和报送",
    Verb("assignment.sign", "签收"),
    Verb("assignment.progress", "报送进展"),
    Verb("assignment.report", "报送完成"),
    Verb("assignment.withdraw", "撤回报送"),
    Verb("ledger.check", "核对台账"),
    Verb("ledger.import", "导回台账"),
    Verb("ledger.discard", "放弃导回台账"),
    Verb("file.add", "上传附件"),
)
declare(
    Verb("ledger.export", "导出台账"),
)
power(
    "plans:judge",
    "下达和确认承办任务",
    Verb("assignment.issue", "下达到单位"),
    Verb("assignment.confirm", "确认完成"),
    Verb("assignment.return", "退回修改"),
    Verb("assignment.close", "销号"),
    Verb("assignment.remind", "催办"),
    Verb("assignment.extend", "延期"),
    Verb("assignment.mark", "标记质量"),
    Verb("assignment.recall", "撤回下达"),
)
declare(
    Verb("assignment.hand_on", "转办到学校"),
)
power(
    "plans:run",
    "编制计划和任务",
    Verb("plan.import", "导入工作要点"),
    Verb("plan.edit", "修改计划草稿"),
    Verb("plan.amend", "修订计划"),
    Verb("task.create", "新建任务"),
    Verb("task.edit", "修改任务"),
    Verb("task.split", "拆分任务"),
    Verb("task.merge", "合并任务"),
    Verb("task.discard", "作废任务草稿"),
    Verb("task.schedule", "倒排工期"),
    Verb("task.step_done", "完成步骤"),
    Verb("task.hand_down", "下达"),
    Verb("task.withdraw", "撤回任务"),
    Verb("brief.make", "生成进展简报"),
    Verb("file.remove", "移除附件"),
)
power(
    "plans:decide",
    "发布计划，办结任务",
    Verb("plan.publish", "发布计划"),
    Verb("plan.discard", "作废草稿"),
    Verb("task.close", "办结任务"),
    Verb("assignment.reopen", "重新打开"),
    Verb("lights.edit", "修改亮灯规则"),
)
