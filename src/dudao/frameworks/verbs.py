"""What may be done with indicator systems: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("framework.view", "查看指标体系", writes=False),
)
power(
    "frameworks:edit",
    "编制和试算指标体系",
    Verb("framework.start", "新建指标体系"),
    Verb("framework.load", "载入标准"),
    Verb("framework.import", "导入指标体系"),
    Verb("framework.export", "导出指标体系"),
    Verb("framework.edit", "修改指标草稿"),
    Verb("framework.clone", "另立新版本"),
    Verb("framework.rename", "改指标体系名称"),
    Verb("framework.discard", "丢弃草稿"),
    Verb("trial.view", "查看试算", writes=False),
    Verb("trial.run", "试算"),
    Verb("trial.export", "导出试算"),
    Verb("trial.delete", "删除试算"),
)
power(
    "frameworks:publish",
    "发布和停用指标体系",
    Verb("framework.publish", "发布指标体系"),
    Verb("framework.retire", "停用指标体系"),
)
