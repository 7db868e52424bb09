"""Online review: tasks are given out, marked, handed in, given back or to somebody else; a third decides where two differ.

What a reviewer gave stays with their name whoever goes on with the task.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.assigning import fill_seats
from dudao.core import audit
from dudao.core.access import SYSTEM, VERBS, Actor, Denied
from dudao.core.notices import tell
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.marking import may_mark, put_mark
from dudao.evaluations.flow import REVIEW, by_office, by_reviewer
from dudao.evaluations.models import Campaign, Figure, Mark, Phase, Review, Subject, Submission
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.county_marks import away, counties_give, place_of
from dudao.evaluations.queries.desk import Desk, desk_of, expected_of
from dudao.evaluations.queries.systems import asks, rules_of, system_of
from dudao.people.models import Account
from dudao.selection.queries.recusal import barred, candidates

_OPEN = (Review.State.ASSIGNED, Review.State.DONE)


def opened(review: Review) -> Review:
    """The row, locked, with everything that guards and scores look at."""
    row: Review = (
        Review.objects.select_for_update(of=("self",))
        .select_related("subject__campaign__office", "subject__campaign__version", "subject__unit", "reviewer__home")
        .get(pk=review.pk)
    )
    return row


def _touch(row: Review, changes: Mapping[str, Any]) -> None:
    values = {"revision": row.revision + 1, **changes}
    if Review.objects.filter(pk=row.pk, revision=row.revision).update(**values) != 1:
        raise Conflict
    for name, value in values.items():
        setattr(row, name, value)


# ---- giving out -----------------------------------------------------------------------------------------------


class Seating(TypedDict, total=False):
    """How seats are filled. ``way``: «hand» (the same reviewers sit at every subject, in their order), «load» (evenly, where
    nothing is said) or «draw» (by the lot of ``seed``, evenly too).
    """

    way: str
    seed: str
    codes: Sequence[str]
    due_on: date | None


@audit.action
def assign_reviews(
    actor: Actor,
    *,
    campaign: Campaign,
    source: str,
    subjects: Collection[Subject],
    reviewers: Sequence[Account],
    **how: Unpack[Seating],
) -> list[Review]:
    """Give subjects to reviewers. Seats that are taken stay. Raises ``ValidationError`` when somebody has to keep away, or not
    every seat finds somebody: nothing is given out then.
    """
    way, codes, seed = how.get("way", "load"), how.get("codes", ()), how.get("seed", "")
    row = Campaign.objects.select_for_update(of=("self",)).select_related("office", "version").get(pk=campaign.pk)
    _by_office(actor, row, "review.assign")
    wanted = reads.seats(row, source)
    if not asks(system_of(row), source, codes):
        raise ValidationError("这个来源没有要评分的指标，请检查阶段的评分来源。")
    chosen = [one for one in subjects if one.campaign_id == row.pk and one.state != Subject.State.OUT]
    if not chosen:
        raise ValidationError({"subjects": "请至少选择一个被评单位。"})
    people = list(dict.fromkeys(reviewers))
    if not people:
        raise ValidationError({"reviewers": "请至少选择一位评审人。"})
    if not counties_give(row, source):
        _able(row, people)
    bars = away(row, source, people, [one.unit for one in chosen])
    unit_of = {one.pk: one.unit_id for one in chosen}
    stops = {(person, subject) for subject, unit in unit_of.items() for person, place in bars if place == unit}
    held: dict[int, dict[int, int]] = {one.pk: {} for one in chosen}
    for old in Review.objects.filter(subject__in=chosen, source=source, state__in=_OPEN):
        held[old.subject_id][old.seat] = old.reviewer_id
    if way == "hand":
        _none_barred(chosen, people, bars)
        places = _by_hand(chosen, people, held, wanted)
    else:
        loads = reads.loads(row, [person.pk for person in people])
        found = fill_seats(
            [one.pk for one in chosen],
            [person.pk for person in people],
            seats=range(1, wanted + 1),
            barred=stops,
            held=held,
            loads=loads,
            seed=seed if way == "draw" else "",
        )
        if found.open:
            raise ValidationError(_left(found.open, chosen, bars))
        places = list(found.placed)
    if not places:
        raise ValidationError({"subjects": "所选单位的评审人都已经齐了，不用再分配。"})
    expected = _expected(row, source, sorted(unit_of), codes)
    made = Review.objects.bulk_create(
        Review(
            subject_id=subject,
            source=source,
            reviewer_id=person,
            seat=seat,
            codes=list(codes),
            due_on=how.get("due_on") or _closes(row, source),
            expected=expected[subject],
        )
        for subject, seat, person in places
    )
    audit.record(
        actor,
        "review.assign",
        row,
        total=len(made),
        reviewers=[person.name for person in people],
        method={"hand": "指定", "load": "按工作量平均", "draw": "随机抽取"}.get(way, way),
        **({"seed": seed} if way == "draw" else {}),
    )
    _tell(row, [one.reviewer_id for one in made])
    return made


def _by_office(actor: Actor, row: Campaign, verb: str) -> None:
    actor.require(verb, row.office.path)
    denied = by_office(row, actor, verb)
    if denied is not None:
        raise denied
    if row.state != Campaign.State.RUNNING:
        raise Denied(f"项目{row.get_state_display()}，不能{VERBS[verb].label}。", verb)


def _able(campaign: Campaign, people: Sequence[Account]) -> None:
    """Everybody holds the right to mark where the campaign's office stands."""
    able = set(
        candidates("review.mark", campaign.office.path)
        .filter(pk__in=[one.pk for one in people])
        .values_list("pk", flat=True)
    )
    wrong = [one.name for one in people if one.pk not in able]
    if wrong:
        raise ValidationError(
            {"reviewers": f"{'、'.join(wrong)}不是{campaign.office}的督学、专家或工作人员，不能评审。"}
        )


