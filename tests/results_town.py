"""A campaign of the town with marks for everything, on its way to a result."""

from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from dudao.calc.expr import Kind
from dudao.calc.score import columns_of
from dudao.evaluations.models import Figure, Mark, Subject
from dudao.evaluations.queries.systems import system_of
from dudao.results.actions.results import make_sheet
from evaluations_town import campaign

GOVERNMENT = "county-government-template"


BAD = ("拖欠", "大班额班数", "未达", "不足", "空编")
"""What a figure is named of which less is better."""


def cell_of(item, share, points=None):
    """A cell that an item accepts, at about a share of what it may be; of faults (counted by people) the fewer."""
    if points is not None and item.kind is Kind.COUNT:
        return str(int(4 * (1 - share)))
    if any(word in item.name for word in BAD) and item.kind is not Kind.TRUTH:
        return "0"
    if item.kind is Kind.TRUTH:
        return "否"
    if item.aliases:
        return next(iter(item.aliases))
    if item.options:
        return item.options[min(len(item.options) - 1, int((1 - share) * len(item.options)))]
    if item.kind is Kind.TEXT:
        return "一"
    most = item.most if item.most is not None else (points if points is not None else Decimal(10))
    value = Decimal(most) * Decimal(str(share))
    return str(int(value)) if item.kind is Kind.COUNT else f"{value.quantize(Decimal('0.5'))}"


def mark_all(running, shares):
    """Settled marks and figures for every subject; ``shares``: unit → about which share of the points it gets."""
    system = system_of(running)
    tree = system.tree
    marks, figures = [], []
    for subject in Subject.objects.filter(campaign=running):
        share = shares.get(subject.unit_id, Decimal("0.8"))
        cells = {}
        for column in columns_of(system):
            if not column.source:
                figures.append(Figure(subject=subject, name=column.key, cell=cell_of(column.item, share)))
            elif column.code:
                points = tree.nodes[column.code].points
                where = cells.setdefault((column.source, column.code), {})
                where[column.name] = cell_of(column.item, share, points)
        marks += [
            Mark(subject=subject, source=source, code=code, cells=given, by="办公室")
            for (source, code), given in cells.items()
        ]
    Mark.objects.bulk_create(marks)
    Figure.objects.bulk_create(figures)
    Subject.objects.filter(campaign=running).exclude(state="out").update(state="accepted", accepted_at=timezone.now())


def marked(town, **given):
    """A running campaign over the town's kindergartens in which everything has a mark."""
    running = campaign(town, **given)
    mark_all(
        running,
        {town.kindergarten.pk: Decimal("0.9"), town.private.pk: Decimal("0.5"), town.foreign.pk: Decimal("0.7")},
    )
    return running


def deciding(town, **given):
    """One that was scored: its result is formed."""
    running = marked(town, **given)
    sheet = make_sheet(town.officer, campaign=running, purpose="final", reason="测试。")
    running.refresh_from_db()
    return running, sheet


def total(result):
    return Fraction(result.outcome["total"])
