"""What a self-evaluation asks of a unit: the indicators with their questions, who sees it, until when, how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dudao.calc.expr import normal_name
from dudao.calc.score import SubjectColumn, System, not_applying
from dudao.calc.submission import last_day
from dudao.calc.tree import Node
from dudao.core.access import Actor, Denied
from dudao.core.keys import Kind
from dudao.evaluations.flow import another_checks, by_checker, by_filler
from dudao.evaluations.models import Answer, Campaign, Figure, Phase, Remark, Subject, Submission
from dudao.evaluations.queries.systems import blocks_of, columns_by_code, figures_asked, rules_of
from dudao.evaluations.rules import Freeze
from dudao.evidence.queries.links import attached, attached_at
from dudao.orgs.models import SecondPerson
from dudao.people.queries import held_below, holds_still

SELF = "self"
ANSWER = Kind("answer", int, str)
"""What evidence is attached to here: one indicator of a subject, «answer:12:A2.1»."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An indicator that is judged: what it asks of the unit. ``needed``: questions without whose answer it is not complete;
    ``items``: data items that its score reads; ``is_extra``: of a bonus or penalty, where silence is nothing.
    """

    node: Node
    block: str
    columns: tuple[SubjectColumn, ...]
    needed: frozenset[str]
    items: tuple[str, ...]
    is_extra: bool

    def is_filled(self, cells: Mapping[str, Any]) -> bool:
        """Whether everything needed is answered; an indicator that needs nothing is never counted."""
        return bool(self.needed) and all(cells.get(name) not in (None, "") for name in self.needed)


@lru_cache(maxsize=128)
def leaves_of(system: System, codes: tuple[str, ...] = ()) -> Mapping[str, Leaf]:
    """The leaves that a self-evaluation is about, in the order of the document; ``codes`` of any level narrow them."""
    tree = system.tree
    blocks, columns = blocks_of(tree), columns_by_code(system, SELF)
    reported = {name for name, item in tree.catalogue.items.items() if not item.formula}
    items: dict[str, list[str]] = {}
    for name in tree.catalogue.items:
        if name in reported:
            for code in system.reading.get(name, ()):
                items.setdefault(code, []).append(name)
    wanted = {node.code for code in codes if code in tree.nodes for node in tree.nodes[code].walk()}
    found = {}
    for code, node in tree.nodes.items():
        if node.children or (codes and code not in wanted):
            continue
        is_extra = system.plans[code].is_extra
        reasons = {normal_name(f"{code}·{adjust.reason}") for adjust in node.adjust if not adjust.when}
        own = columns.get(code, ())
        needed = frozenset(column.name for column in own if column.name not in reasons and not is_extra)
        found[code] = Leaf(node, blocks.get(code, code), own, needed, tuple(items.get(code, ())), is_extra)
    return found


def counts_of(
    system: System,
    codes: Sequence[str],
    given: Sequence[tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Any]]],
) -> list[tuple[int, int]]:
    """(answered, to be answered) of many subjects at once. ``given``: for each its cells by code, and its data items by name.

    The one rule of progress: what counts is what must be answered and applies to the subject, as far as its figures say.
    """
    asked = {code: leaf for code, leaf in leaves_of(system, tuple(codes)).items() if leaf.needed}
    out = not_applying(system, [figures for _, figures in given])
    return [
        (
            sum(leaf.is_filled(cells.get(code, {})) for code, leaf in asked.items() if code not in gone),
            sum(code not in gone for code in asked),
        )
        for (cells, _), gone in zip(given, out, strict=True)
    ]


def more_filled(
    system: System, leaf: Leaf, before: Mapping[str, Any], after: Mapping[str, Any], subject: Subject
) -> int:
    """By how much `counts_of` a subject changes with one answer: 1, 0 or -1; nothing is read but, perhaps, its data items."""
    more = leaf.is_filled(after) - leaf.is_filled(before)
    if more and system.has_conditions:
        (gone,) = not_applying(system, [cells_of(figures_of(subject))])
        return 0 if leaf.node.code in gone else more
    return more


def asked_figures(system: System, codes: Sequence[str] = ()) -> list[SubjectColumn]:
    """The data items that the asked indicators read, and (without ``codes``) all others that the whole needs."""
    read = {name for leaf in leaves_of(system, tuple(codes)).values() for name in leaf.items}
    return [column for column in figures_asked(system) if column.name in read or (column.is_needed and not codes)]


# ---- who sees it, until when ------------------------------------------------------------------------------------


def seen(actor: Actor, verb: str = "evaluation.view") -> "QuerySet[Any]":
    """The subjects in somebody's scope. From below, those of a draft don't exist; nor those of an inspection without notice."""
    rows = Subject.objects.visible_to(actor, verb).select_related(
        "unit", "campaign__office", "campaign__version__framework"
    )
    rows = rows.defer("campaign__version__whole")  # a system is large, and kept by `system_of`
    if actor.everything:
        return rows
    own = Q(pk__in=[])
    for path in actor.paths("campaign.edit"):
        own |= Q(campaign__office__path__startswith=path)
    state = Campaign.State
    below = ~Q(campaign__state__in=[state.DRAFT, state.CANCELLED]) & ~Q(
        campaign__state=state.RUNNING, campaign__rules__announced=False
    )
    return rows.filter(own | below)


def subject_of(actor: Actor, pk: int) -> Subject | None:
    found: Subject | None = seen(actor).filter(pk=pk).first()
    return found


def mine(actor: Actor) -> "QuerySet[Any]":
    """What is asked of the very units at which one is appointed: that a county may fill in for its schools doesn't make theirs
    one's own. Only campaigns with a self-evaluation.
    """
    paths = {grant.path for grant in actor.grants if "evaluation.fill" in grant.verbs}
    asked = Phase.objects.filter(campaign=OuterRef("campaign"), kind=Phase.Kind.SELF)
    return seen(actor).filter(unit__path__in=paths).filter(Exists(asked)).prefetch_related("campaign__phases")


def checks_seen(actor: Actor) -> "QuerySet[Any]":
    """The self-evaluations that somebody may check: below their own unit, in campaigns that have such a phase and are run by
    their own office or one above it; what an office below handed in itself, too."""
    asked = Phase.objects.filter(campaign=OuterRef("campaign"), kind=Phase.Kind.SELF)
    own = [grant.path for grant in actor.grants]
    rows = seen(actor, "evaluation.accept").exclude(unit__path__in=own).exclude(campaign__state=Campaign.State.DRAFT)
    if not actor.everything:
        above = {path[: end + 1] for path in own for end, sign in enumerate(path) if sign == "."}
        below = Q(pk__in=[])
        for path in own:
            below |= Q(campaign__office__path__startswith=path)
        rows = rows.filter(Q(campaign__office__path__in=above) | Q(below, submitted_for=True))
    return rows.filter(Exists(asked)).prefetch_related("campaign__phases")


def to_check(actor: Actor) -> "QuerySet[Any]":
    """What was handed in and waits for this person: a correction for whoever sent it back, else for the nearest office that has
    somebody other than who handed it in.
    """
    rows = checks_seen(actor).filter(campaign__state=Campaign.State.RUNNING, state=Subject.State.SUBMITTED)
    verb, alone = "evaluation.accept", Q(unit__parent__second_person=SecondPerson.ALONE)
    up = Q(unit__parent__second_person=SecondPerson.SUPERIOR, submitted_for=True)
    asker = Q(holds_still(verb, "asked_by"))
    nearest = Q(pk__in=[])
    for path in actor.paths(verb):
        nearer = Q(held_below(path, verb, "unit__path", "submitted_by", over=True))
        nearer_at_all = Q(held_below(path, verb, "unit__path", over=True))
        nearest |= Q(unit__path__startswith=path) & (
            (alone & ~nearer_at_all) | (~alone & ~nearer) | (up & ~Q(unit__parent__path=path))
        )
    own = Q(pk__in=[]) if actor.id is None else Q(asked_by=actor.id)
    rows = rows.filter(own | (~asker & nearest))
    return rows if actor.id is None else rows.filter(alone | ~Q(submitted_by=actor.id))


@dataclass(frozen=True)
class Window:
    """When a subject's self-evaluation is filled in and handed in; ``codes`` narrow what is asked. Who only fills in asks for no
    last day: it is worked out where it is wanted."""

    subject: Subject
    phase: Phase
    day: date
    codes: tuple[str, ...]

    @cached_property
    def last(self) -> date:
        """Its last day, behind freezes."""
        freezes = rules_of(self.subject.campaign).freezes
        return last_day(self.phase.closes_on, self.subject.due_on, [(freeze.first, freeze.last) for freeze in freezes])

    @cached_property
    def frozen(self) -> Freeze | None:
        return rules_of(self.subject.campaign).frozen_on(self.day)

    def is_open(self, today: date) -> bool:
        return today >= self.phase.opens_on

    def is_over(self, today: date) -> bool:
        return today > self.last


def phase_of(campaign: Campaign) -> Phase | None:
    """The phase of the self-evaluation. A campaign with prefetched phases asks nothing of the database."""
    return next((phase for phase in campaign.phases.all() if phase.kind == Phase.Kind.SELF), None)


def window_of(subject: Subject, today: date | None = None) -> Window | None:
    """``None`` where the campaign asks for no self-evaluation."""
    phase = phase_of(subject.campaign)
    return None if phase is None else Window(subject, phase, today or timezone.localdate(), tuple(phase.codes))


def why_not_fill(subject: Subject, actor: Actor, window: Window | None, today: date | None = None) -> Denied | None:
    """Whether answers may be written now. After the deadline they may, while nothing has been handed in: whether they can still be
    handed in is another question.
    """
    denied = by_filler(subject, actor, "evaluation.fill")
    if denied is not None:
        return denied
    if window is None:
        return Denied("这个项目没有自查自评阶段，不用填报。", "evaluation.fill")
    opens_on = window.phase.opens_on
    if (today or timezone.localdate()) < opens_on:
        return Denied(f"自评从{opens_on.month}月{opens_on.day}日开始，请到时再填。", "evaluation.fill")
    if subject.state not in {Subject.State.OPEN, Subject.State.RETURNED}:
        return Denied(
            f"当前状态为“{subject.get_state_display()}”，不能再改。需要修改时请先撤回，或请核查单位退回。",
            "evaluation.fill",
        )
    return None


def why_not_check(subject: Subject, actor: Actor, verb: str = "evaluation.return") -> Denied | None:
    """Whether somebody may check this self-evaluation, whatever its state."""
    denied = actor.why_not(verb, subject.unit.path)
    if denied is None:
        denied = by_checker(subject, actor, verb)
    return denied if denied is not None else another_checks(subject, actor, verb)


# ---- what there is ------------------------------------------------------------------------------------------------


def code_at(key: str) -> str:
    """The indicator that evidence is attached to; "" for none."""
    asked = ANSWER.read(key)
    return asked[1] if asked is not None else ""


def evidence_of(subject: Subject) -> dict[str, list[Any]]:
    """The links of evidence by code: one query."""
    found: dict[str, list[Any]] = {}
    for link in attached(ANSWER.key(subject.pk)).select_related("version__evidence", "version__file"):
        found.setdefault(code_at(link.key), []).append(link)
    return found


def evidence_at(subject: Subject, code: str) -> list[Any]:
    """The links of evidence of one indicator: one query."""
    return list(attached_at(ANSWER.key(subject.pk, code)))


def remarks_of(subject: Subject, *, inside: bool) -> list[Remark]:
    """What is to be put right. ``inside``: who checks sees what they are still writing; the unit sees it once it is sent back."""
    rows = Remark.objects.filter(subject=subject).order_by("pk")
    if not inside and subject.state in {Subject.State.SUBMITTED, Subject.State.ACCEPTED}:
        rows = rows.exclude(state=Remark.State.OPEN)
    return list(rows)


def earlier(subject: Subject) -> Subject | None:
    """The same unit's last time: by the same indicator system, or in a campaign of the same template."""
    campaign = subject.campaign
    same = Q(campaign__version__framework=campaign.version.framework_id)
    if campaign.template:
        same |= Q(campaign__template=campaign.template, campaign__office=campaign.office_id)
    rows = Subject.objects.filter(same, unit=subject.unit_id, campaign__year__lt=campaign.year)
    rows = rows.exclude(state=Subject.State.OUT).select_related("campaign").order_by("-campaign__year", "-pk")
    found: Subject | None = rows.first()
    return found


