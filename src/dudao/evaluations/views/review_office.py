"""The office's pages of what is marked at a desk (网上评审, 县级核查, 常规管理评定): who marks what and how far, where two
differ, how strict somebody is."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.calc.reviewing import Strictness
from dudao.core.ui.acting import actor_of, found_or_404, sent
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.parts import Crumb, Option, Tab
from dudao.evaluations.actions import marking
from dudao.evaluations.actions import reviewing as acts
from dudao.evaluations.actions.review_book import why_not_book
from dudao.evaluations.flow import REVIEW, by_office
from dudao.evaluations.forms.reviewing import AssignForm, ReassignForm, SettleForm, cells_of
from dudao.evaluations.models import Campaign, Phase, Review, Subject
from dudao.evaluations.models.marks import SEATS
from dudao.evaluations.process import campaign_crumbs
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.county_marks import counties_give, of_county, reviewers
from dudao.evaluations.queries.desk import desk_of
from dudao.evaluations.views.common import tabs_of
from dudao.selection.queries import recusal
from dudao.selection.queries.recusal import candidates


def _campaign_or_404(request: HttpRequest, pk: int) -> Campaign:
    return found_or_404(reads.campaign_of(actor_of(request), pk))


def _phase(request: HttpRequest, campaign: Campaign) -> tuple[Phase | None, list[Phase]]:
    """The phase of review that is asked for (``?source=``), and all of them."""
    phases = reads.review_phases(campaign)
    asked = request.GET.get("source", "")
    return next((one for one in phases if one.source == asked), phases[0] if phases else None), phases


def _subject_or_404(request: HttpRequest, pk: int) -> Subject:
    return found_or_404(reads.subject_of(actor_of(request), pk))


MOST = 300
"""Units that one page shows; of more only one county at a time."""


def _part(request: HttpRequest, parts: list[reads.Part]) -> reads.Part | None:
    """The county that is asked for (``?part=``); with too many units for one page the first, if none is."""
    asked = request.GET.get("part", "")
    found = next((one for one in parts if str(one.pk) == asked), None)
    if found is None and sum(one.total for one in parts) > MOST:
        return parts[0]
    return found


def _back(campaign: Campaign, source: str) -> str:
    return f"{reverse('evaluations:reviewing', args=[campaign.pk])}?source={source}"


@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Units × seats, disagreements, what should go back to the units, strictness."""
    campaign = _campaign_or_404(request, pk)
    actor = actor_of(request)
    phase, phases = _phase(request, campaign)
    if phase is None:
        return render(
            request,
            "evaluations/reviewing/none.html",
            {"campaign": campaign, "crumbs": campaign_crumbs(campaign), "tabs": tabs_of(request, campaign, "reviews")},
        )
    source = phase.source
    parts = reads.parts_of(campaign)
    part = _part(request, parts)
    path = part.path if part is not None else ""
    reviews = reads.office_reviews(campaign, source, path)
    hidden = reads.blind_subjects(actor, campaign, source)
    opened = reads.differences(campaign, source, reviews, hidden)
    places = reads.grid(campaign, reviews, opened, path)
    seats = reads.seats(campaign, source)
    has_third = any(3 in place.seats for place in places)
    strict = reads.strict(campaign, source, path)
    live = [row for row in reviews if row.state in {Review.State.ASSIGNED, Review.State.DONE}]
    assigns = campaign.state == Campaign.State.RUNNING and by_office(campaign, actor, "review.assign") is None
    spec, finding = _chart(strict)
    shown = [1, 2, 3][: seats + has_third] if seats == 2 else [1]
    return render(
        request,
        "evaluations/reviewing/overview.html",
        {
            "campaign": campaign,
            "phase": phase,
            "crumbs": campaign_crumbs(campaign),
            "tabs": tabs_of(request, campaign, "reviews"),
            "sources": [Tab(one.title, _back(campaign, one.source), one.source == source) for one in phases]
            if len(phases) > 1
            else [],
            "parts": parts if len(parts) > 1 else [],
            "part": part,
            "whole": sum(one.total for one in parts),
            "fits": sum(one.total for one in parts) <= MOST,
            "places": [(place, [place.seats.get(seat) for seat in shown]) for place in places],
            "seats": [SEATS[seat] for seat in shown],
            "total": len(places) * seats,
            "given": len([row for row in live if row.seat < 3]),
            "done": len([row for row in live if row.state == Review.State.DONE and row.seat < 3]),
            "orphans": [row for row in reviews if row.orphan],
            "returned": [row for row in reviews if row.state == Review.State.HANDED_BACK],
            "opened": opened,
            "remarks": reads.remarks_open(campaign),
            "strict": [(name, one, _share(one.rate), _signed(one)) for name, one in strict],
            "spec": spec,
            "finding": finding,
            "states": REVIEW.states,
            "assign_url": f"{reverse('evaluations:review_assign', args=[campaign.pk])}?source={source}"
            if assigns
            else "",
            "source": source,
            "hidden": len(hidden),
            "books": why_not_book(actor, campaign) is None,
        },
    )


