"""上级反馈: the list of documents, one document with its problems and how they stand, bringing in, spreading, reporting back."""

import io
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.files import hand_out
from dudao.core.imports.owned import keep_own
from dudao.core.keys import is_number
from dudao.core.sheets import Comparison, Problem, SheetError, read_upload
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, run, sent, tried
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.formats import date_cn, datetime_cn
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.core.ui.templatetags.ui import deadline
from dudao.findings import feedback_lists as lists
from dudao.findings.actions import feedback as acts
from dudao.findings.actions import feedback_reports as reports
from dudao.findings.flow import FINDING
from dudao.findings.forms.feedback import AddForm, FeedbackForm, ItemForm, NewForm, SpreadForm
from dudao.findings.imports import FEEDBACK
from dudao.findings.labels import FEEDBACK_STATES, LIT, WHOLE_STATES
from dudao.findings.models import Feedback, FeedbackItem
from dudao.findings.queries import feedback as reads
from dudao.findings.views.common import lights_of
from dudao.orgs.models import Unit

SHOWN = 50
"""Faults of a list that are named on the page."""


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("上级反馈", reverse("findings:feedbacks")), *more]


FEEDBACKS = Listing(
    key="feedbacks",
    columns=[
        Column("title", "文件名称", "title", link=lambda row: row.get_absolute_url(), sub=lambda row: row.number),
        Column("superior", "反馈机关", "superior"),
        Column("state", "状态", lambda row: FEEDBACK_STATES[row.state], sort="state", nowrap=True),
        Column("count", "问题", "count", numeric=True),
        Column("spread", "已分解", "spread", numeric=True),
        Column("left", "未完成", "left", numeric=True),
        Column(
            "due_on",
            "报告期限",
            "due_on",
            show=lambda row: deadline(row.due_on, row.reported_on),
            sort="due_on",
            nowrap=True,
        ),
        Column("received_on", "收文日期", "received_on", sort="received_on", nowrap=True, optional=True),
        Column("office", "承办单位", lambda row: str(row.office), optional=True, hidden=True),
    ],
    filters=[Search(["title", "number", "superior", "items__description"], "文件、文号或问题")],
    chips=Chips.of_states("state", FEEDBACK_STATES),
    order=["-pk"],
    empty=Empty(
        "还没有登记上级反馈",
        "省里反馈的问题清单登记在这里，分解给部门和县市区整改，到期汇总成一份报告。",
        icon="file-import",
    ),
)


@require_GET
def feedbacks(request: HttpRequest) -> HttpResponse:
    """The documents of one's offices."""
    may_anywhere(request, "feedback.view")
    actor = actor_of(request)
    registers = actor.may_somewhere("feedback.register")
    return FEEDBACKS.respond(
        request,
        reads.counted(reads.feedbacks(actor)),
        title="上级反馈",
        primary=("登记上级反馈", reverse("findings:feedback_new"), "plus") if registers else None,
    )


def _or_404(request: HttpRequest, pk: int) -> Feedback:
    return found_or_404(reads.feedback(actor_of(request), pk))


def _item_or_404(request: HttpRequest, pk: int) -> FeedbackItem:
    return found_or_404(reads.item(actor_of(request), pk))


# --- bringing in ---------------------------------------------------------------------------------------------------------


