"""Scores and who sees them; what one subject's result is compared with: its county, all, earlier years."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Avg, Count, OuterRef, Q, QuerySet, Subquery

from dudao.calc.expr import show_number
from dudao.calc.rounding import round_half_up
from dudao.calc.score import Scores
from dudao.calc.tree import Role, Tree, diff
from dudao.core.access import Actor
from dudao.core.keys import Kind
from dudao.evaluations.models import Campaign, Mark, Result, ScoreSheet, Subject
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.frameworks.trials.figures import padded, total_places

C = Campaign.State
FORMED = (C.DECIDING, C.PUBLICISED, C.PUBLISHED, C.ARCHIVED)
OUT = (C.PUBLISHED, C.ARCHIVED)
FEWEST = 3
"""Of fewer subjects a mean tells one's neighbour's marks."""
MARK = Kind("mark", int, str)
"""One indicator of one subject, as a source of findings."""


# ---- who sees what --------------------------------------------------------------------------------------------


def campaign_led(actor: Actor, pk: int, verb: str = "result.view") -> Campaign | None:
    """A campaign seen from the side of the office that runs it: below it others have only their own results."""
    rows = Campaign.objects.select_related("office", "version__framework").filter(pk=pk)
    found: Campaign | None = rows.first()
    return found if found is not None and is_led(actor, found, verb) else None


def is_led(actor: Actor, row: Campaign, verb: str = "result.view") -> bool:
    return actor.everything or any(row.office.path.startswith(path) for path in actor.paths(verb))


def sheets_of(campaign: Campaign) -> "QuerySet[Any]":
    return ScoreSheet.objects.filter(campaign=campaign).order_by("-number")


def sheet(actor: Actor, pk: int) -> ScoreSheet | None:
    """A sheet with everybody's marks: for the office."""
    found: ScoreSheet | None = (
        ScoreSheet.objects.visible_to(actor, "result.view")
        .select_related("campaign__office", "campaign__version__framework")
        .filter(pk=pk)
        .first()
    )
    return found


def final_sheet(campaign: Campaign) -> ScoreSheet | None:
    """The last final sheet: what is decided on, publicised, published."""
    found: ScoreSheet | None = (
        ScoreSheet.objects.filter(campaign=campaign, purpose=ScoreSheet.Purpose.FINAL).order_by("-number").first()
    )
    if found is not None:
        found.campaign = campaign
    return found


def is_final(row: ScoreSheet) -> bool:
    """Whether a sheet is the one that counts: a trial's marks, and those that were formed anew, are nobody's problem."""
    last = final_sheet(row.campaign)
    return last is not None and last.pk == row.pk


def results_of(row: ScoreSheet) -> "QuerySet[Any]":
    return Result.objects.filter(sheet=row)


def seen(actor: Actor) -> "QuerySet[Any]":
    """All results of the campaigns of one's offices; of others' campaigns the last final result of one's own units, from the time
    that the campaign's rules say, and of units below one's own as soon as it was formed, where the rules let lower offices look.
    """
    rows = Result.objects.select_related(
        "sheet__campaign__office", "sheet__campaign__version__framework", "subject__unit"
    )
    if actor.everything:
        return rows
    paths = actor.paths("result.view")
    if not paths:
        return rows.none()
    led, own, under = Q(), Q(), Q()
    for path in paths:
        led |= Q(sheet__campaign__office__path__startswith=path)
        own |= Q(path__startswith=path)
        under |= Q(path__startswith=path) & ~Q(path=path)
    rules, state = "sheet__campaign__rules", "sheet__campaign__state__in"
    shown = (
        Q(**{f"{rules}__shown": "feedback", state: FORMED})
        | Q(**{f"{rules}__shown": "publicity", state: (C.PUBLICISED, *OUT)})
        | Q(**{state: OUT})
    )
    above = under & Q(**{f"{rules}__visible_below": True, state: FORMED})
    last = (
        ScoreSheet.objects.filter(campaign=OuterRef("sheet__campaign"), purpose=ScoreSheet.Purpose.FINAL)
        .order_by("-number")
        .values("pk")[:1]
    )
    return rows.filter(led | (Q(sheet_id=Subquery(last)) & ((own & shown) | above)))


def result(actor: Actor, pk: int) -> Result | None:
    found: Result | None = seen(actor).filter(pk=pk).first()
    return found


def shows_marks(actor: Actor, row: Result) -> bool:
    """Whether one sees marks, not only the grade («不公开得分，只公布等次»)."""
    campaign = row.sheet.campaign
    if rules_of(campaign).shown != "never" or is_led(actor, campaign):
        return True
    paths = actor.paths("result.view")
    return rules_of(campaign).visible_below and any(row.path.startswith(path) and row.path != path for path in paths)


def counties_of_sheet(row: ScoreSheet) -> list[tuple[str, str]]:
    names = results_of(row).exclude(county="").order_by("county").values_list("county", flat=True).distinct()
    return [(name, name) for name in names]


