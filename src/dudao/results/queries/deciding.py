"""What stands between marks and a published result: what is still open, whether a sheet is of today, until when one may object."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.calc.canonical import canonical
from dudao.calc.deadlines import due
from dudao.core.access import Actor
from dudao.core.audit import events_since
from dudao.core.ui.formats import date_cn
from dudao.evaluations.models import Campaign, Figure, Mark, Result, Review, ScoreSheet, Subject
from dudao.evaluations.queries.key_figures import Ask, Formed, of_grade
from dudao.evaluations.queries.licensing import graded, ungraded
from dudao.evaluations.queries.scores import OUT, final_sheet
from dudao.evaluations.queries.scoring import Inputs, inputs_of
from dudao.evaluations.queries.sheets import inputs_now
from dudao.evaluations.queries.systems import rules_of
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.queries import work_calendar
from dudao.results.models import Decision, Objection, ResultUse
from dudao.visits.models import SiteVisit


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is still to come when a result is formed. ``disputed``: indicators on which reviewers haven't agreed yet;
    ``ungraded``: kindergartens without a licence, which get no grade and are waited for by nobody.
    """

    subjects: int
    unsubmitted: int
    reviews: int
    visits: int
    disputed: int
    retired: bool
    ungraded: int = 0

    @property
    def sentences(self) -> list[str]:
        """What is open, in words; the retired version is said apart, it hinders nothing."""
        told = []
        if self.unsubmitted:
            told.append(f"{self.unsubmitted} 个单位的自评还没有提交或受理。")
        if self.reviews:
            told.append(f"{self.reviews} 项评审任务还没有提交。")
        if self.visits:
            told.append(f"{self.visits} 次实地评估还没有形成评估组意见。")
        if self.disputed:
            told.append(f"{self.disputed} 项指标两位评审人没有评完或分歧较大、还没有定分。")
        return told


def readiness(campaign: Campaign, inputs: Inputs | None = None) -> Readiness:
    """As things stand. Without ``inputs`` it reads marks only of subjects whose reviewers may differ: a few queries."""
    opened = inputs.open if inputs is not None else _disputed(campaign)
    states = Subject.State
    counted = graded(campaign, Subject.objects.filter(campaign=campaign)).aggregate(
        subjects=Count("pk", distinct=True, filter=~Q(state=states.OUT)),
        unsubmitted=Count("pk", distinct=True, filter=~Q(state__in=[states.ACCEPTED, states.OUT])),
        reviews=Count("reviews", distinct=True, filter=Q(reviews__state=Review.State.ASSIGNED) & ~Q(state=states.OUT)),
    )
    done = [SiteVisit.State.SETTLED, SiteVisit.State.CANCELLED]
    visits = (
        SiteVisit.objects.filter(subjects__campaign=campaign).exclude(state__in=done).values("pk").distinct().count()
    )
    return Readiness(
        subjects=counted["subjects"],
        unsubmitted=counted["unsubmitted"],
        reviews=counted["reviews"],
        visits=visits,
        disputed=sum(len(found) for found in opened.values()),
        retired=campaign.version.state == FrameworkVersion.State.RETIRED,
        ungraded=ungraded(campaign),
    )


def _disputed(campaign: Campaign) -> Mapping[int, Mapping[Any, Any]]:
    """What is open between two reviewers, by subject. Where both gave the same nothing is, so that those aren't even read."""
    if rules_of(campaign).reviewers != 2:
        return {}
    standing = Mark.objects.filter(
        subject__campaign=campaign, review__state__in=[Review.State.ASSIGNED, Review.State.DONE]
    ).exclude(subject__state=Subject.State.OUT)
    groups = standing.order_by().values("subject_id", "source", "code")
    apart = groups.annotate(
        given=Count("pk", filter=~Q(cells={})), ways=Count("cells", distinct=True), last=Max("review__seat")
    ).filter(~Q(last=3) & (Q(given__lt=2) | Q(ways__gt=1)))
    keys = set(apart.values_list("subject_id", flat=True))
    if not keys:
        return {}
    subjects = campaign.subjects.filter(pk__in=keys).select_related("unit")
    return inputs_of(campaign, list(subjects)).open


def last_decision(campaign: Campaign) -> Decision | None:
    found: Decision | None = (
        Decision.objects.filter(campaign=campaign).select_related("sheet", "file").order_by("-pk").first()
    )
    return found


def is_decided(sheet: ScoreSheet, decision: Decision | None) -> bool:
    """Whether a meeting decided on what this sheet says: on the sheet itself, or on one that came to the very same."""
    return decision is not None and (decision.sheet_id == sheet.pk or decision.sheet.digest == sheet.digest)


