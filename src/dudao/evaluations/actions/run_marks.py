"""What people judged in the pinned runs of the statistics enters a campaign as marks."""

from collections.abc import Collection, Mapping

from dudao.calc.expr import Kind
from dudao.calc.score import SubjectColumn, System
from dudao.evaluations.models import Campaign, Mark, Phase, RunPin, Subject
from dudao.evaluations.queries.runs import judged, kinds_of, pinned
from dudao.evaluations.queries.systems import columns_by_code, system_of, vetoes_by_code

_ANSWERS = ("是", "否")
_BY = "测算"
"""Who gave a mark that comes from a run: «测算：王科员»."""


def mark_from_runs(row: Campaign) -> int:
    """Part of the actions that start a campaign or pin a run: people's verdicts in the pinned runs become marks of the source of
    the phase «数据监测», vetoes answers of the source that settles vetoes. What an office settled by hand stays. Answers how many.
    """
    phase = row.phases.filter(kind=Phase.Kind.DATA).first()
    if phase is None or not phase.source or not kinds_of(row):
        return 0
    asked = _asked(system_of(row), phase.source)
    subjects = {one.unit_id: one for one in row.subjects.exclude(state=Subject.State.OUT)}
    sources = {column.source for column in asked.values()}
    settled = Mark.objects.filter(subject__in=list(subjects.values()), source__in=sources, review=None, visit=None)
    by_hand = {(one.subject_id, one.code) for one in settled if not one.by.startswith(_BY)}
    for old in settled.filter(by__startswith=_BY):
        old.delete()
    made = []
    for pin in pinned(row).values():
        for unit, given in judged(pin, subjects).items():
            made += _marks(pin, subjects[unit], _free(subjects[unit], given, by_hand), asked)
    Mark.objects.bulk_create(made, batch_size=2000)
    return len(made)


def _asked(system: System, source: str) -> dict[str, SubjectColumn]:
    """By code: the question that a verdict answers."""
    found = {code: columns[0] for code, columns in columns_by_code(system, source).items()}
    return {**found, **vetoes_by_code(system)}


def _marks(
    pin: RunPin, subject: Subject, given: Mapping[str, tuple[str, str, str]], asked: Mapping[str, SubjectColumn]
) -> list[Mark]:
    return [
        Mark(
            subject=subject,
            source=asked[code].source,
            code=code,
            cells={asked[code].name: level},
            reason=f"来自{pin}的判定：{note}"[:1000],
            by=f"{_BY}：{who}"[:100],
        )
        for code, (level, note, who) in given.items()
        if code in asked and level in (_ANSWERS if asked[code].item.kind is Kind.TRUTH else asked[code].item.options)
    ]


def _free(
    subject: Subject, given: Mapping[str, tuple[str, str, str]], by_hand: Collection[tuple[int, str]]
) -> dict[str, tuple[str, str, str]]:
    return {code: said for code, said in given.items() if (subject.pk, code) not in by_hand}
