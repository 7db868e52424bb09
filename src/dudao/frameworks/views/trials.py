"""Pages of trials: the list of a version, a new one from a table, the ranking, one subject with its trace, the export."""

import json
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.score import InvalidTree, System, explain
from dudao.calc.tree import Tree, TreeDataError
from dudao.core.access import Denied
from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.export import attachment
from dudao.core.ui.filters import Chip, Chips, Search
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.frameworks import papers, queries
from dudao.frameworks.actions import trials as acts
from dudao.frameworks.forms.trials import MOST_PROBLEMS, TrialForm
from dudao.frameworks.models import FrameworkVersion, Trial, TrialSubject
from dudao.frameworks.process import VERSION
from dudao.frameworks.queries import statistics, trials
from dudao.frameworks.trials.figures import (
    block_words,
    blocks_chart,
    decimals,
    deviation,
    lines_of,
    number,
    summary,
    total_places,
)
from dudao.frameworks.views.common import home

MOST_BLOCKS_SHOWN = 6
"""More first-level indicators than that start switched off in the table."""

TRIALS = Listing(
    key="trials",
    columns=[
        Column("title", "试算", link=lambda row: row.get_absolute_url(), sort="title", sub=lambda row: row.file_name),
        Column("size", "单位数", sort="size", numeric=True),
        Column("unit", "试算单位", lambda row: str(row.unit), sort="unit__sort_no"),
        Column("made_by", "试算人", nowrap=True),
        Column("made_at", "试算时间", sort="made_at", nowrap=True),
    ],
    filters=[Search(["title", "file_name"], "名称或文件名")],
    sort="-made_at",
    empty=Empty(
        "还没有试算",
        "下载模板填好各单位的数据和评分后上传，就能看到总分、等次和名次，也能看到每一分是怎么来的。试算不影响正式评价。",
        icon="chart-bar",
    ),
)


def crumbs_of(version: FrameworkVersion, *more: Crumb) -> list[Crumb]:
    trials_url = reverse("frameworks:trials", args=[version.pk])
    return [home(), Crumb(str(version), version.get_absolute_url()), Crumb("试算", trials_url), *more]


def trial_or_404(request: HttpRequest, pk: int) -> Trial:
    return found_or_404(trials.trial_of(actor_of(request), pk))


def _system(version: FrameworkVersion) -> System:
    """The version, ready to score; refused with what is wrong with a draft."""
    try:
        return System(queries.tree(version))
    except InvalidTree as error:
        words = "".join(finding.sentence for finding in error.findings[:3])
        raise Denied(f"这个版本有 {len(error.findings)} 处错误，改正后才能试算：{words}", "trial.run") from None
    except TreeDataError as error:
        raise Denied(f"这个版本读不出来，不能试算：{error}", "trial.run") from None


@require_http_methods(["GET", "POST"])
def trial_list(request: HttpRequest, pk: int) -> HttpResponse:
    version = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor_of(request), "trial.view")
    may_run = actor.may_somewhere("trial.run")
    primary = ("新的试算", reverse("frameworks:trial_new", args=[pk]), "plus") if may_run else None
    return TRIALS.respond(
        request,
        trials.trials_of(actor, version),
        title="试算",
        note=str(version),
        crumbs=[home(), Crumb(str(version), version.get_absolute_url())],
        primary=primary,
    )


@require_GET
def trial_template(request: HttpRequest, pk: int) -> HttpResponse:
    version = VERSION.found_or_404(request, pk)
    need(actor_of(request), "trial.run")
    system, apart, title = _system(version), request.GET.get("apart") == "1", version.framework.name
    asked = request.GET.get("stats", "")
    if asked:
        offer = found_or_404(statistics.offer_of(actor_of(request), system, asked))
        rows = statistics.rows_of_offer(actor_of(request), offer)
        return attachment(papers.filled_of(system, rows, apart=apart, title=title), f"{title}评分表（带统计数据）.xlsx")
    content = papers.template_of(system, apart=apart, title=title)
    name = f"{version.framework.name}评分表{'（分来源）' if apart else ''}.xlsx"
    return attachment(content, name)


