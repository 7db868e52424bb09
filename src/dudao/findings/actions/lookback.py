"""回头看: make a round, send inspectors, write down what they saw, answer to what isn't good, end it.

Inspectors see and say; what follows for the unit is decided by the office. Whoever had a part in a rectification doesn't look
back at it.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.calc.sampling import draw
from dudao.core import audit, notices
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.files import Attachment, attach
from dudao.core.many import Done
from dudao.core.workflow import Conflict
from dudao.findings.actions.steps import day_of
from dudao.findings.models import Finding, LookBack, LookBackFile, LookBackItem
from dudao.findings.queries import lookback as reads
from dudao.findings.queries.findings import with_units
from dudao.findings.queries.terms import terms_on
from dudao.orgs.models import Unit
from dudao.people.models import Account
from dudao.people.queries import nearest_holders

MOST = 2000
"""Findings of one round: more than any office can look at."""

_Result = LookBackItem.Result


class Wanted(TypedDict, total=False):
    """What a round is to be. ``within``: how many days ago a finding may have been crossed off; without it the office's term says.

    ``scope``, ``strata``, ``wanted`` and ``seed`` are of one that is drawn; without a seed one is thrown.
    """

    title: Required[str]
    basis: Required[str]
    starts_on: Required[date]
    ends_on: Required[date]
    within: int | None
    scope: Mapping[str, Any] | None
    strata: str
    wanted: int | None
    seed: str


@audit.action
def make_round(
    actor: Actor,
    *,
    office: Unit,
    how: str = LookBack.How.DRAWN,
    findings: Collection[Finding] = (),
    demo: bool = False,
    at: datetime | None = None,
    **said: Unpack[Wanted],
) -> LookBack:
    """Make a round of an office: drawn by its seed, or of the findings named. Refused where nothing is found, so that no round
    is empty.
    """
    actor.require("lookback.make", office.path)
    Unit.objects.select_for_update().get(pk=office.pk)  # two rounds made at once don't take the same findings
    now = at or timezone.now()
    day = day_of(now)
    drawn = how == LookBack.How.DRAWN
    wanted, strata = said.get("wanted"), said.get("strata", LookBack.Strata.COUNTY)
    _check(office, said, wanted if drawn else 1)
    within, within_basis = _within(office, said.get("within"), day)
    made = LookBack(
        office=office,
        title=said["title"].strip()[:120],
        basis=said["basis"].strip()[:300],
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        how=how,
        scope={key: value for key, value in (said.get("scope") or {}).items() if value} if drawn else {},
        within=within,
        within_basis=within_basis,
        made_at=now,
        made_by=actor.name[:100],
        demo=demo,
    )
    if drawn:
        made.strata, made.wanted = LookBack.Strata(strata), wanted
        made.seed = said.get("seed", "").strip()[:60] or secrets.token_hex(4)
        pool = reads.pool_of(reads.eligible(actor, office, made.scope, within, day), office, strata, wanted or 0)
        made.pool = dict(pool.strata)
        keys = [key for found in draw(pool.strata, wanted or 0, made.seed).values() for key in found]
        if not keys:
            raise ValidationError("这个范围里没有未销号的问题，也没有近期销号的问题，请放宽范围。")
    else:
        keys = _chosen(actor, office, findings, within, day)
    made.save(force_insert=True)
    states = dict(Finding.objects.filter(pk__in=keys).values_list("pk", "state"))
    LookBackItem.objects.bulk_create(LookBackItem(round=made, finding_id=key, was=states[key]) for key in keys)
    audit.record(
        actor,
        "lookback.make",
        made,
        method=made.get_how_display(),
        count=len(keys),
        total=sum(len(members) for members in made.pool.values()) or None,
        seed=made.seed or None,
    )
    return made


def plan_round(actor: Actor, *, office: Unit, **said: Unpack[Wanted]) -> reads.Pool:
    """What `make_round` would draw from with the same words, and how many; nothing is written, nothing is drawn."""
    actor.require("lookback.make", office.path)
    day, wanted = timezone.localdate(), said.get("wanted")
    _check(office, said, wanted)
    within, _ = _within(office, said.get("within"), day)
    scope, strata = said.get("scope") or {}, said.get("strata", LookBack.Strata.COUNTY)
    return reads.pool_of(reads.eligible(actor, office, scope, within, day), office, strata, wanted or 0)


def _check(office: Unit, said: Wanted, wanted: int | None) -> None:
    problems, title = {}, said["title"].strip()
    if not title:
        problems["title"] = "请填写这一轮的名称，例如“2026年春季开学督导问题回头看”。"
    elif LookBack.objects.filter(office=office, title=title[:120]).exists():
        problems["title"] = f"{office}已经有一轮“{title}”，请换一个名称。"
    if not said["basis"].strip():
        problems["basis"] = "请写明依据，例如年度督导计划的条目或者会议决定。"
    if said["ends_on"] < said["starts_on"]:
        problems["ends_on"] = f"结束日期比开始日期{chinese_date(said['starts_on'])}早，请对调或者改正。"
    if wanted is None or wanted < 1:
        problems["wanted"] = "请填写抽取多少个问题，至少 1 个。"
    elif wanted > MOST:
        problems["wanted"] = f"一轮最多 {MOST} 个问题，请分几轮核查。"
    if problems:
        raise ValidationError(problems)


def _within(office: Unit, within: int | None, day: date) -> tuple[int, str]:
    """The days, and by which rule: the office's term, or what was said this time beside it."""
    held = terms_on(day).find(office.path, "look_back")
    if held is None:
        raise LookupError("no pack of terms that applies says look_back")
    if within is None or within == held.term.days:
        return held.term.days, held.basis[:300]
    if not 0 <= within <= 3650:
        raise ValidationError({"within": f"填的是 {within} 天，请填 0 至 3650。"})
    return within, f"由{office}确定；规定为{held.basis}"[:300]


