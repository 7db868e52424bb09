"""Pages of relief clauses: which schools make use of one in a round, a new claim, the withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core.ui.acting import actor_of, found_or_404, need
from dudao.core.ui.filters import Choice, Search
from dudao.core.ui.formats import date_cn, number
from dudao.core.ui.forms import Form, answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, State
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.forms.balance import ReliefForm
from dudao.stats.models import ReliefClaim
from dudao.stats.process import ROUND
from dudao.stats.queries import balance, balance_reliefs

PACK = "excellent-2017"
STANDING, WITHDRAWN = State("已登记", "green"), State("已撤回", "grey", "arrow-back-up")


def _amount(claim: ReliefClaim) -> str:
    clause = balance.clauses_of(PACK).get(claim.clause)
    return "—" if claim.amount is None else f"{number(claim.amount)} {clause.unit if clause else ''}"


CLAIMS = Listing(
    key="stat-balance-reliefs",
    columns=[
        Column("unit", "学校", lambda claim: claim.unit.name, sub=lambda claim: str(claim.unit.parent or "")),
        Column("clause", "条款", sort="clause", nowrap=True),
        Column("stage", "学段", lambda claim: claim.stage or "全校", nowrap=True),
        Column("amount", "加计", _amount, numeric=True),
        Column("reason", "情况说明", sub=lambda claim: f"延用：{claim.basis}" if claim.basis else ""),
        Column(
            "state",
            "状态",
            lambda claim: (WITHDRAWN if claim.withdrawn_at else STANDING).word,
            show=lambda claim: WITHDRAWN if claim.withdrawn_at else STANDING,
            nowrap=True,
        ),
        Column(
            "claimed_at",
            "登记",
            lambda claim: date_cn(claim.claimed_at),
            sub=lambda claim: claim.claimed_by,
            sort="claimed_at",
            nowrap=True,
        ),
    ],
    filters=[
        Search(["unit__name", "reason"], "学校或说明"),
        Choice("clause", "条款", [(code, code) for code in ("L3", "L5", "G3", "G4")]),
    ],
    order=["unit__path", "id"],
    row_menu=lambda claim, request: [
        RowLink(
            "撤回",
            reverse("stats:balance_relief_withdraw", args=[claim.pk]),
            "arrow-back-up",
            denied="已经撤回。"
            if claim.withdrawn_at
            else ""
            if actor_of(request).may("balance.relief", claim.unit.path)
            else "您没有登记放宽条款的权限。",
        )
    ],
    export_name="放宽条款",
    empty=Empty(
        "没有学校登记放宽条款", "规程允许放宽的学校，逐校登记并写明情况后，测算时可以选择采用。", icon="shield"
    ),
)


@require_GET
def balance_reliefs_page(request: HttpRequest) -> HttpResponse:
    """The newest round of the actor: claims belong to a round."""
    actor = actor_of(request)
    need(actor, "balance.view")
    asked = balance.rounds_for(actor).first()
    if asked is None:
        messages.info(request, "还没有数据报送，放宽条款要按报送登记。")
        return redirect("stats:balances")
    return redirect("stats:balance_reliefs_round", asked.pk)


@require_http_methods(["GET", "POST"])
def balance_reliefs_round(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "balance.view")
    may = actor.may_somewhere("balance.relief")
    primary = ("登记放宽条款", reverse("stats:balance_relief_new", args=[pk]), "plus") if may else None
    return CLAIMS.respond(
        request,
        balance_reliefs.claims_seen(actor, asked),
        title="放宽条款",
        note=asked.title,
        primary=primary,
        crumbs=[Crumb("均衡测算", reverse("stats:balances"))],
    )


@require_http_methods(["GET", "POST"])
def balance_relief_new(request: HttpRequest, pk: int) -> HttpResponse:
    asked = ROUND.found_or_404(request, pk)
    actor = actor_of(request)
    need(actor, "balance.relief")
    clauses = balance.clauses_of(PACK)
    form = ReliefForm(
        request.POST or None,
        schools=balance_reliefs.schools_for(actor, asked),
        url=reverse("orgs:pick"),
        clauses=[(code, f"{code} {clause.name}") for code, clause in clauses.items()],
    )
    back = reverse("stats:balance_reliefs_round", args=[pk])
    return answered(
        request, form,
        lambda: inputs.claim_relief(
            actor, asked=asked, **{**form.values, "clause": clauses[form.cleaned_data["clause"]]}
        ),
        lambda made: f"已登记 {made.unit} 的 {made.clause}；重新测算并选择采用后起作用。", to=back,
        title="登记放宽条款", save="登记条款", cancel_url=back, note=asked.title,
        crumbs=[Crumb("均衡测算", reverse("stats:balances")), Crumb("放宽条款", back)],
        template="stats/balance_relief_new.html",
        clauses=[(clause, clause.in_force(timezone.localdate())) for clause in clauses.values()],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def balance_relief_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    claim = found_or_404(balance_reliefs.claim_seen(actor, pk))
    actor.require("balance.relief", claim.unit.path)
    form = Form(request.POST if request.method == "POST" else None)
    back = reverse("stats:balance_reliefs_round", args=[claim.round_id])
    return answered(
        request, form, lambda: inputs.withdraw_relief(actor, claim=claim),
        lambda _: f"已撤回 {claim.unit} 的 {claim.clause}，以前的测算不受影响。", to=back,
        title=f"撤回放宽条款：{claim}", save="撤回", save_icon="arrow-back-up", cancel_url=back,
        note="撤回后新的测算不再采用，已经采用它的测算不变。",
    )  # fmt: skip
