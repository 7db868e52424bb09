"""The verbs of statistics."""

from dudao.core.access import Verb, declare

declare(
    Verb("return.view", "查看统计数据", writes=False),
    Verb("return.ask", "布置填报"),
    Verb("return.fill", "填报数据"),
    Verb("return.submit", "提交"),
    Verb("return.send_back", "退回修改"),
    Verb("return.accept", "审核通过"),
    Verb("return.lock", "锁定"),
    Verb("return.reopen", "解除锁定"),
    Verb("return.import", "导入数据"),
    Verb("return.export", "导出数据"),
    Verb("item.load", "载入标准指标"),
    Verb("round.create", "布置数据报送"),
    Verb("round.open", "开始报送"),
    Verb("round.close", "结束报送"),
    Verb("round.reopen", "重新开放报送"),
    Verb("balance.view", "查看均衡测算", writes=False),
    Verb("balance.run", "均衡测算"),
    Verb("balance.export", "导出均衡测算"),
    Verb("size.view", "查看班额和校额", writes=False),
    Verb("size.export", "导出班额和校额"),
    Verb("elimination.edit", "编制消除计划"),
    Verb("elimination.submit", "提交计划"),
    Verb("elimination.approve", "批准计划"),
    Verb("elimination.send_back", "退回计划"),
    Verb("elimination.amend", "修订计划"),
    Verb("elimination.import", "导入消除计划"),
    Verb("elimination.export", "导出消除计划"),
)