def _chosen(actor: Actor, office: Unit, findings: Collection[Finding], within: int, day: date) -> list[int]:
    keys = [row.pk for row in findings]
    rows = list(with_units(Finding.objects.filter(pk__in=keys)).order_by("pk"))
    if not rows:
        raise ValidationError("请先在问题台账里勾选要核查的问题。")
    if len(rows) > MOST:
        raise ValidationError(f"选了 {len(rows)} 个问题，一轮最多 {MOST} 个，请分几轮核查。")
    for row in rows:
        actor.require("lookback.make", row.unit.path)
        why = reads.why_not_taken(row, office, within, day)
        if why:
            raise ValidationError(f"“{row}”不能列入回头看：{why}。请去掉后再生成。")
    return [row.pk for row in rows]


def _locked(keys: Collection[int]) -> list[LookBackItem]:
    rows = LookBackItem.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return list(rows.select_related("round__office", "finding__unit__parent", "finding__office").order_by("pk"))


def fresh_item(item: LookBackItem, revision: int | None = None) -> LookBackItem:
    """The item, locked. ``revision``: what the person had before them; another one now is a ``Conflict``."""
    (row,) = _locked([item.pk])
    if revision is not None and row.revision != revision:
        if row.result:
            raise Conflict(f"{row.recorded_name}刚刚登记了结果“{row.get_result_display()}”，您的登记没有保存。")
        raise Conflict
    return row


def change_item(row: LookBackItem, **values: Any) -> None:
    """Write values of a locked item, and count the change."""
    values["revision"] = row.revision + 1
    LookBackItem.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


def over(row: LookBackItem, verb: str) -> Denied | None:
    """Why an item can't be touched any more, whoever asks."""
    if row.round.state != LookBack.State.OPEN:
        return Denied(f"这一轮回头看已经结束，不能{VERBS[verb].label}。", verb)
    if row.dropped:
        return Denied(f"这个问题不再核查：{row.dropped}", verb)
    return None


