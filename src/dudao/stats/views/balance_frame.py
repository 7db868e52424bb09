"""What the pages of a balance run share: the run or 404, its tabs, the county that the address asks for, how verdicts look."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from dudao.calc.balance import Verdict
from dudao.calc.balance.items import Status
from dudao.core.access import Actor
from dudao.core.ui.acting import actor_of, found_or_404
from dudao.core.ui.parts import Crumb, State, Tab
from dudao.findings.queries.sources import Hook, Hooks
from dudao.stats import findings
from dudao.stats.models import BalanceRun
from dudao.stats.queries import balance
from dudao.stats.queries.balance_items import county_unit, place_of

VERDICTS: dict[str, State] = {
    Verdict.PASSED.value: State(Verdict.PASSED.value, "green"),
    Verdict.FAILED.value: State(Verdict.FAILED.value, "red"),
    Verdict.UNKNOWN.value: State(Verdict.UNKNOWN.value, "grey", "question-mark"),
}
ITEM_STATES: dict[str, State] = {
    Status.MET.value: State("达标", "green"),
    Status.BASIC.value: State("基本达标", "amber"),
    Status.FAILED.value: State("未达标", "red"),
    Status.MISSING.value: State("待填报", "grey", "pencil"),
    Status.OPEN.value: State("需人工判定", "blue", "user"),
    "85%档": State("85%档", "amber"),
}
_TABS = (
    ("stats:balance", "结论"),
    ("stats:balance_schools", "各校结果"),
    ("stats:balance_plan", "达标所需"),
    ("stats:balance_verdict", "县级综合判定"),
    ("stats:balance_forecasts", "入学预测"),
    ("stats:balance_verify", "重算核对"),
)
_OF_COUNTY = {"stats:balance", "stats:balance_plan", "stats:balance_verdict"}


def run_or_404(request: HttpRequest, pk: int, *, table: bool = False) -> BalanceRun:
    return found_or_404(balance.run_seen(actor_of(request), pk, table=table))


def place_or_404(request: HttpRequest, run: BalanceRun) -> int | None:
    """The county that the address asks for; ``None`` only if the run has none."""
    asked = request.GET.get("county", "")
    place = place_of(run, asked)
    if place is None and asked:
        raise Http404
    return place


def crumbs_of(run: BalanceRun, *below: str) -> list[Crumb]:
    crumbs = [Crumb("均衡测算", reverse("stats:balances"))]
    return [*crumbs, Crumb(str(run), run.get_absolute_url())] if below else crumbs


def frame(run: BalanceRun, current: str, county: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The context of every page of a run. A county that was chosen stays chosen from tab to tab."""
    kept = f"?county={county['unit']}" if county and county.get("unit") else ""
    return {
        "run": run,
        "crumbs": crumbs_of(run),
        "tabs": [
            Tab(label, reverse(name, args=[run.pk]) + (kept if name in _OF_COUNTY else ""), name == current)
            for name, label in _TABS
        ],
    }


def county_hook(actor: Actor, run: BalanceRun, county: Mapping[str, Any] | None) -> Hook | None:
    """The finding for the government of a county that fails; nothing for who isn't above it."""
    if county is None or county["verdict"] != Verdict.FAILED.value or not county.get("unit"):
        return None
    unit = county_unit(run, county["unit"])
    key = findings.SHORTAGE.key(run.pk, county["unit"])
    return Hooks(actor, key).at(key, unit, f"{unit}资源配置") if unit is not None else None


def judged(passed: bool | None) -> State:
    """A coefficient against its limit."""
    if passed is None:
        return VERDICTS[Verdict.UNKNOWN.value]
    return State("达标", "green") if passed else State("超限", "red")
