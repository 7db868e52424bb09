"""A draw is prepared, committed, drawn, published; who may not take part is left out with a reason, before; what is changed by
hand afterwards stands beside what was drawn, with a reason, for good.
"""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.sampling import AllocationError, draw_record, mixed, plain, read_numbers, ticket
from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.selection.flow import DRAW
from dudao.selection.models import Draw, DrawMember
from dudao.selection.queries import draws as reads
from dudao.selection.queries.draw_frames import (
    LICENCE,
    PUPILS,
    STRATA,
    UNMEASURED,
    Candidate,
    Criteria,
    candidates,
    columns_of,
)

SEED_BYTES = 16
"""128 bits: nobody finds the seed from the commitment by trying."""
_Way = DrawMember.Override


def _line(text: str, most: int, field: str, what: str) -> str:
    """A text as it can be hashed: one line, nothing invisible."""
    try:
        return plain(text)[:most].strip()
    except ValueError as reason:
        raise ValidationError({field: f"{what}{reason}。"}) from reason


class Drawn(TypedDict):
    """What a draw is made from. ``numbers``: «12», or «平江县=5,湘阴县=3».

    With ``size`` chances are in proportion to pupils; who has no accepted number of them is left out with that reason.
    """

    title: str
    numbers: str
    criteria: NotRequired[Criteria]
    strata: NotRequired[str]
    size: NotRequired[bool]
    campaign: NotRequired[Any]


@audit.action
def create_draw(
    actor: Actor, *, office: Unit, kind: str, demo: bool = False, at: datetime | None = None, **drawn: Unpack[Drawn]
) -> Draw:
    """A draft with its frame: those who are there today by the criteria."""
    actor.require("draw.create", office.path)
    now = at or timezone.now()
    row = Draw(office=office, kind=kind, created_by=actor.name[:100], created_at=now, demo=demo)
    found = _filled(actor, row, drawn, now)
    row.save(force_insert=True)
    _write(row, found, {})
    audit.record(actor, "draw.create", row, kind=row.get_kind_display(), total=len(found))
    return row


@audit.action
def change_draw(actor: Actor, *, draw: Draw, **drawn: Unpack[Drawn]) -> Draw:
    """Another filter, other strata or numbers for a draft: the frame is made anew; exclusions of who is still in it stay."""
    row = DRAW.lock(draw)
    DRAW.require(row, "draw.edit", actor)
    excluded = reads.members(row).exclude(excluded__in=["", UNMEASURED])
    kept = {(one.unit_id, one.account_id): one.excluded for one in excluded}
    found = _filled(actor, row, drawn, timezone.now())
    row.save(force_update=True)
    reads.members(row).delete()
    _write(row, found, kept)
    audit.record(actor, "draw.edit", row, total=len(found))
    return row


def _filled(actor: Actor, row: Draw, drawn: Drawn, now: datetime) -> list[Candidate]:
    """Set what a draft says, and find who is in its frame. Raises ``ValidationError`` by field."""
    criteria, campaign = drawn.get("criteria", Criteria()), drawn.get("campaign")
    strata, size = drawn.get("strata", ""), drawn.get("size", False)
    row.title = _line(drawn["title"], 120, "title", "名称")
    if not row.title:
        raise ValidationError({"title": "请填写这次抽取的名称，如“2026年秋季幼儿园办园行为督导抽查”。"})
    if strata and strata not in STRATA[row.kind]:
        raise ValidationError({"strata": f"不能按“{strata}”分层。"})
    if campaign is not None and campaign.office_id != row.office_id:
        raise ValidationError({"campaign": f"“{campaign}”不是{row.office}的项目。"})
    row.campaign, row.strata_column, row.criteria = campaign, strata, criteria.data()
    row.numbers = _numbers(drawn["numbers"], strata)
    if size:
        if row.kind != Draw.Kind.OBJECTS:
            raise ValidationError({"size": "只有抽检查对象可以按规模抽取。"})
        row.numbers["size"] = PUPILS
    licence = bool(criteria.licence) or strata == LICENCE
    row.columns = columns_of(row.kind, criteria.names, size=row.size_column, licence=licence)
    found = candidates(actor, row.office, row.kind, criteria, timezone.localdate(now))
    if size and not any(one.cells[PUPILS] for one in found):
        raise ValidationError(
            {"size": "这个范围里没有一个单位有审核通过的在校生数，不能按规模抽取。请先审核数据报送，或选择机会相同。"}
        )
    return found


def _numbers(text: str, strata: str) -> dict[str, Any]:
    try:
        wanted = read_numbers(text)
    except AllocationError as error:
        raise ValidationError({"numbers": str(error)}) from error
    if isinstance(wanted, int):
        if wanted < 1:
            raise ValidationError({"numbers": "至少抽 1 个。"})
        return {"total": wanted}
    if not strata:
        raise ValidationError({"numbers": "没有分层，只能写一个总数；要按层写数量，请先选择分层。"})
    return {"strata": wanted}


def _write(row: Draw, found: list[Candidate], kept: dict[tuple[int | None, int | None], str]) -> None:
    DrawMember.objects.bulk_create(
        (
            DrawMember(
                draw=row,
                position=position,
                unit_id=one.unit_id,
                account_id=one.account_id,
                identifier=one.cells[row.columns[0]],
                name=one.name[:120],
                stratum=one.cells[row.strata_column] if row.strata_column else "",
                cells=[one.cells[head] for head in row.columns[1:]],
                excluded=kept.get((one.unit_id, one.account_id), "") or _unmeasured(row, one),
            )
            for position, one in enumerate(found, 1)
        ),
        batch_size=2000,
    )


def _unmeasured(row: Draw, one: Candidate) -> str:
    return UNMEASURED if row.size_column and not one.cells[row.size_column] else ""