@audit.action
def assign(actor: Actor, *, items: Collection[LookBackItem], inspectors: Sequence[Account]) -> list[Done[LookBackItem]]:
    """Send inspectors to items, in the place of those named before. Refused item by item: what is over, and who must stay away."""
    rows = _locked([item.pk for item in items])
    if not rows:
        raise ValidationError("请先勾选要指派的问题。")
    if not inspectors:
        raise ValidationError({"inspectors": "请选择核查督学。"})
    for row in rows:
        actor.require("lookback.assign", row.round.office.path)
    allowed = set(reads.inspectors_for(rows[0].round.office).values_list("pk", flat=True))
    for account in inspectors:
        if account.pk not in allowed:
            raise ValidationError({"inspectors": f"{account}不是可以指派的核查督学，请重新选择。"})
    kept_away = reads.why_not_inspect([row.finding for row in rows], inspectors)
    done, told = [], dict.fromkeys((account.pk for account in inspectors), 0)
    for row in rows:
        denied = over(row, "lookback.assign")
        why = denied.reason if denied is not None else ""
        if not why and row.result:
            why = "已经登记了核查结果"
        for account in inspectors:
            why = why or kept_away.get((row.finding_id, account.pk), "")
        done.append(Done(row, why))
        if why:
            continue
        had = set(row.inspectors.values_list("pk", flat=True))
        row.inspectors.set(inspectors)
        change_item(row)
        names = "、".join(account.name for account in inspectors)
        audit.record(actor, "lookback.assign", row, inspectors=names)
        for pk in told:
            told[pk] += pk not in had
    if all(one.refused for one in done):
        raise Denied(f"没有一项可以指派：{done[0].refused}。", "lookback.assign")
    _tell(rows[0].round, told)
    return done


def _tell(round_: LookBack, counts: Mapping[int, int]) -> None:
    for count in sorted(set(counts.values()) - {0}):
        notices.tell(
            [account for account, own in counts.items() if own == count],
            text=f"请核查“{round_}”的 {count} 个问题，{chinese_date(round_.ends_on)}前完成。",
            url=f"{round_.get_absolute_url()}?mine=1",
            verb="lookback.assign",
        )


def why_not_record(row: LookBackItem, actor: Actor) -> Denied | None:
    """Whether somebody may write down a result now: one of those sent, who had no part in the rectification. Two queries."""
    verb = "lookback.visit"
    if not actor.may_somewhere(verb) or actor.read_only:
        return actor.why_not(verb, row.round.office.path) or Denied("当前为只读查看，不能进行任何操作。", verb)
    denied = over(row, verb)
    if denied is not None:
        return denied
    if row.result:
        return Denied(f"{row.recorded_name}已经登记结果“{row.get_result_display()}”；有误的请组织单位退回重查。", verb)
    sent: Any = {account.pk: account for account in row.inspectors.all()}
    if actor.id is None or actor.id not in sent:
        return Denied("这个问题没有指派给您核查。", verb)
    why = reads.why_not_inspect([row.finding], [sent[actor.id]]).get((row.finding_id, actor.id), "")
    return Denied(f"{why}。请告知组织单位改派。", verb) if why else None


class Seen(TypedDict, total=False):
    """What an inspector saw, how, and when (today unless told otherwise)."""

    method: Required[str]
    result: Required[str]
    opinion: Required[str]
    visited_on: date | None


