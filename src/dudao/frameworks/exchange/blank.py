"""The workbook to fill in: the usual columns, a few example rows, a sheet that says how rules are understood."""

import io
from typing import Final

from dudao.core.sheets import Column, Writer

GUIDE: Final = "填写说明"
_HEADS: Final = (
    ("一级指标", 20), ("二级指标", 20), ("三级指标", 26), ("考核方式", 26), ("分值", 8), ("评分标准", 42), ("佐证材料", 26),
)  # fmt: skip
_EXAMPLES: Final = (
    ("A1 办学条件（20分）", "B1 校园安全", "C1 安全制度", "查阅制度汇编", 6, "少1项扣0.5分，扣完为止", "制度汇编、检查记录"),
    ("", "", "C2 安全教育", "查看计划和记录", 4, "是得4分，否得0分", "教育计划、活动记录"),
    ("", "B2 教学设备", "C3 实验开出率", "核对实验记录", 10, "≥95%得10分，≥90%得8分，≥85%得6分，<85%得0分", "实验教学记录"),
    ("A2 教学管理（10分）", "B3 教学常规", "C4 备课", "抽查教案", 10, "优9-10，良7-8，中5-6，差5以下", "教案、检查记录"),
)  # fmt: skip
_GUIDE: Final = (
    ("层级", "上级相同的单元格可以合并，也可以空着。级数不限于三级，列名写“一级指标、二级指标……”或“A级、B级……”。"),
    ("代码", "写在指标名称前面，空一格，如“C1 安全制度”。没有代码的，导入时自动编号。"),
    ("分值", "填数字。上级的分值写在名称后面，如“办学条件（20分）”；不写的，按下级合计。"),
    (
        "评分标准",
        "照文件原文填。能确切识别的会变成计分规则，导入前逐条给您看，不对的可以不用；识别不了的由评估人员评分，原文保留。",
    ),
    (
        "能识别的写法",
        "少1项扣0.5分；每缺1人扣1分，最多扣3分；优9-10，良7-8；是得3分，否得0分；≥95%得3分，≥90%得2分；有制度得1分；有记录得2分。",
    ),
    ("另一种写法", "“分段值”“阈值”两列：分段值填“3,2.5,2”，阈值填“95%,90%,85%”，逐一对应。"),
    ("Word 文档", "含有同样列名的 Word 表格也可以直接导入。"),
)


def template() -> bytes:
    target = io.BytesIO()
    writer = Writer(target)
    sheet = writer.book.add_worksheet("指标体系")
    heads = [Column(name, name, width=width) for name, width in _HEADS]
    for index, head in enumerate(heads):
        sheet.set_column(index, index, head.width)
    writer.title(sheet, "××指标体系（示例，请改成您的指标）", len(heads) - 1)
    writer.header(sheet, 1, heads)
    style = writer.format(border=1, text_wrap=True, num_format="@")
    digits = writer.format(border=1, align="center")
    for row, values in enumerate(_EXAMPLES, 2):
        sheet.set_row(row, 36)
        for index, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, index, value, digits)
            else:
                sheet.write_string(row, index, value, style)
    sheet.merge_range(2, 0, 4, 0, _EXAMPLES[0][0], style)
    sheet.merge_range(2, 1, 3, 1, _EXAMPLES[0][1], style)
    writer.page(sheet, header_row=1, widths=[head.width for head in heads])
    guide = writer.book.add_worksheet(GUIDE)
    columns = [Column("what", "项目", width=18), Column("how", "怎样填", width=100)]
    for index, head in enumerate(columns):
        guide.set_column(index, index, head.width)
    writer.title(guide, GUIDE, 1)
    writer.header(guide, 1, columns)
    for row, texts in enumerate(_GUIDE, 2):
        for index, text in enumerate(texts):
            guide.write_string(row, index, text, style)
    writer.page(guide, header_row=1, widths=[head.width for head in columns])
    writer.close()
    return target.getvalue()