def county_means(row: ScoreSheet) -> list[tuple[str, float, int]]:
    """(county, mean total, how many) of those with a total, best first; nothing where counties are the subjects themselves."""
    found = (
        results_of(row)
        .filter(total__isnull=False)
        .exclude(county="")
        .order_by()
        .values("county")
        .annotate(mean=Avg("total"), many=Count("pk"))
    )
    rows = [(one["county"], round(float(one["mean"]), 2), one["many"]) for one in found]
    if len(rows) < 2 or all(many == 1 for _, _, many in rows):
        return []
    return sorted(rows, key=lambda one: -one[1])


# ---- beside one subject ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Means:
    """Rates of the first-level indicators: of one subject, of its county, of all; ``None`` where there is nothing to say."""

    names: list[str]
    own: list[float | None]
    county: list[float | None]
    everybody: list[float | None]
    county_name: str

    @property
    def says(self) -> bool:
        return len(self.names) > 1 and any(value is not None for value in self.own)

    def chart(self, own_name: str) -> dict[str, Any]:
        series = [{"name": own_name, "values": self.own}]
        if any(value is not None for value in self.county):
            series.append({"name": f"{self.county_name}平均", "values": self.county})
        series.append({"name": "全部平均", "values": self.everybody})
        return {"kind": "bar", "categories": self.names, "series": series, "unit": "%", "max": 100}

    @property
    def finding(self) -> str:
        """«“财政投入”比全部平均低 8.2 个百分点»: where it stands out most."""
        gaps = [
            (own - mean, name)
            for name, own, mean in zip(self.names, self.own, self.everybody, strict=True)
            if own is not None and mean is not None
        ]
        if not gaps:
            return "各部分得分率"
        gap, name = min(gaps)
        if gap >= 0:
            gap, name = max(gaps)
            return f"“{name}”比全部平均高 {gap:.1f} 个百分点" if gap else "各部分都与全部平均相同"
        return f"“{name}”比全部平均低 {-gap:.1f} 个百分点"


def _rates(tree: Tree, outcomes: Iterable[Mapping[str, Any]]) -> dict[str, Fraction | None]:
    """The mean rate of each first-level indicator."""
    sums: dict[str, list[Fraction]] = {}
    for outcome in outcomes:
        for code, block in outcome["blocks"].items():
            if block["mark"] is not None and block["possible"] not in {None, "0"}:
                sums.setdefault(code, []).append(Fraction(block["mark"]) / Fraction(block["possible"]))
    return {code: sum(found, Fraction(0)) / len(found) for code, found in sums.items()}


def means_of(row: Result, *, inside: bool) -> Means:
    """One query. From outside, the mean of fewer than three subjects is not told."""
    tree = system_of(row.sheet.campaign).tree
    blocks = [child for child in tree.root.children if child.role is Role.NORMAL and child.points is not None]
    pairs = list(results_of(row.sheet).values_list("county", "outcome"))
    near = [outcome for county, outcome in pairs if county == row.county]
    fewest = 2 if inside else FEWEST
    rates = [
        _rates(tree, [row.outcome]),
        _rates(tree, near) if row.county and fewest <= len(near) < len(pairs) else {},
        _rates(tree, [outcome for _, outcome in pairs]) if len(pairs) >= fewest else {},
    ]
    own, county, everybody = ([_share(found.get(child.code)) for child in blocks] for found in rates)
    return Means([child.name for child in blocks], own, county, everybody, row.county)


def _share(rate: Fraction | None) -> float | None:
    return None if rate is None else round(float(rate * 100), 1)


@dataclass(frozen=True, slots=True)
class Giver:
    """Whose mark was adopted at an indicator: the source, and (for the office) who gave it."""

    source: str
    who: str = ""


def givers(scores: Scores, subject: Subject, *, inside: bool) -> dict[str, Giver]:
    """By code; names are for the office only. One query."""
    labels = {one.key: one.label for one in scores.tree.sources}
    names: dict[tuple[str, str], list[str]] = {}
    if inside:
        for mark in Mark.objects.filter(subject=subject).select_related("review").order_by("id"):
            said = mark.by if mark.review_id or mark.visit_id else f"{mark.by}核定"
            names.setdefault((mark.source, mark.code), []).append(said)
    found: dict[str, Giver] = {}
    for question, code in scores.system.answered_by.items():
        key = scores.source_of(0, question)
        if code not in found and key is not None:
            told = names.get((key, code), [])
            settled = [name for name in told if name.endswith("核定")]
            found[code] = Giver(labels[key], "、".join(settled or told))
    for code, plan in scores.system.plans.items():
        if plan.rule is not None and not plan.asks:
            found[code] = Giver("数据")
    return found


def veto_grounds(row: Result) -> dict[str, str]:
    """By code of a veto: why it was raised, where that was said with it. One query."""
    marks = Mark.objects.filter(subject=row.subject_id, code__in=row.outcome["vetoes"], review=None, visit=None)
    return dict(marks.exclude(reason="").values_list("code", "reason"))