def _none_barred(subjects: Sequence[Subject], people: Sequence[Account], bars: Mapping[tuple[int, int], str]) -> None:
    for subject in subjects:
        for person in people:
            if why := bars.get((person.pk, subject.unit_id)):
                raise ValidationError({"reviewers": f"{person.name}{why}，应当回避{subject}。"})


def _by_hand(
    subjects: Sequence[Subject], people: Sequence[Account], held: Mapping[int, Mapping[int, int]], wanted: int
) -> list[tuple[int, int, int]]:
    if len(people) > wanted:
        words = f"每个单位 {wanted} 位评审人，选了 {len(people)} 位。要分给多人请选“按工作量平均”或“随机抽取”。"
        raise ValidationError({"reviewers": words})
    places = []
    for subject in subjects:
        taken = dict(held[subject.pk])
        for person in people:
            seat = next((seat for seat in range(1, wanted + 1) if seat not in taken), None)
            if seat is not None and person.pk not in taken.values():
                taken[seat] = person.pk
                places.append((subject.pk, seat, person.pk))
    return places


def _left(
    places: Sequence[tuple[int, int]], subjects: Sequence[Subject], bars: Mapping[tuple[int, int], str]
) -> dict[str, str]:
    names = {one.pk: str(one) for one in subjects}
    short = list(dict.fromkeys(names[subject] for subject, _ in places))
    more = f"等 {len(short)} 个单位" if len(short) > 3 else ""
    away = f"（所选的人中有 {len({person for person, _ in bars})} 位须回避部分单位）" if bars else ""
    return {"reviewers": f"{'、'.join(short[:3])}{more}找不到足够的评审人{away}，请再选几位。"}


def _closes(campaign: Campaign, source: str) -> date | None:
    days = Phase.objects.filter(campaign=campaign, source=source).order_by("-closes_on")
    return days.values_list("closes_on", flat=True).first()


def _tell(campaign: Campaign, reviewers: Sequence[int]) -> None:
    counts: dict[int, int] = {}
    for one in reviewers:
        counts[one] = counts.get(one, 0) + 1
    for account, count in counts.items():
        tell(
            [account],
            text=f"请评审“{campaign}”的 {count} 个单位",
            url=str(reads.QUEUE),
            place=campaign.office.path,
            verb="review.assign",
        )


@audit.action
def reassign(actor: Actor, *, review: Review, reviewer: Account, reason: str = "") -> Review:
    """Somebody else goes on: a reviewer has left, handed back, or can't. Given marks stay under the name of who gave them."""
    row = opened(review)
    _by_office(actor, row.subject.campaign, "review.assign")
    if row.state not in {Review.State.ASSIGNED, Review.State.HANDED_BACK}:
        raise Denied(f"任务{row.get_state_display()}，不能改派。", "review.assign")
    if row.reviewer_id == reviewer.pk and row.state == Review.State.ASSIGNED:
        raise ValidationError({"reviewer": f"任务已经由{reviewer.name}承担。"})
    _fits(row, reviewer)
    before = row.reviewer.name
    _touch(row, {"reviewer_id": reviewer.pk, "state": Review.State.ASSIGNED, "reason": "", "done_at": None})
    row.reviewer = reviewer
    audit.record(actor, "review.assign", row, reason=reason.strip(), old=before, new=reviewer.name)
    _tell(row.subject.campaign, [reviewer.pk])
    return row


