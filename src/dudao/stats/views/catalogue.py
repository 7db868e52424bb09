"""Pages of the catalogue: items, where they stand in the yearly sheets, check rules with their trial."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.core import audit
from dudao.core.keys import is_number
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.filters import Chip, Chips, Choice, Search, YesNo
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, State
from dudao.orgs.models import Stage
from dudao.orgs.queries import roots_of
from dudao.stats.actions import catalogue as loading
from dudao.stats.actions import catalogue_items, catalogue_rules
from dudao.stats.forms.catalogue import ItemForm, RuleForm, SourceForm
from dudao.stats.labels import SEVERITY
from dudao.stats.models import CheckRule, DataItem
from dudao.stats.queries import catalogue, checking

_ENDED = State("已停用", "grey", "archive")
_VALID = State("使用中", "green")


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("数据报送", reverse("stats:rounds")), *more]


def _items_crumb() -> Crumb:
    return Crumb("数据指标", reverse("stats:items"))


def _rules_crumb() -> Crumb:
    return Crumb("审核规则", reverse("stats:rules"))


def _where(item: DataItem) -> str:
    words = "、".join(str(catalogue.STAGE_WORDS[stage]) for stage in item.stages)
    if item.level == DataItem.Level.COUNTY:
        return "县区"
    if item.level == DataItem.Level.SCHOOL:
        return f"全校（{words}）" if words else "全校"
    return words


def _state_of(row: Any) -> State:
    return _ENDED if row.valid_to is not None and row.valid_to <= timezone.localdate() else _VALID


ITEMS = Listing(
    key="stat-items",
    columns=[
        Column("name", "指标", link=lambda item: item.get_absolute_url(), sub=lambda item: item.definition, sort="name"),
        Column("unit", "单位", nowrap=True),
        Column("level", "向谁要数", _where),
        Column("kind", "类型", "get_kind_display", nowrap=True),
        Column("pack", "标准", lambda item: item.pack_words, sort="pack"),
        Column("rules", "规则", lambda item: len(item.rules.all()), numeric=True),
        Column("sources", "报表位置", lambda item: len(item.sources.all()), numeric=True),
        Column("state", "状态", _state_of, nowrap=True),
        Column("code", "代码", optional=True, hidden=True),
        Column("sort_no", "排序号", sort="sort_no", numeric=True, optional=True, hidden=True),
    ],
    filters=[
        Search(["name", "heading", "definition", "code"], "指标、含义或代码"),
        Choice("pack", "标准", lambda request: [(key or "own", word) for key, word in catalogue.packs_words().items()],
               apply=lambda rows, value: rows.filter(pack="" if value == "own" else value)),
        Choice("stage", "学段", Stage.Level.choices,
               apply=lambda rows, value: rows.filter(stages__contains=[value])),
        YesNo("changed", "本单位改过"),
    ],
    chips=Chips("level", [Chip(value, word, Q(level=value), "blue") for value, word in DataItem.Level.choices]),
    sort="sort_no",
    order=["id"],
    page_size=100,
    prepare=lambda rows, request: catalogue.describe_items(rows),
    export_name="数据指标",
    empty=Empty("还没有指标", "市督导办负责人点“载入标准指标”后可以布置报送。", icon="list-details"),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def item_list(request: HttpRequest) -> HttpResponse:
    """The catalogue: what each item means, whom it asks, where it stands in the yearly sheets, how it is checked."""
    actor = actor_of(request)
    need(actor, "return.view")
    return ITEMS.respond(
        request,
        catalogue.all_items(),
        title="数据指标",
        crumbs=_crumbs(),
        template="stats/items.html",
        may_load=actor.may_somewhere("item.load"),
        may_edit=actor.may_somewhere("item.edit"),
    )


@require_POST
def items_load(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "item.load")
    loaded = loading.load_all(actor, unit=roots_of(actor, "item.load")[0])
    kept = f"；{len(loaded.kept)} 项本单位改过，没有更新：{'、'.join(loaded.kept[:5])}" if loaded.kept else ""
    messages.success(request, f"已载入 {loaded.items} 个指标、{loaded.rules} 条审核规则{kept}。")
    return redirect("stats:items")


def _item_or_404(code: str) -> DataItem:
    return found_or_404(catalogue.item_of(code))


@require_GET
def item_page(request: HttpRequest, code: str) -> HttpResponse:
    """One item: meaning, sources, rules, history."""
    actor = actor_of(request)
    need(actor, "return.view")
    item = _item_or_404(code)
    names = catalogue.item_names()
    return render(
        request,
        "stats/item.html",
        {
            "item": item,
            "where": _where(item),
            "state": _state_of(item),
            "pack": catalogue.packs_words().get(item.pack, item.pack),
            "crumbs": _crumbs(_items_crumb()),
            "sources": [
                (source, catalogue.STAGE_WORDS.get(source.stage, "")) for source in catalogue.sources_for(item)
            ],
            "rules": [
                (rule, catalogue.rule_sentence(rule, names), SEVERITY[rule.severity], _state_of(rule))
                for rule in catalogue.rules_about(item)
            ],
            "numbers": catalogue.has_values(item),
            "may_edit": actor.may_somewhere("item.edit"),
            "may_rule": actor.may_somewhere("rule.edit"),
            "events": audit.history(item),
        },
    )


@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "item.edit")
    form = ItemForm(request.POST or None, initial={"valid_from": timezone.localdate(), "decimals": 2, "sort_no": 9000})
    return answered(
        request, form,
        lambda: catalogue_items.create_item(actor, place=roots_of(actor, "item.edit")[0], **form.values),
        lambda made: f"已新建指标“{made.name}”，布置报送时可以选用。",
        title="新建指标", save="保存指标", cancel_url=reverse("stats:items"), crumbs=_crumbs(_items_crumb()),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "item.edit")
    item = _item_or_404(code)
    count = catalogue.has_values(item)
    form = ItemForm(request.POST or None, item=item, fixed=bool(count))
    return answered(
        request, form,
        lambda: catalogue_items.edit_item(
            actor, place=roots_of(actor, "item.edit")[0], item=item, revision=_revision(request), **form.values
        ),
        lambda _: f"已保存指标“{item.name}”。", to=item,
        title=f"修改指标：{item.name}", save="保存指标", cancel_url=item.get_absolute_url(),
        crumbs=_crumbs(_items_crumb(), Crumb(item.name, item.get_absolute_url())),
        note=f"已有 {count} 个填报的数：类型、层次、单位不能再改，可以停用。" if count else "",
        action=_action(request, item.revision),
    )  # fmt: skip


def _revision(request: HttpRequest) -> int:
    """Which revision the form was made from: a number in its address."""
    text = request.GET.get("revision", "")
    return int(text) if is_number(text) else -1


def _action(request: HttpRequest, revision: int) -> str:
    """The address the form goes to: a form that comes back with errors is still made from the revision it was made from."""
    return f"?revision={revision if request.method == 'GET' else _revision(request)}"


def _source_page(request: HttpRequest, item: DataItem, pk: int | None) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "item.edit")
    source = catalogue.source_of(item, pk) if pk is not None else None
    if pk is not None and source is None:
        raise Http404
    initial = (
        {name: getattr(source, name) for name in ("table", "label", "stage", "year_from", "year_to")}
        if source is not None
        else {"year_from": timezone.localdate().year}
    )
    form = SourceForm(request.POST or None, item=item, initial=initial)
    return answered(
        request, form,
        lambda: catalogue_items.save_source(
            actor, place=roots_of(actor, "item.edit")[0], item=item, revision=_revision(request), source=source,
            **form.values,
        ),
        lambda done: f"已保存：{done.table}“{done.label}”对应“{item.name}”。", to=item,
        title=f"{'修改' if source else '添加'}报表位置：{item.name}", save="保存位置", cancel_url=item.get_absolute_url(),
        crumbs=_crumbs(_items_crumb(), Crumb(item.name, item.get_absolute_url())),
        template="stats/source.html", action=_action(request, item.revision), source=source, item=item,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def source_new(request: HttpRequest, code: str) -> HttpResponse:
    return _source_page(request, _item_or_404(code), None)


@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    return _source_page(request, _item_or_404(code), pk)


@require_POST
def source_remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "item.edit")
    item = _item_or_404(code)
    source = found_or_404(catalogue.source_of(item, pk))
    catalogue_items.remove_source(
        actor, place=roots_of(actor, "item.edit")[0], item=item, revision=_revision(request), source=source
    )
    messages.success(request, f"已删除报表位置 {source.table}“{source.label}”。")
    return redirect(item)


# --- rules -----------------------------------------------------------------------------------------------------------

RULES = Listing(
    key="stat-rules",
    columns=[
        Column("words", "规则", lambda rule: rule.words, link=lambda rule: rule.get_absolute_url()),
        Column("severity", "程度", lambda rule: SEVERITY[rule.severity], sort="severity", nowrap=True),
        Column("kind", "类型", "get_kind_display", nowrap=True, optional=True),
        Column("source", "依据"),
        Column("pack", "标准", lambda rule: rule.pack_words, sort="pack", optional=True),
        Column("state", "状态", _state_of, nowrap=True),
    ],
    filters=[
        Search(["item__name", "source", "code"], "指标或依据"),
        Choice("kind", "类型", CheckRule.Kind.choices),
        Choice("item", "指标", lambda request: [(item.pk, item.name) for item in catalogue.all_items()]),
        YesNo("changed", "本单位改过"),
    ],
    chips=Chips.of_states("severity", SEVERITY, "severity"),
    order=["item__sort_no", "id"],
    page_size=100,
    prepare=lambda rows, request: catalogue.describe_rules(rows),
    export_name="审核规则",
    empty=Empty("还没有审核规则", "载入标准指标后，规则列在这里。", icon="list-check"),
)


@require_http_methods(["GET", "POST"])
def rule_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "return.view")
    primary = ("新建规则", reverse("stats:rule_kinds"), "plus") if actor.may_somewhere("rule.edit") else None
    return RULES.respond(
        request, catalogue.rule_rows(), title="审核规则", crumbs=_crumbs(_items_crumb()), primary=primary
    )


_KINDS: dict[str, str] = {
    "sum": "“班级数”等于各班额段班数之和",
    "at_most": "“骨干教师数”不大于“专任教师数”",
    "range": "“教学仪器设备值”在 0 到 20000 万元之间",
    "ratio": "“在校生数”与“专任教师数”之比在 3 到 40 之间",
    "change": "“在校生数”比上年增减不超过 20%",
    "nature": "“办园性质”与机构信息登记的一致",
    "count": "县里填的“小学学校数”等于机构信息登记的小学数",
    "below": "县里填的“小学阶段学生数”等于所属学校“在校生数”之和",
}
"""The kinds of rules one can make, each with an example. (Against the stages of the register there is one rule, which is there.)"""


@require_GET
def rule_kinds(request: HttpRequest) -> HttpResponse:
    need(actor_of(request), "rule.edit")
    kinds = [(kind, CheckRule.Kind(kind).label, example) for kind, example in _KINDS.items()]
    return render(request, "stats/rule_kinds.html", {"kinds": kinds, "crumbs": _crumbs(_items_crumb(), _rules_crumb())})


def _tried(request: HttpRequest, rule: CheckRule) -> dict[str, Any]:
    """The rule in words and what it would find, for the page."""
    return {
        "sentence": catalogue.rule_sentence(rule),
        "tried": checking.try_rule(actor_of(request), rule),
        "asked": True,
    }


_NOTHING: dict[str, Any] = {"sentence": "", "tried": None, "asked": False}


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest, kind: str) -> HttpResponse:
    actor = actor_of(request)
    need(actor, "rule.edit")
    if kind not in _KINDS:
        raise Http404
    form = RuleForm(
        request.POST or None,
        kind=kind,
        items=list(catalogue.items_now(timezone.localdate()).order_by("sort_no", "id")),
        initial={"valid_from": timezone.localdate(), "severity": "warning", "item": request.GET.get("item", "")},
    )
    shown = _NOTHING
    if request.method == "POST" and form.is_valid():
        values = {"kind": kind, **form.values}
        rule = refused(form, lambda: _fitted(CheckRule(**values)))
        if rule is not None:
            shown = _tried(request, rule)
            if request.POST.get("do") != "try":
                place = roots_of(actor, "rule.edit")[0]
                made = refused(form, lambda: catalogue_rules.create_rule(actor, place=place, **values))
                if made is not None:
                    messages.success(request, f"已保存规则：{shown['sentence']}。")
                    return redirect("stats:rules")
    return form_page(
        request,
        form,
        title=f"新建规则：{CheckRule.Kind(kind).label}",
        save="保存规则",
        cancel_url=reverse("stats:rules"),
        crumbs=_crumbs(_items_crumb(), _rules_crumb()),
        note=f"例如：{_KINDS[kind]}。",
        template="stats/rule.html",
        **shown,
        events=None,
    )


def _fitted(rule: CheckRule) -> CheckRule:
    catalogue_rules.fit_rule(rule)
    return rule


@require_http_methods(["GET", "POST"])
def rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A rule in words, what it finds now; for the office its form."""
    actor = actor_of(request)
    need(actor, "return.view")
    rule = found_or_404(catalogue.rule_of(code))
    sentence = catalogue.rule_sentence(rule)
    crumbs = _crumbs(_items_crumb(), _rules_crumb())
    if not actor.may_somewhere("rule.edit") or actor.read_only:
        if request.method == "POST":
            need(actor, "rule.edit")
        return render(
            request,
            "stats/rule_read.html",
            {
                "rule": rule,
                "sentence": sentence,
                "crumbs": crumbs,
                "severity": SEVERITY[rule.severity],
                "state": _state_of(rule),
                "events": audit.history(rule),
            },
        )
    form = RuleForm(
        request.POST or None,
        kind=rule.kind,
        items=list(catalogue.all_items().order_by("sort_no", "id")),
        rule=rule,
    )
    shown = _NOTHING
    if request.method == "POST" and form.is_valid():
        tried = catalogue.rule_of(code)
        for name, value in form.values.items():
            setattr(tried, name, value)
        if tried is not None and refused(form, lambda: _fitted(tried)) is not None:
            shown = _tried(request, tried)
            if request.POST.get("do") != "try":
                place = roots_of(actor, "rule.edit")[0]
                done = refused(
                    form,
                    lambda: catalogue_rules.edit_rule(
                        actor, place=place, rule=rule, revision=_revision(request), **form.values
                    ),
                )
                if done is not None:
                    messages.success(request, f"已保存规则：{catalogue.rule_sentence(rule)}。")
                    return redirect("stats:rules")
    return form_page(
        request,
        form,
        title="修改规则",
        save="保存规则",
        cancel_url=reverse("stats:rules"),
        crumbs=crumbs,
        note=f"现在：{sentence}。",
        action=_action(request, rule.revision),
        template="stats/rule.html",
        **shown,
        events=audit.history(rule),
    )
