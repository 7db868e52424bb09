"""What of an evaluation becomes a finding: one indicator of one subject («mark:12:B2»), or the same from where one stands: a mark
at the reviewer's desk («review:7:B2»), from that reviewer's own mark; one made on site («onsite:5:12:B2»), with the team's photos.

Of a unit and indicator there is one finding, whoever of the reviewers makes it first: its key is that of the mark («mark:12:B2»).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from dudao.calc.score import Scores, Trace, explain
from dudao.calc.tree import Role
from dudao.core.access import Actor
from dudao.core.keys import Kind
from dudao.evaluations.models import Mark, Result, Review, Subject
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries import scores as scores_seen
from dudao.evaluations.queries.desk import Item
from dudao.evaluations.queries.scores import MARK, final_sheet
from dudao.evaluations.queries.scoring import SELF, scored
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.findings.models import Finding
from dudao.findings.queries.sources import Hook, Hooks, address
from dudao.findings.sources import Origin, Problem, register
from dudao.orgs.models import Unit
from dudao.papers.sources import Fact
from dudao.visits import queries as visit_reads
from dudao.visits.models import SiteVisit

REVIEW = Kind("review", int, str)
ONSITE = Kind("onsite", int, int, str)


def lost(trace: Trace) -> dict[str, Trace]:
    """The indicators below a trace, itself included, at which points were lost: code → its trace."""
    return {one.code: one for one in trace.walk() if loss(one)}


def loss(trace: Trace) -> Fraction:
    """Points lost: what is missing to the full ones, what a deduction takes. A bonus that wasn't won is no loss."""
    if trace.mark is None or trace.only_adds:
        return Fraction(0)
    if trace.role is Role.PENALTY:
        return max(-trace.mark, Fraction(0))
    return Fraction(0) if trace.possible is None else max(trace.possible - trace.mark, Fraction(0))


def reasons_of(subjects: Iterable[int], codes: Iterable[str] = ()) -> Mapping[tuple[int, str], Sequence[str]]:
    """What those who marked wrote, by subject and indicator, each sentence once: one query."""
    rows = Mark.objects.filter(subject__in=list(subjects)).exclude(reason="").exclude(source=SELF).order_by("pk")
    wanted = set(codes)
    found: dict[tuple[int, str], list[str]] = {}
    for subject, code, reason in rows.values_list("subject_id", "code", "reason"):
        said = found.setdefault((subject, code), [])
        if (not wanted or code in wanted) and reason.strip() not in said:
            said.append(reason.strip())
    return found


def stated(key: str, unit: Unit | None, trace: Trace, reasons: Sequence[str] = ()) -> Problem:
    """The problem as a letter states it: what is missing and what was written about it, no word of points.

    The fact is asked again before a paper goes out, so that it still stands when the mark was settled since.
    """
    said = trace.fact or f"“{trace.name}”没有全部达到要求"
    words = "".join(f"{one.rstrip('。；')}。" for one in dict.fromkeys([said, *reasons]))
    facts = (Fact("事实", said, said),) if trace.fact else ()
    return Problem(key, unit, words[:4000], facts, trace.code, trace.name)


def part_of(scores: Scores, code: str) -> str:
    """The first-level indicator above a code: what the ledger files it under."""
    tree = scores.tree
    while code in tree.parents and tree.parents[code] != tree.root.code:
        code = tree.parents[code]
    return "" if code == tree.root.code else tree.nodes[code].name[:60]


def problem_of(subject: Subject, scores: Scores, row: int, code: str, reasons: Sequence[str] = ()) -> Problem | None:
    """The problem in words, from points lost or from the lowest level; ``None`` where there is none."""
    trace, key = explain(scores, row, code), MARK.key(subject.pk, code)
    if trace.only_adds:
        return None
    if not loss(trace) and (trace.possible is not None or trace.level is None):
        return None
    return stated(key, subject.unit, trace, reasons)


