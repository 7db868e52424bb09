"""Pages of an office's style: what holds now, what held before, and a form that shows a page as it would look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.declared import RulesError
from dudao.core.documents import ROLES, DocumentError, Layout, printed_in
from dudao.core.ui.acting import actor_of, found_or_404, run
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.parts import Crumb, State
from dudao.papers import offices, queries, trying
from dudao.papers.actions import fonts
from dudao.papers.actions import styles as acts
from dudao.papers.composing import ComposeError, Look, layout_with, look_of, standard, with_fonts
from dudao.papers.forms.offices import NO_NUMBER, FontForm, StyleForm, initial_of
from dudao.papers.kinds import Kind
from dudao.papers.models import OfficeStyle
from dudao.papers.views.templates import office_of

_SAMPLE = Kind.RECTIFICATION
"""Shows most parts of a paper in few pages."""
FONT_ROLES = {**ROLES, "latin": "字母和数字"}
_NAMES = {"margins": "页边距", "grid": "行数和字数", "sizes": "字号", "fonts": "字体", "imprint": "版记位置"}


def _state(row: OfficeStyle, today: Any) -> State:
    if row.valid_from > today:
        return State("待启用", "amber", "clock")
    if row.valid_to is not None and row.valid_to <= today:
        return State("已停用", "grey", "ban")
    return State("使用中", "green", "check")


def _changed(row: OfficeStyle) -> str:
    return "、".join(_NAMES[group] for group in row.layout if group in _NAMES) or "国家标准"


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    office, today = office_of(request, "paper.style"), timezone.localdate()
    look = look_of(office, today)
    used = offices.style_on(office, today)
    words = [(Kind(kind).label, word or NO_NUMBER) for kind, word in look.code_words.items()]
    context = {
        "office": office,
        "used": used,
        "look": look,
        "words": words,
        "rows": [(row, _state(row, today), _changed(row)) for row in offices.styles_of(office)],
        "facts": _facts(look.layout),
        "printed": printed_in(look.layout, queries.own_fonts()),
        "fonts": [(row, "、".join(FONT_ROLES[role] for role in row.roles)) for row in offices.fonts_of(office)],
        "pages": _pages(office, look)[0],
        "crumbs": [Crumb("文书", reverse("papers:papers"))],
    }
    return render(request, "papers/style.html", context)


def _facts(layout: Layout) -> list[tuple[str, str]]:
    """What a style sets, in words, with what the standard says where it differs."""
    plain = standard()

    def margins(it: Layout) -> str:
        return f"上 {it.margins.top:g}、下 {it.margins.bottom:g}、左 {it.margins.left:g}、右 {it.margins.right:g} 毫米"

    def grid(it: Layout) -> str:
        return f"每页 {it.lines} 行，每行 {it.characters} 字"

    def sizes(it: Layout) -> str:
        return f"标题 {it.sizes['title']:g} 磅，正文 {it.sizes['body']:g} 磅"

    def fonts(it: Layout) -> str:
        return f"标题{it.fonts['title'][0]}，正文{it.fonts['body'][0]}"

    def imprint(it: Layout) -> str:
        return "最后一面（偶数页）" if it.imprint.back else "正文结束的那一页"

    return [
        (label, said(layout) + ("" if said(layout) == said(plain) else f"（国家标准：{said(plain)}）"))
        for label, said in (("页边距", margins), ("版心", grid), ("字号", sizes), ("字体", fonts), ("版记", imprint))
    ]


def _pages(office: Any, look: Look) -> tuple[list[str], str]:
    """Pages of a sample in this look, or what is wrong."""
    try:
        return trying.shown(trying.filled(office, _SAMPLE, None, look=look), look)[:2], ""
    except (DocumentError, ComposeError) as problem:
        return [], str(problem)


@require_http_methods(["GET", "POST"])
def font_add(request: HttpRequest) -> HttpResponse:
    """A font file of the office's own."""
    office = office_of(request, "paper.style")
    form = FontForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, roles = form.cleaned_data["file"], form.cleaned_data["roles"]
        actor = actor_of(request)
        made = refused(
            form, lambda: fonts.add_font(actor, unit=office, name=file.name, content=file.read(), roles=roles)
        )
        if made is not None:
            messages.success(request, f"已添加字体“{made.family}”，从现在起排的文书先用它。")
            return redirect(reverse("papers:style"))
    return form_page(
        request,
        form,
        title="添加字体",
        save="添加",
        save_icon="plus",
        cancel_url=reverse("papers:style"),
        crumbs=[Crumb("文书", reverse("papers:papers")), Crumb("文书版式", reverse("papers:style"))],
    )


@require_POST
def font_remove(request: HttpRequest, pk: int) -> HttpResponse:
    font = found_or_404(offices.fonts_seen(actor_of(request)).filter(pk=pk).first())
    run(request, lambda: fonts.remove_font(actor_of(request), font=font), f"已移除字体“{font.family}”。")
    return redirect(reverse("papers:style"))


@require_http_methods(["GET", "POST"])
def style_edit(request: HttpRequest) -> HttpResponse:
    office, today = office_of(request, "paper.style"), timezone.localdate()
    look = look_of(office, today)
    used = offices.style_on(office, today)
    start = initial_of(used, look.layout) | {"valid_from": today}
    if used is None:
        start |= {"signature": look.signature, "masthead": look.masthead}
    form = StyleForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.set_style(actor_of(request), unit=office, **form.said))
        if made is not None:
            day = made.valid_from
            messages.success(request, f"文书版式已保存，{day.year}年{day.month}月{day.day}日起使用。")
            return redirect(reverse("papers:style"))
    pages, problem = _pages(office, look)
    return form_page(
        request,
        form,
        title="修改文书版式",
        save="保存版式",
        cancel_url=reverse("papers:style"),
        crumbs=[Crumb("文书", reverse("papers:papers")), Crumb("文书版式", reverse("papers:style"))],
        template="papers/style_edit.html",
        pages=pages,
        problem=problem,
    )


@require_GET
def style_preview(request: HttpRequest) -> HttpResponse:
    """A page as it would look with what stands in the form; a part of the form's page."""
    office = office_of(request, "paper.style")
    # What is still empty is no hindrance to looking at the layout.
    held = look_of(office, timezone.localdate())
    said = request.GET.copy()
    for name, words in (("signature", held.signature), ("code_word", held.code_word or "样例")):
        said[name] = said.get(name, "").strip() or words
    form = StyleForm(said)
    pages, problem = list[str](), ""
    if not form.is_valid():
        problem = str(next(iter(next(iter(form.errors.values())))))
    else:
        try:
            style = {name: value for name, value in form.said.items() if name != "valid_from"}
            layout = with_fonts(layout_with(style["layout"]), held.layout.added)
            look = Look(**style | {"layout": layout})
            pages, problem = _pages(office, look)
        except RulesError as fault:
            problem = str(fault)
    return render(request, "papers/pages_part.html", {"pages": pages, "problem": problem})