@require_http_methods(["GET", "POST"])
def trial_new(request: HttpRequest, pk: int) -> HttpResponse:
    version = VERSION.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor_of(request), "trial.run")
    system = _system(version)
    form = TrialForm(
        request.POST or None, request.FILES or None, units=queries.offices(actor, "trial.run"), system=system
    )
    if request.method == "POST" and form.is_valid():
        made = refused(
            form,
            lambda: acts.run_trial(
                actor,
                unit=form.values["unit"],
                version=version,
                subjects=form.subjects,
                title=form.values["title"],
                file_name=form.values["file"].name,
                file_digest=form.digest,
            ),
        )
        if made is not None:
            messages.success(request, f"已试算 {made.size} 个单位。")
            return redirect(made)
    return form_page(
        request,
        form,
        title="新的试算",
        save="上传并试算",
        save_icon="upload",
        cancel_url=reverse("frameworks:trials", args=[pk]),
        crumbs=crumbs_of(version),
        note=str(version),
        template="frameworks/trial_new.html",
        version=version,
        offers=statistics.offers(actor, system),
        problems=form.problems[:MOST_PROBLEMS],
        problem_count=len(form.problems),
    )


# ---- one trial ------------------------------------------------------------------------------------------------


def _ranking(trial: Trial, tree: Tree, even: Mapping[str, int], *, is_uneven: bool) -> Listing:
    """The list of a trial's subjects: its columns are the first-level indicators of the system. ``even``: decimals by column."""
    labels = {source.key: source.label for source in tree.sources}
    vetoes = {veto.code: veto.name for veto in tree.vetoes}
    blocks = tree.root.children
    scored, places = tree.root.points is not None, even.get("", total_places(tree))
    columns = [
        Column(
            "name",
            "单位",
            link=lambda row: row.get_absolute_url(),
            sort="name",
            sub=lambda row: (
                "一票否决：" + "、".join(vetoes[code] for code in row.result["vetoes"]) if row.result["vetoes"] else ""
            ),
            nowrap=True,
        )
    ]
    if scored:
        columns += [
            Column("rank", "名次", sort=["rank", "position"], numeric=True),
            Column(
                "total",
                "总分",
                lambda row: number(row.result["total"], places),
                sort="total",
                numeric=True,
                nowrap=True,
            ),
        ]
        if is_uneven:
            columns.append(Column("possible", "适用满分", lambda row: number(row.result["possible"]), numeric=True))
    if tree.scale or not scored:
        words = "等次" if tree.scale else "等级"
        columns.append(Column("grade", words, lambda row: row.grade or row.result["level"], sort="grade", nowrap=True))
    for index, child in enumerate(blocks):
        columns.append(
            Column(
                f"block_{index}",
                f"{child.code} {child.name}",
                lambda row, code=child.code: block_words(row.result["blocks"].get(code), even.get(code, 0)),  # type: ignore[misc]
                numeric=True,
                optional=True,
                hidden=index >= MOST_BLOCKS_SHOWN,
            )
        )
    if len(trial.sources) > 1:
        columns += [
            Column(
                f"source_{key}",
                f"{labels[key]}总分",
                lambda row, key=key: number(row.result["totals"].get(key), places),  # type: ignore[misc]
                numeric=True,
                optional=True,
                hidden=True,
            )
            for key in trial.sources
        ]
        first = trial.sources[0]
        words = f"与{labels[first]}的偏差"
        columns.append(
            Column("deviation", words, lambda row: deviation(row.result, first, places), numeric=True, nowrap=True)
        )
    columns.append(
        Column(
            "open",
            "没有得分的指标",
            lambda row: f"{row.open_count} 项" if row.open_count else "无",
            sub=lambda row: "、".join(row.result["open"][:5]) + ("…" if row.open_count > 5 else ""),
            sort="open_count",
            nowrap=True,
        )
    )
    names = dict.fromkeys(grade.name for row in (tree.scale.grades.values() if tree.scale else ()) for grade in row)
    chips = Chips("grade", [Chip(name, name, Q(grade=name)) for name in names]) if names else None
    return Listing(
        key=f"trial-{trial.pk}",
        columns=columns,
        filters=[Search(["name"], "单位")],
        chips=chips,
        sort="rank" if scored else "",
        order=["position"],
        template="frameworks/trial.html",
        empty=Empty("没有单位", "表里没有单位。"),
    )


