"""The review screen: the document beside what was read from it, put right piece by piece.

Every address works as a form of a full page; a request by htmx gets the piece and, out of band, what else changed on the screen.
The script saves words in the background (``X-Save``) and gets the new revision as JSON.
"""

from collections.abc import Callable
from typing import Any, Literal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import Crumb
from dudao.plans.actions import document as acts
from dudao.plans.actions.document import Stale
from dudao.plans.actions.document.remarks import fixable
from dudao.plans.forms.document import GUESS_FORMS
from dudao.plans.models import Guess, WorkPlan
from dudao.plans.process import PLAN
from dudao.plans.queries import review as reads
from dudao.plans.views.document.plans import plans_crumb


def _whole(text: str | None, missing: int = -1) -> int:
    try:
        return int(text or "")
    except ValueError:
        return missing


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _address(pk: int, at: str) -> str:
    return f"{reverse('plans:review', args=[pk])}?at={at}" if at else reverse("plans:review", args=[pk])


def _context(request: HttpRequest, pk: int, at: str, **more: Any) -> dict[str, Any]:
    actor = actor_of(request)
    found: Any = found_or_404(reads.review(actor, pk, at))
    plan = found.plan
    for remark in found.remarks:
        remark.fixable = fixable(remark)
        remark.at = (
            f"p{remark.point_id}" if remark.point_id else f"s{remark.section_id}" if remark.section_id else "plan"
        )
    draft = plan.state == WorkPlan.State.DRAFT
    row, conflict = found.focus.row, more.get("conflict")
    words = {name: getattr(row, name, "") for name in _FIELDS}
    return {
        "words": {**words, **conflict["mine"]} if conflict else words,
        "revision": conflict["revision"] if conflict else row.revision,
        "review": found,
        "plan": plan,
        "focus": found.focus,
        "draft": draft,
        "state": PLAN.flow.states[plan.state],
        "publisher": actor.may("plan.publish", plan.unit.path),
        "acts": PLAN.buttons(plan, actor),
        "crumbs": [plans_crumb(), Crumb(str(plan))],
        "conflict": None,
        "note": "",
        "undo": None,
        "guess_form": None,
        "guess_open": None,
        "swap": False,
        **more,
    }


