"""Background work of plans: long ledgers, and what people are told every morning."""

from django.utils import timezone

from dudao.core import jobs
from dudao.core.jobs import JobFailed, Result, Work
from dudao.plans.actions.digest import tell_pressing
from dudao.plans.actions.ledger import export_ledger
from dudao.plans.actions.lights import tell_light_changes
from dudao.plans.queries.tasks import plans_seen


@jobs.handler("plans.ledger_export")
def export_long_ledger(work: Work) -> Result:
    """Write a long ledger to a file to download. Run again it writes the same rows as they then are."""
    plan = None
    if work.params.get("plan") is not None:
        plan = plans_seen(work.actor).filter(pk=work.params["plan"]).first()
        if plan is None:
            raise JobFailed("这份年度计划已不在您的范围内。")
    asked = {"plan": plan, "ids": work.params.get("ids"), "phones": bool(work.params.get("phones"))}
    name = f"{work.params['name']}.xlsx"
    return jobs.workbook(work, export_ledger, "共 {} 项。", name=name, doing="正在写台账", **asked)


@jobs.daily("plans.lights", hour=6)
def morning_lights() -> None:
    """Tell whom the rules name that a light has changed overnight."""
    tell_light_changes(timezone.localdate())


@jobs.daily("plans.digest", hour=8)
def morning_digest() -> None:
    """Tell everybody once what presses."""
    tell_pressing(timezone.localdate())