def standing(row: Result) -> str:
    """«第 3 名（共 13 个）», with who shares it."""
    if row.rank is None or not rules_of(row.sheet.campaign).ranked:
        return ""
    same = results_of(row.sheet).filter(rank=row.rank).count()
    return f"第 {row.rank} 名（共 {row.sheet.size} 个{f'，{same} 个并列' if same > 1 else ''}）"


# ---- over the years -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Year:
    """One campaign in a row of years. ``changes``: how its version differs from that of the year before."""

    campaign: Campaign
    sheet: ScoreSheet
    total: str
    rate: float | None
    rank: str
    grade: str
    result: Result | None
    changes: Sequence[str]


def campaigns_alike(campaign: Campaign) -> list[Campaign]:
    """Published campaigns of the same office on the same kind of objects by versions of the same system, and this one; by year."""
    return list(
        Campaign.objects.filter(
            Q(pk=campaign.pk) | Q(state__in=OUT),
            office=campaign.office_id,
            objects_kind=campaign.objects_kind,
            version__framework=campaign.version.framework_id,
        )
        .select_related("office", "version__framework")
        .order_by("year", "pk")
    )


def finals_of(campaigns: Sequence[Campaign]) -> dict[int, ScoreSheet]:
    """The last final sheet of each, by campaign."""
    found: dict[int, ScoreSheet] = {}
    rows = ScoreSheet.objects.filter(campaign__in=campaigns, purpose=ScoreSheet.Purpose.FINAL).order_by("number")
    by_key = {campaign.pk: campaign for campaign in campaigns}
    for row in rows:
        row.campaign = by_key[row.campaign_id]
        found[row.campaign_id] = row
    return found


def years_of(actor: Actor, campaign: Campaign, *, unit: int | None = None, county: str = "") -> list[Year]:
    """How a unit, a county (mean of its subjects) or all (neither given) did over the years, as far as one may see it."""
    campaigns = campaigns_alike(campaign)
    finals = finals_of(campaigns)
    rows = seen(actor).filter(sheet__in=list(finals.values())).order_by("sheet_id", "position")
    if unit is not None:
        rows = rows.filter(subject__unit=unit)
    elif county:
        rows = rows.filter(county=county)
    by_sheet: dict[int, list[Result]] = {}
    for row in rows:
        by_sheet.setdefault(row.sheet_id, []).append(row)
    found: list[Year] = []
    before: Campaign | None = None
    for one in campaigns:
        final = finals.get(one.pk)
        if final is None or final.pk not in by_sheet:
            continue
        found.append(_year(actor, one, final, by_sheet[final.pk], single=unit is not None, before=before))
        before = one
    return found


def _year(
    actor: Actor, campaign: Campaign, final: ScoreSheet, rows: list[Result], *, single: bool, before: Campaign | None
) -> Year:
    tree = system_of(campaign).tree
    known = [row for row in rows if row.outcome["total"] is not None and shows_marks(actor, row)]
    totals = [Fraction(row.outcome["total"]) for row in known]
    shares = [
        Fraction(row.outcome["total"]) / Fraction(row.outcome["possible"])
        for row in known
        if row.outcome["possible"] not in {None, "0"}
    ]
    mean = sum(totals, Fraction(0)) / len(totals) if totals else None
    own = rows[0] if single else None
    points, places = tree.root.points, total_places(tree) if single else tree.places.total or 2
    return Year(
        campaign=campaign,
        sheet=final,
        total="—"
        if mean is None
        else padded(mean if single else Fraction(round_half_up(mean, places)), places)
        + (f"／{show_number(Fraction(points))}" if points is not None else ""),
        rate=round(float(sum(shares, Fraction(0)) / len(shares) * 100), 1) if shares else None,
        rank=f"{own.rank}／{final.size}" if own is not None and standing(own) and known else "—",
        grade=own.grade if own is not None else _grades(rows),
        result=own,
        changes=_changed(before, campaign),
    )


def _grades(rows: Sequence[Result]) -> str:
    """«优秀 2 个，良好 5 个»."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.grade:
            counts[row.grade] = counts.get(row.grade, 0) + 1
    return "，".join(f"{name} {count} 个" for name, count in counts.items())


def _changed(before: Campaign | None, campaign: Campaign) -> list[str]:
    if before is None or before.version_id == campaign.version_id:
        return []
    return [change.sentence for change in diff(system_of(before).tree, system_of(campaign).tree)]


def published_results(actor: Actor) -> "QuerySet[Any]":
    """The last final results that a person may see, by campaign: what the own results' list shows."""
    last = (
        ScoreSheet.objects.filter(campaign=OuterRef("sheet__campaign"), purpose=ScoreSheet.Purpose.FINAL)
        .order_by("-number")
        .values("pk")[:1]
    )
    return seen(actor).filter(sheet_id=Subquery(last), sheet__campaign__state__in=FORMED)
