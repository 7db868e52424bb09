"""Taking the review of a campaign away as a workbook: at once while it is short, by a worker when it is long. Recorded."""

import io
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, jobs
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.models import Job
from dudao.evaluations.matrix_book import write_book
from dudao.evaluations.models import Campaign, Subject
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.matrix import given_marks, matrix_of
from dudao.evaluations.queries.systems import system_of

KEEP_DAYS = 7
"""How long the file of a background export waits for its maker."""
LONG = 5_000
"""Lines (units × indicators) from which a worker writes the book."""
NAME = "评审表"


def why_not_book(actor: Actor, row: Campaign) -> Denied | None:
    """Whether the actor may take the review of a campaign away: who gives it out, and may export."""
    denied = actor.why_not("review.assign", row.office.path)
    if denied is not None:
        return denied
    if not actor.may("campaign.export", row.office.path):
        label = VERBS["campaign.export"].label
        return Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", "campaign.export")
    return None


def lines_of(row: Campaign) -> int:
    """How many lines the book will have."""
    leaves = sum(not node.children for node in system_of(row).tree.nodes.values())
    return leaves * row.subjects.exclude(state=Subject.State.OUT).count()


def book_name(row: Campaign) -> str:
    return f"{row.title}{NAME} {timezone.localdate():%Y%m%d}.xlsx"


@audit.action
def export_book(
    actor: Actor,
    *,
    campaign: Campaign,
    target: Path | io.BytesIO,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the book; answers its lines. Units that the actor still reviews blind are left out of it."""
    denied = why_not_book(actor, campaign)
    if denied is not None:
        raise denied
    sources = [phase.source for phase in reads.review_phases(campaign)]
    hidden: set[int] = set()
    for source in sources:
        hidden |= reads.blind_subjects(actor, campaign, source)
    matrix = matrix_of(campaign, hidden)
    if not matrix.subjects:
        raise ValidationError("没有可导出的内容：项目里没有参评单位，或者您正在盲评全部单位。")
    labels = {one.key: one.label for one in matrix.tree.sources}
    strict = [] if hidden else [(labels[key], *one) for key in sources for one in reads.strict(campaign, key)]
    now = timezone.localtime()
    left = f"您正在盲评的 {len(hidden)} 个单位不在表内" if hidden else ""
    lines = write_book(
        target,
        matrix=matrix,
        given=given_marks(campaign, hidden),
        strict=strict,
        line=[f"填报单位：{campaign.office}", f"导出人：{actor.name}", chinese_date(now.date()), left],
        mark=f"导出人：{actor.name}　导出时间：{chinese_date(now.date())} {now:%H:%M}",
        progress=progress,
    )
    audit.record(actor, "campaign.export", campaign, list=NAME, rows=lines)
    return lines


@audit.action
def begin_book(actor: Actor, *, campaign: Campaign) -> Job:
    """Have a long book written in the background; one at a time a person (``Busy`` otherwise)."""
    denied = why_not_book(actor, campaign)
    if denied is not None:
        raise denied
    job: Job = jobs.start(
        actor,
        kind="evaluations.review_book",
        label=f"导出“{campaign}”{NAME}"[:200],
        params={"campaign": campaign.pk, "name": book_name(campaign)},
    )
    audit.record(actor, "campaign.export", campaign, list=NAME, what="开始后台导出")
    return job