@audit.action
def record_visit(
    actor: Actor,
    *,
    item: LookBackItem,
    revision: int | None = None,
    files: Collection[Attachment] = (),
    at: datetime | None = None,
    **seen: Unpack[Seen],
) -> LookBackItem:
    """What an inspector saw. What isn't good is shown by at least one file. Raises ``Conflict`` for the second of two."""
    row = fresh_item(item, revision)
    denied = why_not_record(row, actor)
    if denied is not None:
        raise denied
    now = at or timezone.now()
    today = day_of(now)
    on, method, result, opinion = seen.get("visited_on") or today, seen["method"], seen["result"], seen["opinion"]
    problems = {}
    if method not in LookBackItem.Method.values:
        problems["method"] = "请选择核查方式：查阅资料或实地核查。"
    if result not in _Result.values:
        problems["result"] = "请选择核查结果。"
    if not opinion.strip():
        problems["opinion"] = "请写明看了什么、是什么情况。"
    elif len(opinion.strip()) > 2000:
        problems["opinion"] = f"有 {len(opinion.strip())} 个字，最多 2000 个字，请精简或放到附件里。"
    if on > today:
        problems["visited_on"] = "核查日期晚于今天，请填实际核查的日期。"
    elif on < min(row.round.starts_on, today):
        problems["visited_on"] = f"这一轮从{chinese_date(row.round.starts_on)}开始，核查日期不能比它早。"
    if result in reads.BAD and not files:
        problems["files"] = f"结果是“{_Result(result).label}”，请至少上传一张现场照片或者一份记录。"
    if problems:
        raise ValidationError(problems)
    change_item(
        row,
        method=method,
        result=result,
        opinion=opinion.strip(),
        visited_on=on,
        recorded_at=now,
        recorded_by_id=actor.id,
        recorded_name=actor.name[:100],
    )
    attach(LookBackFile, files, item=row)
    audit.record(
        actor,
        "lookback.visit",
        row,
        method=row.get_method_display(),
        result=row.get_result_display(),
        files=len(files) or None,
    )
    if result in reads.BAD:
        office = row.round.office.path
        notices.tell(
            nearest_holders(["lookback.settle"], [office])[office],
            text=f"回头看发现{row.finding.unit}“{row.finding.title}”{row.get_result_display()}，请处理。",
            url=row.get_absolute_url(),
            verb="lookback.visit",
        )
    return row


@audit.action
def send_back(actor: Actor, *, item: LookBackItem, reason: str) -> LookBackItem:
    """A result that can't stand: looked at again. What was said stays in the record, its files stay with the item."""
    row = fresh_item(item)
    actor.require("lookback.send_back", row.round.office.path)
    denied = over(row, "lookback.send_back")
    if denied is not None:
        raise denied
    if not row.result:
        raise Denied("还没有登记核查结果，不用退回。", "lookback.send_back")
    if row.outcome:
        raise Denied(f"这个结果已经处理：{row.get_outcome_display()}，不能退回。", "lookback.send_back")
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么退回重查。"})
    before = {"result": row.get_result_display(), "description": row.opinion[:200], "by": row.recorded_name}
    change_item(
        row,
        method="",
        result="",
        opinion="",
        visited_on=None,
        recorded_at=None,
        recorded_by_id=None,
        recorded_name="",
    )
    row.files.update(old=True)
    audit.record(actor, "lookback.send_back", row, reason=reason.strip(), **before)
    notices.tell(
        list(row.inspectors.values_list("pk", flat=True)),
        text=f"“{row.finding.title}”的核查结果被退回：{reason.strip()}",
        url=reverse("findings:lookback_item", args=[row.pk]),
        verb="lookback.send_back",
    )
    return row


@audit.action
def drop(actor: Actor, *, item: LookBackItem, reason: str) -> LookBackItem:
    """Look no more at an item, with the reason: the school was closed, the finding was waived meanwhile."""
    row = fresh_item(item)
    actor.require("lookback.drop", row.round.office.path)
    denied = over(row, "lookback.drop")
    if denied is not None:
        raise denied
    if row.result:
        raise Denied("已经登记了核查结果，不能再取消；有误的请退回重查。", "lookback.drop")
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么不再核查。"})
    change_item(row, dropped=reason.strip()[:300])
    audit.record(actor, "lookback.drop", row, reason=reason.strip())
    return row


@audit.action
def close_round(actor: Actor, *, round: LookBack, at: datetime | None = None) -> LookBack:
    """End a round: every item has a result or a reason, every bad result an answer. Afterwards nothing in it changes."""
    row = LookBack.objects.select_for_update(of=("self",)).select_related("office").defer("pool").get(pk=round.pk)
    actor.require("lookback.close", row.office.path)
    if row.state != LookBack.State.OPEN:
        raise Denied("这一轮回头看已经结束。", "lookback.close")
    left = reads.left_to_do(row)
    if left:
        raise Denied(left, "lookback.close")
    values = {"state": LookBack.State.CLOSED, "closed_at": at or timezone.now(), "closed_by": actor.name[:100]}
    LookBack.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, "lookback.close", row, count=row.items.exclude(result="").count())
    return row