def undecided(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of some campaigns those with a result that no meeting has decided on yet: none was held, or the result changed since."""
    final = ScoreSheet.objects.filter(campaign=OuterRef("pk"), purpose=ScoreSheet.Purpose.FINAL).order_by("-number")
    met = Decision.objects.filter(campaign=OuterRef("pk")).order_by("-pk")
    return (
        rows.filter(state__in=[Campaign.State.DECIDING, Campaign.State.PUBLICISED])
        .annotate(result_digest=Subquery(final.values("digest")[:1]))
        .annotate(decided_digest=Subquery(met.values("sheet__digest")[:1]))
        .filter(Q(decided_on__isnull=True) | ~Q(result_digest=F("decided_digest")))
    )


def is_of_today(sheet: ScoreSheet, inputs: Inputs) -> bool:
    """Whether nothing that a sheet was computed from has changed since."""
    return sheet.inputs_digest == inputs_now(inputs)


_TOUCHING = (
    "evaluation.exempt", "evaluation.restore", "evaluation.move", "review.revoke", "review.hand_back", "onsite.cancel",
    "campaign.amend", "unit.licence",
)  # fmt: skip
"""Acts that change what counts without a mark, an answer or a figure."""
MOST_COMPARED = 200
"""So many touched subjects are compared one by one. Mostly one of them has changed; else, of more, everything is read."""


def touched(sheet: ScoreSheet) -> set[int]:
    """The subjects of which somebody marked, answered or reported something since a sheet was made: three queries."""
    since, own = sheet.made_at, {"subject__campaign": sheet.campaign_id}
    found = set(Mark.objects.filter(at__gt=since, **own).values_list("subject_id", flat=True))
    found |= set(Figure.objects.filter(saved_at__gt=since, **own).values_list("subject_id", flat=True))
    saved = Subject.objects.filter(campaign=sheet.campaign_id, saved_at__gt=since)
    return found | set(saved.values_list("pk", flat=True))


def is_fresh(sheet: ScoreSheet) -> bool:
    """Whether a sheet is of today, for pages: only what somebody touched since is read, and compared with what the sheet kept."""
    campaign = sheet.campaign
    taking_part = graded(campaign, campaign.subjects.exclude(state=Subject.State.OUT))
    if taking_part.count() != sheet.size:
        return False
    keys = sorted(touched(sheet))
    if not _is_as_kept(sheet, taking_part.filter(pk__in=keys[:MOST_COMPARED])):
        return False
    if len(keys) > MOST_COMPARED or events_since(sheet.made_at, _TOUCHING, campaign.office.path).exists():
        return is_of_today(sheet, inputs_of(campaign))
    return True


def _is_as_kept(sheet: ScoreSheet, chosen: "QuerySet[Subject]") -> bool:
    """Whether the cells of some subjects are still those that a sheet kept."""
    subjects = list(chosen.select_related("unit"))
    if not subjects:
        return True
    keys = [subject.pk for subject in subjects]
    kept = {row.subject_id: row for row in Result.objects.filter(sheet=sheet, subject__in=keys).defer("outcome")}
    cells = inputs_of(sheet.campaign, subjects).cells
    return all(
        one.pk in kept and kept[one.pk].name == one.label and canonical(kept[one.pk].cells) == canonical(cells[one.pk])
        for one in subjects
    )


def open_objections(campaign: Campaign) -> "QuerySet[Any]":
    return Objection.objects.filter(subject__campaign=campaign, state=Objection.State.ASKED)


def _unfit(campaign: Campaign, sheet: ScoreSheet | None, fresh: bool | None) -> list[str]:
    """What hinders both publicity and publication. ``fresh``: whether the sheet is of today, where it is known."""
    if sheet is None:
        return ["还没有形成评定结果，请先计算得分。"]
    told = []
    if not (is_of_today(sheet, inputs_of(campaign)) if fresh is None else fresh):
        told.append(f"第 {sheet.number} 次计算以后又有评分或数据改动，请重新计算。")
    if campaign.decided_on is None:
        told.append("还没有登记评定会议。")
    elif not is_decided(sheet, last_decision(campaign)):
        told.append(f"评定会议以后结果有变（第 {sheet.number} 次计算），请就调整后的结果重新登记评定会议。")
    return told


def why_not_publicise(campaign: Campaign, fresh: bool | None = None) -> list[str]:
    """Everything that stands against publicity now, in words."""
    told = _unfit(campaign, final_sheet(campaign), fresh)
    if not rules_of(campaign).publicity_days:
        told.append("本项目的规则是不公示，评定后直接公布。")
    return told


def why_not_publish(campaign: Campaign, today: date, fresh: bool | None = None) -> list[str]:
    """Everything that stands against publication now, in words."""
    told = _unfit(campaign, final_sheet(campaign), fresh)
    if rules_of(campaign).publicity_days and campaign.publicised_until is None:
        told.append("还没有公示。")
    elif campaign.publicised_until is not None and today <= campaign.publicised_until:
        told.append(f"公示到{chinese_date(campaign.publicised_until)}，期满后才能公布。")
    waiting = open_objections(campaign).count()
    if waiting:
        told.append(f"{waiting} 件异议还没有答复。")
    return told


def publicity_until(campaign: Campaign, start: date) -> date:
    """The last day of publicity that begins on a day: the day itself doesn't count."""
    return due(start, max(1, rules_of(campaign).publicity_days), True, work_calendar(campaign.office))


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a subject may object today. ``why`` is empty when it may; ``last`` and ``basis`` as they were counted."""

    last: date | None = None
    basis: str = ""
    why: str = ""


def objection_window(subject: Subject, today: date) -> Window:
    """A preliminary result (fed back on site) may be objected to within the campaign's term, a publicised one until the later of
    that term and the end of publicity.
    """
    campaign, days = subject.campaign, rules_of(subject.campaign).objection_days
    calendar = work_calendar(campaign.office)
    if campaign.state == Campaign.State.PUBLICISED:
        assert campaign.publicised_on is not None and campaign.publicised_until is not None
        counted = due(campaign.publicised_on, days, True, calendar) if days else campaign.publicised_until
        last = max(counted, campaign.publicised_until)
        told = f"公示之日（{chinese_date(campaign.publicised_on)}）起 {days} 个工作日，且不早于公示期满，至{chinese_date(last)}"
        return _window(last, told, today)
    if campaign.state in {Campaign.State.RUNNING, Campaign.State.DECIDING} and days:
        moments: Sequence[Any] = list(
            subject.visits.filter(fed_back_at__isnull=False)
            .exclude(state="cancelled")
            .values_list("fed_back_at", flat=True)
        )
        if moments:
            told_on = timezone.localdate(max(moments))
            last = due(told_on, days, True, calendar)
            words = f"初步意见反馈之日（{chinese_date(told_on)}）起 {days} 个工作日，至{chinese_date(last)}"
            return _window(last, words, today)
    if campaign.state in {Campaign.State.PUBLISHED, Campaign.State.ARCHIVED}:
        return Window(why="结果已经公布，不能再提出异议。")
    return Window(why="还没有反馈初步意见，也没有公示，到时可以提出异议。")


def _window(last: date, basis: str, today: date) -> Window:
    why = f"提出异议的期限到{chinese_date(last)}，已经超过。" if today > last else ""
    return Window(last, f"{basis}（本项目规则）", why)


def decision_file(actor: Actor, pk: int) -> Decision | None:
    """The minutes of a meeting, for the office."""
    found: Decision | None = (
        Decision.objects.visible_to(actor, "result.view")
        .select_related("file")
        .filter(pk=pk, file__isnull=False)
        .first()
    )
    return found


def to_decide(formed: Formed) -> Iterable[Ask]:
    """What the office has to decide or to press after its scores, for the look at a campaign."""
    campaign, sheet, today = formed.campaign, formed.sheet, formed.today
    results = reverse("results:results", args=[campaign.pk])
    if undecided(Campaign.objects.filter(pk=campaign.pk)).exists():
        yield Ask("结果已经形成，还没有召开评定会议审定", results, "看结果", "amber")
    waiting = open_objections(campaign).count()
    if waiting:
        yield Ask(f"{waiting} 件异议等待答复", f"{reverse('results:objections')}?state=asked", "看异议", "amber")
    if campaign.state == Campaign.State.PUBLICISED and campaign.publicised_until is not None:
        if today > campaign.publicised_until:
            yield Ask("公示已经期满，可以公布", results, "看结果", "amber")
        else:
            yield Ask(f"正在公示，到{date_cn(campaign.publicised_until)}", results, "看结果")
    if formed.vetoed:
        yield Ask(f"{formed.vetoed} 个单位触发一票否决", f"{sheet.get_absolute_url()}?veto=1", "看名单", "red")
    if formed.last[1]:
        yield Ask(
            f"{formed.last[1]} 个单位为“{formed.last[0]}”，请研究约谈和整改",
            of_grade(sheet.get_absolute_url(), formed.last[0]),
            "看名单",
            "red",
        )
    if campaign.state in OUT and not ResultUse.objects.filter(campaign=campaign).exists():
        yield Ask("结果公布后还没有登记运用（考核、表彰、经费安排等）", results, "看结果")
