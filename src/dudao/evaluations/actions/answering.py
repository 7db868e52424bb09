"""A self-evaluation is written: answers and figures, each saved by itself, so that several people of one school can work at once.

A save locks the subject's row (whoever hands in waits for it, or it for them), writes one row and leaves one event. What two
people changed at the same field is a `Stale`: neither is lost, the second one decides. What they changed at different fields of one
indicator is no conflict. The same save sent twice is the same save.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from dudao.calc.evidence import clean_name
from dudao.calc.expr import normal_name, read_cell
from dudao.calc.score import SubjectColumn
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.models import StoredFile
from dudao.core.workflow import Conflict
from dudao.evaluations.models import Answer, Campaign, Figure, Part, Remark, Subject
from dudao.evaluations.queries.answering import (
    Leaf,
    asked_figures,
    counts_of,
    given_of,
    more_filled,
    phase_of,
)
from dudao.evaluations.queries.figures import Known, known_of, outdated
from dudao.evaluations.queries.parts import Desk, desk_on, with_counts
from dudao.evaluations.queries.systems import figures_asked, system_of

MOST_TEXT = 4000


class Stale(Conflict):
    """Somebody else saved the same field in between. ``theirs`` and ``mine`` by field; ``revision``: of what stands there now."""

    def __init__(self, row: Answer | Figure, theirs: Mapping[str, str], mine: Mapping[str, str]) -> None:
        self.row, self.theirs, self.mine = row, theirs, mine
        self.revision, self.who, self.at = row.revision, row.saved_by, row.saved_at
        when = f"{timezone.localtime(self.at):%H:%M}"
        super().__init__(f"{self.who or '别人'}在 {when} 改了同一处，您的修改还没有保存。请对照两份内容后再保存。")


def held(subject: Subject) -> Subject:
    """The row, locked, with what every rule about it needs."""
    row: Subject = (
        Subject.objects.select_for_update(of=("self",))
        .select_related("unit__parent", "campaign__office", "campaign__version__framework")
        .defer("campaign__version__whole")
        .get(pk=subject.pk)
    )
    return row


def _open(actor: Actor, subject: Subject, *, code: str = "", figure: str = "", some: bool = False) -> Desk:
    """The desk of somebody who writes: at one indicator, one data item, in ``some`` place, or as the evaluated unit itself."""
    desk = desk_on(actor, held(subject))
    if code:
        denied = desk.why_not(code)
    elif figure:
        denied = desk.why_not_figure(figure)
    else:
        denied = desk.why_nothing() if some else desk.owner
    if denied is not None:
        raise denied
    return desk


def _asked(desk: Desk) -> tuple[str, ...]:
    assert desk.window is not None
    return desk.window.codes


def _note(actor: Actor, desk: Desk, part: Part | None, **data: Any) -> None:
    """Who wrote: a department its part, or the evaluated unit."""
    if part is not None and desk.owner is not None:
        audit.record(actor, "part.fill", part, **data)
    else:
        audit.record(actor, "evaluation.fill", desk.subject, **data)


def _cell(column: SubjectColumn, cell: object) -> str:
    """A cell as it is stored: as typed, «» for none. Raises ``ValidationError`` by name of the question."""
    try:
        value = read_cell(column.item, cell)
    except ValueError as error:
        raise ValidationError({column.name: f"“{column.header}”{error}。"}) from None
    return "" if value is None else str(cell).strip()


def _clash(
    row: Answer | Figure,
    revision: int,
    now: Mapping[str, str],
    mine: Mapping[str, str],
    was: Mapping[str, str] | None,
) -> None:
    """Refuse to write over what the person hasn't seen. ``was``: what stood in the fields before they typed. Where the page knows
    it, that decides, field by field: a page that saved one field may not have seen what somebody wrote into another since.
    """
    seen = {name: now.get(name, "") for name in mine} if row.revision == revision else {}
    seen |= dict(was or {})
    theirs = {
        name: now.get(name, "") for name, value in mine.items() if now.get(name, "") not in {value, seen.get(name)}
    }
    if theirs:
        raise Stale(row, theirs, {name: mine[name] for name in theirs})


@audit.action
def save_answer(
    actor: Actor,
    *,
    subject: Subject,
    code: str,
    revision: int,
    cells: Mapping[str, object] | None = None,
    text: str | None = None,
    was: Mapping[str, str] | None = None,
) -> Answer:
    """Keep what was typed at one indicator: only the questions in ``cells`` («» takes an answer out), and ``text`` if it is given.

    ``revision``: of the answer when the page was loaded, 0 for none yet. Raises ``ValidationError`` by question for what is no
    answer to it, `Stale` for what somebody else changed.
    """
    desk = _open(actor, subject, code=code)
    row, part = desk.subject, desk.writer(code)
    leaf = desk.leaves.get(code)
    if leaf is None:
        raise ValidationError(f"这次自评没有代码为“{code[:40]}”的指标，请刷新页面。")
    mine = _checked(leaf, cells or {})
    if text is not None:
        mine["text"] = _text(text)
    answer = Answer.objects.filter(subject=row, code=code).first() or Answer(subject=row, code=code)
    before = dict(answer.cells)
    _clash(answer, revision, {**before, "text": answer.text}, mine, was)
    after = {**before, **{name: cell for name, cell in mine.items() if name != "text"}}
    after = {name: cell for name, cell in after.items() if cell != ""}
    words = mine.get("text", answer.text)
    if answer.pk is not None and after == before and words == answer.text:
        _note(actor, desk, part, code=code, again=True)
        return answer
    answer.cells, answer.text, answer.saved_at = after, words, timezone.now()
    answer.saved_by, answer.revision = actor.name[:100], answer.revision + 1
    answer.save()
    more = more_filled(desk.system, leaf, before, after, row)
    if more:
        Part.objects.filter(pk__in=[one.pk for one in desk.parts if code in one.codes]).update(
            filled=F("filled") + more
        )
    _saved(row, answer.saved_at, filled=row.filled + more)
    _note(actor, desk, part, code=code, number=answer.revision)
    return answer


def _checked(leaf: Leaf, cells: Mapping[str, object]) -> dict[str, str]:
    known = {column.name: column for column in leaf.columns}
    found: dict[str, str] = {}
    problems: dict[str, Any] = {}
    for name, cell in cells.items():
        column = known.get(str(name)) or known.get(normal_name(str(name)))
        if column is None:
            raise ValidationError(f"指标 {leaf.node.code} 没有“{str(name)[:40]}”这一问，请刷新页面。")
        try:
            found[column.name] = _cell(column, cell)
        except ValidationError as error:
            problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
    return found


def _text(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if len(words) > MOST_TEXT:
        raise ValidationError({"text": f"说明有 {len(words)} 字，最多 {MOST_TEXT} 字，请精简，细节放到佐证材料里。"})
    return words


def _saved(row: Subject, at: datetime, **more: Any) -> None:
    Subject.objects.filter(pk=row.pk).update(saved_at=at, revision=row.revision + 1, **more)
    row.saved_at, row.revision = at, row.revision + 1
    for name, value in more.items():
        setattr(row, name, value)


def _counted(desk: Desk, at: datetime) -> None:
    """Note a save, and how far the whole and its parts are since."""
    row, codes = desk.subject, _asked(desk)
    cells, figures = given_of([row.pk])[row.pk]
    ((filled, expected),) = counts_of(desk.system, codes, [(cells, figures)])
    _saved(row, at, filled=filled, expected=expected)
    Part.objects.bulk_update(with_counts(desk.parts, cells, figures, desk.window), ["filled", "expected"])


@audit.action
def save_figure(
    actor: Actor,
    *,
    subject: Subject,
    name: str,
    revision: int,
    cell: object = None,
    note: str | None = None,
    was: Mapping[str, str] | None = None,
) -> Figure:
    """Keep a typed number. It is the unit's own from now on, wherever it came from before. ``cell`` ``None``: only the note."""
    desk = _open(actor, subject, figure=normal_name(name))
    row = desk.subject
    columns = {column.name: column for column in asked_figures(desk.system, _asked(desk))}
    column = columns.get(normal_name(name))
    if column is None:
        raise ValidationError(f"这次自评不用填“{name[:40]}”，请刷新页面。")
    figure = Figure.objects.filter(subject=row, name=column.name).first() or Figure(subject=row, name=column.name)
    now = {"cell": "" if figure.cell is None else str(figure.cell), "note": figure.note}
    mine: dict[str, str] = {}
    if cell is not None:
        mine["cell"] = _cell(column, cell)
    if note is not None:
        mine["note"] = note.strip()
        if len(mine["note"]) > 500:
            raise ValidationError({"note": "说明最多 500 字，请精简。"})
    _clash(figure, revision, now, mine, was)
    after = {**now, **mine}
    if figure.pk is not None and after == now:
        _note(actor, desk, desk.writer(figure=column.name), item=column.name, again=True)
        return figure
    if after["cell"] != now["cell"]:
        figure.taken = figure.taken_url = ""
    _write(figure, actor, cell=after["cell"] or None, note=after["note"])
    figure.save()
    _counted(desk, figure.saved_at)
    _note(actor, desk, desk.writer(figure=column.name), item=column.name, number=figure.revision)
    return figure


