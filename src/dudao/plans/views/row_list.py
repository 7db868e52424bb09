"""The list of the rows handed down: whose they are, their lights, and what may be done to many at once."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.lights import LIGHTS
from dudao.core.ui.acting import actor_of
from dudao.core.ui.bulk import Bulk, BulkActs
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import RowLink, Tab
from dudao.core.ui.templatetags.ui import badge, deadline, progress
from dudao.plans.actions import assignments as acts
from dudao.plans.flow import ASSIGNMENT
from dudao.plans.labels import QUALITY, SELF_LIGHTS
from dudao.plans.presets.chains import KINDS
from dudao.plans.queries import RowFilter, assignment_rows
from dudao.plans.queries.assignments import mine, units_handed_to
from dudao.plans.queries.counts import DONE, LATE, counted
from dudao.plans.queries.tasks import plans_seen, sections_seen
from dudao.plans.views.common import allow_export, lights_of
from dudao.plans.views.ledger import ledger_of_list


def light_badge(row: Any) -> Any:
    """The light with its rule's word; the explanation comes on hover and focus."""
    return format_html('<span tabindex="0" data-dd-tip="{}">{}</span>', row.shown.why, badge(row.shown.state))


def attach_lights(rows: list[Any], request: HttpRequest) -> None:
    lights = lights_of(request)
    for row in rows:
        row.shown = lights.of(row)


def _tools(row: Any, request: HttpRequest) -> list[RowLink]:
    actor = actor_of(request)
    links = []
    for verb, name, word, icon in (
        ("assignment.sign", "plans:row_sign", "签收", "signature"),
        ("assignment.progress", "plans:row_report", "报送进展", "send"),
        ("assignment.confirm", "plans:row_confirm", "确认完成", "check"),
    ):
        if actor.may_somewhere(verb) and ASSIGNMENT.why_not(row, verb, actor) is None:
            links.append(RowLink(word, reverse(name, args=[row.pk]), icon))
    return [RowLink("查看", row.get_absolute_url(), "eye"), *links]


MANY = BulkActs("rows", "plans:row_bulk", "plans:assignments", (
    Bulk(
        "assignment.confirm", acts.confirm_many, "check", done="确认",
        ask="所选各项中已报送的会确认完成，承办单位会收到通知；不能确认的会列出原因。",
    ),
    Bulk(
        "assignment.close", acts.close_many, "checks",
        ask="所选各项中已确认的会销号，承办单位会收到通知；不能销号的会列出原因。",
    ),
    Bulk(
        "assignment.remind", acts.remind_many, "bell-ringing",
        ask="承办单位会收到催办通知和您写的话；每项每天只能催办一次。", reason="催办的话",
    ),
))  # fmt: skip


LIGHT_CHIPS = Chips("light", [Chip(key, state.word, Q(light=key), state.tone) for key, state in LIGHTS.items()])


