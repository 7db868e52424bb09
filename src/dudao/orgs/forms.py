"""The forms of units: they read the shape of what was typed; every rule is in the actions."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.calc.codetables import ORGANIZERS, SCHOOL_TYPES, URBAN_RURAL
from dudao.core.access import Actor
from dudao.core.sheets import MAX_BYTES
from dudao.core.ui.forms import DateField, Form, PickField, PickManyField, Section, table_file
from dudao.orgs.models import Kind, Ownership, SecondPerson, Stage, Unit
from dudao.orgs.queries import choosable
from dudao.orgs.sheet import split_words
from dudao.orgs.values import FACTS

_UNKNOWN = ("", "—")
_SCHOOL_TYPES = [
    _UNKNOWN,
    *((code, f"{code} {item.name}") for code, item in SCHOOL_TYPES.items() if not item.is_attached),
]
_YES_NO = [_UNKNOWN, ("1", "是"), ("0", "否")]


def _picker(verb: str) -> Callable[[], str]:
    return lambda: f"{reverse('orgs:pick')}?verb={verb}"


def _unit_field(actor: Actor, verb: str, label: str, **kwargs: Any) -> PickField:
    return PickField(label=label, url=_picker(verb), objects=lambda: choosable(actor, verb), **kwargs)


def _units_field(actor: Actor, verb: str, label: str, **kwargs: Any) -> PickManyField:
    return PickManyField(label=label, url=_picker(verb), objects=lambda: choosable(actor, verb), **kwargs)


def _coded(table: Any) -> list[tuple[str, str]]:
    return [_UNKNOWN, *((code, f"{code} {item.name}") for code, item in table.items())]


def _flag(**kwargs: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=_YES_NO, coerce=lambda value: value == "1", empty_value=None, required=False, **kwargs
    )


class DayField(DateField):
    """The day of a dated action, today unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", timezone.localdate)
        super().__init__(**kwargs)


class WordsField(forms.Field):
    """Several names, parted by 、 or line breaks."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> list[str]:
        return split_words(str(value or "").replace("\r", "")) if not isinstance(value, list) else value

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value


_SCHOOL = ("school_type", "stages", "organizer", "ownership", "inclusive", "urban_rural", "boarding", "founded")
_CODES = ("institution_code", "uscc", "region_code", "local_code")
_NAMES = ("short_name", "organ_name", "organ_short", "aliases", "pinyin", "sort_no")


class FactsForm(Form):
    """What both opening and editing ask for."""

    institution_code = forms.CharField(
        label="学校（机构）标识码", required=False, help_text="10 位，学校、教学点、幼儿园填写。"
    )
    uscc = forms.CharField(label="统一社会信用代码", required=False, help_text="18 位，校验码不对时会说明是哪一位。")
    region_code = forms.CharField(
        label="行政区划代码",
        required=False,
        help_text="省、市、县 6 位，乡镇 9 位；功能区没有国家标准代码，请填本地代码。",
    )
    local_code = forms.CharField(label="本地代码", required=False, help_text="没有国家标准代码的机构自编，最多 20 位。")
    school_type = forms.ChoiceField(
        label="办学类型",
        required=False,
        choices=_SCHOOL_TYPES,
    )
    stages = forms.MultipleChoiceField(
        label="学段",
        required=False,
        choices=Stage.Level.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="一个都不选时按办学类型推定；有附设班的请勾上相应学段。",
    )
    organizer = forms.ChoiceField(
        label="举办者", required=False, choices=[_UNKNOWN, *((name, name) for name in ORGANIZERS)]
    )
    ownership = forms.ChoiceField(
        label="公民办", required=False, choices=[_UNKNOWN, *Ownership.choices], help_text="不填时按举办者判断。"
    )
    inclusive = _flag(label="普惠性", help_text="只用于幼儿园。")
    urban_rural = forms.ChoiceField(label="城乡类型", required=False, choices=_coded(URBAN_RURAL))
    boarding = _flag(label="寄宿制")
    founded = forms.IntegerField(label="建校年份", required=False)
    short_name = forms.CharField(label="简称", required=False, max_length=60, help_text="列表里显示的短名称。")
    organ_name = forms.CharField(
        label="机关全称",
        required=False,
        max_length=120,
        help_text="文书主送时写的全称，如“汨罗市人民政府”。留空时省市县、乡镇写“名称＋人民政府”，其他机构写名称。",
    )
    organ_short = forms.CharField(
        label="规范简称",
        required=False,
        max_length=60,
        help_text="几个机关一起主送时写的规范化简称，如“市财政局”；没有就留空，写全称。",
    )
    aliases = WordsField(label="别名", required=False, help_text="多个用顿号隔开，查找时都能找到。")
    pinyin = forms.CharField(
        label="拼音",
        required=False,
        max_length=400,
        help_text="每个字一个音节，用空格隔开。留空则自动生成，多音字可以在这里改正。",
    )
    sort_no = forms.IntegerField(label="排序号", required=False, help_text="小的在前，不填为 1000。")

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the form as an action takes them."""
        return {name: self.cleaned_data[name] for name in FACTS if name in self.cleaned_data}


