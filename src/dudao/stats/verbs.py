"""What may be done with statistics: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("return.view", "查看统计数据", writes=False),
)
power(
    "returns:fill",
    "填报数据",
    Verb("return.fill", "填报数据"),
    Verb("return.submit", "提交"),
    Verb("return.import", "导入数据"),
    Verb("return.export", "导出数据"),
)
power(
    "statistics:read",
    "查看测算",
    Verb("balance.view", "查看均衡测算", writes=False),
    Verb("preschool.view", "查看普及普惠测算", writes=False),
    Verb("size.view", "查看班额和校额", writes=False),
)
power(
    "statistics:run",
    "审核数据和测算",
    Verb("return.remind", "提醒填报"),
    Verb("return.send_back", "退回修改"),
    Verb("return.accept", "审核通过"),
    Verb("return.lock", "锁定"),
    Verb("balance.run", "均衡测算"),
    Verb("balance.export", "导出均衡测算"),
    Verb("balance.judge", "人工判定"),
    Verb("balance.price", "登记资源单价"),
    Verb("balance.relief", "登记放宽条款"),
    Verb("balance.forecast", "入学预测"),
    Verb("preschool.run", "普及普惠测算"),
    Verb("preschool.judge", "判定普及普惠指标"),
    Verb("preschool.export", "导出普及普惠测算"),
    Verb("size.export", "导出班额和校额"),
    Verb("elimination.export", "导出消除计划"),
)
power(
    "elimination:plan",
    "编制消除计划",
    Verb("elimination.edit", "编制消除计划"),
    Verb("elimination.submit", "提交计划"),
    Verb("elimination.amend", "修订计划"),
    Verb("elimination.import", "导入消除计划"),
)
power(
    "rounds:run",
    "布置报送，批准消除计划",
    Verb("return.ask", "布置填报"),
    Verb("return.extend", "延长填报期限"),
    Verb("item.edit", "修改数据指标"),
    Verb("rule.edit", "修改审核规则"),
    Verb("round.create", "布置数据报送"),
    Verb("round.edit", "修改报送要求"),
    Verb("round.discard", "删除未开始的报送"),
    Verb("round.extend", "延长报送期限"),
    Verb("round.open", "开始报送"),
    Verb("round.close", "结束报送"),
    Verb("elimination.approve", "批准计划"),
    Verb("elimination.send_back", "退回计划"),
)
power(
    "rounds:reopen",
    "重新开放数据",
    Verb("return.reopen", "解除锁定"),
    Verb("item.load", "载入标准指标"),
    Verb("round.reopen", "重新开放报送"),
)
