"""Findings of the demo city in all states, with the papers they send: made, issued, put right and judged by the people's actions.

What else happens beside them (letters, a talk, a case, looking back, a superior's list) comes in the same order of time.

What was found in a score, a preschool run, a balance run or a late task comes from there with its numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from django.utils import timezone

from dudao.calc.score import explain
from dudao.core.access import Actor
from dudao.core.models import Notice, StoredFile
from dudao.demo import accountability, clock, feedback, letters, rounds
from dudao.demo.evidence import evidence
from dudao.demo.finding_cases import CASES, Case
from dudao.demo.logins import Login
from dudao.demo.papers import Desk
from dudao.evaluations.findings import lost
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.queries.scores import MARK
from dudao.evaluations.queries.sheets import loaded
from dudao.findings import sources
from dudao.findings.actions import clock as clocks
from dudao.findings.actions import issuing, judging, making, rectifying, reminders
from dudao.findings.actions.terms import adopt_terms, set_term
from dudao.findings.models import Finding
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for
from dudao.plans.findings import LATE
from dudao.plans.models import Assignment
from dudao.stats.findings import PRESCHOOL, balances_key
from dudao.stats.models import BalanceRun, PreschoolRun
from dudao.stats.queries import preschool

TERMS_FROM = 200
MOST_SCHOOLS = 4
"""Schools of a balance run that become findings at once."""

Step = Callable[[], object]


def build_findings(
    city: Unit, counties: Sequence[Unit], logins: Sequence[Login], *, now: datetime, cases: Sequence[Case] = CASES
) -> None:
    """All cases whose place the city has, each as far as it has come, in the order of time."""
    _Findings(city, {county.region_code: county for county in counties}, logins, now).live(cases)


class _Findings:
    def __init__(self, city: Unit, counties: Mapping[str, Unit], logins: Sequence[Login], now: datetime) -> None:
        self.city, self.now, self.counties = city, now, tuple(counties.values())
        self.people: dict[str, Actor] = {login.account.username: actor_for(login.account) for login in logins}
        self.places = {
            **counties,
            **{login.account.username: login.unit for login in logins if "-head" in login.account.username},
        }
        self.steps: list[tuple[datetime, int, Step]] = []
        self.desk = Desk(city, self.people)
        self.proof: tuple[StoredFile, str] | None = None
        self.used: set[str] = set()

    def live(self, cases: Sequence[Case]) -> None:
        with clock.set_to(self.moment(TERMS_FROM)):
            # An office that took the proposals over has a document of its own behind them by now.
            for term in adopt_terms(self.people["director"], unit=self.city, name="rectification-template"):
                set_term(
                    self.people["director"],
                    unit=self.city,
                    subject=term.subject,
                    days=term.days,
                    is_working=term.is_working,
                    start=term.start,
                    source=f"《{self.city}教育督导问题整改工作规定》（演示）",
                )
            self.desk.dress(self.places.get("430626"))
        for case in cases:
            if case.at in self.places:
                self.foresee(case)
        for days, step in (
            *self.desk.notices(),
            *letters.happenings(self.city, self.places, self.people, self.desk),
            *accountability.happenings(self.city, self.places, self.people, self.desk),
            *rounds.happenings(self.city, self.people, self.desk),
            *feedback.happenings(self.city, self.people),
        ):
            self.at(days, step)
        for moment, _, step in sorted(self.steps, key=lambda found: found[:2]):
            if moment < self.now:
                with clock.set_to(moment):
                    step()
        week_ago = self.now - timedelta(7)
        Notice.objects.filter(at__lt=week_ago, read_at=None).update(read_at=week_ago)

    # Time

    def moment(self, days: int, place: int = 0) -> datetime:
        """A time in the office hours, so many days before today; a weekend's work is done on the Friday before."""
        day = timezone.localtime(self.now).date() - timedelta(days)
        day -= timedelta(max(0, day.weekday() - 4))
        return timezone.make_aware(datetime.combine(day, time(9, 5)) + timedelta(minutes=20 * place))

    def at(self, days: int, step: Step, place: int = 0) -> None:
        self.steps.append((self.moment(days, place), len(self.steps), step))

    # What happens

    def foresee(self, case: Case) -> None:
        story = _Story(self, case)
        if case.upto == "schools":
            self.at(case.days, story.many)
            return
        self.at(case.days + 1, story.make)
        for place, (days, step) in enumerate(story.steps(), 1):
            if days >= 1:
                self.at(days, partial(story.go, step), place)

    def evidence(self) -> tuple[StoredFile, str]:
        if self.proof is None:
            self.proof = evidence("整改佐证材料（演示）", "整改前后对照、制度文件和记录的样例，仅供演示。")
        return self.proof

    # Where it is found

    def found(self, case: Case) -> sources.Origin | None:
        place = self.places[case.at]
        key = {"score": self._score, "preschool": self._preschool, "late": self._late}[case.source](place)
        return sources.find(self.people["officer1"], key) if key else None

    def _score(self, place: Unit) -> str:
        """The indicator at which a county lost the largest part of its points."""
        rows = Result.objects.select_related("sheet__campaign__version", "subject__unit")
        row = rows.filter(
            sheet__campaign__office=self.city, sheet__purpose=ScoreSheet.Purpose.FINAL, subject__unit=place
        ).first()
        if row is None:
            return ""
        gone = lost(explain(loaded(row.sheet, [row])[1], 0))
        leaves = [one for one in gone.values() if not one.children and one.possible and one.mark is not None]
        leaves = [one for one in leaves if one.code not in self.used]
        if not leaves:
            return ""
        worst = min(leaves, key=lambda one: (one.mark or 0) / (one.possible or 1))
        self.used.add(worst.code)
        return MARK.key(row.subject_id, worst.code)

    def _preschool(self, place: Unit) -> str:
        run = PreschoolRun.objects.filter(unit=self.city).order_by("-id").first()
        view = preschool.run_view(run).county(place.pk) if run is not None else None
        if run is None or view is None or not view.failed:
            return ""
        return PRESCHOOL.key(run.pk, place.pk, view.failed[0].code)

    def _late(self, place: Unit) -> str:
        rows = Assignment.objects.filter(unit=place, finished_on=None, deadline__lt=timezone.localdate(), upper=None)
        row = rows.exclude(state=Assignment.State.WITHDRAWN).order_by("deadline", "id").first()
        return LATE.key(row.pk) if row is not None else ""