def _read(request: HttpRequest, form: Any, office: Unit) -> tuple[list[lists.ItemInput], list[Problem], str]:
    """The rows of the form's text and sheet, what is wrong with them, and where the sheet is given back with that in red.

    A file that is no use is the form's error.
    """
    errors_url = ""
    actor = actor_of(request)
    rows, problems = lists.read_text(form.cleaned_data["text"], lambda names: reads.units_named(actor, office, names))
    if problems:
        form.add_error("text", f"有 {len(problems)} 处不能登记，没有写入任何内容，请按页面上方列出的改好。")
    upload = form.cleaned_data["sheet"]
    if upload is not None:
        try:
            data = read_upload(upload)
            reading = lists.opened(data)
            more, found = lists.read_sheet(reading, lambda names: reads.units_named(actor, office, names))
        except SheetError as reason:
            form.add_error("sheet", str(reason))
        else:
            if found:
                kept = keep_own(
                    actor,
                    declared=FEEDBACK,
                    target=office,
                    data=data,
                    name=upload.name or "清单.xlsx",
                    reading=reading,
                    found=Comparison(0, [], found, []),
                )
                errors_url = reverse("findings:upload_errors", args=[kept.pk])
                form.add_error("sheet", f"有 {len(found)} 处不能导入，没有写入任何内容，请按页面上方列出的改好再上传。")
            rows, problems = [*rows, *more], [*problems, *found]
    return rows, problems, errors_url


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register a document, with its problems pasted or in a sheet."""
    may_anywhere(request, "feedback.register")
    actor = actor_of(request)
    form = NewForm(sent(request), request.FILES or None, actor=actor)
    problems: Sequence[Problem] = ()
    errors_url = ""
    if request.method == "POST" and form.is_valid():
        values = form.values
        office = values["office"]
        values.pop("text"), values.pop("sheet")
        rows, problems, errors_url = _read(request, form, office)
        if not form.errors:
            made = refused(form, lambda: acts.register(actor, rows=rows, **values))
            if made is not None:
                messages.success(request, f"已登记，共 {made.items.count()} 个问题。")
                return redirect(made)
    return form_page(
        request,
        form,
        title="登记上级反馈",
        save="登记",
        cancel_url=reverse("findings:feedbacks"),
        crumbs=_crumbs(Crumb("登记上级反馈")),
        template="findings/feedback_form.html",
        problems=problems[:SHOWN],
        problem_count=len(problems),
        errors_url=errors_url,
        template_url=reverse("findings:feedback_template"),
    )


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring more problems into a document, or the same list again with changes."""
    row = _or_404(request, pk)
    actor = actor_of(request)
    actor.require("feedback.edit", row.office.path)
    form = AddForm(sent(request), request.FILES or None)
    problems: Sequence[Problem] = ()
    errors_url = ""
    if request.method == "POST" and form.is_valid():
        rows, problems, errors_url = _read(request, form, row.office)
        if not form.errors:
            added = refused(form, lambda: acts.add_items(actor, feedback=row, rows=rows))
            if added is not None or not form.errors:
                messages.success(request, _added(added))
                return redirect(row)
    return form_page(
        request,
        form,
        title="补充或导入问题",
        save="导入",
        save_icon="file-import",
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.title, row.get_absolute_url()), Crumb("导入")),
        template="findings/feedback_form.html",
        note="编号或描述相同的认作同一个问题，只更新有变化的内容；表里写了责任单位的生成待下达的问题。",
        problems=problems[:SHOWN],
        problem_count=len(problems),
        errors_url=errors_url,
        template_url=reverse("findings:feedback_template"),
    )


def _added(added: acts.Added | None) -> str:
    if added is None:
        return "已导入。"
    if not (added.new or added.changed or added.findings):
        return f"{added.same} 个问题都已经登记过，没有变化。"
    parts = [f"新增 {added.new} 个"] * bool(added.new) + [f"更新 {added.changed} 个"] * bool(added.changed)
    parts += [f"{added.same} 个没有变化"] * bool(added.same)
    parts += [f"分解为 {added.findings} 条整改任务，待下达"] * bool(added.findings)
    return f"已导入：{'，'.join(parts)}。"


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    may_anywhere(request, "feedback.register")
    return attachment(lists.template("上级反馈问题清单"), "上级反馈问题清单模板.xlsx")


# --- one document --------------------------------------------------------------------------------------------------------


