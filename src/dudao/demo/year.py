"""A year in progress: the plan imported and published, tasks handed down, units reporting, the office judging.

Deeds are carried out in the order of time by the same actions as people use, with the clock set to their moment.
"""

import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import files
from dudao.core.access import Actor
from dudao.core.models import Notice, StoredFile
from dudao.demo import clock
from dudao.demo.logins import Login
from dudao.demo.plan import TASKS, TaskSpec, plan_text
from dudao.demo.stories import Act, story
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from dudao.plans.actions import assignments as rows
from dudao.plans.actions.document.guesses import decide_guesses
from dudao.plans.actions.document.importing import import_plan
from dudao.plans.actions.document.publishing import PointChange, amend_plan, publish_plan
from dudao.plans.actions.hand_down import hand_down, hand_on
from dudao.plans.actions.lights import adopt_preset, tell_light_changes
from dudao.plans.actions.schedule import mark_step, set_schedule
from dudao.plans.actions.tasks import close_task, create_tasks, edit_task
from dudao.plans.models import Assignment, Guess, Point, Task, WorkPlan
from dudao.plans.queries import with_units
from dudao.plans.queries.schedule import StepInput, proposed

IMPORTED, AMENDED = -255, -100
_DEPARTMENTS = ("DEMO-D-430600-01", "DEMO-D-430600-02", "DEMO-D-430600-04", "DEMO-D-430600-05")
# What a county passes on, and to whom: large classes are a matter of schools, each has a list of its own problems.
HANDED_ON: Mapping[tuple[int, int | None], Sequence[Kind]] = {
    (11, 2): (Kind.SCHOOL,),
    (13, 3): (Kind.SCHOOL, Kind.KINDERGARTEN),
}


def plan_year(today: date) -> int:
    """Whose plan is being carried out: in the first months it is still the last year's."""
    return today.year if today.month >= 4 else today.year - 1


def build_year(
    city: Unit,
    units: Mapping[str, Unit],
    logins: Sequence[Login],
    *,
    today: date | None = None,
    seed: int = 4306,
    tasks: Sequence[TaskSpec] = TASKS,
) -> WorkPlan:
    """The plan with everything that came of it until yesterday. ``tasks`` may be fewer, for tests."""
    return _Year(city, units, logins, today or timezone.localdate(), random.Random(seed)).live(tasks)


@dataclass(frozen=True, slots=True)
class _Deed:
    moment: datetime
    do: Callable[[], object]