class OpenForm(FactsForm):
    sections = (
        Section("机构", ["parent", "kind", "name", "day", "reason"]),
        Section("代码", _CODES, note="都可以以后再补。"),
        Section("办学情况", _SCHOOL, note="学校、教学点、幼儿园填写，其他机构留空。"),
        Section("名称与排序", _NAMES),
    )
    kind = forms.ChoiceField(label="类别", choices=[_UNKNOWN, *Kind.choices])
    name = forms.CharField(label="名称", max_length=120, help_text="全称，与公章一致。")
    day = DayField(label="设立日期", help_text="从哪天起算，不能晚于今天，也不能早于上级的设立日期。")
    reason = forms.CharField(label="依据", required=False, help_text="例如批复文号。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        # An instance's own: the class's dict is shared by all requests.
        self.base_fields = {"parent": _unit_field(actor, "unit.open", "上级机构"), **type(self).base_fields}  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            **self.facts,
            **{name: cleaned[name] for name in ("parent", "kind", "name", "day", "reason", "aliases", "pinyin")},
            "stages": cleaned["stages"] or None,
        }


class EditForm(FactsForm):
    sections = (
        Section("代码", _CODES),
        Section("办学情况", _SCHOOL),
        Section("名称与排序", _NAMES, note="改全称请用“更名”，原名会留作曾用名。"),
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        if not unit.is_institution:
            unused = {"institution_code", "inclusive", "urban_rural", "boarding", "school_type", "stages"}
        elif unit.kind == Kind.KINDERGARTEN:
            unused = {"region_code"}
        else:
            unused = {"region_code", "inclusive"}
        for name in unused:
            del self.fields[name]

    @staticmethod
    def initial_of(unit: Unit, aliases: Iterable[str], stages: Iterable[str]) -> dict[str, Any]:
        given: dict[str, Any] = {name: getattr(unit, name) for name in FACTS}
        for name in ("inclusive", "boarding"):
            given[name] = {None: "", True: "1", False: "0"}[given[name]]
        return {**given, "aliases": list(aliases), "stages": list(stages), "pinyin": unit.pinyin}

    @property
    def values(self) -> dict[str, Any]:
        """Only what the person changed, with what they saw before."""
        changed = set(self.changed_data)
        values = {name: value for name, value in self.facts.items() if name in changed}
        values |= {name: self.cleaned_data[name] for name in ("aliases", "pinyin", "stages") if name in changed}
        values["seen"] = {name: getattr(self.unit, name) for name in values if name in FACTS}
        return values


class RenameForm(Form):
    name = forms.CharField(label="新名称", max_length=120)
    kind = forms.ChoiceField(
        label="类别", choices=Kind.choices, help_text="改制时一并变更，例如教学点改为小学；一般不动。"
    )
    day = DayField(label="生效日期", help_text="不能晚于今天，也不能早于上一次变更。")
    reason = forms.CharField(label="依据", required=False, help_text="例如批复文号。")
    pinyin = forms.CharField(label="拼音", required=False, help_text="留空则按新名称自动生成。")
    correction = forms.BooleanField(
        label="只是更正错字，不算更名", required=False, help_text="勾选后不留曾用名，也不计生效日期。"
    )


class MoveForm(Form):
    day = DayField(label="生效日期", help_text="不能晚于今天，也不能早于上一次变更。")
    reason = forms.CharField(label="依据", required=False, help_text="例如批复文号。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.base_fields = {"parent": _unit_field(actor, "unit.move", "新的上级机构"), **type(self).base_fields}  # type: ignore[misc]
        super().__init__(*args, **kwargs)


class LicenceForm(Form):
    held = forms.ChoiceField(
        label="办园许可",
        choices=[("1", "有证"), ("0", "无证")],
        widget=forms.RadioSelect,
        help_text="证照过期的选“有证”并填已经过去的有效期，过期由平台自动判断。",
    )
    number = forms.CharField(label="许可证号", required=False, max_length=60)
    until = DateField(label="有效期至", required=False, help_text="证上写明的最后一天；长期有效的留空。")
    source = forms.CharField(
        label="依据", required=False, max_length=120, help_text="例如批准文号，或无证园排查的通知和日期。"
    )
    day = DayField(label="从哪天起", help_text="从这一天起按新的登记，以前的登记保留在沿革里；不能晚于今天。")

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "held": self.cleaned_data["held"] == "1"}


class SecondPersonForm(Form):
    second_person = forms.ChoiceField(
        label="同一人办理了上一步的，下一步由谁办理", choices=SecondPerson.choices, widget=forms.RadioSelect,
        help_text="例如核验整改的不再确认销号，代下级提交自评的不再核查。",
    )  # fmt: skip


class CloseForm(Form):
    day = DayField(label="撤销日期", help_text="从这一天起不再存在。")
    reason = forms.CharField(label="依据", help_text="例如批复文号、撤并原因。")


class MergeForm(Form):
    INTO: ClassVar = [("this", "并入本机构"), ("new", "与本机构一起合并为新设的机构")]

    into = forms.ChoiceField(label="合并方式", choices=INTO, initial="this", widget=forms.RadioSelect)
    name = forms.CharField(label="新机构名称", required=False, help_text="合并为新设机构时填写。")
    school_type = forms.ChoiceField(label="新机构办学类型", required=False, choices=_SCHOOL_TYPES)
    institution_code = forms.CharField(label="新机构标识码", required=False)
    day = DayField(label="生效日期", help_text="不能晚于今天，也不能早于各机构上一次变更。")
    reason = forms.CharField(label="依据", help_text="例如批复文号。")

    sections = (
        Section("合并", ["sources", "into"]),
        Section("新设的机构", ["name", "school_type", "institution_code"], note="并入本机构时留空。"),
        Section("生效", ["day", "reason"]),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.base_fields = {  # type: ignore[misc]
            "sources": _units_field(
                actor, "unit.merge", "被合并的机构", help_text="可以选多个。它们的下级机构会一并转过来。"
            ),
            **type(self).base_fields,
        }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("into") == "new" and not cleaned.get("name"):
            self.add_error("name", "合并为新设机构时，请填写新机构名称。")
        return cleaned


class SplitForm(Form):
    PARTS: ClassVar = 4

    keeps = forms.ChoiceField(
        label="原机构",
        choices=[("1", "继续存在"), ("0", "同时撤销")],
        initial="1",
        widget=forms.RadioSelect,
        help_text="同时撤销时，原机构之下不能再有下级机构，且至少分出两个。",
    )
    day = DayField(label="生效日期", help_text="不能晚于今天，也不能早于上一次变更。")
    reason = forms.CharField(label="依据", help_text="例如批复文号。")

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        self.base_fields = dict(type(self).base_fields)  # type: ignore[misc]
        kinds = [(kind, Kind(kind).label) for kind in (Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN)]
        sections = []
        for number in range(1, self.PARTS + 1):
            names = [f"name_{number}"]
            self.base_fields[f"name_{number}"] = forms.CharField(label="名称", required=number == 1, max_length=120)
            if unit.is_institution:
                names += [f"kind_{number}", f"school_type_{number}", f"institution_code_{number}"]
                self.base_fields[f"kind_{number}"] = forms.ChoiceField(
                    label="类别", choices=kinds, required=False, initial=unit.kind
                )
                self.base_fields[f"school_type_{number}"] = forms.ChoiceField(
                    label="办学类型", required=False, choices=_SCHOOL_TYPES
                )
                self.base_fields[f"institution_code_{number}"] = forms.CharField(label="标识码", required=False)
            note = "" if number == 1 else "没有就留空。"
            sections.append(Section(f"分出的第 {number} 个机构", names, note=note))
        sections.append(Section("生效", ["keeps", "day", "reason"]))
        super().__init__(*args, sections=sections, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "parts": self._parts(),
            "day": cleaned["day"],
            "keeps": cleaned["keeps"] == "1",
            "reason": cleaned["reason"],
        }

    def _parts(self) -> list[dict[str, Any]]:
        made = []
        for number in range(1, self.PARTS + 1):
            given = {
                name: self.cleaned_data.get(f"{name}_{number}")
                for name in ("name", "kind", "school_type", "institution_code")
            }
            if given["name"]:
                made.append({name: value for name, value in given.items() if value})
        return made


class ContactForm(Form):
    name = forms.CharField(label="姓名", max_length=60)
    position = forms.CharField(label="职务", max_length=60)
    phone = forms.CharField(label="电话", required=False, max_length=20, help_text="手机号或带区号的固定电话。")
    leader = forms.BooleanField(label="是单位负责人", required=False)

    def __init__(self, *args: Any, masked: str = "", **kwargs: Any) -> None:
        if masked:
            told = f"现在是 {masked}。留空则不变，要换号请填完整的新号码。"
            phone = forms.CharField(label="电话", required=False, max_length=20, help_text=told)
            self.base_fields = {**type(self).base_fields, "phone": phone}  # type: ignore[misc]
        super().__init__(*args, **kwargs)


class SpecialDayForm(Form):
    day = DateField(label="日期")
    working = forms.ChoiceField(
        label="这一天",
        choices=[("0", "放假（周一至周五）"), ("1", "上班（周末调休）")],
        widget=forms.RadioSelect,
        initial="0",
    )
    name = forms.CharField(label="事由", max_length=60, help_text="例如春节、国庆节调休上班、寒潮停课。")
    source = forms.CharField(label="依据", required=False, max_length=120, help_text="例如国办发明电〔2025〕7号。")


class ImportForm(Form):
    file = table_file("机构信息表", max_bytes=MAX_BYTES, help_text="用下载的模板填写，一次最多 60000 行。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.base_fields = {  # type: ignore[misc]
            "root": _unit_field(
                actor, "unit.import", "导入到", help_text="表里没有写上级机构的行归到这里；写了的必须在它之内。"
            ),
            **type(self).base_fields,
        }
        super().__init__(*args, **kwargs)