def _share(rate: Any) -> str:
    return "—" if rate is None else f"{float(rate) * 100:.1f}%"


def _signed(one: Strictness) -> str:
    if one.against is None:
        return "—"
    value = float(one.against) * 100
    return "持平" if abs(value) < 0.05 else f"{'偏宽' if value > 0 else '偏严'} {abs(value):.1f} 个百分点"


def _chart(strict: list[tuple[str, Strictness]]) -> tuple[dict[str, Any] | None, str]:
    """Mean difference to the others at the very same indicators; titled by who is furthest off."""
    known = [(name, float(one.against) * 100) for name, one in strict if one.against is not None]
    if len(known) < 2:
        return None, ""
    spec = {
        "kind": "rank",
        "categories": [name for name, _ in known],
        "series": [{"name": "与同项其他评审人的差", "values": [round(value, 1) for _, value in known]}],
        "unit": "个百分点",
        "mark": {"value": 0, "label": "持平"},
    }
    name, value = max(known, key=lambda one: abs(one[1]))
    if abs(value) < 0.05:
        return spec, "各评审人宽严一致"
    return spec, f"{name}{'偏宽' if value > 0 else '偏严'}最多：{abs(value):.1f} 个百分点"


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give units to reviewers."""
    campaign = _campaign_or_404(request, pk)
    actor = actor_of(request)
    phase, _ = _phase(request, campaign)
    if phase is None:
        raise Http404
    parts = reads.parts_of(campaign)
    part = _part(request, parts)
    county = counties_give(campaign, phase.source)
    if county and part is None and parts:
        part = parts[0]  # each county marks its own: never all of them at once
    path = part.path if part is not None else ""
    people = of_county(path) if county and part is not None else candidates("review.mark", campaign.office.path)
    form = AssignForm(
        sent(request),
        people=people,
        subjects=reads.subjects_of(campaign).filter(unit__path__startswith=path),
        loads=reads.loads(campaign, people.values("pk")),
        at=part.pk if county and part is not None else campaign.office_id,
        initial={"subjects": list(reads.unseated(campaign, phase.source)), "due_on": phase.closes_on},
    )
    if request.method == "POST" and form.is_valid():
        values = form.values
        if values["way"] == "draw":
            values["seed"] = values["seed"] or secrets.token_hex(8)
        made = refused(
            form,
            lambda: acts.assign_reviews(actor, campaign=campaign, source=phase.source, codes=phase.codes, **values),
        )
        if made is not None:
            messages.success(request, f"已分配 {len(made)} 项评审任务，评审人会收到通知。")
            return redirect(_back(campaign, phase.source))
    return form_page(
        request,
        form,
        title="分配评审任务",
        save="分配",
        save_icon="user-plus",
        cancel_url=_back(campaign, phase.source),
        note=f"{campaign} · {phase.title}"
        + (f" · 由{part.name}的评审人评本地的单位，逐个县市区分配" if county and part is not None else ""),
        crumbs=campaign_crumbs(campaign, Crumb("评审", _back(campaign, phase.source)), Crumb("分配评审任务")),
        template="evaluations/reviewing/assign.html",
        parts=parts if len(parts) > 1 else [],
        part=part,
        whole=sum(one.total for one in parts),
        fits=sum(one.total for one in parts) <= MOST and not county,
        source=phase.source,
    )


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Options of a picker: people who hold a verb at a unit (``?verb=&at=&q=&not=``); who must keep away is greyed."""
    actor, verb = actor_of(request), request.GET.get("verb", "")
    found = recusal.found_people(
        actor, verb, request.GET.get("at", ""), request.GET.get("q", ""), request.GET.getlist("not")
    )
    options = [Option(one.account.pk, one.account.name, one.note, one.denied) for one in found]
    return render(request, "ui/options.html", {"options": options})