ROWS = Listing(
    key="rows",
    columns=[
        Column(
            "task",
            "任务",
            lambda row: f"{row.task.code} {row.task.title}",
            link=lambda row: row.get_absolute_url(),
            sub=lambda row: str(row.task.point.section) or str(row.task.plan),
            sort=("task__sort_no", "task_id"),
        ),
        Column("unit", "承办单位", lambda row: str(row.unit), sort=("unit__sort_no", "unit__sort_key"), nowrap=True),
        Column("light", "亮灯", lambda row: row.shown.state, show=light_badge, sort="light_rank", nowrap=True),
        Column("why", "亮灯依据", lambda row: row.shown.why, optional=True, hidden=True),
        Column(
            "progress", "完成率", "progress", show=lambda row: progress(row.progress), sort="progress", numeric=True
        ),
        Column("state", "状态", lambda row: ASSIGNMENT.states[row.state], sort="state", nowrap=True),
        Column(
            "deadline",
            "完成时限",
            "deadline",
            show=lambda row: deadline(row.deadline, row.finished_on),
            sort=("settled", "deadline"),
            nowrap=True,
        ),
        Column("person", "责任人", "person", optional=True),
        Column("upper", "下达单位", lambda row: str(row.issuer), optional=True, hidden=True),
        Column("self_light", "自评", lambda row: SELF_LIGHTS.get(row.self_light), optional=True, hidden=True),
        Column("quality", "质量", lambda row: QUALITY.get(row.quality), optional=True, hidden=True),
        Column("reported_at", "最近报送", "reported_at", sort="reported_at", optional=True, hidden=True, nowrap=True),
        Column("closed_at", "销号时间", "closed_at", sort="closed_at", optional=True, hidden=True, nowrap=True),
    ],
    filters=[
        Search(["task__title", "task__code", "unit__name", "unit__short_name", "unit__initials"], "任务、编号或单位"),
        Choice(
            "plan",
            "年度计划",
            lambda request: [(plan.pk, f"{plan.year}年 {plan}") for plan in plans_seen(actor_of(request))],
            lookup="task__plan",
        ),
        Choice("section", "部分", lambda request: sections_seen(actor_of(request)), lookup="task__point__section"),
        Choice("state", "状态", [(key, state.word) for key, state in ASSIGNMENT.states.items() if key != "withdrawn"]),
        DateRange("deadline", "完成时限"),
        Choice("kind", "工作类型", list(KINDS.items()), lookup="task__kind"),
        Choice(
            "unit", "承办单位", lambda request: [(unit.pk, str(unit)) for unit in units_handed_to(actor_of(request))]
        ),
        YesNo("late", "已逾期", where=LATE),
        YesNo("finished", "已报送完成", where=Q(finished_on__isnull=False)),
        YesNo("done", "已确认或销号", where=DONE),
    ],
    chips=LIGHT_CHIPS,
    sort="deadline",
    order=["task__sort_no", "unit__sort_no"],
    keep=("scope",),
    prepare=attach_lights,
    row_menu=_tools,
    bulk=MANY.buttons,
    export_name="承办情况",
    export=ledger_of_list,
    export_label="导出台账",
    empty=Empty("还没有承办任务", "上级下达的任务会出现在这里，收到后先签收，再报送进展。", icon="clipboard-list"),
    visible_filters=4,
)


def listed(request: HttpRequest, chosen: RowFilter | None = None) -> Any:
    """The rows of a list: everything the person may see, with its light, sortable by it."""
    lights = lights_of(request)
    return lights.ranked(assignment_rows(actor_of(request), lights, chosen))


@require_http_methods(["GET", "POST"])
def row_list(request: HttpRequest) -> HttpResponse:
    """The rows by whose they are (``scope``): one's own units' (``mine``), each piece of work once (``direct``: what all counts
    are about), those handed on from these (``handed``), or all one may see.
    """
    allow_export(request)
    actor = actor_of(request)
    rows = listed(request)
    own = actor.may_somewhere("assignment.report")
    chosen = {"direct": counted(actor), "handed": ~counted(actor), "all": Q()}
    words = {"direct": "直接下达", "handed": "转办到下级", "all": "全部"}
    if own:
        chosen, words = {"mine": mine(actor), **chosen}, {"mine": "本单位承办", **words}
    asked = request.GET.get("scope", "")
    if asked not in chosen:
        asked = "mine" if own and not actor.may_somewhere("task.create") else "direct"
    counts = rows.order_by().values_list("pk")
    numbers = {key: counts.filter(condition).count() for key, condition in chosen.items()}
    if numbers["all"] == numbers["direct"]:
        del words["handed"], words["all"]
    tabs = [
        Tab(word, f"{reverse('plans:assignments')}?scope={key}", key == asked, numbers[key])
        for key, word in words.items()
    ]
    rows = rows.filter(chosen[asked])
    title = "计划任务" if asked == "mine" else "承办情况"
    back = [("导回台账", reverse("plans:ledger_import"), "file-import")] if actor.may_somewhere("ledger.import") else []
    return ROWS.respond(
        request,
        rows,
        title=title,
        template="plans/row/list.html",
        tabs=tabs if len(tabs) > 1 else [],
        scope=asked,
        actions=back,
    )


@require_POST
def row_bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Confirm, cross off or urge the chosen rows; what couldn't be done is told row by row."""
    return MANY.carry_out(request, act, lambda: ROWS.chosen(request, listed(request)), _tell)


def _tell(request: HttpRequest, results: Sequence[Any], word: str) -> None:
    left = [result for result in results if result.refused]
    messages.success(request, f"已{word} {len(results) - len(left)} 项。")
    if left:
        shown = "；".join(f"{result.row.unit}“{result.row.task.title}”{result.refused}" for result in left[:5])
        more = f"等 {len(left)} 项" if len(left) > 5 else f" {len(left)} 项"
        messages.warning(request, f"没有办理{more}：{shown}")
