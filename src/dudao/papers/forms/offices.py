"""Forms of what an office's papers look like: its style from a day on, and its Word templates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from msgspec.structs import asdict

from dudao.core.documents import ROLES, Layout
from dudao.core.ui.forms import DateField, FileField, Form, Section
from dudao.papers.actions.templates import MOST_BYTES
from dudao.papers.composing import standard
from dudao.papers.kinds import Kind
from dudao.papers.models import OfficeStyle

NO_NUMBER = "不编号"
BACK = "back"
_SEPARATOR = "｜"
_SIZES = {"二号": 22.0, "小二": 18.0, "三号": 16.0, "小三": 15.0, "四号": 14.0, "小四": 12.0}
"""Sizes of Chinese type in points."""
_LENGTHS = {
    "top": ("上边距（毫米）", "国家标准 37 毫米。"),
    "bottom": ("下边距（毫米）", "国家标准 35 毫米。"),
    "left": ("左边距（毫米）", "国家标准 28 毫米。"),
    "right": ("右边距（毫米）", "国家标准 26 毫米。"),
}
_COUNTS = {"lines": ("每页行数", "国家标准 22 行。"), "characters": ("每行字数", "国家标准 28 字。")}
_FONTS = ("masthead", "title", "body", "level1", "level2")


class CodeWordsField(forms.CharField):
    """«文种｜机关代字», a line a kind; «不编号» for a kind without numbers."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{Kind(kind).label}{_SEPARATOR}{word or NO_NUMBER}" for kind, word in value.items())

    def clean(self, value: Any) -> dict[str, str]:
        kinds = {kind.label: kind.value for kind in Kind}
        found: dict[str, str] = {}
        for place, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            label, _, word = (part.strip() for part in line.replace("|", _SEPARATOR).partition(_SEPARATOR))
            if label not in kinds:
                raise ValidationError(f"第 {place} 行的文种“{label}”不在列表里，应为：{'、'.join(kinds)}。")
            if not word:
                raise ValidationError(
                    f"第 {place} 行没有写机关代字，应为“{label}｜代字”，不编号的写“{label}｜{NO_NUMBER}”。"
                )
            found[kinds[label]] = "" if word == NO_NUMBER else word
        return found


