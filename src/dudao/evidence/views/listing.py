"""The library as a list: how every item stands, what is missing, what may be done to many at once."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.ui.acting import actor_of, may_anywhere, tried
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Pick, Search, YesNo
from dudao.core.ui.formats import date_cn
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.templatetags.ui import badge
from dudao.evidence.actions.exports import start_zip
from dudao.evidence.flow import keeps
from dudao.evidence.queries import library as reads
from dudao.evidence.queries import policy
from dudao.evidence.queries.mergers import moved
from dudao.evidence.views.common import STANDINGS, number_of, until
from dudao.orgs.models import Unit

MANY = 100
"""Items that are described on one page."""


def _title(row: Any) -> Any:
    """The name, of a photo with its small picture."""
    picture = row.current.picture_url if row.current is not None else ""
    return (
        format_html('<img class="dd-thumb ev-thumb" src="{}" alt="" loading="lazy">{}', picture, row.title)
        if picture
        else row.title
    )


def _tags(row: Any) -> str:
    file = row.current.name if row.current is not None else ""
    came = [f"来自{row.origin}"] if row.origin is not None else []
    return "　".join([file, *came, *(f"#{tag}" for tag in row.tags)])


def _size(row: Any) -> str:
    return str(filesizeformat(row.current.size)) if row.current is not None else "—"


def _unit_name(request: HttpRequest, value: str) -> str | None:
    pk = number_of(value)
    return reads.unit_name(actor_of(request), pk) if pk is not None else None


def _bulk(request: HttpRequest) -> list[BulkAction]:
    actor = actor_of(request)
    found = []
    if actor.may_somewhere("evidence.edit"):
        found.append(BulkAction("填写信息", reverse("evidence:bulk", args=["describe"]), "pencil"))
    if actor.may_somewhere("evidence.export"):
        found.append(BulkAction("打包下载", reverse("evidence:bulk", args=["zip"]), "file-zip"))
    return found


ITEMS = Listing(
    key="evidence",
    columns=[
        Column("title", "名称", show=_title, link=lambda row: row.get_absolute_url(), sub=_tags, sort="title"),
        Column("category", "类别", "category", sort="category"),
        Column(
            "standing",
            "状态",
            lambda row: STANDINGS[row.standing].word,
            show=lambda row: badge(STANDINGS[row.standing]),
            nowrap=True,
        ),
        Column("effective_from", "生效日期", "effective_from", sort="effective_from", nowrap=True, optional=True),
        Column(
            "effective_until",
            "有效期至",
            "effective_until",
            show=lambda row: until(row.effective_until, timezone.localdate(), policy.library().limits.soon_days),
            sort="effective_until",
            nowrap=True,
        ),
        Column("uses", "引用", "uses", numeric=True),
        Column("unit", "单位", lambda row: str(row.unit), sort=("unit__sort_no", "unit__sort_key"), optional=True),
        Column("number", "文号或证号", "number", optional=True, hidden=True),
        Column("version", "版本", lambda row: row.current.number if row.current else None, numeric=True, optional=True),
        Column("size", "大小", _size, nowrap=True, optional=True, hidden=True),
        Column(
            "uploaded",
            "上传日期",
            lambda row: timezone.localtime(row.current.uploaded_at).date() if row.current else None,
            sort="current__uploaded_at",
            nowrap=True,
            optional=True,
        ),
    ],
    filters=[
        Search(["title", "number", "current__name", "note"], "名称、文号或文件名"),
        Choice("category", "类别", lambda request: [(name, name) for name in reads.categories()]),
        YesNo("used", "已引用", where=Q(uses__gt=0)),
        Pick("unit", "单位", lambda: f"{reverse('orgs:pick')}?verb=evidence.view", _unit_name),
        DateRange("until", "有效期至", lookup="effective_until"),
    ],
    chips=Chips(
        "standing", [Chip(key, state.word, Q(standing=key), state.tone, state.icon) for key, state in STANDINGS.items()]
    ),
    order=["-pk"],
    bulk=_bulk,
    export_name="佐证材料清单",
    template="evidence/items.html",
    empty=Empty(
        "资料库还是空的",
        "把许可证、制度、记录、照片等传上来，写明何时有效。以后评估、整改要用时直接选，不用再传。",
        icon="files",
    ),
)

OWN = replace(
    ITEMS,
    key="evidence-own",
    columns=[column for column in ITEMS.columns if column.key != "unit"],
    filters=[one for one in ITEMS.filters if one.name != "unit"],
)
"""The same for a school or kindergarten, which sees its own library only."""


def _listing(request: HttpRequest) -> Listing:
    own = list(reads.keepable_units(actor_of(request))[:2])
    gone = moved(actor_of(request), timezone.localdate()) if not own else None
    if gone is not None:
        return replace(OWN, empty=_gone(*gone))
    return OWN if len(own) == 1 and own[0].is_institution else ITEMS


def _gone(unit: Unit, target: Unit) -> Empty:
    return Empty(
        f"资料库随单位合并转入“{target}”",
        f"“{unit}”已于{date_cn(unit.valid_to)}合并，材料从第二天起转到“{target}”，由该单位维护；已经提交的引用不变。",
        icon="files",
    )


def _rows(request: HttpRequest) -> QuerySet[Any]:
    return reads.listed(actor_of(request))


@require_http_methods(["GET", "POST"])
def item_list(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "evidence.view")
    actor = actor_of(request)
    own = list(reads.keepable_units(actor)[:2])
    primary = ("上传材料", reverse("evidence:add"), "upload") if own else None
    unit = own[0] if len(own) == 1 else None
    more = [("容量设置", reverse("evidence:limits"), "settings")] if actor.may_somewhere("evidence.limit") else []
    return _listing(request).respond(
        request,
        _rows(request),
        title="资料库",
        primary=primary,
        actions=more,
        unit=unit,
        missing=policy.missing_categories(unit, timezone.localdate()) if unit is not None else [],
        room=policy.room(unit, timezone.localdate()) if unit is not None else None,
    )


@require_POST
def bulk(request: HttpRequest, act: str) -> HttpResponse:
    if act not in {"describe", "zip"}:
        raise Http404
    may_anywhere(request, "evidence.edit" if act == "describe" else "evidence.export")
    return _describe(request) if act == "describe" else _zip(request)


def _describe(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = [
        row
        for row in _listing(request).chosen(request, _rows(request))[:MANY]
        if keeps(row.unit, actor, "evidence.edit") is None
    ]
    if not rows:
        messages.error(request, "没有选择本单位的材料。别的单位的材料由该单位自己填写。")
        return redirect("evidence:items")
    query = urlencode({"ids": ",".join(str(row.pk) for row in rows)})
    return redirect(f"{reverse('evidence:describe')}?{query}")


def _stem(row: Any, several: bool) -> str:
    """«食品经营许可证-食堂许可证», in a folder of the unit's where there are several."""
    name = f"{row.category or '未分类'}-{row.title}".replace("/", "_")
    return f"{row.unit.name.replace('/', '_')}/{name}" if several else name


def _zip(request: HttpRequest) -> HttpResponse:
    rows = list(
        _listing(request).chosen(request, _rows(request)).order_by("unit__sort_no", "unit__sort_key", "category", "pk")
    )
    several = len({row.unit_id for row in rows}) > 1
    entries = [(_stem(row, several), row.current) for row in rows if row.current is not None]
    title = f"佐证材料-{rows[0].unit.name}等" if several else f"佐证材料-{rows[0].unit.name}" if rows else "佐证材料"
    job, why = tried(lambda: start_zip(actor_of(request), entries=entries, title=title))
    if why:
        messages.error(request, why)
        return redirect("evidence:items")
    return redirect(job)