@dataclass
class _Year:
    city: Unit
    units: Mapping[str, Unit]
    logins: Sequence[Login]
    today: date
    chance: random.Random
    plan: WorkPlan = field(init=False)
    tasks: dict[tuple[int, int | None], Task] = field(default_factory=dict)
    rows: dict[tuple[int, int], Assignment] = field(default_factory=dict)
    evidence: dict[str, StoredFile] = field(default_factory=dict)
    deeds: list[_Deed] = field(default_factory=list)

    def __post_init__(self) -> None:
        accounts = {login.account.username: actor_for(login.account) for login in self.logins}
        self.director, self.officer, self.reviewer = (accounts[name] for name in ("director", "officer1", "officer2"))
        self.speakers: dict[int, Actor] = {
            login.unit.pk: accounts[login.account.username]
            for login in self.logins
            if login.role in {"county_office", "liaison", "school_reporter"}
        }

    def live(self, specs: Sequence[TaskSpec]) -> WorkPlan:
        with clock.set_to(self.moment(self.day(IMPORTED))):
            adopt_preset(self.director, unit=self.city, key="standard", valid_from=self.day(IMPORTED))
            self.plan = self.published()
            self.tasks = self.drafted()
        for spec in specs:
            self.foresee(spec)
        self.at(self.day(AMENDED), self.amend)
        for offset in range(-5, 0):
            self.deeds.append(self.morning(self.day(offset)))
        for deed in sorted(self.deeds, key=lambda deed: deed.moment):
            with clock.set_to(deed.moment):
                deed.do()
        self.settle()
        return self.plan

    # Time

    def day(self, offset: int) -> date:
        return self.today + timedelta(offset)

    def moment(self, day: date) -> datetime:
        """Some time in the office hours of a day; a weekend's work is done on the Friday before."""
        day -= timedelta(max(0, day.weekday() - 4))
        minute = self.chance.randrange(8 * 60 + 30, 17 * 60 + 30)
        return timezone.make_aware(datetime.combine(day, time(minute // 60, minute % 60, self.chance.randrange(60))))

    def at(self, day: date, do: Callable[[], object], *, after: datetime | None = None) -> datetime:
        moment = self.moment(day)
        if after is not None and moment <= after:
            moment = after + timedelta(minutes=self.chance.randint(5, 90))
        self.deeds.append(_Deed(moment, do))
        return moment

    def morning(self, day: date) -> _Deed:
        """The daily job that tells of lights that changed."""
        return _Deed(timezone.make_aware(datetime.combine(day, time(7))), lambda: tell_light_changes(day))

    # The plan

    def published(self) -> WorkPlan:
        plan = import_plan(self.officer, unit=self.city, text=plan_text(plan_year(self.today)), demo=True)
        decide_guesses(self.officer, plan=plan, state=Guess.State.ACCEPTED)
        return publish_plan(self.director, plan=plan)

    def drafted(self) -> dict[tuple[int, int | None], Task]:
        create_tasks(self.officer, plan=self.plan)
        found = Task.objects.filter(plan=self.plan).select_related("plan__unit", "point__section", "item")
        return {(int(task.point.number), task.item.ordinal if task.item else None): task for task in found}

    def amend(self) -> None:
        point = Point.objects.get(section__plan=self.plan, number="12")
        text = point.text.replace("2 个县市区", "3 个县市区")
        amend_plan(
            self.director,
            plan=self.plan,
            reason="省级下达的年度认定安排增加 1 个县，任务数相应调整。",
            changes=[PointChange(point, text=text)],
        )

    # A task

    def recipients(self, spec: TaskSpec) -> list[Unit]:
        if spec.to == "departments":
            return [self.units[code] for code in _DEPARTMENTS]
        counties = [unit for unit in self.units.values() if unit.kind in (Kind.COUNTY, Kind.ZONE)]
        return counties if spec.to == "counties" else counties[spec.point % 3 :: 3]

    def foresee(self, spec: TaskSpec) -> None:
        """Everything that will come of one task."""
        task = self.tasks[spec.point, spec.item]
        handed, due = self.day(spec.issued), self.day(spec.due)
        units = self.recipients(spec)
        start = self.at(handed - timedelta(2), lambda: self.prepare(task, spec, handed, due))
        issued = self.at(handed, lambda: self.issue(task, units), after=start)
        for step in range(12):
            self.at(handed + timedelta(20 * (step + 1)), lambda: self.mark_steps(task), after=issued)
        for unit in units:
            if unit.pk in self.speakers:
                acts = story(self.chance, handed=handed, due=due, today=self.today, ease=spec.ease)
                self.follow(task, unit, acts, after=issued)
        if kinds := HANDED_ON.get((spec.point, spec.item)):
            self.hand_on_later(task, handed, due, issued, kinds=kinds)
        if spec.ease == 1 and due + timedelta(30) < self.today:
            self.at(due + timedelta(30), lambda: self.finish(task))

    def prepare(self, task: Task, spec: TaskSpec, handed: date, due: date) -> None:
        changes: dict[str, Any] = {
            "kind": spec.kind,
            "starts": handed,
            "deadline": due,
            "evidence_wanted": spec.evidence,
        }
        if spec.title:
            changes["title"] = spec.title
        if spec.lead:
            changes["lead"] = self.units[spec.lead]
        text, low, unit = spec.target or ("", None, "")
        changes |= {
            "target_text": text,
            "target_low": Decimal(low) if low else None,
            "target_high": None,
            "target_unit": unit,
            "target_direction": "ge" if low else "",
        }
        edit_task(self.officer, task=task, **changes)
        self.schedule(task)

    def schedule(self, task: Task) -> None:
        """The proposed chain, shortened until it fits between hand-down and deadline."""
        for share in (1.0, 0.7, 0.45, 0.25):
            steps = [
                StepInput(step.name, max(1, round(step.workdays * share)), step.gap_after) for step in proposed(task)
            ]
            try:
                set_schedule(self.officer, task=task, steps=steps)
            except ValidationError:
                continue
            return

    def issue(self, task: Task, units: Sequence[Unit]) -> None:
        hand_down(self.officer, task=task, units=units)
        self.load(task)

    def load(self, task: Task) -> None:
        for row in with_units(Assignment.objects.filter(task=task)):
            self.rows.setdefault((task.pk, row.unit_id), row)

    def mark_steps(self, task: Task) -> None:
        """Steps whose time is over are done, a few of them late and some not at all."""
        now = timezone.localdate()
        if now >= self.today:
            return
        for step in task.milestones.filter(done_on=None, ends__lt=now):
            if step.ends is not None and self.chance.random() < 0.8:
                mark_step(
                    self.officer,
                    step=step,
                    done_on=min(step.ends + timedelta(self.chance.choice([-1, 0, 0, 2, 5])), now),
                )

    def finish(self, task: Task) -> None:
        task.refresh_from_db(fields=["state"])
        close_task(self.director, task=task)

    # A row

    def follow(self, task: Task, unit: Unit, acts: Sequence[Act], *, after: datetime) -> None:
        for act in acts:
            after = self.at(act.day, partial(self.act_on, task, unit, act), after=after)

    def act_on(self, task: Task, unit: Unit, act: Act) -> None:
        self.carry_out(self.rows[task.pk, unit.pk], act)

    def hand_on_later(self, task: Task, handed: date, due: date, issued: datetime, *, kinds: Sequence[Kind]) -> None:
        """Pingjiang passes its row on to some of its schools or kindergartens; those with people in the demo report."""
        county = self.units["430626"]
        inside = [unit for unit in self.units.values() if unit.kind in kinds and unit.path.startswith(county.path)]
        spoken = [unit for unit in inside if unit.pk in self.speakers]
        schools = [*spoken, *[unit for unit in inside if unit not in spoken][:4]]
        if not schools:
            return

        def pass_on() -> None:
            row = self.rows[task.pk, county.pk]
            if row.state in {Assignment.State.ISSUED, Assignment.State.WORKING, Assignment.State.RETURNED}:
                hand_on(self.speakers[county.pk], row=row, units=schools, deadline=due - timedelta(5))
                self.load(task)
                self.hear_schools(task, spoken)

        self.at(handed + timedelta(1), pass_on, after=issued)

    def hear_schools(self, task: Task, schools: Sequence[Unit]) -> None:
        for unit in schools:
            row = self.rows[task.pk, unit.pk]
            self.carry_out(row, Act(timezone.localdate(), "sign"))
            self.carry_out(
                row,
                Act(timezone.localdate(), "progress", progress=20, text="已召开行政会部署，开展自查。", light="green"),
            )

    def carry_out(self, row: Assignment, act: Act) -> None:
        speaker = self.speakers[row.unit_id]
        match act.what:
            case "sign":
                rows.sign(
                    speaker, row=row, leader="分管副职", person=speaker.name, measures="制定方案，明确责任，按月调度。"
                )
            case "progress" | "complete":
                self.report(speaker, row, act)
            case "return":
                rows.return_row(self.reviewer, row=row, reason=act.text)
            case "confirm":
                rows.confirm(self.reviewer, row=row, opinion=act.text, quality=act.quality)
            case "close":
                rows.close(self.director, row=row)
            case "remind":
                rows.remind(self.officer, row=row, reason=act.text)
            case "extend" if act.until is not None:
                rows.extend(self.officer, row=row, deadline=act.until, reason=act.text)

    def report(self, speaker: Actor, row: Assignment, act: Act) -> None:
        complete = act.what == "complete"
        low = row.task.target_low
        achieved = None
        if low is not None:
            share = Decimal(act.progress) / 100
            achieved = (low * (1 if complete else share)).quantize(Decimal("0.01"))
        proof = []
        if row.task.evidence_wanted and (complete or self.chance.random() < 0.3):
            name = row.task.evidence_wanted.replace("、", "和")
            proof = [(self.document(row.task, name), f"{row.unit}{name}.docx")]
        rows.report(
            speaker,
            row=row,
            text=act.text,
            progress=act.progress,
            achieved=achieved,
            difficulties=act.difficulties,
            light=act.light,
            complete=complete,
            files=proof,
        )

    def document(self, task: Task, name: str) -> StoredFile:
        """A Word file that says what it is; the same for all units of a task, and kept once."""
        if task.code not in self.evidence:
            import docx

            written = docx.Document()
            written.core_properties.created = datetime(2026, 1, 1)
            written.add_heading(f"{name}（演示材料）", level=1)
            written.add_paragraph(f"任务 {task.code} {task.title} 的佐证材料样例，仅供演示。")
            target = io.BytesIO()
            written.save(target)
            media_type = files.KINDS["docx"].media_type
            self.evidence[task.code] = files.keep(target.getvalue(), media_type)
        return self.evidence[task.code]

    # Yesterday

    def settle(self) -> None:
        """People have read what is older than a week."""
        week_ago = timezone.make_aware(datetime.combine(self.day(-7), time()))
        Notice.objects.filter(at__lt=week_ago, read_at=None).update(read_at=week_ago)