class StyleForm(Form):
    """The style of an office; of the layout only what differs from the standard is kept."""

    sections = (
        Section("名称和字号", ["signature", "masthead", "code_word", "code_words"]),
        Section("版面", [*_LENGTHS, *_COUNTS, "body_size", "title_size", "imprint"], note="没有特殊要求的不用改。"),
        Section("字体", [f"font_{role}" for role in _FONTS], note="写 Word 或 WPS 里的字体名。"),
        Section("启用", ["valid_from"]),
    )
    signature = forms.CharField(label="署名", max_length=100, help_text="落款和版记用的机关全称。")
    masthead = forms.CharField(
        label="发文机关标志",
        max_length=60,
        required=False,
        help_text="红头文字，一般是机关全称加“文件”。不用红头的留空。",
    )
    code_word = forms.CharField(
        label="机关代字", max_length=30, help_text="如“岳政教督办”，文号即为“岳政教督办〔2026〕1号”。"
    )
    code_words = CodeWordsField(
        label="单独编号的文种",
        required=False,
        max_length=1000,
        help_text=f"一行一种，如“整改通知书｜岳政教督改”；不编号的写“公示｜{NO_NUMBER}”。没有列出的用上面的机关代字。",
    )
    valid_from = DateField(label="启用日期", help_text="从这一天起新起草和签发的文书用这个版式，已经印发的不变。")

    def adapt(self) -> None:
        for name, (label, help_text) in _LENGTHS.items():
            self.fields[name] = forms.FloatField(label=label, min_value=5, max_value=100, help_text=help_text)
        for name, (label, help_text) in _COUNTS.items():
            self.fields[name] = forms.IntegerField(label=label, min_value=5, max_value=80, help_text=help_text)
        for role, label in (("body", "正文字号"), ("title", "标题字号")):
            plain = standard().sizes[role]
            named = next(name for name, size in _SIZES.items() if size == plain)
            self.fields[f"{role}_size"] = forms.TypedChoiceField(
                label=label,
                coerce=float,
                choices=[(size, f"{name}（{size:g} 磅）") for name, size in _SIZES.items()],
                help_text=f"国家标准{named}。",
            )
        self.fields["imprint"] = forms.TypedChoiceField(
            label="版记位置",
            coerce=lambda value: value == BACK,
            choices=[(BACK, "最后一面（双面印刷的偶数页）"), ("last", "正文结束的那一页")],
            help_text="国家标准在最后一面。",
        )
        for role in _FONTS:
            self.fields[f"font_{role}"] = forms.CharField(
                label=ROLES[role], max_length=60, help_text=f"国家标准为{standard().fonts[role][0]}。"
            )

    @property
    def layout(self) -> dict[str, Any]:
        """What differs from the standard, in the groups of the pack."""
        plain, said = standard(), self.cleaned_data
        sizes = {role: said[f"{role}_size"] for role in ("body", "title") if said[f"{role}_size"] != plain.sizes[role]}
        if "body" in sizes:
            # Headings of the text are as large as the text.
            sizes |= {"level1": sizes["body"], "level2": sizes["body"]}
        groups = {
            "margins": {name: said[name] for name in _LENGTHS if said[name] != getattr(plain.margins, name)},
            "grid": {name: said[name] for name in _COUNTS if said[name] != getattr(plain.grid, name)},
            "sizes": sizes,
            "imprint": {} if said["imprint"] == plain.imprint.back else {"back": said["imprint"]},
            "fonts": {
                role: list(dict.fromkeys([said[f"font_{role}"].strip(), *plain.fonts[role]]))
                for role in _FONTS
                if said[f"font_{role}"].strip() != plain.fonts[role][0]
            },
        }
        return {name: values for name, values in groups.items() if values}

    @property
    def said(self) -> dict[str, Any]:
        """The keyword arguments of the action."""
        names = ("signature", "masthead", "code_word", "code_words", "valid_from")
        return {name: self.cleaned_data[name] for name in names} | {"layout": self.layout}


class FontForm(Form):
    file = FileField(
        label="字体文件",
        kinds=(".ttf", ".otf", ".ttc"),
        max_bytes=50 * 2**20,
        help_text="从装有正版字体的电脑上找，如 C:\\Windows\\Fonts 里的仿宋_GB2312；能否嵌入由字体的授权决定。",
    )
    roles = forms.MultipleChoiceField(
        label="用于",
        choices=[*ROLES.items(), ("latin", "字母和数字")],
        widget=forms.CheckboxSelectMultiple,
        help_text="印发时这些地方先用这个字体，它没有的字再用别的。",
    )


def initial_of(style: OfficeStyle | None, layout: Layout) -> dict[str, Any]:
    """What a form of an office's style begins with."""
    said = {} if style is None else {
        name: getattr(style, name) for name in ("signature", "masthead", "code_word", "code_words")
    }  # fmt: skip
    said |= {name: f"{value:g}" for name, value in (asdict(layout.margins) | asdict(layout.grid)).items()}
    said |= {f"{role}_size": layout.sizes[role] for role in ("body", "title")}
    said["imprint"] = BACK if layout.imprint.back else "last"
    return said | {f"font_{role}": layout.fonts[role][0] for role in _FONTS}


class TemplateForm(Form):
    file = FileField(
        label="模板文件",
        kinds=(".docx",),
        max_bytes=MOST_BYTES,
        help_text="用 Word 或 WPS 做的 .docx，需要填写的地方写成花括号里的名称，如 {{ 标题 }}。",
    )