@require_http_methods(["GET", "POST"])
def trial_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who came where, with what: total, grade, first-level indicators, what is open."""
    trial = trial_or_404(request, pk)
    actor = actor_of(request)
    tree = trials.system_of(trial).tree
    told = list(trials.results_of(trial))
    found = summary(told, tree)
    spec, finding = blocks_chart(found, tree)
    place = trial.unit.path
    return _ranking(trial, tree, decimals(tree, (result for _, result in told)), is_uneven=found.is_uneven).respond(
        request,
        trials.rows_of_trial(trial).defer("cells"),
        title=trial.title,
        crumbs=crumbs_of(trial.version),
        note=str(trial.version),
        trial=trial,
        labels="、".join(source.label for source in tree.sources if source.key in trial.sources),
        summary=found,
        spec=spec,
        finding=finding,
        is_old=trial.version.state == FrameworkVersion.State.DRAFT
        and trials.digest_now(trial.version) != trial.system_digest,
        may_export=actor.may("trial.export", place),
        may_delete=actor.may("trial.delete", place),
    )


@require_GET
def subject_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One subject: every indicator with its mark on each sheet, and why (``?code=``: of one indicator)."""
    row = _subject_or_404(request, pk)
    trial = row.trial
    subjects = trials.loaded(trial, [row])
    scores, tree = subjects.scores(), subjects.system.tree
    code = request.GET.get("code", tree.root.code)
    if code not in tree.nodes:
        raise Http404
    trace = explain(scores, 0, code, trial.main)
    labels = {source.key: source.label for source in tree.sources}
    return render(
        request,
        "frameworks/trial_subject.html",
        {
            "row": row,
            "trial": trial,
            "crumbs": crumbs_of(trial.version, Crumb(trial.title, trial.get_absolute_url())),
            "total": number(row.result["total"], total_places(scores.tree)),
            "possible": number(row.result["possible"]),
            "vetoes": [veto.name for veto in tree.vetoes if veto.code in row.result["vetoes"]],
            "sources": [labels[key] for key in trial.sources] if len(trial.sources) > 1 else [],
            "lines": lines_of(scores, trial.main, trial.sources),
            "root": tree.root.code,
            "code": code,
            "node": tree.nodes[code],
            "trace": trace.html(open_levels=2 if trace.children else 1),
            "given": [(column.header, row.cells[column.key]) for column in subjects.columns],
        },
    )


@require_GET
def subject_trace(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The whole explanation of a subject as a file: ``form`` is "txt" or "json"."""
    row = _subject_or_404(request, pk)
    trace = explain(trials.loaded(row.trial, [row]).scores(), 0, sheet=row.trial.main)
    if form == "json":
        content, kind = json.dumps(trace.data(), ensure_ascii=False, indent=1), "application/json"
    elif form == "txt":
        content, kind = trace.text() + "\n", "text/plain; charset=utf-8"
    else:
        raise Http404
    return attachment(content.encode(), f"{row.name}得分说明.{form}", kind)


def _subject_or_404(request: HttpRequest, pk: int) -> TrialSubject:
    return found_or_404(trials.subject_of(actor_of(request), pk))


@require_POST
def trial_export(request: HttpRequest, pk: int) -> HttpResponse:
    trial = trial_or_404(request, pk)
    acts.note_trial_export(actor_of(request), trial=trial)
    rows: Sequence[TrialSubject] = list(trials.rows_of_trial(trial).order_by("position"))
    subjects = trials.loaded(trial, rows)
    content = papers.write_trial(trial, subjects.system.tree, list(rows), subjects.scores(), list(subjects.names))
    return attachment(content, f"{trial.title}.xlsx")


@require_POST
def trial_delete(request: HttpRequest, pk: int) -> HttpResponse:
    trial = trial_or_404(request, pk)
    version = trial.version_id
    acts.delete_trial(actor_of(request), trial=trial)
    messages.success(request, f"已删除试算“{trial.title}”。")
    return redirect("frameworks:trials", version)