def _fits(row: Review, reviewer: Account) -> None:
    campaign = row.subject.campaign
    if not counties_give(campaign, row.source):
        _able(campaign, [reviewer])
    bars = away(campaign, row.source, [reviewer], [row.subject.unit])
    if bars:
        raise ValidationError({"reviewer": f"{reviewer.name}{next(iter(bars.values()))}，应当回避{row.subject}。"})
    sits = Review.objects.filter(subject=row.subject, source=row.source, reviewer=reviewer, state__in=_OPEN)
    if sits.exclude(pk=row.pk).exists():
        raise ValidationError({"reviewer": f"{reviewer.name}已经评审这个单位，请选别人。"})
    if (
        Review.objects.filter(subject=row.subject, source=row.source, seat=row.seat, state__in=_OPEN)
        .exclude(pk=row.pk)
        .exists()
    ):
        raise ValidationError({"reviewer": f"{row.seat_name}已经另有人承担。"})


@audit.action
def revoke(actor: Actor, *, review: Review, reason: str) -> Review:
    """Take a task away: its marks no longer count."""
    row = opened(review)
    REVIEW.move(row, "review.revoke", actor, reason=reason, changes=_why(row, reason))
    return row


@audit.action
def reopen(actor: Actor, *, review: Review, reason: str) -> Review:
    """A task that was handed in goes back to its reviewer: the unit has put something right, or a mark is unfounded."""
    row = opened(review)
    REVIEW.move(row, "review.reopen", actor, reason=reason, changes={"done_at": None, "revision": row.revision + 1})
    tell(
        [row.reviewer_id],
        text=f"“{row.subject}”的评审退回重评：{reason.strip()}",
        url=row.get_absolute_url(),
        place=row.subject.campaign.office.path,
        verb="review.reopen",
    )
    return row


@audit.action
def hand_back(actor: Actor, *, review: Review, reason: str) -> Review:
    """The reviewer gives the task back, with the reason: recusal, illness, no time."""
    row = opened(review)
    office = row.subject.campaign.office.path
    REVIEW.move(row, "review.hand_back", actor, reason=reason, changes=_why(row, reason), tell_at=office)
    return row


def _why(row: Review, reason: str) -> dict[str, Any]:
    return {"reason": reason.strip()[:500], "revision": row.revision + 1}


# ---- marking --------------------------------------------------------------------------------------------------


def why_not_mark(actor: Actor, row: Review) -> Denied | None:
    """Whether this person can mark in this task now."""
    subject = row.subject
    denied = actor.why_not("review.mark", place_of(subject.campaign, row.source, subject.unit))
    if denied is not None:
        return denied
    denied = by_reviewer(row, actor, "review.mark")
    if denied is not None:
        return denied
    if row.state != Review.State.ASSIGNED:
        return Denied(f"任务{row.get_state_display()}，不能再评分。", "review.mark")
    for denied in (may_mark(row.subject, "review.mark"), _checked(row.subject), _keeps_away(actor, row, "review.mark")):
        if denied is not None:
            return denied
    return None


def _keeps_away(actor: Actor, row: Review, verb: str) -> Denied | None:
    """Whether the reviewer has come to belong to whom they review since they were asked: moved there, declared it."""
    if actor.id != row.reviewer_id:
        return None
    subject = row.subject
    bars = away(subject.campaign, row.source, [row.reviewer], [subject.unit])
    why = next(iter(bars.values()), "")
    return Denied(f"您{why}，应当回避{subject}，请交回这项任务。", verb) if why else None


def _checked(subject: Subject) -> Denied | None:
    if rules_of(subject.campaign).check and subject.state == Subject.State.SUBMITTED:
        return Denied(f"{subject}的自评正在核查，受理后才能评审。", "review.mark")
    return None


def _expected(campaign: Campaign, source: str, keys: Sequence[int], codes: Sequence[str]) -> dict[int, int]:
    """How many indicators there are to mark of each subject: those that apply to it. One query."""
    figures: dict[int, dict[str, object]] = {key: {} for key in keys}
    for key, name, cell in Figure.objects.filter(subject__in=keys).values_list("subject_id", "name", "cell"):
        figures[key][name] = cell
    return dict(zip(keys, expected_of(system_of(campaign), source, list(figures.values()), codes), strict=True))


def _desk(row: Review) -> Desk:
    return desk_of(row.subject, row.source, Mark.objects.filter(review=row), codes=row.codes)


@audit.action
def save_mark(
    actor: Actor,
    *,
    review: Review,
    code: str,
    cells: Mapping[str, object],
    reason: str = "",
    revision: int | None = None,
) -> Mark:
    """One mark as typed so far; what is missing to be whole is only asked for when the task is handed in."""
    row = opened(review)
    denied = why_not_mark(actor, row)
    if denied is not None:
        raise denied
    if code not in {ask.node.code for ask in asks(system_of(row.subject.campaign), row.source, row.codes)}:
        raise ValidationError(f"指标“{code}”不在这项评审的范围内。")
    mark = put_mark(
        actor,
        subject=row.subject,
        source=row.source,
        code=code,
        cells=cells,
        reason=reason,
        revision=revision,
        held={"review": row},
    )
    desk = _desk(row)
    _touch(row, {"marked": desk.done, "expected": desk.expected, "looked_at": row.looked_at or _last(row.subject)})
    audit.record(actor, "review.mark", row, indicator=code)
    return mark


