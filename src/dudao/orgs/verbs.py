"""What may be done with units: verbs by power."""

from dudao.core.access import Verb, declare, power

declare(
    Verb("unit.view", "查看机构", writes=False),
)
power(
    "units:run",
    "管理机构",
    Verb("unit.open", "新设机构"),
    Verb("unit.edit", "修改机构信息"),
    Verb("unit.rename", "更名"),
    Verb("unit.move", "变更隶属"),
    Verb("unit.merge", "合并"),
    Verb("unit.split", "分设"),
    Verb("unit.close", "撤销机构"),
    Verb("unit.licence", "登记办园许可"),
    Verb("unit.import", "导入机构"),
    Verb("unit.export", "导出机构"),
)
power(
    "units:contacts",
    "管理联系人",
    Verb("contact.edit", "修改联系人"),
    Verb("contact.reveal", "查看联系方式"),
)
declare(
    Verb("unit.second_person", "规定复核人"),
    Verb("calendar.edit", "修改工作日历"),
)
