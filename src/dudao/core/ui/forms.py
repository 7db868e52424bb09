"""Forms on the design system's parts: sections, a token against double sending, dates as a browser picks them, a picker field.

A form parses and validates the *shape* of input and nothing else; rules and writing belong to actions.

    class TaskForm(Form):
        sections = [Section("任务", ["title", "deadline"]), Section("责任", ["lead"], note="牵头单位只能有一个。")]
        title = forms.CharField(label="任务名称", max_length=200)
        deadline = DateField(label="完成时限")
        lead = PickField(label="牵头单位", url=lambda: reverse("orgs:pick"), objects=lambda: Unit.objects.all())
"""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from dudao.calc.visible import visible
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.files import ENDINGS, FileRefused, keeping
from dudao.core.files.keeping import KeptUpload
from dudao.core.keys import is_number
from dudao.core.sheets import SheetError
from dudao.core.ui.parts import Crumb
from dudao.core.workflow import Conflict


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields with a title; ``note`` is a line of grey text under it."""

    title: str
    names: Sequence[str]
    note: str = ""


@dataclass(slots=True)
class BoundSection:
    title: str
    note: str
    fields: list[forms.BoundField] = field(default_factory=list)


class Form(forms.Form):
    """The base of every form. ``sections``, of the class or given to one form, order the fields; what they leave out comes last,
    untitled.

    ``form_token`` is a UUID drawn when the form is first shown: ``refused`` runs the action once for it, a second sending of
    the same form does nothing again. A form whose action answers no object to show again does without (``form_token = None``).
    """

    sections: ClassVar[Sequence[Section]] = ()
    html_id: ClassVar[str] = ""
    """For a form with fields elsewhere on the page (their attribute ``form``)."""
    template_name = "ui/form.html"

    form_token: forms.UUIDField | None = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args: Any, sections: Sequence[Section] = (), **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self._sections = sections or self.sections
        super().__init__(*args, **kwargs)
        self.adapt()
        for bound in self:
            _dress(bound)

    def adapt(self) -> None:
        """Where a form changes its fields for the case at hand: labels and help texts set later would no longer show."""

    @property
    def token(self) -> uuid.UUID | None:
        return self.cleaned_data.get("form_token") if self.is_bound and self.is_valid() else None

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned data without the token: the keyword arguments of an action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_token"}

    @property
    def sectioned(self) -> list[BoundSection]:
        made, placed = [], set()
        for section in self._sections:
            bound = BoundSection(section.title, section.note)
            for name in section.names:
                if name in self.fields and not self[name].is_hidden:
                    bound.fields.append(self[name])
                    placed.add(name)
            if bound.fields:
                made.append(bound)
        rest = [bound for bound in self.visible_fields() if bound.name not in placed]
        return [*made, BoundSection("", "", rest)] if rest else made


_REQUIRED = {"required": "请填写“%s”。", "choice": "请选择“%s”。"}


def _dress(bound: forms.BoundField) -> None:
    """Classes and Chinese messages for a field; a widget keeps what it was given. (Django itself adds the ARIA attributes.)"""
    widget = bound.field.widget
    attrs = widget.attrs
    kind = getattr(widget, "input_type", "")
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        widget.template_name = "ui/choices.html"
    elif isinstance(widget, forms.CheckboxInput):
        attrs.setdefault("class", "form-check-input")
    elif kind == "select":
        attrs.setdefault("class", "form-select")
    elif kind != "hidden":
        attrs["class"] = f"form-control {attrs.get('class', '')}".strip()
    if isinstance(widget, forms.Textarea):
        attrs["rows"] = "4" if str(attrs.get("rows", "10")) == "10" else attrs["rows"]
    if isinstance(bound.field, forms.CharField) and kind != "password":
        bound.field.to_python = _visibly(bound.field.to_python)  # type: ignore[assignment, method-assign]
    wants = "choice" if kind in {"select", "radio"} else "required"
    if str(bound.field.error_messages.get("required", "")) == str(forms.Field.default_error_messages["required"]):
        bound.field.error_messages["required"] = _REQUIRED[wants] % bound.label


def _visibly(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Names that look alike are alike: what shows nothing is dropped as a text comes in, here and from sheets."""
    return lambda value: read(visible(value) if isinstance(value, str) else value)


