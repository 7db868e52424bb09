"""The pages of sheets that belong to who brought them: what one would do, its yes or no, its copy with the faults in red."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import files
from dudao.core.access import Denied
from dudao.core.imports.owned import OWNED, Owned, begin_own, can_apply, discard_own, own_uploads, page_after, take_own
from dudao.core.models import SheetImport
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import Crumb, State

STATES: dict[str, State] = {
    SheetImport.State.READY: State("待确认", "amber"),
    SheetImport.State.FAULTY: State("有错误", "red"),
    SheetImport.State.DONE: State("已导入", "green"),
    SheetImport.State.DISCARDED: State("已放弃", "grey", "x"),
}
_RUNNING = State("正在导入", "blue")
PARTLY = State("部分已导入", "amber", "file-alert")
"""The good rows are in, the faulty ones were given back."""


def state_of(taken: SheetImport) -> State:
    if taken.state == SheetImport.State.DONE and taken.errors_id:
        return PARTLY
    going = taken.job is not None and not taken.job.over and can_apply(taken)
    return _RUNNING if going else STATES[taken.state]


def recent(request: HttpRequest, *kinds: Owned) -> list[dict[str, Any]]:
    """The last sheets of a person, for the page on which the next one is brought."""
    return [
        {"taken": taken, "state": state_of(taken), "kind": OWNED[taken.kind].name}
        for taken in own_uploads(actor_of(request), *kinds)[:10]
    ]


def _found_or_404(request: HttpRequest, pk: int, kinds: tuple[Owned, ...]) -> SheetImport:
    return found_or_404(own_uploads(actor_of(request), *kinds).filter(pk=pk).first())


def bring_page(request: HttpRequest, form: Form, what: Callable[[], tuple[Owned, Any]], **page: Any) -> HttpResponse:
    """The page on which a sheet is brought: what it would do is shown on its own page. ``what``: its kind and where it goes."""
    if request.method == "POST" and form.is_valid():
        (kind, target), brought, same = what(), form.cleaned_data["file"], object()
        taken = refused(
            form,
            lambda: (
                take_own(actor_of(request), declared=kind, target=target, upload=brought, name=brought.name) or same
            ),
        )
        if taken is same:
            messages.success(request, f"“{brought.name}”{kind.nothing}。")
            return redirect(kind.form)
        if taken is not None:
            return redirect(taken)
    return form_page(request, form, save="上传并核对", **page)


def upload_view(
    template: str,
    crumbs: Callable[[Crumb], list[Crumb]],
    *kinds: Owned,
    more: Callable[[SheetImport], Mapping[str, Any]] | None = None,
) -> Callable[..., HttpResponse]:
    """The page of one sheet; POST ``act`` = apply or discard. ``more`` says what the page of an app shows besides."""

    @require_http_methods(["GET", "POST"])
    def upload(request: HttpRequest, pk: int) -> HttpResponse:
        taken = _found_or_404(request, pk, kinds)
        if request.method == "POST":
            return _decided(request, taken)
        declared, state = OWNED[taken.kind], state_of(taken)
        names = {column.key: column.name for column in declared.table.readable}
        return render(
            request,
            template,
            {
                "taken": taken,
                "kind": declared.name,
                "counts": taken.counts,
                "state": state,
                "lines": [
                    (label, [{**change, "name": names[change["column"]]} for change in group])
                    for label, group in groupby(taken.preview, key=lambda change: change["label"])
                ]
                if declared.after is None
                else [],
                "hidden": taken.counts["changes"] - len(taken.preview),
                "hidden_problems": taken.counts["problems"] - len(taken.problems),
                "partly": state == PARTLY,
                "can_apply": can_apply(taken),
                "open": taken.state in {SheetImport.State.READY, SheetImport.State.FAULTY} and state != _RUNNING,
                "errors_url": reverse(declared.errors, args=[pk]) if taken.errors_id else "",
                "crumbs": crumbs(Crumb(taken.name)),
                **(more(taken) if more is not None else {}),
            },
        )

    return upload


def _decided(request: HttpRequest, taken: SheetImport) -> HttpResponse:
    actor, declared = actor_of(request), OWNED[taken.kind]
    act = request.POST.get("act")
    if act == "discard":
        discard_own(actor, taken=taken)
        messages.success(request, f"已放弃这份{declared.word}，没有写入任何内容。")
        return redirect(declared.form)
    if act != "apply":
        raise Denied("请选择确认导入，或者放弃。", declared.verb)
    done = begin_own(actor, taken=taken)
    if done.state != SheetImport.State.DONE and done.job is not None:
        return redirect(done.job)
    messages.success(request, declared.done.format(taken.counts["changes"]))
    return redirect(page_after(taken))


def errors_view(*kinds: Owned) -> Callable[..., Any]:
    """The sheet as it was brought, with a red column that says what is wrong; once it is in, only the rows that are not."""

    @require_GET
    def upload_errors(request: HttpRequest, pk: int) -> Any:
        taken = _found_or_404(request, pk, kinds)
        if taken.errors is None:
            raise Http404
        what = "没有导入的行" if taken.state == SheetImport.State.DONE else "错误说明"
        return files.serve(taken.errors, f"{taken.name.removesuffix('.xlsx')} {what}.xlsx")

    return upload_errors
