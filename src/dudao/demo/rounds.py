"""Looking back in the demo city: a round that is over, with its report, and one in which inspectors are under way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.models import StoredFile
from dudao.demo.evidence import evidence
from dudao.demo.papers import Desk
from dudao.findings.actions import issuing, lookback
from dudao.findings.actions import lookback_answers as answers
from dudao.findings.models import Finding, LookBack, LookBackItem
from dudao.findings.queries.findings import seen
from dudao.findings.queries.lookback import why_not_inspect
from dudao.orgs.models import Unit
from dudao.people.models import Account

INSPECTORS = ("inspector", "inspector-430626")
_Result, _Outcome = LookBackItem.Result, LookBackItem.Outcome
_CLOSED = Finding.State.CLOSED
_WORDS: Mapping[str, str] = {
    _Result.DONE: "查阅整改材料并到现场核对，措施已经落实，制度和记录齐全。",
    _Result.PARTLY: "现场查看，主要措施正在落实，还有部分事项没有完成，责任人和时间节点明确。",
    _Result.AGAIN: "整改后坚持了一段时间，现场再次发现同样的问题，检查记录从上月起中断。",
}


def happenings(city: Unit, people: Mapping[str, Actor], desk: Desk) -> list[tuple[int, Callable[[], object]]]:
    """(days before today, what is done)."""
    over, running = _Over(city, people, desk), _Running(city, people, desk)
    return [
        (36, over.begin),
        (33, over.visit),
        (31, over.end),
        (29, over.report),
        (16, running.begin),
        (15, running.send),
        (12, running.visit),
        (11, running.settle),
    ]


def _day(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(offset)


class _Round:
    """A round of the city's office, and how its items are visited."""

    def __init__(self, city: Unit, people: Mapping[str, Actor], desk: Desk) -> None:
        self.city, self.people, self.desk = city, people, desk
        self.office = people["officer1"]
        self.row: LookBack | None = None
        self.proof: tuple[StoredFile, str] | None = None

    def items(self) -> list[LookBackItem]:
        if self.row is None:
            return []
        return list(self.row.items.select_related("finding__unit").prefetch_related("inspectors").order_by("pk"))

    def assign(self) -> None:
        """Two inspectors, each wherever they are appointed and needn't stay away."""
        accounts = list(
            Account.objects.filter(pk__in=[self.people[name].id for name in INSPECTORS])
            .select_related("home")
            .order_by("pk")
        )
        rows = self.items()
        kept_away = why_not_inspect([row.finding for row in rows], accounts)
        for row in rows:
            sent = [
                account
                for account in accounts
                if (row.finding_id, account.pk) not in kept_away and row.finding.unit.path.startswith(account.home.path)
            ]
            if sent:
                lookback.assign(self.office, items=[row], inspectors=sent)

    def look(self, row: LookBackItem, result: str) -> None:
        """One of those who were sent says what they saw."""
        sent = set(row.inspectors.values_list("pk", flat=True))
        actor = next(self.people[name] for name in INSPECTORS if self.people[name].id in sent)
        if self.proof is None:
            self.proof = evidence("回头看核查记录（演示）", "现场查看和资料核对的记录样例，仅供演示。")
        files = [] if result == _Result.DONE else [self.proof]
        lookback.record_visit(
            actor, item=row, method="site", result=result, opinion=_WORDS[_Result(result)], files=files
        )

    def renew(self, row: LookBackItem) -> None:
        """What came back is a new finding, handed down at once."""
        settled = answers.settle(self.office, item=row, outcome=_Outcome.RENEWED)
        assert settled.renewed is not None  # that is what was asked for
        issuing.issue(self.office, finding=settled.renewed)


class _Over(_Round):
    """Findings that were chosen, all looked at; its report is issued."""

    def begin(self) -> None:
        rows: Sequence[Finding] = list(
            seen(self.office).filter(office=self.city, state=_CLOSED, source="visit").order_by("issued_at", "pk")[:3]
        )
        if rows:
            self.row = lookback.make_round(
                self.office,
                office=self.city,
                title="春季实地检查销号问题回头看",
                basis="市人民政府教育督导委员会办公室会议决定",
                starts_on=_day(),
                ends_on=_day(6),
                how=LookBack.How.CHOSEN,
                findings=rows,
                demo=True,
            )
            self.assign()

    def visit(self) -> None:
        results = (_Result.DONE, _Result.AGAIN, _Result.DONE)
        for row, result in zip(self.items(), results, strict=False):
            self.look(row, result)

    def end(self) -> None:
        for row in self.items():
            if row.result == _Result.AGAIN:
                self.renew(row)
        if self.row is not None:
            lookback.close_round(self.people["director"], round=self.row)

    def report(self) -> None:
        if self.row is not None:
            self.desk.take(answers.draft_report(self.office, round=self.row), "issued", drafter=self.office)


class _Running(_Round):
    """A round that was drawn: some looked at, one that came back, one not looked at any more, the rest to be visited."""

    def begin(self) -> None:
        self.row = lookback.make_round(
            self.office,
            office=self.city,
            title=f"{_day().year}年教育督导问题整改回头看",
            basis=f"岳阳市{_day().year}年教育督导工作计划",
            starts_on=_day(),
            ends_on=_day(30),
            wanted=16,
            seed="20260901",
            demo=True,
        )

    def send(self) -> None:
        self.assign()

    def visit(self) -> None:
        rows = self.items()
        closed = [row for row in rows if row.was == _CLOSED]
        running = [row for row in rows if row.was != _CLOSED]
        # Whoever was drawn, one came back, one is done, two are partly done, and one waits for the next round.
        for row, result in zip(closed, (_Result.AGAIN, _Result.DONE, _Result.DONE), strict=False):
            self.look(row, result)
        done = [] if len(closed) > 1 else running[:1]
        for row in done:
            self.look(row, _Result.DONE)
        running = running[len(done) :]
        for row in running[:2]:
            self.look(row, _Result.PARTLY)
        for row in running[2:3]:
            lookback.drop(self.office, item=row, reason="责任单位机构职能正在调整，列入下一轮核查。")

    def settle(self) -> None:
        """What came back becomes a new finding; of what is partly done the first is answered, the others wait for it."""
        rows = self.items()
        for row in rows:
            if row.result == _Result.AGAIN:
                self.renew(row)
        reason = "整改时限未到，继续按原时限整改。"
        for row in [row for row in rows if row.result == _Result.PARTLY][:1]:
            answers.settle(self.office, item=row, outcome=_Outcome.KEPT, reason=reason)