@require_GET
def feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """A document with its problems: who carries out what, how it stands, with lights."""
    row = _or_404(request, pk)
    actor, lights = actor_of(request), lights_of(request)
    board = reads.board(row, lights)
    asked = request.GET.get("state", "")
    lines: list[Any] = [line for line in board.lines if not asked or line.state == asked]
    shown = []
    for line in lines:
        light = LIT.get(line.lit)
        parts = [(part, FINDING.states[part.state], lights.state_of(part), lights.why(part)) for part in line.parts]
        shown.append((line, WHOLE_STATES[line.state], light, parts))
    office = row.office.path
    edits = actor.may("feedback.edit", office)
    reply = reports.why_not_reply(actor, row)
    context = {
        "row": row,
        "state": FEEDBACK_STATES[row.state],
        "board": board,
        "shown": shown,
        "chips": [(key, word, board.of(key)) for key, word in reads.WHOLE.items() if board.of(key)],
        "asked": asked,
        "done": board.of("done", "waived"),
        "drafts": len(board.drafts),
        "late_tone": "red" if board.late else "",
        "crumbs": _crumbs(Crumb(row.title)),
        "edits": edits,
        "spreads": actor.may("feedback.spread", office),
        "exports": actor.may("feedback.export", office),
        "reports": reply is None and board.total > 0,
        "paper": row.paper if row.paper is not None and actor.may("paper.view", office) else None,
        "step_url": reverse("findings:feedback_step", args=[row.pk]),
        "events": audit.history(row),
    }
    return render(request, "findings/feedback.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _or_404(request, pk)
    actor = actor_of(request)
    actor.require("feedback.edit", row.office.path)
    names = ("title", "number", "superior", "addressees", "dated", "received_on", "due_on")
    form = FeedbackForm(sent(request), request.FILES or None, initial={name: getattr(row, name) for name in names})
    return answered(
        request, form, lambda: acts.edit_feedback(actor, feedback=row, **form.values), "已保存。", to=row,
        title="修改上级反馈", save="保存", cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.title, row.get_absolute_url()), Crumb("修改")),
    )  # fmt: skip


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand down what waits, draft the report back, take a problem away."""
    row = _or_404(request, pk)
    actor, what = actor_of(request), request.POST.get("step", "")
    if what == "issue":
        actor.require("feedback.spread", row.office.path)
        done, why = tried(lambda: acts.issue_drafts(actor, feedback=row))
        if why:
            messages.error(request, why)
        else:
            left = [one for one in done if one.refused]
            messages.success(request, f"已下达 {len(done) - len(left)} 条，责任单位会收到通知。")
            for one in left[:5]:
                messages.warning(request, f"{one.row}（{one.row.unit}）：{one.refused}")
    elif what == "report":
        actor.require("feedback.report", row.office.path)
        made, why = tried(lambda: reports.draft_reply(actor, feedback=row))
        if made is not None:
            messages.success(request, "已起草整改情况报告，请核对内容后送核。")
            return redirect(made)
        messages.error(request, why)
    else:
        actor.require("feedback.edit", row.office.path)
        key = what.removeprefix("remove-")
        item = _item_or_404(request, int(key)) if is_number(key) else None
        if item is None or item.feedback_id != row.pk:
            raise Http404
        run(request, lambda: acts.remove_item(actor, item=item), f"已删除第 {item.number} 项。")
    return redirect(row)


@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list with how it stands, as a sheet that can be brought back."""
    row = _or_404(request, pk)
    actor = actor_of(request)
    actor.require("feedback.export", row.office.path)
    acts.export_list(actor, feedback=row)
    target = io.BytesIO()
    mark = f"{actor.name} {datetime_cn(timezone.now())}导出"
    lists.write(row, reads.board(row, lights_of(request)), target, mark=mark)
    return attachment(target.getvalue(), f"{row.title}整改台账.xlsx")


@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The superior's document itself."""
    row = _or_404(request, pk)
    if row.document is None:
        raise Http404
    answer: HttpResponse = hand_out(request, row.document, row.document_name)
    return answer


# --- one problem ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    item = _item_or_404(request, pk)
    row = item.feedback
    actor = actor_of(request)
    actor.require("feedback.edit", row.office.path)
    names = ("description", "category", "demand", "due_on", "measures", "standing", "revision")
    fixed = item.pk in reads.standing_of([item])
    form = ItemForm(sent(request), fixed=fixed, initial={name: getattr(item, name) for name in names})
    return answered(
        request, form, lambda: acts.edit_item(actor, item=item, **form.values), lambda _: f"已保存第 {item.number} 项。",
        to=lambda _: item.get_absolute_url(),
        title=f"第 {item.number} 项", save="保存", cancel_url=item.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.title, row.get_absolute_url()), Crumb(f"第 {item.number} 项")),
        note=item.description if fixed else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def spread(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a problem to units."""
    item = _item_or_404(request, pk)
    row = item.feedback
    actor = actor_of(request)
    actor.require("feedback.spread", row.office.path)
    said = f"同时下达的填写；不填到{date_cn(item.due_on or row.due_on)}。"
    leading = next((part.finding.unit for part in reads.standing_of([item]).get(item.pk, ()) if part.leads), None)
    form = SpreadForm(sent(request), actor=actor, item=item, said=said, initial={"lead": leading})
    if request.method == "POST" and form.is_valid():
        made = refused(form, lambda: acts.spread(actor, item=item, **form.values))
        if made is not None or not form.errors:
            messages.success(request, f"第 {item.number} 项已分解给 {len(made or [])} 个单位。")
            return redirect(item.get_absolute_url())
    return form_page(
        request,
        form,
        title=f"分解第 {item.number} 项",
        save="分解",
        save_icon="subtask",
        cancel_url=item.get_absolute_url(),
        crumbs=_crumbs(Crumb(row.title, row.get_absolute_url()), Crumb("分解")),
        template="findings/feedback_spread.html",
        item=item,
    )
