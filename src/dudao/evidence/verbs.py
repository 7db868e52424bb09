"""What may be done with the evidence library: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("evidence.view", "查看佐证材料", writes=False),
)
power(
    "evidence:keep",
    "管理本单位佐证材料",
    Verb("evidence.add", "上传佐证材料"),
    Verb("evidence.edit", "修改佐证材料信息"),
    Verb("evidence.withdraw", "撤下佐证材料"),
    Verb("evidence.restore", "恢复佐证材料"),
    Verb("evidence.export", "打包导出佐证材料"),
    Verb("evidence.attach", "引用佐证材料"),
    Verb("evidence.detach", "不再引用佐证材料"),
    Verb("evidence.freeze", "锁定引用的佐证材料"),
    Verb("evidence.thaw", "解除锁定引用的佐证材料"),
)
declare(
    Verb("evidence.check", "检查佐证材料"),
    Verb("evidence.follow", "材料随单位合并转入"),
    Verb("evidence.limit", "设定资料库容量"),
)
