"""The form that takes a ledger back."""

from dudao.core.ui.forms import Form, Section, table_file
from dudao.plans.ledger import EDITABLE

_COLUMNS = "".join(f"“{column.name}”" for column in EDITABLE)


class LedgerForm(Form):
    sections = (
        Section(
            "台账文件",
            ["file"],
            note=f"请上传从平台导出、填写后的台账。可以填写{_COLUMNS}，其他列不要改动。",
        ),
    )
    file = table_file(
        "台账",
        max_bytes=20 * 1024 * 1024,
        help_text="上传后先核对、列出改动，确认以后才会写入。",
    )
