"""Pages of draws for the office: the list, a new one, its page with the frame, the moment of drawing, files."""

import json
from dataclasses import replace
from typing import Any, Final

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.sampling import Frame
from dudao.core.ui.acting import actor_of, may_anywhere, sent, tried
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chip, Chips, Choice, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.selection.actions import draws as acts
from dudao.selection.forms.draws import DrawForm
from dudao.selection.models import Draw
from dudao.selection.papers.frames import frame_csv, frame_xlsx
from dudao.selection.process import DRAW
from dudao.selection.queries import draws as reads

DRAWS = Listing(
    key="draws",
    columns=[
        Column("title", "名称", "title", link=lambda row: row.get_absolute_url(), sort="title"),
        Column("kind", "类别", "get_kind_display", sort="kind", nowrap=True),
        Column("office", "组织单位", lambda row: str(row.office), sort="office__sort_no", nowrap=True),
        Column("total", "抽样框", "total", sort="total", numeric=True),
        Column("count", "抽中", lambda row: row.final_count if row.drawn_at else "—", sort="final_count", numeric=True),
        Column("state", "状态", lambda row: DRAW.flow.states[row.state], sort="state", nowrap=True),
        Column("committed_at", "承诺时间", "committed_at", sort="committed_at", nowrap=True),
        Column("campaign", "督导项目", lambda row: str(row.campaign or ""), optional=True, hidden=True),
    ],
    filters=[
        Search(["title", "office__name"], "名称或组织单位"),
        Choice("kind", "类别", Draw.Kind.choices),
    ],
    chips=Chips.of_states("state", DRAW.flow.states),
    order=["-pk"],
    empty=Empty(
        "还没有随机抽取",
        "从学校、幼儿园里抽检查对象，从督学里抽检查人员：先公开承诺，再当众抽取，任何人都能核对。",
        icon="list-check",
    ),
)