@dataclass(slots=True)
class Block:
    """A first-level indicator: how many of its indicators are answered, which stand for themselves."""

    node: Node
    filled: int = 0
    expected: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    out: set[str] = field(default_factory=set)
    """Those of its indicators that don't apply to the subject."""

    @property
    def is_done(self) -> bool:
        return self.filled >= self.expected

    @property
    def words(self) -> str:
        return f"{self.filled}/{self.expected}" if self.expected else "不用填"


def blocks_filled(
    system: System, codes: tuple[str, ...], cells: Mapping[str, Mapping[str, Any]], figures: Mapping[str, Any]
) -> list[Block]:
    """`counts_of` one subject by first-level indicator. ``cells``: what is answered, by code; ``figures``: its data items."""
    (gone,) = not_applying(system, [figures])
    found: dict[str, Block] = {}
    for code, leaf in leaves_of(system, codes).items():
        block = found.setdefault(leaf.block, Block(system.tree.nodes[leaf.block]))
        block.leaves.append(leaf)
        if code in gone:
            block.out.add(code)
        elif leaf.needed:
            block.expected += 1
            block.filled += leaf.is_filled(cells.get(code, {}))
    return list(found.values())


def answers_of(subject: Subject) -> dict[str, Answer]:
    return {row.code: row for row in Answer.objects.filter(subject=subject)}