@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else goes on with a task."""
    actor = actor_of(request)
    row = reads.review_of(actor, pk)
    if row is None or reads.campaign_of(actor, row.subject.campaign_id) is None:
        raise Http404
    campaign = row.subject.campaign
    able = reviewers(campaign, row.source, row.subject.unit)
    form = ReassignForm(sent(request), people=able.exclude(pk=row.reviewer_id))
    return answered(
        request,
        form,
        lambda: acts.reassign(actor, review=row, **form.values),
        lambda _: f"已改派给{form.values['reviewer'].name}，已给的评分保留。",
        to=_back(campaign, row.source),
        title="改派评审任务",
        save="改派",
        save_icon="replace",
        cancel_url=_back(campaign, row.source),
        note=f"{row.subject} · {row.seat_name} · 现由{row.reviewer.name}承担，已评 {row.marked}/{row.expected} 项",
        crumbs=campaign_crumbs(campaign, Crumb("评审", _back(campaign, row.source)), Crumb("改派")),
    )


def _asked(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("source", reads.ONLINE), request.GET.get("code", "")


@require_http_methods(["GET", "POST"])
def third(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides where two differ."""
    subject, actor = _subject_or_404(request, pk), actor_of(request)
    source, _ = _asked(request)
    campaign = subject.campaign
    able = reviewers(campaign, source, subject.unit)
    people = able.exclude(pk__in=reads.reviewers_of(subject, source))
    form = ReassignForm(sent(request), people=people)
    codes = reads.third_codes(subject, source)
    return answered(
        request,
        form,
        lambda: acts.give_third(actor, subject=subject, source=source, reviewer=form.values["reviewer"]),
        lambda _: f"已请{form.values['reviewer'].name}裁定 {len(codes)} 项。",
        to=_back(campaign, source),
        title="请第三人裁定",
        save="分配",
        save_icon="user-plus",
        cancel_url=_back(campaign, source),
        note=f"{subject} · {len(codes)} 项：{'、'.join(codes[:8])}" if codes else f"{subject} · 没有需要裁定的指标",
        crumbs=campaign_crumbs(campaign, Crumb("评审", _back(campaign, source)), Crumb("请第三人裁定")),
    )


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The office settles one mark (``?source=&code=``), with what each gave above."""
    subject, actor = _subject_or_404(request, pk), actor_of(request)
    source, code = _asked(request)
    campaign = subject.campaign
    item = found_or_404(desk_of(subject, source, reads.settled_marks(subject, source, code), codes=[code]).item(code))
    inputs = item.inputs()
    initial = {one.name: one.given for one in inputs} | {"reason": item.mark.reason if item.mark is not None else ""}
    form = SettleForm(sent(request), inputs=inputs, initial=initial)
    hidden = subject.pk in reads.blind_subjects(actor, campaign, source)
    return answered(
        request,
        form,
        lambda: marking.settle_mark(
            actor,
            subject=subject,
            source=source,
            code=code,
            cells=cells_of(form.values, inputs),
            reason=form.values["reason"],
        ),
        f"已核定 {code} {item.node.name}。",
        to=_back(campaign, source),
        title="核定得分",
        save="核定",
        save_icon="check",
        cancel_url=_back(campaign, source),
        note=f"{subject} · {code} {item.node.name}{f' · {item.points} 分' if item.node.points else ''}",
        crumbs=campaign_crumbs(campaign, Crumb("评审", _back(campaign, source)), Crumb("核定得分")),
        template="evaluations/reviewing/settle.html",
        item=item,
        given=[] if hidden else reads.given_at(subject, source, code),
    )