class DateField(forms.DateField):
    """A day. Read as a browser sends it, and as people paste it: 2026-03-05, 2026.3.5, 2026/3/5, 2026年3月5日."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "is-short"})
    default_error_messages: ClassVar = {"invalid": "这不是日期，请按 2026-03-05 的样子填写。"}

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            match = re.fullmatch(r"\s*(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*", value)
            if match:
                try:
                    return date(*(int(part) for part in match.groups()))
                except ValueError:
                    raise ValidationError(f"“{value.strip()}”这一天不存在，请核对。", code="invalid") from None
        return super().to_python(value)


class PickWidget(forms.Widget):
    """The combobox ``<dd-picker>``: the chosen keys are hidden inputs, their names come from the field."""

    multiple = False
    input_type = "text"

    def __init__(self, url: str | Callable[[], str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url = url
        self.names: Callable[[Sequence[Any]], list[tuple[Any, str]]] = lambda keys: [(key, str(key)) for key in keys]

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        if self.multiple:
            return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return data.get(name)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        given = value if isinstance(value, list | tuple) else [value]
        keys = [getattr(key, "pk", key) for key in given if key not in {None, ""}]
        chosen = self.names(keys)
        context = {
            "name": name, "url": self.url() if callable(self.url) else self.url, "chosen": chosen, "multiple": self.multiple,
            "shown": "" if self.multiple or not chosen else chosen[0][1], "id": (attrs or {}).get("id", f"id_{name}"),
            "placeholder": self.attrs.get("placeholder", "输入名称、简称、拼音首字母或代码"), "aria": "",
        }  # fmt: skip
        return render_to_string("ui/picker.html", context)


class PickManyWidget(PickWidget):
    multiple = True


class PickField(forms.Field):
    """One object, chosen with a picker. ``url``: the search that answers ``ui/options.html``; ``objects()``: what may be chosen."""

    widget_class: ClassVar[type[PickWidget]] = PickWidget
    default_error_messages: ClassVar = {"gone": "所选的对象不存在，或您无权选择，请重新选择。"}

    def __init__(self, *, url: str | Callable[[], str], objects: Callable[[], QuerySet[Any]], **kwargs: Any) -> None:
        self.objects = objects
        kwargs.setdefault("widget", self.widget_class(url))
        super().__init__(**kwargs)
        self.widget.names = self._names

    def _names(self, keys: Sequence[Any]) -> list[tuple[Any, str]]:
        found = {str(item.pk): str(item) for item in self._found(keys)}
        return [(key, found[str(key)]) for key in keys if str(key) in found]

    def _found(self, keys: Sequence[Any]) -> QuerySet[Any]:
        return self.objects().filter(pk__in=[key for key in keys if is_number(str(key))])

    def to_python(self, value: Any) -> Any:
        if value in {None, ""}:
            return None
        found = self._found([value]).first()
        if found is None:
            raise ValidationError(self.error_messages["gone"], code="gone")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(getattr(initial, "pk", initial) or "") != str(data or "")

    def __deepcopy__(self, memo: dict[int, Any]) -> "PickField":
        copied = super().__deepcopy__(memo)
        copied.widget.names = copied._names
        return copied


class PickManyField(PickField):
    """Several objects, in the order in which they were chosen."""

    widget_class = PickManyWidget

    def to_python(self, value: Any) -> list[Any]:
        keys = list(dict.fromkeys(value or []))
        found = {str(item.pk): item for item in self._found(keys)}
        if len(found) != len(keys):
            raise ValidationError(self.error_messages["gone"], code="gone")
        return [found[str(key)] for key in keys]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(str(getattr(item, "pk", item)) for item in initial or []) != sorted(
            str(item) for item in data or []
        )


_OTHER_TABLES = (".et", ".ett", ".ods", ".csv", ".xlsm", ".xlsb")


def other_tables(kinds: Sequence[str]) -> tuple[str, ...]:
    """Where a workbook is read: tables that nobody here reads but every office program can save as .xlsx.

    They are let through the choice of files, so that this is said, rather than the file being hidden without a word.
    """
    reads = ".xlsx" in kinds and ".et" not in kinds
    return tuple(kind for kind in _OTHER_TABLES if kind not in kinds) if reads else ()


class UploadWidget(forms.ClearableFileInput):
    """A drop zone around a file input."""

    template_name = "ui/upload.html"

    def __init__(self, max_bytes: int, kinds: Sequence[str], multiple: bool) -> None:
        super().__init__({"accept": ",".join([*kinds, *other_tables(kinds)])} if kinds else {})
        self.max_bytes, self.kinds = max_bytes, kinds
        self.kept: list[KeptUpload] = []
        self.gone = False
        self.allow_multiple_selected = multiple
        if multiple:
            self.attrs["multiple"] = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        words = "、".join(kind.lstrip(".") for kind in self.kinds)
        other = ",".join(other_tables(self.kinds))
        return {
            **context,
            "kept": self.kept,
            "multiple": self.allow_multiple_selected,
            "other_tables": other,
            "max_bytes": self.max_bytes,
            "most": f"{self.max_bytes // 1024 // 1024} MB",
            "words": words,
            "on_phone": "拍照或选择文件"
            if not self.kinds or {".jpg", ".jpeg", ".png"} & set(self.kinds)
            else "选择文件",
        }

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        tokens = data.getlist(f"{name}-kept") if hasattr(data, "getlist") else []
        kept = keeping.found(tokens)
        self.gone = len(kept) < len(set(tokens))
        if self.allow_multiple_selected:
            return [*files.getlist(name), *kept]
        return files.get(name) or (kept[0] if kept else None)


class FileField(forms.FileField):
    """One file, or several with ``multiple=True`` (then a list). Refuses empty ones, too large ones and other endings by name.

    When the form comes back with errors, the files that can be taken are kept and need not be chosen again (``form_page``).
    """

    def __init__(
        self, *, max_bytes: int = 50 * 1024 * 1024, kinds: Sequence[str] = (), multiple: bool = False, **kwargs: Any
    ) -> None:
        self.max_bytes, self.kinds, self.multiple = max_bytes, tuple(kind.lower() for kind in kinds), multiple
        kwargs.setdefault("widget", UploadWidget(max_bytes, self.kinds, multiple))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        if self.widget.gone and (self.multiple or not data):
            raise ValidationError("先前上传的文件已超过保留时间，请重新选择。", code="gone")
        if not self.multiple:
            return self._one(super().clean(data, initial))
        if not data:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        return [self._one(super(FileField, self).clean(item, initial)) for item in data]

    def to_python(self, data: Any) -> Any:
        if data is not None and getattr(data, "size", 1) == 0:
            raise ValidationError(f"“{data.name}”是空文件（0 字节），请检查后重新选择。", code="empty")
        return super().to_python(data)

    def fits(self, item: Any) -> Any:
        """One file, if it is one that this field takes."""
        return self._one(self.to_python(item))

    def _one(self, item: Any) -> Any:
        if not item:
            return item
        if item.size > self.max_bytes:
            most = self.max_bytes // 1024 // 1024
            raise ValidationError(
                f"“{item.name}”有 {item.size / 1024 / 1024:.1f} MB，超过上限 {most} MB，请压缩或拆分后再传。"
            )
        if self.kinds and not item.name.lower().endswith(self.kinds):
            if item.name.lower().endswith(other_tables(self.kinds)):
                raise ValidationError(f"“{item.name}”：请用WPS另存为.xlsx后上传。", code="save_as")
            kinds = "、".join(kind.lstrip(".") for kind in self.kinds)
            raise ValidationError(f"“{item.name}”的格式不对，请选 {kinds} 文件。")
        return item


def keep_files(form: Form) -> None:
    """Keep the files of a form that has to be filled in again, so that they need not be chosen again.

    A workbook is read where it is uploaded and wrong itself: it is chosen anew.
    """
    for name, field_ in form.fields.items():
        if not isinstance(field_, FileField) or (".xlsx" in field_.kinds and ".pdf" not in field_.kinds):
            continue
        given = form[name].data or []
        for upload in given if isinstance(given, list) else [given]:
            try:
                field_.widget.kept.append(keeping.kept(field_.fits(upload), limit=field_.max_bytes))
            except ValidationError:
                continue  # told by the field itself
            except FileRefused as problem:
                if str(problem) not in str(form.errors):
                    form.add_error(name, str(problem))


def table_file(label: str, *, more: Sequence[str] = (), **kwargs: Any) -> Any:
    """A field for a workbook: .xlsx, or .xls, which is written anew as it comes in (``core.sheets.old``)."""
    return FileField(label=label, kinds=(".xlsx", ".xls", *more), **kwargs)


def proof_files(label: str, help_text: str = "", *, multiple: bool = True) -> Any:
    """A field for what proves something: photos, records, documents; whether there must be some is said by the action."""
    return FileField(label=label, kinds=ENDINGS, multiple=multiple, required=False, help_text=help_text)


def form_page(
    request: HttpRequest,
    form: Form,
    *,
    title: str,
    save: str = "保存",
    cancel_url: str = "",
    crumbs: Sequence[Crumb] = (),
    note: str = "",
    template: str = "ui/form_page.html",
    action: str = "",
    save_icon: str = "device-floppy",
    wide: bool = False,
    **context: Any,
) -> HttpResponse:
    """The form as a page of its own (status 422 when it comes back with errors). ``save`` says the act."""
    person = getattr(getattr(request, "user", None), "pk", None) or 0
    if person and form.errors and not getattr(getattr(request, "actor", None), "read_only", True):
        keep_files(form)
    return render(
        request,
        template,
        {
            "form": form, "title": title, "save": save, "cancel_url": cancel_url, "crumbs": crumbs, "note": note, "action": action,
            "save_icon": save_icon, "wide": wide, "draft_key": f"{person}:{request.path}", **context,
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def refused(form: Form, action: Callable[[], Any]) -> Any:
    """Run an action once for the form's token; a refusal (``Denied``, ``Conflict``, ``ValidationError``) becomes the form's error,
    the answer ``None``.
    """
    try:
        with audit.once(form.token):
            return action()
    except Denied as denied:
        form.add_error(None, denied.reason)
    except Conflict as conflict:
        form.add_error(None, str(conflict))
    except ValidationError as error:
        form.add_error(None, _told(form, error))
    except (FileRefused, SheetError) as problem:
        form.add_error(None, str(problem))
    return None


def _told(form: Form, error: ValidationError) -> ValidationError:
    """Errors about what the form doesn't ask for are told at its top."""
    if not hasattr(error, "error_dict"):
        return error
    told: dict[str, list[Any]] = {}
    for name, errors in error.error_dict.items():
        told.setdefault(name if name in form.fields else NON_FIELD_ERRORS, []).extend(errors)
    return ValidationError(told)


def answered(
    request: HttpRequest,
    form: Form,
    run: Callable[[], Any],
    done: str | Callable[[Any], str],
    *,
    to: Any = None,
    **page: Any,
) -> HttpResponse:
    """The page of a form and what comes of it: ``run`` when what was sent is right, then ``done`` is said and ``to`` shown.

    ``done`` and ``to`` may be functions of what it answers; without ``to`` that itself is shown. Else the form as a page
    of its own (``form_page``), empty or with what was wrong.
    """
    if request.method == "POST" and form.is_valid():
        made = refused(form, run)
        if made is not None:
            messages.success(request, done(made) if callable(done) else done)
            target = made if to is None else to(made) if callable(to) else to
            return redirect(target)
    return form_page(request, form, **page)