def figures_of(subject: Subject) -> dict[str, Figure]:
    return {row.name: row for row in Figure.objects.filter(subject=subject)}


def cells_of(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Data items by name, as far as they are given."""
    return {name: row.cell for name, row in figures.items() if row.cell not in (None, "")}


def given_of(
    subjects: Sequence[int],
) -> dict[int, tuple[dict[str, Mapping[str, Any]], dict[str, Any]]]:
    """What `counts_of` reads, by subject: two queries, however many."""
    found: dict[int, tuple[dict[str, Mapping[str, Any]], dict[str, Any]]] = {key: ({}, {}) for key in subjects}
    for key, code, cells in Answer.objects.filter(subject__in=subjects).values_list("subject", "code", "cells"):
        found[key][0][code] = cells
    for key, name, cell in Figure.objects.filter(subject__in=subjects).values_list("subject", "name", "cell"):
        if cell not in (None, ""):
            found[key][1][name] = cell
    return found


# ---- what was handed in -----------------------------------------------------------------------------------------


def submission_of(actor: Actor, pk: int) -> Submission | None:
    found: Submission | None = (
        Submission.objects.select_related(
            "subject__unit", "subject__campaign__office", "subject__campaign__version__framework"
        )
        .filter(pk=pk, subject__in=seen(actor).values("pk"))
        .first()
    )
    return found


def last_submissions(subject: Subject) -> tuple[Submission | None, Submission | None]:
    """The last two: (the one before, the last)."""
    rows = list(Submission.objects.filter(subject=subject).order_by("-number")[:2])
    return (rows[1] if len(rows) > 1 else None), (rows[0] if rows else None)


def has_been_looked_at(subject: Subject) -> str:
    """Why what was handed in can't be taken back any more: somebody has begun to work with it. Empty where nobody has."""
    last = Submission.objects.filter(subject=subject).order_by("-number").first()
    since = last.at if last is not None else None
    if since is not None and Remark.objects.filter(subject=subject, at__gte=since).exclude(by="").exists():
        return "核查单位已经开始核查并提出意见，不能撤回。请等待退回，或联系核查单位。"
    number = last.number if last is not None else 0
    if subject.reviews.filter(
        Q(looked_at__gte=max(number, 1)) | Q(marked__gt=0), state__in=["assigned", "done"]
    ).exists():
        return "评审人员已经开始评审，不能撤回。需要修改时请联系组织单位退回。"
    if subject.state == Subject.State.ACCEPTED and rules_of(subject.campaign).check:
        return "自评已经核查通过，不能撤回。需要修改时请联系核查单位退回。"
    return ""
