"""The list of indicator systems, a version with its tree and findings, the steps of its life."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.calc.tree import grade_words
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.ui.acting import actor_of
from dudao.core.ui.filters import Chips, Search
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.frameworks import queries
from dudao.frameworks.actions import packs, versions
from dudao.frameworks.editing.changes import told
from dudao.frameworks.forms.packs import LoadForm, StartForm
from dudao.frameworks.forms.whole import RenameForm
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.process import VERSION
from dudao.frameworks.views.common import home
from dudao.frameworks.views.tree import checked, shown_of, tree_context
from dudao.frameworks.views.whole import settings_of
from dudao.orgs.models import Unit

VERSIONS = Listing(
    key="frameworks",
    columns=[
        Column(
            "name",
            "指标体系",
            lambda row: row.framework.name,
            link=lambda row: row.get_absolute_url(),
            sort="framework__name",
            sub=lambda row: queries.facts(row)["number"].removeprefix("—"),
        ),
        Column("number", "版本", lambda row: f"第 {row.number} 版", sort="number", nowrap=True),
        Column("state", "状态", lambda row: VERSION.flow.states[row.state], sort="state", nowrap=True),
        Column("leaves", "计分指标", "leaves", numeric=True),
        Column("unit", "所属单位", lambda row: str(row.framework.unit), sort="framework__unit__sort_no"),
        Column("published_at", "发布时间", "published_at", sort="published_at", nowrap=True),
    ],
    filters=[Search(["framework__name", "framework__unit__name"], "指标体系或单位")],
    chips=Chips.of_states("state", VERSION.flow.states),
    sort="name",
    order=["-number", "-id"],
    export_name="指标体系",
    empty=Empty(
        "还没有指标体系",
        "载入国家和地方的标准后，可以在草稿上修改、检查，再发布使用。",
        icon="list-tree",
    ),
)


@require_http_methods(["GET", "POST"])
def version_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    primary = ("载入标准", reverse("frameworks:load"), "file-import") if actor.may_somewhere("framework.load") else None
    doors = (
        ("framework.start", "新建", "frameworks:start", "plus"),
        ("framework.import", "导入", "frameworks:import_new", "table-import"),
    )
    actions = [(label, reverse(name), icon) for verb, label, name, icon in doors if actor.may_somewhere(verb)]
    return VERSIONS.respond(request, queries.versions(actor), title="指标体系", primary=primary, actions=actions)


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A standard shipped with the platform becomes a draft."""
    actor = actor_of(request)
    form = LoadForm(request.POST or None, units=_offices(actor, "framework.load"), packs=queries.pack_choices())
    return answered(
        request, form, lambda: packs.load_pack(actor, unit=form.values["unit"], name=form.values["pack"]),
        lambda done: f"已载入“{done.version}”。" if done.is_new else f"“{done.version}”已经载入过，内容没有变化。",
        to=lambda done: done.version,
        title="载入标准", save="载入为草稿", save_icon="file-import", cancel_url=reverse("frameworks:versions"), crumbs=[home()],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A new system with an empty draft."""
    actor = actor_of(request)
    form = StartForm(request.POST or None, units=_offices(actor, "framework.start"), initial={"points": 100})
    return answered(
        request, form, lambda: versions.start_framework(actor, **form.values),
        lambda made: f"已新建“{made.framework.name}”。先在总表下新增一级指标，再逐级往下写。",
        title="新建指标体系", save="新建草稿", save_icon="plus", cancel_url=reverse("frameworks:versions"), crumbs=[home()],
    )  # fmt: skip


def _offices(actor: Actor, verb: str) -> list[Unit]:
    """The units of the form; refused to somebody who has none."""
    units = queries.offices(actor, verb)
    if not units:
        raise Denied(f"您没有“{VERBS[verb].label}”的权限，如工作需要请联系安全管理员。", verb)
    return units


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree with points and rules, what the check finds, what belongs to the whole, the history."""
    found = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    rows = queries.indicators(found)
    tree, findings, problem = checked(found, rows)
    context = tree_context(request, found, rows, (tree, findings, problem))
    place = found.framework.unit.path
    scale = tree.scale if tree is not None else None
    return render(
        request,
        "frameworks/version.html",
        {
            **context,
            **VERSION.frame(found, actor),
            "edition": f"第 {found.number} 版",
            "about": queries.facts(found),
            "shown": shown_of(request, context["lines"]),
            "words": request.GET.get("q", "").strip()[:60],
            "settings": settings_of(found, tree, may_edit=context["may_edit"], may_rename=_may_rename(request, found)),
            "may_discard": actor.may("framework.discard", place) and found.state == "draft",
            "lost": f"第 {found.number} 版草稿的 {len(rows)} 个指标和 {found.revision} 次修改会全部丢失，不能恢复。"
            "已发布的版本不受影响。",
            "may_export": actor.may_somewhere("framework.export"),
            "may_try": actor.may_somewhere("trial.view"),
            "grades": [(name, [grade_words(grade) for grade in grades]) for name, grades in scale.grades.items()]
            if scale
            else [],
            "vetoes": tree.vetoes if tree is not None else (),
            "others": queries.siblings(actor, found),
            "moments": told(queries.history(found)),
            "news": queries.pack_news(found) if not problem and actor.may("framework.load", place) else (),
        },
    )


def _may_rename(request: HttpRequest, found: FrameworkVersion) -> bool:
    return bool(actor_of(request).may("framework.rename", found.framework.unit.path))


@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for the system of this version."""
    found = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    actor.require("framework.rename", found.framework.unit.path)
    name = found.framework.name
    form = RenameForm(request.POST or None, initial={"name": name, "was": name})
    return answered(
        request, form, lambda: versions.rename_framework(actor, system=found.framework, **form.values),
        lambda done: f"已改名为“{done.name}”。", to=found,
        title="改指标体系名称", save="保存名称", cancel_url=found.get_absolute_url(),
        crumbs=[home(), Crumb(str(found), found.get_absolute_url())],
    )  # fmt: skip
