"""Template tags of the design system: every part of a page, each with its parameters spelled out.

The library is a builtin, so templates use it without ``{% load %}``. ``README.md`` beside the package shows whole pages,
``/dev/ui/`` shows every part in all its states.
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dudao.core.ui import formats
from dudao.core.ui.history import moments
from dudao.core.ui.parts import Crumb, Moment, RowLink, Stage, State, Tab, Todo, TreeNode
from dudao.core.ui.shell import Shell

register = template.Library()

register.filter("date_cn", formats.date_cn)
register.filter("datetime_cn", formats.datetime_cn)
register.filter("dash", formats.dash)
register.filter("percent", formats.percent)
register.filter("wan", formats.wan)
register.filter("number", formats.number)
register.filter("mask_phone", formats.mask_phone)
register.filter("yes_no", formats.yes_no)


@functools.cache
def icon_names() -> frozenset[str]:
    """The icons in the sprite: what ``icons.txt`` lists."""
    return frozenset(files("dudao.core.ui").joinpath("icons.txt").read_text(encoding="utf-8").split())


@register.simple_tag
def icon(name: str, look: str = "") -> SafeString:
    """An icon of the sprite. ``look``: extra classes (``icon-sm``, ``icon-lg``). Decorative: the word stands beside it."""
    return _icon(name, look)


@functools.lru_cache(maxsize=2048)
def _icon(name: str, look: str) -> SafeString:
    """Written once a process: a long list has hundreds, and where the sprite lies does not change while it runs."""
    if name not in icon_names():
        raise ValueError(f"icon {name!r} is not in core/ui/icons.txt: add it there and run `npm run build`")
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', look, static("dudao/icons.svg"), name
    )


@register.simple_tag
def badge(state: State | str, tone: str = "grey", icon_name: str = "") -> SafeString:
    """A state as icon, word and colour: ``{% badge state %}`` with a State, or ``{% badge "已完成" "green" %}``."""
    return _badge(state if isinstance(state, State) else State(str(state), tone, icon_name))


@functools.lru_cache(maxsize=2048)
def _badge(shown: State) -> SafeString:
    """Written once a process, like the icons: a long list repeats a handful."""
    if shown.tone not in formats.TONES:
        raise ValueError(f"tone {shown.tone!r}: use one of {', '.join(formats.TONES)}")
    return format_html(
        '<span class="dd-badge is-{}">{}{}</span>',
        shown.tone,
        icon(shown.icon or formats.TONE_ICONS[shown.tone]),
        shown.word,
    )


@register.simple_tag
def label(words: str) -> SafeString:
    """A plain label without state: a kind, a role, a tag."""
    return format_html('<span class="dd-badge is-plain">{}</span>', words)


@register.simple_tag
def deadline(
    day: date | datetime | None,
    done_on: date | None = None,
    soon: int | None = None,
    today: date | None = None,
) -> SafeString:
    """«2026年3月5日 还剩 3 天». ``done_on`` ends the count; ``soon``: days from which it counts as near (a rule, so passed in)."""
    if day is None:
        return mark_safe(formats.DASH)  # noqa: S308
    if isinstance(day, datetime):
        day = timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    far = formats.distance(day, today or timezone.localdate(), done_on=done_on, soon=soon)
    mark = icon("alert-circle", "icon-sm") if far.tone == "red" else ""
    return format_html(
        '<span class="dd-deadline is-{}"><time datetime="{}">{}</time><small>{}{}</small></span>',
        far.tone,
        day.isoformat(),
        formats.date_cn(day),
        mark,
        far.words,
    )


@register.simple_tag
def progress(
    value: float | Decimal | None, most: float | Decimal = 100, tone: str = "blue", words: str = ""
) -> SafeString:
    """A bar with its words (by default the percentage). Unknown is «—»."""
    if value is None:
        return mark_safe(formats.DASH)  # noqa: S308
    share = Decimal(str(value)) / Decimal(str(most)) if most else Decimal(0)
    text = words or formats.percent(share, 0)
    return format_html(
        '<span class="dd-progress is-{}"><progress max="{}" value="{}" aria-label="{}"></progress><span>{}</span></span>',
        tone,
        most,
        value,
        text,
        text,
    )


# Pages and their frames


@register.simple_tag(takes_context=True)
def shell_of(context: Context) -> Shell:
    """The shell of this page; an empty one where nobody filled it (error pages, log-in)."""
    found = context.get("shell")
    if not isinstance(found, Shell):
        return Shell()
    crumbs = context.get("crumbs")
    return found.begun_at(crumbs[0].url) if crumbs and crumbs[0].url else found


@register.simple_block_tag
def page_head(
    content: str,
    title: str,
    *,
    count: int | None = None,
    note: str = "",
    crumbs: Sequence[Crumb] = (),
    state: State | None = None,
    count_id: str = "",
) -> SafeString:
    """Title line of a page; the block holds its buttons, the primary one last. ``count``: «共 N 条» beside the title."""
    return _part(
        "page_head", actions=content, title=title, count=count, note=note, crumbs=crumbs, state=state, count_id=count_id
    )


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    icon_name: str = "",
    *,
    more_url: str = "",
    more: str = "查看全部",
    flush: bool = False,
) -> SafeString:
    """A white card. ``flush``: no padding (for tables and lists); ``more_url``: a link at the right of the title."""
    return _part("card", content=content, title=title, icon_name=icon_name, more_url=more_url, more=more, flush=flush)


@register.simple_block_tag
def data_grid(content: str, narrow: bool = False) -> SafeString:
    """Key facts: ``{% data_grid %}{% datum "牵头单位" task.lead %}…{% enddata_grid %}``."""
    return format_html('<dl class="dd-data{}">{}</dl>', " is-narrow" if narrow else "", content)


@register.simple_tag
def datum(name: str, value: Any = None, wide: bool = False) -> SafeString:
    """One fact of a data grid. Dates are written out, unknown is «—»; ``wide`` takes the whole row."""
    return format_html('<div class="{}"><dt>{}</dt><dd>{}</dd></div>', "is-wide" if wide else "", name, written(value))


def written(value: Any) -> Any:
    """A value as a page writes it when nobody says otherwise."""
    if isinstance(value, datetime):
        return formats.datetime_cn(value)
    if isinstance(value, date):
        return formats.date_cn(value)
    if isinstance(value, bool):
        return formats.yes_no(value)
    if isinstance(value, Decimal | float):
        return formats.number(value)
    if isinstance(value, State):
        return badge(value)
    return formats.dash(value)


@register.inclusion_tag("ui/message.html")
def message(text: str, tone: str = "info", title: str = "", closable: bool = False) -> dict[str, Any]:
    """A message in the page. ``tone``: info, success, warning, error."""
    icons = {"info": "info-circle", "success": "circle-check", "warning": "alert-triangle", "error": "alert-circle"}
    return {"text": text, "tone": tone, "title": title, "icon_name": icons[tone], "closable": closable}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", icon_name: str = "inbox", action: str = "", url: str = "") -> dict[str, Any]:
    """An empty state: what belongs here, and the first step (``action`` at ``url``)."""
    return {"title": title, "text": text, "icon_name": icon_name, "action": action, "url": url}


# Objects


@register.inclusion_tag("ui/steps.html")
def step_line(stages: Sequence[Stage]) -> dict[str, Any]:
    """The step line of a flow (``parts.stages`` makes the list)."""
    return {"stages": stages}


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Sequence[Tab], name: str = "分页") -> dict[str, Any]:
    """Tabs as links; ``name`` says what they are to a screen reader."""
    return {"items": items, "name": name}


@register.inclusion_tag("ui/timeline.html")
def timeline(items: Iterable[Moment], nothing: str = "还没有记录。") -> dict[str, Any]:
    """A time line, newest first."""
    return {"items": list(items), "nothing": nothing}


@register.inclusion_tag("ui/timeline.html")
def history(events: Iterable[Any], nothing: str = "还没有操作记录。") -> dict[str, Any]:
    """The history of an object: ``core.audit.history(obj)`` as a time line."""
    return {"items": moments(events), "nothing": nothing}


@register.inclusion_tag("ui/confirm.html", takes_context=True)
def confirm(
    context: Context,
    words: str,
    url: str,
    text: str,
    *,
    ok: str = "",
    look: str = "btn-plain",
    icon_name: str = "",
    reason: str = "",
    denied: str = "",
    name: str = "",
    value: str = "",
) -> dict[str, Any]:
    """A button that asks first. ``text`` says what will follow; ``reason``: label of a text the person must give (posted as
    ``reason``); ``denied`` greys the button and says why; ``name``/``value`` are posted along."""
    return {
        "words": words, "url": url, "text": text, "ok": ok or words, "look": look, "icon_name": icon_name, "reason": reason,
        "denied": denied, "name": name, "value": value, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.simple_tag
def denied_button(words: str, reason: str, look: str = "btn-plain", icon_name: str = "") -> SafeString:
    """A greyed button with its reason in plain text below it."""
    return format_html(
        '<span class="dd-denied"><button type="button" class="btn {}" aria-disabled="true">{}{}</button>'
        '<span class="dd-why">{}</span></span>',
        look,
        icon(icon_name) if icon_name else "",
        words,
        reason,
    )


@register.simple_tag
def row_menu(items: Sequence[RowLink], name: str = "") -> SafeString:
    """The menu at the end of a row; ``name`` is what the row is, for screen readers. A long list has one in every row."""
    if not items:
        return SafeString("")
    return format_html(
        '<div class="dropdown"><button type="button" class="dd-kebab" data-bs-toggle="dropdown" data-bs-popper-config="{}"'
        ' aria-expanded="false" aria-label="{}的操作">{}</button><ul class="dropdown-menu dropdown-menu-end">{}</ul></div>',
        '{"strategy":"fixed"}',
        name,
        icon("dots-vertical"),
        format_html_join("", "<li>{}</li>", ((_menu_link(item),) for item in items)),
    )


def _menu_link(item: RowLink) -> SafeString:
    drawn = icon(item.icon, "icon-sm") if item.icon else ""
    if item.denied:
        return format_html(
            '<button type="button" class="dropdown-item dd-denied" aria-disabled="true"><span>{}{}</span>'
            '<span class="dd-why">{}</span></button>',
            drawn,
            item.label,
            item.denied,
        )
    look = " is-danger" if item.danger else ""
    return format_html('<a class="dropdown-item{}" href="{}">{}{}</a>', look, item.url, drawn, item.label)


@register.simple_tag
def chip_icon(chip: Any) -> SafeString:
    """The icon of a state chip: its own, or that of its tone."""
    return icon(chip.icon or formats.TONE_ICONS[chip.tone])


@register.inclusion_tag("ui/tree_nodes.html")
def tree_nodes(nodes: Sequence[TreeNode]) -> dict[str, Any]:
    """The ``<li>``s of one level of a tree."""
    return {"nodes": nodes}


@register.inclusion_tag("ui/tree.html")
def tree(nodes: Sequence[TreeNode], name: str) -> dict[str, Any]:
    """A tree whose children come on demand; ``name`` says what it is."""
    return {"nodes": nodes, "name": name}


@register.inclusion_tag("ui/files.html")
def file_list(rows: Sequence[Any], nothing: str = "还没有文件。") -> dict[str, Any]:
    """Files with size, person and time (``parts.FileRow``)."""
    return {"rows": rows, "nothing": nothing}


@register.inclusion_tag("ui/todos.html")
def todo_list(items: Sequence[Todo], nothing: str = "现在没有要办的事。", narrow: bool = False) -> dict[str, Any]:
    """To-dos with deadline and the button that leads there. ``narrow``: in a column where the note needs a line of its own."""
    return {"items": items, "nothing": nothing, "narrow": narrow}


# Forms


@register.simple_tag
def field(bound: BoundField, look: str = "") -> SafeString:
    """One field: label above, help below, error beside. ``look``: ``is-short`` or ``is-full`` for the width."""
    return _part("field", **field_context(bound, look))


def field_context(bound: BoundField, look: str = "") -> dict[str, Any]:
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    single = kind == "checkbox" and not getattr(widget, "use_fieldset", False)
    return {
        "bound": bound,
        "label": _label(bound, single),
        "group": kind in {"radio", "checkbox"} and not single,
        "single": single,
        "look": look,
        "errors": [str(error) for error in bound.errors],
        "help_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }


def _label(bound: BoundField, single: bool) -> SafeString:
    """The label with its mark: a star where it must be filled, 选填 where it may be left (a lone box needs no such word)."""
    if bound.field.required:
        return format_html('{}<span class="dd-required" aria-hidden="true">*</span>', bound.label)
    if single:
        return format_html("{}", bound.label)
    return format_html('{}<span class="dd-optional">选填</span>', bound.label)


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """All errors of a form at its top, each linking to its field."""
    rows = [("", str(error)) for error in form.non_field_errors()]
    for bound in form.visible_fields():
        rows += [(bound.id_for_label or bound.auto_id, f"{bound.label}：{error}") for error in bound.errors]
    for bound in form.hidden_fields():
        rows += [("", str(error)) for error in bound.errors]
    return {"rows": rows}


@register.inclusion_tag("ui/form_bar.html")
def form_bar(save: str = "保存", cancel_url: str = "", icon_name: str = "device-floppy") -> dict[str, Any]:
    """The sticky bar of a form: the act in words, 取消, and the note about the draft."""
    return {"save": save, "cancel_url": cancel_url, "icon_name": icon_name}


@register.inclusion_tag("ui/picker.html")
def picker(
    name: str,
    url: str,
    value: str | int = "",
    label: str = "",
    *,
    chosen: Sequence[tuple[str | int, str]] = (),
    multiple: bool = False,
    placeholder: str = "输入名称、简称、拼音首字母或代码",
    id: str = "",
    aria: str = "",
) -> dict[str, Any]:
    """A combobox whose options the server sends from ``url?q=…`` (``ui/options.html`` renders the answer from ``parts.Option``s).
    ``value``/``label``: the present choice; with ``multiple`` it is ``chosen``."""
    pairs = list(chosen) or ([(value, label)] if value != "" else [])
    return {
        "name": name, "url": url, "chosen": pairs, "shown": "" if multiple else (pairs[0][1] if pairs else ""),
        "multiple": multiple, "placeholder": placeholder, "id": id or f"id_{name}", "aria": aria,
    }  # fmt: skip


@register.inclusion_tag("ui/picker.html")
def picker_filter(item: Any) -> dict[str, Any]:
    """The picker of a list's filter."""
    return picker(item.name, item.url, item.value, item.name_shown, id=f"f-{item.name}", placeholder="不限")


