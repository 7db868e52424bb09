"""The day counts of cases: what may take how long, until when, and how that was counted. Terms come from the office's table."""

from dataclasses import dataclass
from datetime import date, timedelta

from dudao.accountability.models import Case, Remedy
from dudao.calc.accountability import days_past
from dudao.calc.calendar import WorkCalendar, chinese_date
from dudao.calc.deadlines import due
from dudao.findings.queries.terms import Terms, terms_on
from dudao.orgs.models import Unit
from dudao.orgs.queries import work_calendar


@dataclass(frozen=True, slots=True)
class Counted:
    """A last day with the sum behind it."""

    last: date
    basis: str
    start: date
    days: int

    def late(self, day: date) -> int:
        return days_past(self.last, day)


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a review or an appeal may be asked for now: ``why`` is empty when it may."""

    counted: Counted | None
    why: str = ""

    def open_on(self, day: date) -> bool:
        return not self.why and (self.counted is None or day <= self.counted.last)


@dataclass(frozen=True, slots=True)
class Clock:
    """The terms of an office on a day with its working calendar."""

    office: Unit
    terms: Terms
    calendar: WorkCalendar

    @classmethod
    def of(cls, office: Unit, day: date) -> "Clock":
        return cls(office, terms_on(day), work_calendar(office))

    def count(self, subject: str, start: date, said: str) -> Counted | None:
        """The term of a subject counted from ``start`` («自收到决定之日»); ``None`` where no rule says how long."""
        held = self.terms.find(self.office.path, subject)
        if held is None:
            return None
        last = due(start, held.term.days, held.term.is_working, self.calendar)
        words = f"{said}（{chinese_date(start)}）起 {held.term.length}，至{chinese_date(last)}"
        plain = start + timedelta(days=held.term.days)
        if not held.term.is_working and last != plain:
            words += f"（{chinese_date(plain)}不上班，顺延）"
        return Counted(last, f"{words}。{held.term.source}", start, held.term.days)

    def group(self, case: Case) -> Counted | None:
        return self.count("examine", case.ended_on, "督导结束之日")

    def review_window(self, case: Case, remedies: dict[str, Remedy]) -> Window:
        """A review is asked for within its term from the receipt of the decision, once, and not after an appeal."""
        counted = self.count("review_ask", case.received_on, "收到问责决定之日") if case.received_on else None
        if "review" in remedies:
            return Window(counted, "已经申请过复核，复核只有一次。")
        if "appeal" in remedies:
            return Window(counted, "已经提出申诉，不能再申请复核。")
        return Window(counted)

    def appeal_window(self, case: Case, remedies: dict[str, Remedy]) -> Window:
        """An appeal: within its term from the receipt of the review's decision, or straight from that of the decision."""
        if "appeal" in remedies:
            return Window(None, "已经提出过申诉，申诉只有一次。")
        review = remedies.get("review")
        if review is not None:
            if review.decided_on is None:
                return Window(None, "复核还没有作出决定，收到复核决定后才能申诉。")
            return Window(self.count("appeal_ask", review.received_on or review.decided_on, "收到复核决定之日"))
        if case.received_on is None:
            return Window(None)
        return Window(self.count("appeal_ask", case.received_on, "收到问责决定之日"))


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term of a case as its page shows it. ``last`` is ``None`` while nothing says when it ends."""

    name: str
    last: date | None
    done_on: date | None
    basis: str
    whose: str

    def late(self, day: date) -> int:
        return days_past(self.last, self.done_on or day) if self.last is not None else 0


def term_rows(case: Case, clock: Clock, remedies: dict[str, Remedy]) -> list[TermRow]:
    """All terms that run or have run in a case, in the order of its steps, each with its sum."""
    office, accused = str(case.office), case.subject
    rows = [TermRow("成立调查认定工作组", case.group_by, case.group_on, case.group_basis, office)]
    if case.notified_on is not None:
        words = f"{chinese_date(case.notified_on)}告知"
        rows.append(TermRow("陈述申辩", case.defend_by, case.defended_on, words, accused))
    if case.received_on is not None:
        rows += _asking(case, clock, remedies, accused)
    for kind in ("review", "appeal"):
        remedy = remedies.get(kind)
        if remedy is None:
            continue
        word = remedy.get_kind_display()
        rows.append(
            TermRow(f"作出{word}决定", remedy.decide_by, remedy.decided_on, remedy.basis, remedy.body or office)
        )
        if remedy.correct_by is not None and remedy.received_on is not None:
            counted = clock.count("correct", remedy.received_on, f"收到{word}决定之日")
            basis = counted.basis if counted is not None else ""
            rows.append(TermRow("纠正原决定", remedy.correct_by, remedy.corrected_on, basis, office))
    return rows


def _asking(case: Case, clock: Clock, remedies: dict[str, Remedy], accused: str) -> list[TermRow]:
    assert case.received_on is not None
    found = []
    review, appeal = remedies.get("review"), remedies.get("appeal")
    counted = clock.count("review_ask", case.received_on, "收到问责决定之日")
    if counted is not None and (review is not None or appeal is None):
        asked = review.asked_on if review is not None else None
        found.append(
            TermRow(
                "申请复核", review.ask_by if review and review.ask_by else counted.last, asked, counted.basis, accused
            )
        )
    start = case.received_on if review is None else (review.received_on or review.decided_on)
    if start is not None:
        said = "收到问责决定之日" if review is None else "收到复核决定之日"
        counted = clock.count("appeal_ask", start, said)
        if counted is not None:
            asked = appeal.asked_on if appeal is not None else None
            found.append(
                TermRow(
                    "提出申诉",
                    appeal.ask_by if appeal and appeal.ask_by else counted.last,
                    asked,
                    counted.basis,
                    accused,
                )
            )
    return found
