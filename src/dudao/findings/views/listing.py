"""The list of findings (问题台账): filters, chips, export, and what may be done to many at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import VERBS, Denied
from dudao.core.keys import is_number
from dudao.core.lights import LIGHTS
from dudao.core.ui.acting import actor_of, may_anywhere
from dudao.core.ui.bulk import Bulk, BulkActs
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Pick, Search, Text, YesNo
from dudao.core.ui.list_counts import Kept
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import RowLink, Tab
from dudao.core.ui.templatetags.ui import badge, deadline, progress
from dudao.findings.actions import clock, issuing, judging, reminders
from dudao.findings.actions.ledgers import export_findings
from dudao.findings.flow import FINDING, WORKING
from dudao.findings.labels import LEVELS, SEVERITIES, lit_as
from dudao.findings.models import Finding
from dudao.findings.queries import findings as reads
from dudao.findings.queries.desk import to_judge
from dudao.findings.queries.lights import RUNNING
from dudao.findings.views.common import lights_of
from dudao.findings.views.ledgers import export_kinds, exported

_State = Finding.State

CHIPS = Chips(
    "state",
    [
        Chip("late", "逾期", RUNNING & Q(days_left__lt=0), "red"),
        Chip("near", "临近", RUNNING & Q(days_left__gte=0, days_left__lte=F("near")), "amber"),
        Chip("draft", "待下达", Q(state=_State.DRAFT), "grey"),
        Chip("issued", "待签收", Q(state=_State.ISSUED), "grey"),
        Chip("signed", "待报方案", Q(state=_State.SIGNED), "blue"),
        Chip("working", "整改中", Q(state__in=WORKING - {_State.KEPT_ON}), "blue"),
        Chip("kept_on", "长期坚持", Q(state=_State.KEPT_ON), "blue"),
        Chip("reported", "待核验", Q(state=_State.REPORTED), "amber"),
        Chip("verified", "待销号", Q(state=_State.VERIFIED), "amber"),
        Chip("closed", "已销号", Q(state=_State.CLOSED), "green"),
        Chip("waived", "免予整改", Q(state=_State.WAIVED), "grey"),
    ],
)


def _short(row: Any) -> str:
    text = row.description.strip()
    return text if len(text) <= 60 else f"{text[:59]}…"


def _light(row: Any) -> Any:
    """The light with its word; what it rests on comes on hover and focus."""
    return format_html('<span tabindex="0" data-dd-tip="{}">{}</span>', row.why, badge(row.shown))


def _attach(rows: list[Any], request: HttpRequest) -> None:
    lights = lights_of(request)
    for row in rows:
        row.shown, row.why = lights.state_of(row), lights.why(row)


_LINKS = (
    ("finding.issue", "findings:issue", "下达", "send"),
    ("finding.plan", "findings:plan", "报送方案", "file-plus"),
    ("finding.report", "findings:report", "报送进展或完成", "report"),
    ("finding.verify", "findings:verify", "核验", "clipboard-check"),
)


def _tools(row: Any, request: HttpRequest) -> list[RowLink]:
    actor = actor_of(request)
    links = [
        RowLink(word, reverse(name, args=[row.pk]), icon)
        for verb, name, word, icon in _LINKS
        if FINDING.concerns(row, verb, actor) and FINDING.why_not(row, verb, actor) is None
    ]
    return [RowLink("查看", row.get_absolute_url(), "eye"), *links]


MANY = BulkActs("findings", "findings:bulk", "findings:findings", (
    Bulk("finding.issue", icon="send", word="下达", page="findings:issue_many"),
    Bulk(
        "finding.sign", issuing.sign_many, "signature",
        ask="所选各项中由本单位整改、还没有签收的会签收；从签收起算的时限从今天开始。",
    ),
    Bulk(
        "finding.close", judging.close_many, "checks", word="销号",
        ask="所选各项中已核验通过的会销号，计入已整改；不能销号的会列出原因。",
    ),
    Bulk("lookback.make", icon="eye", word="列入回头看", page="findings:lookback_new"),
    Bulk(
        "finding.remind", reminders.remind_many, "bell-ringing",
        ask="责任单位会收到催办通知和您写的话；每项每天只能催办一次。", reason="催办的话",
    ),
    Bulk("finding.give_time", icon="calendar-event", word="统一延期", page="findings:extend_many", name="extend"),
    Bulk(
        "finding.give_time", clock.agree_many, "check", word="同意延期申请", done="同意延期", name="agree",
        ask="所选各项中申请了延期的，按各自申请的日期同意；没有申请的不变。", reason="批复意见",
    ),
    Bulk(
        "finding.pause", clock.pause_many, "player-pause",
        ask="从今天起停止计时，恢复后时限顺延停止的天数。", reason="暂停的理由",
    ),
    Bulk(
        "finding.resume", clock.resume_many, "player-play",
        ask="所选各项中暂停的从今天起继续计时，时限顺延停止的天数。",
    ),
))  # fmt: skip


def _export(request: HttpRequest, columns: Sequence[Column], rows: Iterable[Any], name: str) -> HttpResponse:
    """The current filter as a sheet, the taking recorded."""
    taken = list(rows)
    export_findings(actor_of(request), name=name, rows=taken)
    return xlsx_response(request, columns, taken, name)


def _by_light(rows: Any, value: str) -> Any:
    return rows.filter(lit__in=lit_as(value))


def _county_name(request: HttpRequest, value: str) -> str | None:
    return reads.unit_name(actor_of(request), value)


def _under(rows: Any, value: str) -> Any:
    return rows.filter(unit__path__startswith=reads.path_of(value))


FINDINGS = Listing(
    key="findings",
    columns=[
        Column(
            "code",
            "编号",
            lambda row: row.code or "待下达",
            link=lambda row: row.get_absolute_url(),
            sort="code",
            nowrap=True,
        ),
        Column(
            "description",
            "问题描述",
            lambda row: row.description,
            show=_short,
            sub=lambda row: row.category,
        ),
        Column("unit", "责任单位", lambda row: str(row.unit), sort=("unit__sort_no", "unit__sort_key"), nowrap=True),
        Column("light", "亮灯", lambda row: row.shown, show=_light, sort="light_rank", nowrap=True),
        Column("state", "状态", lambda row: FINDING.states[row.state], sort="state", nowrap=True),
        Column(
            "severity", "严重程度", lambda row: SEVERITIES[row.severity], sort="severity", nowrap=True, optional=True
        ),
        Column("source", "问题来源", "get_source_display", sort="source", nowrap=True, optional=True, hidden=True),
        Column(
            "deadline",
            "完成时限",
            "deadline",
            show=lambda row: deadline(row.deadline, row.finished_on, soon=row.near),
            sort="deadline",
            nowrap=True,
        ),
        Column(
            "progress",
            "完成率",
            "progress",
            show=lambda row: progress(row.progress),
            numeric=True,
            optional=True,
            hidden=True,
        ),
        Column("found_on", "发现时间", "found_on", sort="found_on", nowrap=True, optional=True, hidden=True),
        Column(
            "indicator", "指标", lambda row: f"{row.indicator_code} {row.indicator}".strip(), optional=True, hidden=True
        ),
        Column("office", "下达单位", lambda row: str(row.office), optional=True, hidden=True, nowrap=True),
        Column("leader", "责任领导", "leader", optional=True, hidden=True),
        Column("person", "责任人", "person", optional=True, hidden=True),
        Column("measures", "整改措施", "measures", optional=True, hidden=True),
        Column("target", "整改目标", "target", optional=True, hidden=True),
        Column("standing", "进展情况", "standing", optional=True, hidden=True),
        Column("level", "升级处理", lambda row: LEVELS.get(row.escalation), optional=True, hidden=True),
        Column("basis", "时限依据", "deadline_basis", optional=True, hidden=True),
        Column("closed_on", "销号时间", "closed_on", sort="closed_on", nowrap=True, optional=True, hidden=True),
        Column("remark", "备注", "remark", optional=True, hidden=True),
    ],
    filters=[
        Search(placeholder="问题、编号或单位", apply=reads.containing),
        Pick("under", "县市区或单位", lambda: f"{reverse('orgs:pick')}?verb=finding.view", _county_name, apply=_under),
        Choice("light", "亮灯", [(key, state.word) for key, state in LIGHTS.items()], apply=_by_light),
        Choice("severity", "严重程度", Finding.Severity.choices),
        Choice("source", "问题来源", Finding.Source.choices),
        Text("category", "问题类别", ["category"]),
        Text("indicator", "指标", ["indicator_code", "indicator"], "代码或名称"),
        DateRange("deadline", "完成时限"),
        DateRange("found", "发现时间", lookup="found_on"),
        DateRange("issued", "下达时间", lookup="issued_at__date"),
        Choice("level", "升级处理", [(key, state.word) for key, state in LEVELS.items()], lookup="escalation"),
        YesNo("recurring", "反复出现", where=Q(recurs__isnull=False)),
        YesNo("paused", "暂停计时", where=Q(paused_since__isnull=False)),
        YesNo("asked", "申请延期待批复", where=Q(pk__in=reads.asking())),
        YesNo("in_time", "按期报告完成", where=Q(finished_on__isnull=False, days_left__gte=0)),
    ],
    chips=CHIPS,
    kept=Kept("finding", "lookback", "feedback", "consult", "term", "unit"),
    order=["-pk"],
    keep=("scope",),
    prepare=_attach,
    row_menu=_tools,
    bulk=MANY.buttons,
    export_name="问题台账",
    export=_export,
    export_kinds=export_kinds,
    empty=Empty("还没有问题", "督导中发现的问题登记后在这里下达、整改、销号。", icon="clipboard-list"),
    visible_filters=4,
)


_LOOKS = {"scope", "sort", "per", "page"}
"""Parameters of the address that leave no row out."""


def listed(request: HttpRequest) -> Any:
    """The rows of the list: everything the person may see, with its light."""
    lights = lights_of(request)
    return lights.ranked(lights.annotate(reads.with_units(reads.seen(actor_of(request)))))


@require_http_methods(["GET", "POST"])
def finding_list(request: HttpRequest) -> HttpResponse:
    """Findings by whose they are: one's own units' (``scope=mine``) or all one may see."""
    actor = actor_of(request)
    may_anywhere(request, "finding.view")
    if request.method == "POST":
        may_anywhere(request, "finding.export")
    rows = listed(request)
    rectifies, judges = actor.may_somewhere("finding.sign"), actor.may_somewhere("finding.issue")
    asked = request.GET.get("scope") or ("mine" if rectifies and not judges else "all")
    tabs = []
    if rectifies and judges:
        own = reads.seen(actor).filter(reads.mine(actor)).exclude(state=_State.DRAFT).count()
        address = reverse("findings:findings")
        tabs = [
            Tab("全部问题", f"{address}?scope=all", asked not in {"mine", "desk"}),
            Tab("等我核验、销号", f"{address}?scope=desk", asked == "desk"),
            Tab("本单位整改", f"{address}?scope=mine", asked == "mine", own),
        ]
    if rectifies and asked == "mine":
        rows = rows.filter(reads.mine(actor))
    elif judges and asked == "desk":
        rows = rows.filter(to_judge(actor))
    sheet = request.POST.get("export", "1")
    if request.method == "POST" and sheet != "1":
        narrows = asked in {"mine", "desk"} or any(request.GET.get(name) for name in request.GET.keys() - _LOOKS)
        return exported(request, sheet, rows=FINDINGS.narrowed(request, rows), whole=not narrows)
    writes, brings = actor.may_somewhere("finding.create"), actor.may_somewhere("finding.import")
    return FINDINGS.respond(
        request,
        rows,
        title="我的整改" if asked == "mine" else "问题台账",
        template="findings/list.html",
        tabs=tabs,
        primary=("登记问题", reverse("findings:new"), "plus") if writes else None,
        actions=[("导入", reverse("findings:import"), "file-import")] if brings else (),
    )


@require_POST
def finding_bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Do one thing to all chosen findings; what couldn't be done is told one by one."""
    return MANY.carry_out(request, act, lambda: FINDINGS.chosen(request, listed(request)), tell_done)


