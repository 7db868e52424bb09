"""What of an evaluation becomes a finding: one indicator of one subject («mark:12:B2»), or everybody who did badly («low:3:B2»)."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from dudao.calc.score import Scores, Trace, explain
from dudao.core.access import Actor
from dudao.evaluations.models import Result, Subject
from dudao.evaluations.queries import results
from dudao.evaluations.queries.deciding import final_sheet
from dudao.evaluations.queries.lows import lows_of
from dudao.evaluations.queries.scoring import scored
from dudao.evaluations.queries.sheets import loaded
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.frameworks.findings import Said, loss, part_of, said
from dudao.papers.sources import Fact

ALL = "*"


def key_of(subject: int, code: str) -> str:
    return f"mark:{subject}:{code}"


def set_key_of(sheet: int, code: str = ALL) -> str:
    """All subjects of a sheet that did badly at an indicator, or anywhere."""
    return f"low:{sheet}:{code}"


def _told(trace: Trace) -> Said | None:
    """The problem in words, from points lost or from the lowest level; ``None`` where there is none."""
    if loss(trace):
        return said(trace)
    if trace.possible is None and trace.level is not None:
        because = "；".join(line.strip().rstrip("。；") for line in trace.lines if "=" not in line)
        ending = f"依据：{because}。" if because else ""
        words = f"“{trace.name}”评为“{trace.level}”。{ending}"[:4000]
        return Said(words, (Fact("等级", trace.level, f"评为“{trace.level}”"),))
    return None


def _problem(subject: Subject, scores: Scores, row: int, code: str) -> Problem | None:
    trace = explain(scores, row, code)
    told = _told(trace)
    if told is None:
        return None
    return Problem(key_of(subject.pk, code), subject.unit, told.description, told.facts, code, trace.name)


def _split(key: str) -> tuple[int, str] | None:
    pk, _, code = key.partition(":")
    return (int(pk), code) if pk.isascii() and pk.isdigit() and len(pk) < 18 and code else None


def _may_see(actor: Actor, subject: Subject) -> bool:
    """Its office, the team that visits it, and whoever sees its result."""
    if results.is_led(actor, subject.campaign):
        return True
    if actor.id is not None and subject.visits.filter(members__account=actor.id).exists():
        return True
    return results.seen(actor).filter(subject=subject).exists()


def found_in_mark(actor: Actor, key: str) -> Origin | None:
    """«12:B2»: one indicator of one subject, as it counts now."""
    asked = _split(key)
    if asked is None:
        return None
    rows = Subject.objects.select_related("campaign__office", "campaign__version__framework", "unit")
    subject = rows.filter(pk=asked[0]).first()
    if subject is None or not _may_see(actor, subject):
        return None
    scores = scored(subject)
    if asked[1] not in scores.tree.nodes or not scores.size:
        return None
    problem = _problem(subject, scores, 0, asked[1])
    if problem is None:
        return None
    return Origin(
        Finding.Source.SCORE,
        f"{subject.campaign.title}：{subject.label}",
        _address(subject, asked[1]),
        [problem],
        part_of(scores, asked[1]),
        timezone.localdate(),
    )


def _address(subject: Subject, code: str) -> str:
    """The subject's result where there is one, else its own page."""
    sheet = final_sheet(subject.campaign)
    row = None if sheet is None else Result.objects.filter(sheet=sheet, subject=subject).first()
    where = reverse("evaluations:result", args=[row.pk]) if row is not None else subject.get_absolute_url()
    return f"{where}?{urlencode({'code': code})}#trace"


def found_low(actor: Actor, key: str) -> Origin | None:
    """«3:B2», «3:*»: all subjects of a sheet that did badly; for the office."""
    asked = _split(key)
    sheet = results.sheet(actor, asked[0]) if asked else None
    if asked is None or sheet is None:
        return None
    code = "" if asked[1] == ALL else asked[1]
    lows = lows_of(sheet, code)
    if not lows:
        return None
    rows = list({low.row.pk: low.row for low in lows}.values())
    table, scores = loaded(sheet, rows)
    places = {rows[line - 1].pk: place for place, line in enumerate(table.rows)}
    problems = [_problem(low.row.subject, scores, places[low.row.pk], low.code) for low in lows]
    category = part_of(scores, code) if code else ""
    kept = [problem for problem in problems if problem is not None]
    return Origin(Finding.Source.SCORE, str(sheet), f"{sheet.get_absolute_url()}low/", kept, category)


def register_all() -> None:
    register("mark", found_in_mark)
    register("low", found_low)
