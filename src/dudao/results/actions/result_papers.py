"""Papers of a result: 公示, 督导通报, 督导报告, each unit's 督导意见书. Their numbers are compared with the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date
from dudao.calc.expr import show_number
from dudao.calc.rounding import percent, round_half_up
from dudao.calc.tree import Tree
from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.campaigns import locked
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign, Result, ScoreSheet, Subject
from dudao.evaluations.queries import scores
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.frameworks.trials.figures import Summary, padded, summary, total_places
from dudao.orgs.models import Kind as UnitKind
from dudao.orgs.models import Unit
from dudao.orgs.organs import organ_of
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.queries import signatory_of
from dudao.papers.sources import Fact, Source, register
from dudao.results.queries import deciding
from dudao.results.queries.low_results import Low, by_indicator, fact_at, lows_of, lows_of_rows
from dudao.results.queries.opinions import OPINION, is_judged, lacking

CIRCULAR, REPORT = keys.Kind("result_circular", int), keys.Kind("result_report", int)
PUBLICITY = keys.Kind("result_publicity", int)
MOST_OPINIONS = 200
MOST_ADDRESSED = 200
MOST_TABLED = 300
MOST_COMMON = 6
MOST_NAMED = 3
"""Units of whom a circular says what is missing."""


def _share(rate: Fraction | None) -> str:
    return "" if rate is None else f"{percent(rate, Fraction(1))}%"


@dataclass(frozen=True)
class _Facts:
    """What the papers of one campaign are written from: its last final sheet."""

    campaign: Campaign
    sheet: ScoreSheet
    tree: Tree
    rows: Sequence[Result]
    whole: Summary

    @classmethod
    def of(cls, campaign: Campaign) -> "_Facts | None":
        sheet = deciding.final_sheet(campaign)
        if sheet is None:
            return None
        order = "position" if rules_of(campaign).ranked else "path"
        rows = list(Result.objects.filter(sheet=sheet).select_related("subject__unit").order_by(order))
        for row in rows:
            row.sheet = sheet
        tree = system_of(campaign).tree
        return cls(campaign, sheet, tree, rows, summary([(row.name, row.outcome) for row in rows], tree))

    @property
    def count(self) -> Fact:
        return Fact("参评单位", self.sheet.size, f"{self.sheet.size}个单位")

    @property
    def mean(self) -> list[Fact]:
        value = self.whole.mean
        return [] if value is None else [Fact("平均分", str(value), f"平均{round_half_up(value, 2)}分")]

    @property
    def grades(self) -> list[Fact]:
        return [Fact(f"等次：{name}", count, f"{name}{count}个") for name, count in self.whole.grades if count]

    @property
    def marks(self) -> list[Fact]:
        """The total of every unit: stated in the ranking table."""
        return [
            Fact(f"得分：{row.name}", row.outcome["total"], self.total(row))
            for row in self.rows[:MOST_TABLED]
            if row.outcome["total"] is not None
        ]

    def total(self, row: Result) -> str:
        """As the indicator system rounds it; empty where there is none."""
        text = row.outcome["total"]
        return "" if text is None else padded(Fraction(text), total_places(self.tree))

    def common(self) -> list[tuple[Fact, str]]:
        """What many did badly at: (how many, the sentence)."""
        found = []
        for code, lows in list(by_indicator(lows_of(self.sheet)).items())[:MOST_COMMON]:
            names = "、".join(low.row.name for low in lows[:5]) + ("等" if len(lows) > 5 else "")
            fact = Fact(f"低分：{code}", len(lows), f"{len(lows)}个单位没有达到要求")
            # What is missing, at those where the rule or its values say it; else only who they are.
            told = [(low.row.name, self.facts_at(low.row, code)) for low in lows[:MOST_NAMED]]
            stated = "；".join(f"{name}{said.replace(f'“{lows[0].name}”', '')}" for name, said in told if said)
            found.append((fact, f"“{lows[0].name}”：{fact.text}（{names}）" + (f"，其中{stated}" if stated else "")))
        return found

    def facts_at(self, row: Result, code: str) -> str:
        return fact_at(self.sheet, [row], code).get(row.pk, "")

    @cached_property
    def before(self) -> "_Facts | None":
        """The same of the year before, where one was published."""
        earlier = [one for one in scores.campaigns_alike(self.campaign) if one.year < self.campaign.year]
        return _Facts.of(earlier[-1]) if earlier and earlier[-1].year == self.campaign.year - 1 else None

    def compared(self) -> str:
        """«与2025年相比，平均分提高1.20分»; "" where there is nothing to compare with, or other full points."""
        before = self.before
        if before is None or self.whole.mean is None or before.whole.mean is None:
            return ""
        if before.tree.root.points != self.tree.root.points:
            return ""
        rise = round_half_up(self.whole.mean, 2) - round_half_up(before.whole.mean, 2)
        moved = "持平" if not rise else f"{'提高' if rise > 0 else '降低'}{abs(rise)}分"
        return f"与{before.campaign.year}年相比，平均分{moved}。"

    def parts(self) -> list[dict[str, str]]:
        """What each first-level indicator reached on the mean, beside the year before."""
        then = dict(self.before.whole.rates) if self.before is not None else {}
        return [
            {"part": name, "rate": f"{percent(rate, Fraction(1))}%", "before": _share(then.get(name))}
            for name, rate in self.whole.rates
            if rate is not None
        ]

    def best(self) -> list[str]:
        """The parts that went best, as a sentence each."""
        known = sorted(((rate, name) for name, rate in self.whole.rates if rate is not None), reverse=True)
        return [
            f"“{name.partition(' ')[2] or name}”落实较好，平均得分率{percent(rate, Fraction(1))}%"
            for rate, name in known[:2]
            if rate >= Fraction(4, 5)
        ]

    def vetoes(self, row: Result) -> str:
        names = {veto.code: veto.name for veto in self.tree.vetoes}
        return "、".join(names[code] for code in row.outcome["vetoes"] if code in names)


def _of_circular(found: _Facts) -> list[Fact]:
    return [found.count, *found.mean, *found.grades, *found.marks, *(fact for fact, _ in found.common())]


def _of_report(found: _Facts) -> list[Fact]:
    return [found.count, *found.mean, *found.grades, *(fact for fact, _ in found.common())]


def _of_publicity(found: _Facts) -> list[Fact]:
    return [found.count, *found.grades]


def _source(facts: Callable[[_Facts], list[Fact]]) -> Source:
    def now(pk: int) -> Sequence[Fact]:
        campaign = Campaign.objects.select_related("office", "version__framework").filter(pk=pk).first()
        found = None if campaign is None else _Facts.of(campaign)
        return () if found is None else facts(found)

    return Source(facts=now)


def _may(actor: Actor, campaign: Campaign) -> _Facts:
    actor.require("paper.draft", campaign.office.path)
    denied = by_office(campaign, actor, "campaign.view")
    if denied is not None:
        raise Denied(f"由{campaign.office}起草。", "paper.draft")
    found = _Facts.of(campaign)
    if found is None:
        raise ValidationError("还没有形成评定结果，不能起草文书。")
    return found


def _addressed(found: _Facts) -> list[Unit]:
    """The evaluated units in the order of the register, never in that of their places; where they are too many, their counties."""
    units = [row.subject.unit for row in found.rows]
    if len(units) <= MOST_ADDRESSED:
        return sorted(units, key=lambda unit: (unit.sort_no, unit.sort_key, unit.pk))
    keys = {int(key) for unit in units for key in unit.path.split(".")[:-1]}
    return list(Unit.objects.filter(pk__in=keys, kind__in=[UnitKind.COUNTY, UnitKind.ZONE]))


def _overall(found: _Facts) -> str:
    told = [f"{found.campaign.title}共有{found.count.text}参评"]
    told += [fact.text for fact in found.mean]
    if found.grades:
        told.append("、".join(fact.text for fact in found.grades))
    return "，".join(told) + "。"


def _made_from(campaign: Campaign, kind: keys.Kind) -> dict[str, Any]:
    return {
        "source_label": str(campaign),
        "source_url": campaign.get_absolute_url(),
        "source_key": kind.key(campaign.pk),
    }


@audit.action
def draft_circular(actor: Actor, *, campaign: Campaign) -> Paper:
    """督导通报: the results, ranked where the rules say so, what was common, what to do. Only of a published result."""
    found = _may(actor, campaign)
    if campaign.published_at is None:
        raise Denied("结果公布后才能起草通报。", "paper.draft")
    common, ranked = found.common(), rules_of(campaign).ranked
    rows = [
        {
            "rank": "" if row.rank is None or not ranked else str(row.rank),
            "unit": row.name,
            "score": found.total(row),
            "grade": row.grade,
            "note": f"一票否决：{found.vetoes(row)}" if row.outcome["vetoes"] else "",
        }
        for row in found.rows[:MOST_TABLED]
    ]
    made: Paper = draft_paper(
        actor,
        unit=campaign.office,
        kind=Kind.CIRCULAR,
        title=f"关于{campaign.title}情况的通报",
        values={
            "topic": campaign.title,
            "overall": _overall(found) + found.compared(),
            "results": rows,
            "parts": found.parts(),
            "achievements": found.best(),
            "problems": [sentence for _, sentence in common] or ["各单位没有得分明显偏低的指标"],
            "demands": [
                "各单位对照本单位的督导意见书逐条整改，明确责任人和完成时限",
                "评估结果作为考核、奖惩和经费安排的重要依据",
            ],
        },
        recipients=_addressed(found),
        facts=_of_circular(found),
        **_made_from(campaign, CIRCULAR),
    )
    return made


@audit.action
def draft_report(actor: Actor, *, campaign: Campaign) -> Paper:
    """督导报告 to the own government: what each part reached, problems, suggestions, all units in the annex."""
    found = _may(actor, campaign)
    common = found.common()
    full = {f"{child.code} {child.name}": child for child in found.tree.root.children}
    rates = [(name, rate) for name, rate in found.whole.rates if rate is not None]
    phases = "、".join(dict.fromkeys(phase.title for phase in campaign.phases.all()))
    best = sorted(rates, key=lambda pair: -pair[1])[:2]
    made: Paper = draft_paper(
        actor,
        unit=campaign.office,
        kind=Kind.REPORT,
        title=f"关于{campaign.title}的督导报告",
        values={
            "addressees": organ_of(campaign.office),
            "signatory": signatory_of(campaign.office),
            "topic": campaign.title,
            "overview": f"{_overall(found)}评估按{phases or '既定程序'}进行，依据《{campaign.version.framework.name}》。",
            "results": [
                {
                    "item": full[name].name,
                    "standard": f"满分{show_number(Fraction(full[name].points or 0))}分",
                    "value": f"{round_half_up(rate * Fraction(full[name].points or 0), 2)}",
                    "verdict": f"{percent(rate, Fraction(1))}%",
                }
                for name, rate in rates
            ],
            "achievements": [f"“{full[name].name}”平均得分率{percent(rate, Fraction(1))}%" for name, rate in best]
            or ["各单位按要求完成了自查自评"],
            "problems": [sentence for _, sentence in common] or ["没有得分明显偏低的指标"],
            "suggestions": ["督促存在问题的单位限期整改，整改情况纳入下一轮评估"],
            "details": [
                {
                    "unit": row.name,
                    "value": found.total(row),
                    "verdict": row.grade,
                    "note": found.vetoes(row),
                }
                for row in found.rows[:MOST_TABLED]
            ],
        },
        facts=_of_report(found),
        **_made_from(campaign, REPORT),
    )
    return made


@audit.action
def draft_publicity(actor: Actor, *, campaign: Campaign) -> Paper:
    """公示: grades (and marks where the rules don't keep them), how long, where to object."""
    found = _may(actor, campaign)
    if campaign.publicised_on is None or campaign.publicised_until is None:
        raise Denied("还没有开始公示，先确定公示时间。", "paper.draft")
    shows = rules_of(campaign).shown != "never"
    entries = []
    for row in found.rows[:MOST_TABLED]:
        mark = f"{found.total(row)}分" if shows and row.outcome["total"] is not None else ""
        entries.append({"unit": row.name, "result": row.grade or mark or "—", "note": mark if row.grade else ""})
    until = chinese_date(campaign.publicised_until)
    made: Paper = draft_paper(
        actor,
        unit=campaign.office,
        kind=Kind.PUBLICITY,
        title=f"关于{campaign.title}结果的公示",
        values={
            "topic": f"{campaign.title}结果",
            "overview": f"{_overall(_without_mean(found))}经会议评定，现将结果予以公示。",
            "entries": entries,
            "from_on": campaign.publicised_on.isoformat(),
            "to_on": campaign.publicised_until.isoformat(),
            "objections": f"对公示结果有异议的，请于{until}前以实名书面形式向{campaign.office}人民政府教育督导委员会办公室反映，"
            "参评单位可在平台上提出。",
        },
        facts=_of_publicity(found),
        **_made_from(campaign, PUBLICITY),
    )
    return made


def _without_mean(found: _Facts) -> _Facts:
    """A publicity states grades; a mean says nothing to who reads it."""
    return _Facts(found.campaign, found.sheet, found.tree, found.rows, _meanless(found.whole))


def _meanless(whole: Summary) -> Summary:
    return Summary(is_scored=whole.is_scored, size=whole.size, grades=whole.grades)


# ---- each unit's own ------------------------------------------------------------------------------------------


def _opinion_facts(tree: Tree, row: Result, said: Mapping[str, str]) -> list[Fact]:
    """``said``: indicator → what is missing there."""
    found = []
    total, possible = row.outcome["total"], row.outcome["possible"]
    if total is not None and possible is not None:
        found.append(Fact("总分", total, f"总分{padded(Fraction(total), total_places(tree))}分"))
    if row.grade:
        found.append(Fact("等次", row.grade, f"等次为{row.grade}"))
    return found + [Fact(f"事实：{code}", words, words) for code, words in said.items() if words]


def _missing(row: Result, lows: Sequence[Low]) -> dict[str, str]:
    found = {low.code: fact_at(row.sheet, [row], low.code).get(row.pk, "") for low in lows}
    return {code: said for code, said in found.items() if said}


def _facts_of_opinion(pk: int) -> Sequence[Fact]:
    """«12»: the last final result of a subject."""
    rows = Subject.objects.select_related("campaign__office", "campaign__version__framework", "unit")
    subject = rows.filter(pk=pk).first()
    sheet = None if subject is None else deciding.final_sheet(subject.campaign)
    row = None if sheet is None else Result.objects.filter(sheet=sheet, subject=subject).first()
    if row is None or sheet is None:
        return ()
    row.sheet = sheet
    return _opinion_facts(system_of(sheet.campaign).tree, row, _missing(row, lows_of_rows(sheet, [row])))


@audit.action
def draft_opinions(actor: Actor, *, sheet: ScoreSheet, rows: Sequence[Result], due_on: date) -> list[Paper]:
    """督导意见书 for those of the chosen units that have none, at most `MOST_OPINIONS` at once; ``due_on``: until when they put
    things right. Drafts of one campaign wait for each other, so that a unit has one whatever comes twice.
    """
    campaign = sheet.campaign
    locked(campaign)
    found = _may(actor, campaign)
    if found.sheet.pk != sheet.pk:
        raise Denied(f"最近一次评定是第 {found.sheet.number} 次计算，请在那里起草督导意见书。", "paper.draft")
    if not rows:
        raise ValidationError("没有选择单位。")
    if len(rows) > MOST_OPINIONS:
        raise ValidationError(f"选了 {len(rows)} 个单位，一次最多起草 {MOST_OPINIONS} 份，请按县市区筛选后分批起草。")
    rows = opinions_to_draft(rows)
    lows: dict[int, list[Low]] = {}
    for low in lows_of_rows(sheet, rows):
        lows.setdefault(low.row.pk, []).append(low)
    return [_opinion(actor, found, row, lows.get(row.pk, []), due_on) for row in rows]


def opinions_to_draft(rows: Sequence[Result]) -> list[Result]:
    """Those that an opinion can be drafted of now; refused in words where there is none."""
    left = lacking(rows)
    if rows and not left:
        raise ValidationError("所选单位都已经有督导意见书。要重新起草的，请先把原来的作废或撤回。")
    judged = [row for row in left if is_judged(row)]
    if left and not judged:
        raise ValidationError("所选单位还没有任何一项评定结果，没有可写的内容。请评完后重新计算。")
    return judged


def _opinion(actor: Actor, found: _Facts, row: Result, lows: Sequence[Low], due_on: date) -> Paper:
    campaign, tree = found.campaign, found.tree
    phases = list(campaign.phases.all())
    judged = []
    for child in tree.root.children:
        block = row.outcome["blocks"].get(child.code)
        if block is None or (block["mark"] is None and block["level"] is None):
            continue
        if block["mark"] is None:
            said = str(block["level"])
        else:
            mark, full = Fraction(block["mark"]), Fraction(block["possible"] or 0)
            said = f"得{show_number(mark)}分，满分{show_number(full)}分" if full else f"{show_number(mark)}分"
        judged.append({"matter": child.name, "judgement": said})
    said_at = _missing(row, lows)
    facts = _opinion_facts(tree, row, said_at)
    whole = "，".join(fact.text for fact in facts if fact.name in {"总分", "等次"})
    if whole:
        judged.append({"matter": "总体评价", "judgement": whole})
    problems = [
        {
            "category": _block_name(tree, low.code),
            "description": said_at.get(low.code) or f"“{low.name}”没有全部达到要求",
            "standard": " ".join(tree.nodes[low.code].text.split())[:120],
            "actual": "",
            "due_on": due_on.isoformat(),
        }
        for low in lows
    ] or [{"category": "—", "description": "没有得分明显偏低的指标", "standard": "", "actual": "", "due_on": ""}]
    unit = row.subject.unit
    made: Paper = draft_paper(
        actor,
        unit=campaign.office,
        kind=Kind.OPINION,
        title=f"关于{row.name}{campaign.title}的督导意见书",
        values={
            "subject": row.name,
            "topic": campaign.title,
            "from_on": min((phase.opens_on for phase in phases), default=due_on).isoformat(),
            "to_on": max((phase.closes_on for phase in phases), default=due_on).isoformat() if phases else "",
            "method": f"采取{'、'.join(dict.fromkeys(phase.title for phase in phases)) or '综合评估'}的方式进行。",
            "evaluation": judged,
            "problems": problems,
            "suggestions": ["对照存在的问题制定整改方案，逐条落实"],
            "due_on": due_on.isoformat(),
        },
        recipients=[unit],
        source_label=f"{campaign}：{row.name}",
        source_url=row.get_absolute_url(),
        source_key=OPINION.key(row.subject_id),
        facts=facts,
    )
    return made


def _block_name(tree: Tree, code: str) -> str:
    while tree.parents.get(code, tree.root.code) != tree.root.code:
        code = tree.parents[code]
    return tree.nodes[code].name


def register_all() -> None:
    register(CIRCULAR, _source(_of_circular))
    register(REPORT, _source(_of_report))
    register(PUBLICITY, _source(_of_publicity))
    register(OPINION, Source(facts=_facts_of_opinion))
