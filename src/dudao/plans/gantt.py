"""The Gantt chart of a task's schedule as geometry: what stands where in the SVG. The template draws, ``calc`` gives the dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dudao.calc.calendar import WorkCalendar, chinese_date
from dudao.calc.scheduling import ScheduledStep
from dudao.plans.queries.schedule import Plan, StepInput

LABELS = 190.0
"""Width of the column of names."""
HEAD = 46.0
LINE = 34.0
BAR = 16.0
WIDTH = 880.0
"""What the days share where nothing stands beside the chart, unless that made a day too thin or too fat."""
MOST_DAYS = 1500


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its name, its bar, and where it was marked as done (``done_x``)."""

    name: str
    number: int
    y: float
    text_y: float
    x: float
    bar_y: float
    width: float
    status: str
    """done, late, misfit, now or todo: the class of the bar."""
    word: str
    """The status as a word, so that colour is never alone."""
    dates: str
    said: str
    fixed_x: float | None
    done_x: float | None
    line_y: float
    end_x: float
    short: str
    mid_y: float


@dataclass(frozen=True, slots=True)
class Shade:
    """A run of days without work."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    major: bool

    @property
    def label_x(self) -> float:
        return self.x + 4


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in user units of the SVG's view box."""

    width: float
    height: float
    top: float
    left: float
    bars: Sequence[Bar]
    shades: Sequence[Shade]
    ticks: Sequence[Tick]
    today_x: float | None
    deadline_x: float
    deadline: str
    said: str
    """The chart in one sentence, for those who don't see it."""
    table: Sequence[tuple[StepInput, ScheduledStep, Bar]]
    """The same as rows of a table."""

    @property
    def body(self) -> float:
        return len(self.bars) * LINE

    @property
    def bottom(self) -> float:
        return HEAD + self.body

    @property
    def foot(self) -> float:
        return self.bottom + 17

    @property
    def today_anchor(self) -> str:
        """On which side of its line «今天» stands: away from the words of the deadline."""
        return "end" if self.today_x is not None and self.today_x < self.deadline_x - 150 else "start"


def chart_of(plan: Plan, today: date, *, width: float = WIDTH) -> Chart:
    """Lay out a counted plan. Bars run from the first day's morning to the last one's evening; ``width`` is the days' share."""
    schedule = plan.schedule
    done_days = [step.done_on for step in plan.steps if step.done_on]
    first = min([schedule.start, *done_days]) - timedelta(days=2)
    last = max([schedule.end, schedule.deadline, *done_days]) + timedelta(days=3)
    if first <= today <= last + timedelta(days=30):
        last = max(last, today + timedelta(days=2))
    days = min((last - first).days + 1, MOST_DAYS)
    day = min(26.0, max(2.0, width / days))

    def x(when: date, of_day: float = 0) -> float:
        return round(LABELS + ((when - first).days + of_day) * day, 1)

    bars = []
    for place, (step, dated) in enumerate(zip(plan.steps, schedule.steps, strict=True)):
        misfit = any(problem.blocks for problem in schedule.problems_of(dated.key))
        status, word = _status(step.done_on, dated.start, dated.end, today, misfit)
        y = HEAD + place * LINE
        dates = f"{chinese_date(dated.start)}至{chinese_date(dated.end)}"
        if dated.start == dated.end:
            dates = chinese_date(dated.end)
        bars.append(
            Bar(
                name=step.name,
                number=place + 1,
                y=y,
                text_y=y + LINE / 2 + 4.5,
                x=x(dated.start),
                bar_y=y + (LINE - BAR) / 2,
                width=round(max(2.0, ((dated.end - dated.start).days + 1) * day), 1),
                status=status,
                word=word,
                dates=dates,
                said=f"第 {place + 1} 步 {step.name}：{dates}，{dated.workdays} 个工作日，{word}",
                fixed_x=x(dated.end, 1) if dated.is_fixed else None,
                done_x=x(step.done_on, 0.5) if step.done_on else None,
                line_y=y + LINE,
                end_x=x(dated.end, 1),
                mid_y=y + LINE / 2,
                short=step.name if len(step.name) <= 12 else f"{step.name[:11]}…",
            )
        )
    return Chart(
        width=round(LABELS + days * day + 10, 1),
        height=HEAD + len(bars) * LINE + 26,
        top=HEAD,
        left=LABELS,
        bars=bars,
        shades=_shades(plan.calendar, first, days, day),
        ticks=_ticks(first, days, day),
        today_x=x(today, 0.5) if first <= today <= last else None,
        deadline_x=x(schedule.deadline, 1),
        deadline=chinese_date(schedule.deadline),
        table=list(zip(plan.steps, schedule.steps, bars, strict=True)),
        said=f"共 {len(bars)} 步，{chinese_date(schedule.start)}开始，完成时限{chinese_date(schedule.deadline)}。",
    )


def _status(done: date | None, start: date, end: date, today: date, misfit: bool) -> tuple[str, str]:
    if done is not None:
        return "done", "已完成" if done <= end else f"已完成，晚 {(done - end).days} 天"
    if misfit:
        return "misfit", "排不下"
    if end < today:
        return "late", f"已过 {(today - end).days} 天未完成"
    return ("now", "进行中") if start <= today else ("todo", "未开始")


def _shades(calendar: WorkCalendar, first: date, days: int, day: float) -> list[Shade]:
    """Runs of days of rest, each one rectangle."""
    shades: list[Shade] = []
    run: int | None = None
    for offset in range(days + 1):
        rests = offset < days and not calendar.is_workday(first + timedelta(days=offset))
        if rests and run is None:
            run = offset
        elif not rests and run is not None:
            shades.append(Shade(round(LABELS + run * day, 1), round((offset - run) * day, 1)))
            run = None
    return shades


def _ticks(first: date, days: int, day: float) -> list[Tick]:
    """Months, and Mondays where there is room for their dates. A month's label needs 34 units, else every few months."""
    every = next(step for step in (1, 2, 3, 6, 12) if step * 30 * day >= 34 or step == 12)
    ticks: list[Tick] = []
    for offset in range(days):
        when = first + timedelta(days=offset)
        x = round(LABELS + offset * day, 1)
        if when.day == 1 and (when.month - 1) % every == 0:
            ticks.append(
                Tick(x, f"{when.year}年{when.month}月" if when.month == 1 or not ticks else f"{when.month}月", True)
            )
        elif when.weekday() == 0 and day * 7 >= 30:
            ticks.append(Tick(x, f"{when.month}.{when.day}", False))
    if not any(tick.major for tick in ticks):
        ticks.insert(0, Tick(LABELS, f"{first.year}年{first.month}月", True))
    return ticks