def _write(figure: Figure, actor: Actor, **values: Any) -> None:
    for name, value in values.items():
        setattr(figure, name, value)
    figure.saved_at, figure.saved_by, figure.revision = timezone.now(), actor.name[:100], figure.revision + 1


@audit.action
def take_figures(actor: Actor, *, subject: Subject, names: Sequence[str] | None = None) -> Subject:
    """Fill in from the statistics what is empty, and what was taken over and is out of date; ``names``: exactly these items, also
    where somebody typed another number.
    """
    desk = _open(actor, subject, some=True)
    row = desk.subject
    known = known_of(row.campaign, [row.unit_id]).get(row.unit_id, {})
    asked = {
        column.name: column.item
        for column in asked_figures(desk.system, desk.codes)
        if desk.why_not_figure(column.name) is None
    }
    have = {figure.name: figure for figure in Figure.objects.filter(subject=row)}
    if names is None:
        empty = [name for name in asked if name not in have or have[name].cell in (None, "")]
        wanted = [*empty, *outdated(list(have.values()), known, asked)]
    else:
        wanted = [normal_name(name) for name in names if normal_name(name) in asked]
    count = 0
    for name in dict.fromkeys(wanted):
        if name in known:
            figure = have.get(name) or Figure(subject=row, name=name)
            _write(figure, actor, cell=known[name].cell, taken=known[name].taken[:200], taken_url=known[name].url)
            figure.save()
            count += 1
    _counted(desk, timezone.now())
    _note(actor, desk, next(iter(desk.own_parts), None), what="数据", count=count)
    return row


