"""Papers of the demo city: 整改通知书 as far as they have come, a notice to all counties that one hasn't signed for in time."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils import timezone

from dudao.core.access import Actor
from dudao.findings.actions.notices import draft_notices
from dudao.findings.models import Finding
from dudao.orgs.models import Unit
from dudao.papers.actions import draft_paper
from dudao.papers.actions.issuing import choose_seal, issue_paper
from dudao.papers.actions.receiving import receive_paper
from dudao.papers.actions.routing import check_paper, sign_paper, submit_paper
from dudao.papers.actions.styles import set_style
from dudao.papers.composing import sample
from dudao.papers.kinds import Kind
from dudao.papers.models import Delivery, Paper

ADDRESS = "http://localhost:8000"
"""Where a demo runs unless told otherwise: the QR codes of its papers lead there."""
SENT, DUE = 20, 5
"""The notice to all counties: days before today on which it was issued, days to sign for it."""
LATE = "430603"
"""The county that hasn't signed for it."""
_WAY = ("draft", "submitted", "checked", "issued", "signed")
"""How far a paper comes. «signed» is signed for by its receiver, which a later step does."""


class Desk:
    """The people of the city's office (and of Pingjiang's) at work on papers."""

    def __init__(self, city: Unit, people: Mapping[str, Actor]) -> None:
        self.city, self.people = city, people
        self.paper: Paper | None = None

    def dress(self, county: Unit | None) -> None:
        """The look of the papers of the city and of a county."""
        for unit, code_word in ((self.city, "演示政教督办"), (county, "演示县教督办")):
            if unit is not None:
                name = f"{unit.name}人民政府教育督导委员会办公室"
                set_style(
                    self.people["director"],
                    unit=unit,
                    signature=name,
                    masthead=f"{name}文件",
                    code_word=code_word,
                    valid_from=timezone.localdate(),
                )

    def notify(self, row: Finding, upto: str, issuer: Actor) -> None:
        """The 整改通知书 of a finding: drafted, checked by somebody else, signed, issued; as far as ``upto``."""
        (paper,) = draft_notices(issuer, findings=[row])
        self.take(paper, upto, drafter=issuer)

    def take(self, paper: Paper, upto: str, drafter: Actor) -> Paper:
        """Take a draft as far as ``upto``: sent to be checked, checked by somebody else, signed and issued by the director."""
        way = _WAY.index(upto)
        head = self.people["director"]
        other = self.people["officer2"]
        if way >= 1:
            paper = submit_paper(drafter, paper=paper)
        if way >= 2:
            paper = check_paper(other, paper=paper)
        if way >= 3:
            paper = sign_paper(head, paper=paper)
            paper = choose_seal(head, paper=paper, seal=Paper.Seal.NONE)
            paper = issue_paper(head, paper=paper, address=ADDRESS)
        return paper

    def receive(self, row: Finding, speaker: Actor) -> None:
        """The unit signs for the paper, and by that for the finding."""
        row.refresh_from_db()
        receive_paper(speaker, delivery=Delivery.objects.get(paper=row.notice_id, unit=row.unit_id))

    def sign_for(self, paper: Paper, unit: Unit, speaker: Actor) -> None:
        """A receiver signs for a paper."""
        receive_paper(speaker, delivery=Delivery.objects.get(paper=paper, unit=unit))

    # A notice to all counties

    def notices(self) -> list[tuple[int, Callable[[], object]]]:
        """(days before today, what is done)."""
        return [(SENT + 1, self._send), *((SENT - day, lambda day=day: self._sign(day)) for day in (1, 2, 4))]

    def _send(self) -> None:
        counties = list(
            Unit.objects.counties().filter(path__startswith=self.city.path, valid_to=None).order_by("sort_no")
        )
        today = timezone.localdate()
        values = sample(Kind.NOTICE) | {
            "topic": "秋季学期开学工作专项督导",
            "from_on": (today + timedelta(7)).isoformat(),
            "to_on": (today + timedelta(11)).isoformat(),
            "self_due": (today + timedelta(6)).isoformat(),
        }
        paper = draft_paper(
            self.people["officer1"],
            unit=self.city,
            kind=Kind.NOTICE,
            title="关于开展秋季学期开学工作专项督导的通知",
            values=values,
            recipients=counties,
            reply_days=DUE,
        )
        self.paper = self.take(paper, "issued", drafter=self.people["officer1"])

    def _sign(self, day: int) -> None:
        """A third of the counties sign each time; one stays behind."""
        rows = Delivery.objects.filter(paper=self.paper, state=Delivery.State.SENT).select_related("unit")
        waiting = [row for row in rows.order_by("id") if row.unit.region_code != LATE]
        share = waiting if day == 4 else waiting[: len(waiting) // 2]
        for row in share:
            speaker = self.people.get(f"county-{(row.unit.region_code or row.unit.local_code).lower()}")
            if speaker is not None:
                receive_paper(speaker, delivery=row)