# Boards and long work


@register.inclusion_tag("ui/kpi.html")
def kpi(
    name: str, value: Any, unit: str = "", *, compare: str = "", url: str = "", tone: str = "", icon_name: str = ""
) -> dict[str, Any]:
    """A key figure with what it is compared to, linking to the list behind it."""
    return {
        "name": name, "value": written(value), "unit": unit, "compare": compare, "url": url, "tone": tone, "icon_name": icon_name,
    }  # fmt: skip


@register.inclusion_tag("ui/chart.html")
def chart(spec: Mapping[str, Any], finding: str, height: str = "", table: bool = True) -> dict[str, Any]:
    """A chart titled by its finding. ``spec`` as in ``web/charts/spec.ts``; its numbers also stand in a table below."""
    data = json.dumps(spec, ensure_ascii=False, default=str)
    for raw, safe in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        data = data.replace(raw, safe)
    rows = []
    if not height and spec["kind"] in {"rank", "stack"} and len(spec["categories"]) > 13:
        height = "tall"
    if spec["kind"] != "gantt":
        say = written if spec.get("places") is None else lambda value: formats.number(value, spec["places"])
        for place, category in enumerate(spec["categories"]):
            rows.append((category, [say(series["values"][place]) for series in spec["series"]]))
    return {
        "data": mark_safe(data),  # noqa: S308  (JSON with its angle brackets escaped)
        "finding": finding, "height": height, "rows": rows if table else [], "spec": spec,
        "heads": [series["name"] for series in spec.get("series", [])],
    }  # fmt: skip


@register.inclusion_tag("ui/job.html")
def job(url: str, words: str, share: float | None = None, done: bool = False, tone: str = "blue") -> dict[str, Any]:
    """Progress of long work, asked for from ``url`` (which answers ``ui/job_state.html``) until done."""
    return {"url": url, "words": words, "share": share, "done": done, "tone": tone}


def _part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/{name}.html", context)