@audit.action
def confirm_figures(actor: Actor, *, subject: Subject) -> Subject:
    """Somebody of the unit has looked at the numbers that the platform filled in by itself, and found them right."""
    desk = _open(actor, subject, some=True)
    row = desk.subject
    asked = {column.name for column in asked_figures(desk.system, desk.codes)}
    count = 0
    for figure in Figure.objects.filter(subject=row, revision=0).exclude(taken=""):
        if figure.name in asked and desk.why_not_figure(figure.name) is None:
            _write(figure, actor)
            figure.save()
            count += 1
    _saved(row, timezone.now())
    _note(actor, desk, next(iter(desk.own_parts), None), what="数据", count=count)
    return row


def take_figures_of(campaign: Campaign) -> int:
    """Part of the action that starts a campaign: what the statistics know of all its subjects, for each to be confirmed
    (``revision`` 0). Figures that are there already stay. Answers how many were filled in.
    """
    subjects = {subject.unit_id: subject for subject in campaign.subjects.all()}
    wanted = {column.name for column in figures_asked(system_of(campaign))}
    known: dict[int, dict[str, Known]] = known_of(campaign, subjects) if wanted else {}
    have = set(Figure.objects.filter(subject__campaign=campaign).values_list("subject_id", "name"))
    made = [
        Figure(
            subject=subjects[unit], name=name, cell=one.cell, taken=one.taken[:200], taken_url=one.url, saved_by="系统"
        )
        for unit, given in known.items()
        for name, one in given.items()
        if name in wanted and (subjects[unit].pk, name) not in have
    ]
    Figure.objects.bulk_create(made, batch_size=2000)
    return len(made)


def count_anew(campaign: Campaign, keys: Sequence[int]) -> None:
    """Part of actions that write answers or data items of many subjects: how far each of them is."""
    phase = phase_of(campaign)
    given = given_of(keys)
    found = counts_of(system_of(campaign), phase.codes if phase is not None else (), list(given.values()))
    rows = [Subject(pk=key, filled=one[0], expected=one[1]) for key, one in zip(given, found, strict=True)]
    Subject.objects.bulk_update(rows, ["filled", "expected"], batch_size=2000)


@audit.action
def attach_report(actor: Actor, *, subject: Subject, file: StoredFile, name: str) -> Subject:
    """The signed self-report as a scan; a second one takes the first one's place (what was handed in keeps its own)."""
    row = _open(actor, subject).subject
    name = clean_name(name)
    Subject.objects.filter(pk=row.pk).update(report=file, report_name=name)
    row.report, row.report_name = file, name
    _saved(row, timezone.now())
    audit.record(actor, "evaluation.fill", row, file=name, digest=file.digest)
    return row


@audit.action
def answer_remark(actor: Actor, *, remark: Remark, reply: str) -> Remark:
    """Say what was put right about a remark of who checks."""
    desk = _open(actor, remark.subject, code=remark.code)
    row = desk.subject
    fresh: Remark = Remark.objects.select_for_update().get(pk=remark.pk, subject=row)
    if fresh.state == Remark.State.SETTLED:
        raise Denied("这条意见已经认可，不用再回应。", "evaluation.fill")
    words = reply.strip()
    if not words:
        raise ValidationError({"reply": "请写明怎样修改的，没有修改的写明理由。"})
    if len(words) > 1000:
        raise ValidationError({"reply": "修改说明最多 1000 字，请精简。"})
    fresh.reply, fresh.state, fresh.answered_at = words, Remark.State.ANSWERED, timezone.now()
    fresh.save(update_fields=["reply", "state", "answered_at"])
    _saved(row, fresh.answered_at)
    _note(actor, desk, desk.writer(fresh.code), code=fresh.code, what="修改说明")
    return fresh
