"""The form of a file of numbers."""

from django import forms

from dudao.core.sheets import MAX_BYTES
from dudao.core.ui.forms import FileField, Form
from dudao.stats.models import DataUpload

__all__ = ["UploadForm"]


class UploadForm(Form):
    sort = forms.ChoiceField(
        label="文件种类",
        choices=DataUpload.Sort.choices,
        help_text="汇总表一行一校，列名同模板；统计报表一校一册，文件名是学校名，工作表以表号命名。",
    )
    file = FileField(label="文件", kinds=(".xlsx",), max_bytes=MAX_BYTES)