def _answer(request: HttpRequest, pk: int, at: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """The screen: whole, or as the pieces that a swap replaces."""
    context = _context(request, pk, at, **more)
    if not _by_script(request):
        return render(request, "plans/document/review.html", context, status=status)
    answer = HttpResponse(
        render_to_string("plans/document/review/swap.html", {**context, "swap": True}, request), status=status
    )
    answer["HX-Push-Url"] = _address(pk, context["focus"].key)
    answer["Vary"] = "HX-Request"
    return answer


def _do(
    request: HttpRequest,
    pk: int,
    at: str,
    act: Callable[[], Any],
    *,
    note: str = "",
    go: Callable[[Any], str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Carry an edit out and show where the person is then. ``go`` says where, from what the action answered."""
    try:
        result = act()
    except Stale as stale:
        return _conflict(request, pk, at, stale)
    except ValidationError as error:
        words = "；".join(error.messages)
        if _by_script(request):
            return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
        messages.error(request, words)
        return redirect(_address(pk, at))
    if request.headers.get("X-Save") == "1":
        return _saved(result)
    at = go(result) if go is not None else at
    if _by_script(request):
        return _answer(request, pk, at, note=note, **{key: value() for key, value in more.items()})
    if note:
        messages.success(request, note)
    return redirect(_address(pk, at))


def _saved(row: Any) -> HttpResponse:
    """What the script has to know: the new revision, and the words that changed along (items in the text, text around an item)."""
    answer = {"revision": row.revision, "saved": f"{timezone.localtime():%H:%M}", "name": str(row)}
    if hasattr(row, "items"):
        answer["words"] = {"title": row.title, "text": row.text}
        answer["items"] = {str(item.pk): item.text for item in row.items.all()}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


_FIELDS = {
    "number": "编号",
    "title": "标题",
    "text": "内容",
    "year": "年度",
    "issuer": "制发机关",
    "preamble": "总体要求",
}


def _conflict(request: HttpRequest, pk: int, at: str, stale: Stale) -> HttpResponse:
    """Both versions side by side. Nothing is lost: the fields keep one's own words, theirs stand above them."""
    rows = [
        (_FIELDS[name], name, stale.theirs[name], mine)
        for name, mine in stale.mine.items()
        if stale.theirs[name] != mine
    ]
    last = reads.last_edit(pk, actor_of(request))
    who = f"{last.actor_name}在 {timezone.localtime(last.at):%H:%M} " if last is not None else "别人刚刚"
    context = {
        "who": who,
        "rows": rows,
        "revision": stale.revision,
        "mine": stale.mine,
        "at": at,
        "address": _address(pk, at),
    }
    if request.headers.get("X-Save") == "1":
        words = render_to_string("plans/document/review/conflict.html", {"conflict": context}, request)
        return HttpResponse(words, status=409)
    return _answer(request, pk, at, status=200 if _by_script(request) else 409, conflict=context)


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft with the piece ``?at=`` in focus. A plan that is no draft is read on its own page."""
    found = _context(request, pk, request.GET.get("at", ""))
    if not found["draft"]:
        return redirect(found["plan"])
    return _answer(request, pk, request.GET.get("at", ""))


@require_POST
def review_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The head of the plan: title, year, issuer, preamble; or an act on the whole of it."""
    actor, post = actor_of(request), request.POST
    plan = found_or_404(reads.review(actor, pk, "plan")).plan
    match post.get("do"):
        case "save":
            year = post.get("year", "").strip()
            if year and not year.isdecimal():
                return _do(request, pk, "plan", lambda: _refuse(f"年度填的是“{year[:20]}”，请填四位数字，例如 2026。"))
            values = {name: post[name] for name in ("title", "issuer", "preamble") if name in post}
            return _do(
                request,
                pk,
                "plan",
                lambda: acts.edit_plan(
                    actor, plan=plan, revision=_whole(post.get("revision")), year=int(year) if year else None, **values
                ),
                note="已保存。",
            )
        case "renumber":
            return _do(
                request, pk, post.get("at", ""), lambda: acts.renumber_points(actor, plan=plan), note="已重新编号。"
            )
        case "add_section":
            return _do(
                request,
                pk,
                "plan",
                lambda: acts.add_section(actor, plan=plan, title=post.get("title", "")),
                go=lambda section: f"s{section.pk}",
                note="已新增一个部分，请填写标题。",
            )
    raise Http404


def _refuse(words: str) -> None:
    raise ValidationError(words)


@require_POST
def review_section(request: HttpRequest, pk: int) -> HttpResponse:
    actor, post = actor_of(request), request.POST
    section = found_or_404(reads.section_of(actor, pk))
    at, plan = f"s{pk}", section.plan_id
    match post.get("do"):
        case "save":
            values = {name: post[name] for name in ("number", "title") if name in post}
            revision = _whole(post.get("revision"))
            return _do(
                request, plan, at, lambda: acts.edit_section(actor, section=section, revision=revision, **values),
                note="已保存。",
            )  # fmt: skip
        case "add_point":
            return _do(
                request, plan, at, lambda: acts.add_point(actor, section=section), go=lambda point: f"p{point.pk}",
                note="已新增一条要点，请填写标题和内容。",
            )  # fmt: skip
        case "delete":
            return _do(
                request, plan, at, lambda: acts.delete_section(actor, section=section), go=lambda _: "plan",
                note="已删除这一部分。",
            )  # fmt: skip
    raise Http404


@require_POST
def review_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is done to one point. ``do`` says what; words that came along are saved first."""
    actor, post = actor_of(request), request.POST
    point = found_or_404(reads.point_of(actor, pk))
    plan, at, do = point.section.plan_id, f"p{pk}", post.get("do", "")
    words = {name: post[name] for name in ("number", "title", "text") if name in post}
    revision = _whole(post.get("revision"))

    def saved() -> Any:
        """The point with the words of the form; what the form doesn't change isn't written."""
        nonlocal revision
        if any(" ".join(getattr(point, name).split()) != " ".join(value.split()) for name, value in words.items()):
            row = acts.edit_point(actor, point=point, revision=revision, **words)
            revision = row.revision
            return row
        return point

    def moved(direction: Any) -> Any:
        return acts.move_point(actor, point=saved(), direction=direction, revision=revision)

    match do:
        case "save":
            return _do(
                request,
                plan,
                at,
                lambda: acts.edit_point(actor, point=point, revision=revision, **words),
                note="已保存。",
            )
        case "split":
            offset = _whole(post.get("offset"))
            return _do(
                request, plan, at, lambda: acts.split_point(actor, point=saved(), offset=offset, revision=revision),
                note="已在光标处拆成两条，后一条在下面。",
            )  # fmt: skip
        case "merge":
            return _do(
                request,
                plan,
                at,
                lambda: acts.merge_points(actor, point=saved(), revision=revision),
                note="已与下一条合并。",
            )
        case "up" | "down":
            return _do(request, plan, at, lambda: moved(do))
        case "delete":
            go = reads.neighbour(plan, pk)
            return _do(
                request, plan, at, lambda: acts.delete_point(actor, point=point, revision=revision), go=lambda _: go,
                note=f"已删除“{str(point)[:18]}”。", undo=lambda: reads.last_deleted(plan),
            )  # fmt: skip
        case "check":
            return _do(
                request, plan, at, lambda: acts.check_point(actor, point=saved(), revision=revision),
                go=lambda _: reads.next_unchecked(plan, pk) or at,
                note="" if reads.next_unchecked(plan, pk) not in {"", at} else "全部要点已校对。",
            )  # fmt: skip
        case "uncheck":
            return _do(
                request, plan, at, lambda: acts.check_point(actor, point=saved(), checked=False, revision=revision)
            )
        case "resplit":
            return _do(
                request, plan, at, lambda: acts.resplit_items(actor, point=saved(), revision=revision),
                note="已按正文里的“一是、二是……”重新分项。",
            )  # fmt: skip
        case "add_item":
            start, end = _whole(post.get("from")), _whole(post.get("to"))
            span = {"start": start, "end": end} if 0 <= start < end else {}
            return _do(
                request, plan, at,
                lambda: acts.add_item(actor, point=saved(), text=post.get("item_text", ""), revision=revision, **span),
            )  # fmt: skip
        case "accept_all":
            return _do(
                request, plan, at,
                lambda: acts.decide_guesses(actor, plan=point.section.plan, point=point, state=Guess.State.ACCEPTED),
            )  # fmt: skip
    raise Http404


@require_POST
def review_item(request: HttpRequest, pk: int) -> HttpResponse:
    actor, post = actor_of(request), request.POST
    item = found_or_404(reads.item_of(actor, pk))
    plan, at, text = item.point.section.plan_id, f"p{item.point_id}", post.get("text", "")
    revision = _whole(post.get("revision"))

    def saved() -> Any:
        nonlocal revision
        if text.strip() and " ".join(text.split()) != " ".join(item.text.split()):
            revision = acts.edit_item(actor, item=item, text=text, revision=revision).revision
            return found_or_404(reads.item_of(actor, pk))
        return item

    match post.get("do"):
        case "save":
            return _do(
                request,
                plan,
                at,
                lambda: acts.edit_item(actor, item=item, text=text, revision=revision),
                note="已保存。",
            )
        case "split":
            offset = _whole(post.get("offset"))
            return _do(
                request, plan, at, lambda: acts.split_item(actor, item=saved(), offset=offset, revision=revision)
            )
        case "merge":
            return _do(request, plan, at, lambda: acts.merge_items(actor, item=saved(), revision=revision))
        case "delete":
            return _do(
                request, plan, at, lambda: acts.delete_item(actor, item=item, revision=revision),
                note="已从事项里去掉，正文没有改动；需要时可选中正文里的文字再设为事项。",
            )  # fmt: skip
    raise Http404


@require_http_methods(["GET", "POST"])
def review_guess(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, reject or reopen a guess; GET opens the form that changes it."""
    actor, post = actor_of(request), request.POST
    guess = found_or_404(reads.guess_of(actor, pk))
    plan, at = guess.point.section.plan_id, f"p{guess.point_id}"
    kind = GUESS_FORMS[guess.sort]
    if request.method == "GET":
        form = kind(initial=kind.shown(guess.data), auto_id="guess_%s")
        return _answer(request, plan, at, guess_form=form, guess_open=guess)
    states = {"accept": Guess.State.ACCEPTED, "reject": Guess.State.REJECTED, "reopen": Guess.State.PROPOSED}
    do = post.get("do", "")
    if do in states:
        return _do(
            request, plan, at,
            lambda: acts.decide_guess(actor, guess=guess, state=states[do], was=post.get("was") or None),
        )  # fmt: skip
    if do != "change":
        raise Http404
    form = kind(post, auto_id="guess_%s")
    if form.is_valid():
        return _guessed(request, form, lambda: acts.change_guess(actor, guess=guess, data=form.data_of()), guess)
    return _answer(request, plan, at, guess_form=form, guess_open=guess)


def _guessed(request: HttpRequest, form: Any, act: Callable[[], Any], guess: Any) -> HttpResponse:
    """A contradiction in what was filled in stands beside the field."""
    plan, at = guess.point.section.plan_id, f"p{guess.point_id}"
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)
        return _answer(request, plan, at, guess_form=form, guess_open=guess)
    return _answer(request, plan, at) if _by_script(request) else redirect(_address(plan, at))


@require_http_methods(["GET", "POST"])
def review_guess_new(request: HttpRequest, pk: int, sort: str) -> HttpResponse:
    """Add what the reader missed."""
    actor = actor_of(request)
    point = found_or_404(reads.point_of(actor, pk))
    if sort not in GUESS_FORMS:
        raise Http404
    plan, at, new = point.section.plan_id, f"p{pk}", Guess(point=point, sort=sort)
    if request.method == "GET":
        return _answer(request, plan, at, guess_form=GUESS_FORMS[sort](auto_id="guess_%s"), guess_open=new)
    form = GUESS_FORMS[sort](request.POST, auto_id="guess_%s")
    if not form.is_valid():
        return _answer(request, plan, at, guess_form=form, guess_open=new)
    start, end = _whole(request.POST.get("from")), _whole(request.POST.get("to"))
    return _guessed(request, form,
        lambda: acts.add_guess(
            actor, point=point, sort=sort, data=form.data_of(), span=(start, end) if 0 <= start < end else None
        ),
        new,
    )  # fmt: skip


@require_POST
def review_guesses(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept all that is still proposed in the whole plan, or all of one sort."""
    actor, post = actor_of(request), request.POST
    plan = found_or_404(reads.review(actor, pk, "plan")).plan
    sort = post.get("sort", "")
    if sort and sort not in GUESS_FORMS:
        raise Http404
    return _do(
        request, pk, post.get("at", ""),
        lambda: acts.decide_guesses(actor, plan=plan, state=Guess.State.ACCEPTED, sort=sort),
        note="已全部采纳，不合适的可以逐条改回。",
    )  # fmt: skip


_HOWS: dict[str, Literal["apply", "keep", "reopen"]] = {"apply": "apply", "keep": "keep", "reopen": "reopen"}


@require_POST
def review_remark(request: HttpRequest, pk: int) -> HttpResponse:
    actor, post = actor_of(request), request.POST
    remark = found_or_404(reads.remark_of(actor, pk))
    how = _HOWS.get(post.get("do", ""))
    if how is None:
        raise Http404
    at = post.get("at", "") or (f"p{remark.point_id}" if remark.point_id else "plan")
    return _do(request, remark.plan_id, at, lambda: acts.resolve_remark(actor, remark=remark, how=how))


@require_POST
def review_restore(request: HttpRequest, pk: int) -> HttpResponse:
    actor, post = actor_of(request), request.POST
    plan = found_or_404(reads.review(actor, pk, "plan")).plan
    return _do(
        request, pk, "",
        lambda: acts.restore_point(actor, plan=plan, event_id=_whole(post.get("event"))),
        go=lambda point: f"p{point.pk}",
        note="已恢复。",
    )  # fmt: skip