@audit.action
def exclude(actor: Actor, *, draw: Draw, members: Collection[int], reason: str) -> int:
    """Leave members out before the draw, each with the same reason (回避 …). Answers how many."""
    row = DRAW.lock(draw)
    DRAW.require(row, "draw.edit", actor)
    reason = _line(reason, 200, "reason", "理由")
    if not reason:
        raise ValidationError("排除必须写明理由，例如“督学本人曾在该园任职，应当回避”。")
    names = list(reads.members(row).filter(pk__in=members).values_list("identifier", flat=True))
    if not names:
        raise ValidationError("请先勾选要排除的对象。")
    reads.members(row).filter(pk__in=members).update(excluded=reason)
    audit.record(actor, "draw.edit", row, reason=reason, what="排除", count=len(names), list=names[:20])
    return len(names)


@audit.action
def include(actor: Actor, *, draw: Draw, members: Collection[int]) -> int:
    """Take an exclusion back before the draw."""
    row = DRAW.lock(draw)
    DRAW.require(row, "draw.edit", actor)
    chosen = reads.members(row).filter(pk__in=members).exclude(excluded="")
    names = list(chosen.values_list("identifier", flat=True))
    if not names:
        raise ValidationError("勾选的对象里没有被排除的。")
    chosen.update(excluded="")
    audit.record(actor, "draw.edit", row, what="取消排除", count=len(names), list=names[:20])
    return len(names)


@audit.action
def commit_draw(actor: Actor, *, draw: Draw, at: datetime | None = None) -> Draw:
    """Fix frame, exclusions and numbers, throw the secret seed, and publish the commitment to all of it."""
    row = DRAW.lock(draw)
    why = reads.why_not_drawable(row)
    if why:
        raise ValidationError(why)
    rows = list(reads.members(row))
    frame = reads.frame_of_draw(row, rows)
    seed = secrets.token_hex(SEED_BYTES)
    commitment = reads.plan_of_draw(row, rows, frame).commitment(seed)
    changes = {
        "seed": seed,
        "commitment": commitment,
        "frame_digest": frame.digest,
        "committed_at": at or timezone.now(),
    }
    DRAW.move(row, "draw.commit", actor, changes=changes, commitment=commitment, total=len(rows))
    return row


@audit.action
def hold_draw(actor: Actor, *, draw: Draw, words: str = "", at: datetime | None = None) -> Draw:
    """Draw. ``words``: what was said in public just now (a lottery number, a member's word); mixed in with the seed."""
    row = DRAW.lock(draw)
    words = _line(words, 200, "words", "现场公布的号码")
    DRAW.require(row, "draw.draw", actor)
    rows = list(reads.members(row))
    frame = reads.frame_of_draw(row, rows)
    plan = reads.plan_of_draw(row, rows, frame)
    if frame.digest != row.frame_digest or plan.commitment(row.seed) != row.commitment:
        raise Conflict("抽样框与承诺时不一致，不能抽取。请联系系统管理员核对数据库。")
    drawn = set(draw_record(plan, frame, row.seed, words).drawn)
    seed = mixed(row.seed, words)
    taking = [one for one in rows if not one.excluded]
    for one in taking:
        one.ticket, one.drawn = ticket(seed, one.identifier), one.identifier in drawn
    DrawMember.objects.bulk_update(taking, ["ticket", "drawn"], batch_size=1000)
    changes = {"words": words, "drawn_at": at or timezone.now()}
    DRAW.move(row, "draw.draw", actor, changes=changes, count=len(drawn), seed=row.seed, words=words)
    return row


@audit.action
def override(
    actor: Actor, *, draw: Draw, members: Collection[int], way: str, reason: str, at: datetime | None = None
) -> int:
    """Put members in or take them out after the draw, with a reason that stays. Who is excluded isn't put in."""
    row = DRAW.lock(draw)
    DRAW.require(row, "draw.override", actor)
    reason = _line(reason, 500, "reason", "理由")
    if not reason:
        raise ValidationError("人工调整必须写明理由；理由会一直公开显示。")
    chosen = list(reads.members(row).filter(pk__in=members))
    if not chosen:
        raise ValidationError("请先勾选要调整的对象。")
    for one in chosen:
        if one.excluded:
            raise ValidationError(f"“{one}”已经排除（{one.excluded}），不能调入。")
        if one.override:
            raise ValidationError(f"“{one}”已经{one.get_override_display()}过，不能再调整。")
        if (way == _Way.OUT) != one.drawn:
            raise ValidationError(f"“{one}”{'没有抽中，不用调出' if way == _Way.OUT else '已经抽中，不用调入'}。")
    reads.members(row).filter(pk__in=[one.pk for one in chosen]).update(
        override=way, override_reason=reason, override_by=actor.name[:100], override_at=at or timezone.now()
    )
    audit.record(
        actor,
        "draw.override",
        row,
        reason=reason,
        what=str(_Way(way).label),
        count=len(chosen),
        list=[one.identifier for one in chosen[:20]],
    )
    return len(chosen)


@audit.action
def publish_draw(actor: Actor, *, draw: Draw, at: datetime | None = None) -> Draw:
    """Put seed, frame and result on the public page."""
    row = DRAW.lock(draw)
    DRAW.move(row, "draw.publish", actor, changes={"published_at": at or timezone.now()})
    return row


@audit.action
def void_draw(actor: Actor, *, draw: Draw, reason: str, at: datetime | None = None) -> Draw:
    """End a draw that must not count. One that was committed stays on its public page, marked, with the reason."""
    row = DRAW.lock(draw)
    changes = {"reason": reason.strip()[:500], "voided_at": at or timezone.now()}
    DRAW.move(row, "draw.void", actor, reason=reason, changes=changes)
    return row
