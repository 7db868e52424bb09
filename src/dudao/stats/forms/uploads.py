"""The form of a file of numbers."""

from collections.abc import Collection
from typing import Any

from django import forms

from dudao.core.sheets import MAX_BYTES
from dudao.core.ui.forms import Form, table_file
from dudao.stats.bundles import MAX_BUNDLE
from dudao.stats.imports import Sort


class UploadForm(Form):
    sort = forms.ChoiceField(
        label="文件种类",
        choices=Sort.choices,
        help_text="汇总表一行一校、县级数据表一行一县，列名同模板；统计报表一校一册，文件名是学校名，工作表以表号命名，"
        "多所学校可以打成一个 ZIP 一起传。",
    )
    file = table_file("文件", more=(".zip",), max_bytes=MAX_BUNDLE)

    def __init__(self, *args: Any, sorts: Collection[str], **kwargs: Any) -> None:
        self.sorts = sorts
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        field: Any = self.fields["sort"]
        field.choices = [(value, word) for value, word in Sort.choices if value in self.sorts]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, sort = cleaned.get("file"), cleaned.get("sort")
        if file is not None and sort is not None:
            bundle = sort == Sort.ZIP
            if bundle != file.name.lower().endswith(".zip"):
                wanted = ".zip" if bundle else ".xlsx"
                self.add_error("file", f"“{file.name}”不是 {wanted} 文件，与所选的文件种类不符，请重新选择。")
            elif not bundle and file.size > MAX_BYTES:
                self.add_error("file", f"“{file.name}”超过 {MAX_BYTES // 1048576} MB 的上限，请拆成几个文件。")
        return cleaned