class _Story:
    """One case from its making to where it stands. ``row`` is ``None`` where its source turned out to have nothing."""

    def __init__(self, all_: _Findings, case: Case) -> None:
        self.all, self.case = all_, case
        self.row: Finding | None = None
        school = not case.at.isdigit()
        people = all_.people
        county = people.get("county-430626")
        place = all_.places[case.at]
        above = [one for one in all_.counties if place.path.startswith(one.path) and place.pk != one.pk]
        self.office = above[0] if above else all_.city
        self.issuer = county if school and county is not None else people["officer1"]
        self.judge = county if school and county is not None else people["officer2"]
        self.closer = people["director"]
        self.speaker = people[case.at] if school else people.get(f"county-{case.at}")

    def make(self) -> None:
        case = self.case
        place = self.all.places[case.at]
        if case.source:
            origin = self.all.found(case)
            if origin is not None:
                (self.row,) = making.create_from(
                    self.issuer, office=self.office, origin=origin, problems=origin.problems,
                    severity=case.severity, suggestion=case.suggestion or "对照指标要求查找原因，制定措施，限期整改。", demo=True,
                )  # fmt: skip
            return
        self.row = making.create_finding(
            self.issuer, office=self.office, unit=place, description=case.description, source="visit",
            source_label=case.label, category=case.category, suggestion=case.suggestion, severity=case.severity,
            remark="演示数据", demo=True,
        )  # fmt: skip

    def go(self, step: Callable[[Finding], object]) -> None:
        if self.row is not None:
            step(self.row)

    def many(self) -> None:
        """Some schools of a county that don't pass the balance run, at once."""
        run = BalanceRun.objects.filter(unit=self.all.city).order_by("-id").first()
        county = self.all.people.get(f"county-{self.case.at}")
        place = self.all.places[self.case.at]
        origin = sources.find(self.all.people["officer1"], balances_key(run.pk, place.pk)) if run is not None else None
        if origin is not None and county is not None:
            some = origin.problems[:MOST_SCHOOLS]
            making.create_from(county, office=place, origin=origin, problems=some, demo=True, remark="演示数据")

    def steps(self) -> list[tuple[int, Callable[[Finding], object]]]:
        """(days before today, what is done), as far as the case has come."""
        case, days, speaker = self.case, self.case.days, self.speaker
        proof = self.all.evidence
        if case.upto == "draft" or speaker is None:
            return []
        found: list[tuple[int, Callable[[Finding], object]]] = [(days, self._issue)]
        if case.upto == "waived":
            return [
                *found,
                (
                    days - 3,
                    lambda row: judging.waive(self.judge, finding=row, reason="附件已在检查当日补齐，情节轻微。"),
                ),
            ]
        if case.upto == "issued":
            return found
        if case.paper != "signed":
            found.append((days - 2, lambda row: issuing.sign(speaker, finding=row)))
        else:
            found.append((days - 2, lambda row: self.all.desk.receive(row, speaker)))
        if case.upto == "signed":
            return found
        found.append((days - 6, self._plan))
        if case.upto == "paused":
            return [
                *found,
                (
                    days - 12,
                    lambda row: clocks.pause(
                        self.issuer, finding=row, reason="改造方案在县住建部门审批，审批期间暂停计时。"
                    ),
                ),
            ]
        kind = {"partly": "partly", "kept_on": "keep_on"}.get(case.upto, "progress")
        progress = {"partly": 60, "kept_on": 70}.get(case.upto, 40)
        found.append(
            (
                max(days - 14, 1),
                lambda row: rectifying.report(speaker, finding=row, kind=kind, text=case.standing, progress=progress),
            )
        )
        if case.upto == "asked":
            return [*found, (2, self._ask)]
        if case.upto == "late":
            return [
                *found,
                (
                    3,
                    lambda row: reminders.remind(
                        self.issuer, finding=row, reason="已超过整改时限，请尽快报告整改情况。"
                    ),
                ),
            ]
        if case.upto in {"rectifying", "partly", "kept_on"}:
            return found
        done = max(days - 24, 3)
        found.append(
            (done, lambda row: rectifying.report(speaker, finding=row, kind="done", text=case.done, files=[proof()]))
        )
        if case.upto == "returned":
            reason = "只有通知，没有各校整改结果，请补充逐校情况和公示照片。"
            return [*found, (2, lambda row: judging.send_back(self.judge, finding=row, reason=reason))]
        if case.upto == "reported":
            return found
        found.append(
            (done - 1, lambda row: judging.verify(self.judge, finding=row, method="site", opinion=case.opinion))
        )
        if case.upto == "closed":
            found.append((done - 2, lambda row: judging.close(self.closer, finding=row)))
        return found

    def _issue(self, row: Finding) -> None:
        issuing.issue(self.issuer, finding=row)
        if self.case.paper:
            self.all.desk.notify(row, self.case.paper, self.issuer)

    def _plan(self, row: Finding) -> None:
        case = self.case
        assert self.speaker is not None  # steps() made none without one
        rectifying.plan(
            self.speaker, finding=row, measures=case.measures, target=case.target, leader="分管负责人",
            person="责任股室负责人" if case.at.isdigit() else "总务主任",
        )  # fmt: skip

    def _ask(self, row: Finding) -> None:
        row.refresh_from_db()
        assert self.speaker is not None and row.deadline is not None  # issued long ago
        clocks.ask_time(
            self.speaker,
            finding=row,
            until=row.deadline + timedelta(30),
            reason="经费预算调整要经县人大常委会批准，申请顺延。",
        )