@audit.action
def confirm_mark(actor: Actor, *, review: Review, code: str, revision: int | None = None) -> Mark:
    """The unit changed its answer, the mark stays: looked at again."""
    row = opened(review)
    mark = Mark.objects.filter(review=row, code=code).first()
    if mark is None:
        raise ValidationError(f"“{code}”还没有评分。")
    return save_mark(actor, review=row, code=code, cells=mark.cells, reason=mark.reason, revision=revision)


def _last(subject: Subject) -> int:
    found = Submission.objects.filter(subject=subject).order_by("-number").values_list("number", flat=True).first()
    return found or 0


@audit.action
def submit_review(actor: Actor, *, review: Review, opinion: str = "") -> Review:
    """Hand the task in: every indicator has its mark and, where it wants one, its reason. Two who differ call a third."""
    row = opened(review)
    # Of two who hand in at once the later one sees the earlier.
    Subject.objects.select_for_update(no_key=True).get(pk=row.subject_id)
    desk = _desk(row)
    if row.state == Review.State.ASSIGNED and actor.id == row.reviewer_id:
        open_items = [f"{item.code}（{item.lacks}）" for item in desk.items if item.lacks]
        if open_items:
            more = f"等 {len(open_items)} 项" if len(open_items) > 8 else ""
            raise ValidationError(f"还有 {len(open_items)} 项没有评完：{'、'.join(open_items[:8])}{more}。")
        for denied in (may_mark(row.subject, "review.submit"), _keeps_away(actor, row, "review.submit")):
            if denied is not None:
                raise denied
    REVIEW.move(
        row,
        "review.submit",
        actor,
        changes={
            "done_at": timezone.now(),
            "opinion": opinion.strip(),
            "marked": desk.done,
            "expected": desk.expected,
            "looked_at": _last(row.subject),
            "revision": row.revision + 1,
        },
        tell_at=row.subject.campaign.office.path,
    )
    if row.seat in {1, 2}:
        call_thirds(SYSTEM, subject=row.subject, source=row.source)
    return row


# ---- the third ------------------------------------------------------------------------------------------------


def call_thirds(actor: Actor, *, subject: Subject, source: str) -> Review | None:
    """Where both have handed in and differ by more than the campaign allows, a third gets these indicators: of those who review in
    this campaign the one with the least to do who need not keep away. ``None``: nothing to decide, or nobody left; then the
    office sees it among the disagreements and chooses."""
    if not isinstance(subject, Subject) or not reads.both_done(subject, source):
        return None
    codes = reads.third_codes(subject, source)
    if not codes or Review.objects.filter(subject=subject, source=source, seat=3, state__in=_OPEN).exists():
        return None
    campaign = subject.campaign
    people = list(
        candidates("review.mark", campaign.office.path)
        .filter(reviews__subject__campaign=campaign, reviews__source=source, reviews__state__in=_OPEN)
        .distinct()
    )
    seated = reads.reviewers_of(subject, source)
    bars = barred(campaign.office, people, [subject.unit], branch=rules_of(campaign).recuse_branch)
    people = [one for one in people if one.pk not in seated and (one.pk, subject.unit_id) not in bars]
    if not people:
        return None
    loads = reads.loads(campaign, [one.pk for one in people])
    chosen = min(people, key=lambda one: (loads.get(one.pk, 0), one.pk))
    return give_third(actor, subject=subject, source=source, reviewer=chosen)


@audit.action
def give_third(actor: Actor, *, subject: Subject, source: str, reviewer: Account) -> Review:
    """Somebody decides where the two differ: the third seat with these indicators only."""
    row = Subject.objects.select_related("campaign__office", "campaign__version", "unit").get(pk=subject.pk)
    _by_office(actor, row.campaign, "review.assign")
    codes = reads.third_codes(row, source)
    if not codes:
        raise ValidationError("两位评审人没有需要第三人裁定的指标。")
    made = Review(
        subject=row,
        source=source,
        reviewer=reviewer,
        seat=3,
        codes=codes,
        expected=_expected(row.campaign, source, [row.pk], codes)[row.pk],
        due_on=_closes(row.campaign, source),
    )
    _fits(made, reviewer)
    made.save(force_insert=True)
    audit.record(actor, "review.assign", made, new=reviewer.name, total=len(codes))
    _tell(row.campaign, [reviewer.pk])
    return made