def _may_see(actor: Actor, subject: Subject) -> bool:
    """Its office, the team that visits it, and whoever sees its result."""
    if scores_seen.is_led(actor, subject.campaign):
        return True
    if actor.id is not None and subject.visits.filter(members__account=actor.id).exists():
        return True
    return scores_seen.seen(actor).filter(subject=subject).exists()


def found_in_mark(actor: Actor, pk: int, code: str) -> Origin | None:
    """«12:B2»: one indicator of one subject, as it counts now."""
    rows = Subject.objects.select_related("campaign__office", "campaign__version__framework", "unit")
    subject = rows.filter(pk=pk).first()
    if subject is None or not _may_see(actor, subject):
        return None
    scores = scored(subject)
    if code not in scores.tree.nodes or not scores.size:
        return None
    problem = problem_of(subject, scores, 0, code, reasons_of([pk], [code]).get((pk, code), ()))
    if problem is None:
        return None
    return Origin(
        Finding.Source.SCORE,
        f"{subject.campaign.title}：{subject.label}",
        _address(subject, code),
        [problem],
        part_of(scores, code),
        timezone.localdate(),
    )


def found_on_site(actor: Actor, pk: int, subject: int, code: str) -> Origin | None:
    """«5:12:B2»: what the team of a visit marked there, with what it photographed; leads back to the visit."""
    visit = visit_reads.visit_of(actor, pk)
    if visit is None or not visit_reads.is_inside(actor, visit) or not visit.subjects.filter(pk=subject).exists():
        return None
    origin = found_in_mark(actor, subject, code)
    if origin is None:
        return None
    files = [(one.file, one.name) for one in visit_reads.files_of(visit) if one.code == code]
    problems = [replace(one, files=files) for one in origin.problems]
    return replace(origin, url=visit.get_absolute_url(), problems=problems)


def hook_on_site(actor: Actor, hooks: Hooks, visit: SiteVisit, subject: Subject, item: Item) -> Hook | None:
    """The finding made of what the team marked, or the way to make one from the visit."""
    made = hooks.at(MARK.key(subject.pk, item.code), visit.unit, of=f"{item.code} {item.node.name}")
    if made is None or made.made is not None:
        return made
    return replace(made, url=address(ONSITE.key(visit.pk, subject.pk, item.code)))


def _address(subject: Subject, code: str) -> str:
    """The subject's result where there is one, else its own page."""
    sheet = final_sheet(subject.campaign)
    row = None if sheet is None else Result.objects.filter(sheet=sheet, subject=subject).first()
    where = reverse("results:result", args=[row.pk]) if row is not None else subject.get_absolute_url()
    return f"{where}?{urlencode({'code': code})}#trace"


def found_in_review(actor: Actor, pk: int, code: str) -> Origin | None:
    """«7:B2»: the mark of one task, for its reviewer and its office."""
    row = reads.review_of(actor, pk)
    if row is None or reads.is_blind_to(actor, row):
        return None
    desk = reads.desk(row)
    item = desk.item(code)
    if item is None or not item.is_low or desk.scores is None:
        return None
    reasons = [item.mark.reason.strip()] if item.mark is not None and item.mark.reason.strip() else []
    tree = system_of(row.subject.campaign).tree
    part = tree.nodes[blocks_of(tree)[code]].name[:60]
    trace = explain(desk.scores, 0, code, row.source)
    problem = stated(MARK.key(row.subject_id, code), row.subject.unit, trace, reasons)
    url = f"{row.get_absolute_url()}?code={code}"
    return Origin(Finding.Source.SCORE, f"{row.subject.campaign.title}：{row.subject}", url, [problem], part)


def hook_at(actor: Actor, review: Review, code: str) -> Hook | None:
    """The finding made of this unit's indicator, or the way to make one from this task."""
    made = Hooks(actor, MARK.key(review.subject_id)).at(MARK.key(review.subject_id, code), review.subject.unit, of=code)
    if made is None or made.made is not None:
        return made
    return Hook(url=address(REVIEW.key(review.pk, code)), of=code)


def register_all() -> None:
    register(MARK, found_in_mark)
    register(REVIEW, found_in_review)
    register(ONSITE, found_on_site)