@require_GET
def draw_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "draw.view")
    actor = actor_of(request)
    makes = actor.may_somewhere("draw.create")
    return DRAWS.respond(
        request,
        reads.counted(actor),
        title="随机抽取",
        primary=("抽检查对象", f"{reverse('draws:new')}?kind=objects", "plus") if makes else None,
        actions=[("抽督学", f"{reverse('draws:new')}?kind=inspectors", "users")] if makes else (),
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a draw: ``?kind=objects`` or ``?kind=inspectors``."""
    may_anywhere(request, "draw.create")
    kind = request.GET.get("kind", Draw.Kind.OBJECTS)
    if kind not in Draw.Kind.values:
        raise Http404
    actor = actor_of(request)
    form = DrawForm(sent(request), actor=actor, kind=kind)
    title = "抽检查对象" if kind == Draw.Kind.OBJECTS else "抽督学"
    return answered(
        request, form, lambda: acts.create_draw(actor, kind=kind, **form.values),
        "已生成抽样框，请核对对象，排除应当回避的，再公开承诺。",
        title=title, save="生成抽样框", cancel_url=reverse("draws:draws"),
        crumbs=[Crumb("随机抽取", reverse("draws:draws")), Crumb(title)],
        note="先生成名单，核对后再承诺和抽取；这一步还不会抽出任何对象。", action=f"{reverse('draws:new')}?kind={kind}",
    )  # fmt: skip


# --- one draw -------------------------------------------------------------------------------------------------------------


MEMBER_STATES: Final = {
    "drawn": State("抽中", "green"),
    "in": State("调入", "amber", "user-plus"),
    "out": State("抽中后调出", "purple", "user-x"),
    "excluded": State("已排除", "grey", "ban"),
    "missed": State("未抽中", "grey", "circle"),
    "waiting": State("待抽取", "grey", "clock"),
}


def _member_state(row: Any) -> Any:
    if row.excluded:
        return MEMBER_STATES["excluded"]
    if row.override:
        return MEMBER_STATES[row.override]
    if not row.ticket:
        return MEMBER_STATES["waiting"]
    return MEMBER_STATES["drawn" if row.drawn else "missed"]


def _bulk(request: HttpRequest) -> list[BulkAction]:
    """What may be done with marked members now; the state of the draw is read off its page (`draw_page`)."""
    row: Draw | None = getattr(request, "_draw", None)
    if row is None:
        return []
    actor = actor_of(request)

    def url(act: str) -> str:
        return reverse("draws:members", args=[row.pk, act])

    if row.state == Draw.State.DRAFT and actor.may("draw.edit", row.office.path):
        return [
            BulkAction(
                "排除",
                url("exclude"),
                "ban",
                "排除的对象不参加抽取，理由会写进公开的抽取记录。",
                reason="理由，如“督学曾在该园任职，应当回避”",
            ),
            BulkAction("取消排除", url("include"), "rotate"),
        ]
    if row.state in {Draw.State.DRAWN, Draw.State.PUBLISHED} and actor.may("draw.override", row.office.path):
        said = "抽取结果不会改动，调整和理由会一直公开显示在旁边，不能撤回。"
        return [
            BulkAction("调出", url("out"), "user-x", said, reason="调出的理由", danger=True),
            BulkAction("调入", url("in"), "user-plus", said, reason="调入的理由"),
        ]
    return []


_TAKING = Q(excluded="")
MEMBERS = Listing(
    key="draw-members",
    columns=[
        Column("position", "序号", "position", sort="position", nowrap=True),
        Column("identifier", "编号", "identifier", sort="identifier", nowrap=True),
        Column("name", "名称", "name", sort="name"),
        Column("stratum", "层", lambda row: row.stratum or "—", sort="stratum", nowrap=True),
        Column("result", "结果", _member_state, nowrap=True),
        Column("reason", "理由", lambda row: row.excluded or row.override_reason, sub=lambda row: row.override_by),
        Column("ticket", "号签", lambda row: row.ticket[:16], sort="ticket", nowrap=True, optional=True),
        Column("cells", "公布的内容", lambda row: "、".join(row.cells), optional=True, hidden=True),
    ],
    filters=[Search(["identifier", "name", "stratum"], "编号、名称或层")],
    chips=Chips(
        "at",
        [
            Chip("final", "最后名单", reads.FINAL, "green"),
            Chip("drawn", "抽中", Q(drawn=True), "green"),
            Chip("changed", "人工调整", ~Q(override=""), "amber"),
            Chip("excluded", "已排除", ~_TAKING, "grey"),
        ],
    ),
    order=["position"],
    bulk=_bulk,
    empty=Empty("没有符合条件的对象", "请换一个条件。", icon="list-check"),
)


MEMBERS_BY_SIZE = replace(
    MEMBERS,
    columns=[
        *MEMBERS.columns[:4],
        Column("size", "在校生数", lambda row: row.cells[-1] or "—", numeric=True),
        *MEMBERS.columns[4:],
    ],
)
"""The same for a draw whose chances are in proportion to the last published column."""


def public_address(request: HttpRequest, row: Draw) -> str:
    """Where anybody looks at a draw: on the host that papers name, else on this one."""
    path = reverse("draws:public", args=[row.uid])
    return f"{settings.PUBLIC_ADDRESS}{path}" if settings.PUBLIC_ADDRESS else request.build_absolute_uri(path)


@require_GET
def draw_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: what it is made from, the commitment, the frame; afterwards the result and how it is checked."""
    row = DRAW.found_or_404(request, pk)
    request._draw = row  # type: ignore[attr-defined]
    actor = actor_of(request)
    lines, why = reads.lines(row)
    drawn = row.drawn_at is not None
    checks = reads.sound(row)[2] if drawn else []
    address = public_address(request, row) if row.committed_at else ""
    context = {
        **DRAW.frame(row, actor),
        "edits": DRAW.flow.why_not(row, "draw.edit", actor) is None,
        "conflicts": reads.conflicts(row),
        "criteria": reads.criteria_words(row),
        "lines": lines,
        "how": reads.how_words(row),
        "total": {
            "size": sum(one.size for one in lines),
            "excluded": sum(one.excluded for one in lines),
            "n": None if why else sum(one.n or 0 for one in lines),
            "weight": sum(one.weight or 0 for one in lines),
            "certain": sum(one.certain or 0 for one in lines),
        },
        "shares": any(one.quota is not None for one in lines) and len(lines) > 1,
        "why": why if row.state == Draw.State.DRAFT else "",
        "drawn": drawn,
        "final": list(reads.final(row)[:200]) if drawn else [],
        "checks": checks,
        "sound": all(check.holds for check in checks),
        "address": address,
        "picture": segno.make(address, error="m").svg_data_uri(scale=4, border=2) if address else "",
        "siblings": list(reads.siblings(row)) if row.committed_at else [],
    }
    return (MEMBERS_BY_SIZE if row.size_column else MEMBERS).respond(
        request, reads.members(row), title=row.title, template="selection/draws/draw.html", **context
    )


@require_POST
def members(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Exclude or include marked members before, put them in or take them out afterwards."""
    row = DRAW.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("draw.override" if act in {"in", "out"} else "draw.edit", row.office.path)
    if act not in {"in", "out", "exclude", "include"}:
        raise Http404
    keys = list(MEMBERS.chosen(request, reads.members(row)).values_list("pk", flat=True))
    reason = request.POST.get("reason", "")
    if act == "exclude":
        done, why = tried(lambda: acts.exclude(actor, draw=row, members=keys, reason=reason))
        said = "已排除 {} 个。"
    elif act == "include":
        done, why = tried(lambda: acts.include(actor, draw=row, members=keys))
        said = "已取消排除 {} 个。"
    else:
        done, why = tried(lambda: acts.override(actor, draw=row, members=keys, way=act, reason=reason))
        said = "已" + ("调入" if act == "in" else "调出") + " {} 个，理由已公开。"
    if why:
        messages.error(request, why)
    else:
        messages.success(request, said.format(done))
    return redirect(row)


# --- files ----------------------------------------------------------------------------------------------------------------


def record_file(row: Draw) -> HttpResponse:
    """The record as the command line reads it."""
    data = reads.sound(row)[0].data()
    content = json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
    return attachment(content, f"{row.title}-抽取记录.json", "application/json")


def frame_file(row: Draw, found: Frame, ending: str) -> HttpResponse:
    if ending == "csv":
        return attachment(frame_csv(found), f"{row.title}-抽样框.csv", "text/csv; charset=utf-8")
    if ending == "xlsx":
        return attachment(frame_xlsx(found), f"{row.title}-抽样框.xlsx")
    raise Http404


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    row = DRAW.found_or_404(request, pk)
    if row.is_secret:
        raise Http404
    return record_file(row)


@require_GET
def frame(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    row = DRAW.found_or_404(request, pk)
    return frame_file(row, reads.frame_of_draw(row), ending)