NAMED = 30
"""Findings that a reason names."""
MOST = 2000
"""Findings that a form answers for at once."""


def picked(request: HttpRequest, verb: str) -> tuple[list[Any], bool]:
    """The rows that a form about many is for, and whether it was sent: then ``rows`` names those that the list had chosen."""
    again = "rows" in request.POST
    if again:
        keys = [key for key in request.POST["rows"].split(",") if is_number(key)]
        rows = list(listed(request).filter(pk__in=keys[:MOST]))
    else:
        rows = list(FINDINGS.chosen(request, listed(request))[: MOST + 1])
    word = VERBS[verb].label
    if not rows:
        raise Denied(f"请先勾选要{word}的问题。", verb)
    if len(rows) > MOST:
        raise Denied(f"一次最多{word} {MOST} 个问题，请分批办理。", verb)
    return rows, again


def tell_done(request: HttpRequest, done: Sequence[Any], word: str) -> None:
    """How a bulk act went: how many, and for each reason which ones weren't done."""
    by_reason: dict[str, list[str]] = {}
    for one in done:
        if one.refused:
            name = one.row.code or f"{one.row.unit}“{_short(one.row)}”"
            by_reason.setdefault(one.refused.rstrip("。"), []).append(name)
    left = sum(map(len, by_reason.values()))
    if left < len(done) or not left:
        messages.success(request, f"已{word} {len(done) - left} 项。")
    if left:
        parts = (
            f"{reason}——{len(names)} 项：{'、'.join(names[:NAMED])}{'等' if len(names) > NAMED else ''}。"
            for reason, names in by_reason.items()
        )
        messages.warning(request, f"没有办理 {left} 项。{''.join(parts)}")
