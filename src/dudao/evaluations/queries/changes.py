"""What changed between two times of handing in; what else the pages of who checks read."""

from collections.abc import Sequence
from dataclasses import dataclass

from dudao.calc.submission import Change, changes_between
from dudao.core.access import Actor
from dudao.evaluations.models import Remark, Subject, Submission
from dudao.evaluations.queries.answering import checks_seen, last_submissions, seen
from dudao.orgs.models import Unit


@dataclass(frozen=True, slots=True)
class Compared:
    """``before`` and ``after`` are submissions; the later one ``None``: what stands now, not handed in again yet."""

    before: Submission
    after: Submission | None
    changes: Sequence[Change]


def changes_of(subject: Subject, now: dict[str, object] | None = None) -> Compared | None:
    """The last two submissions. ``now``: of one that is open again, its content as it would be handed in today; it is compared with
    the last one. ``None`` where there is nothing to compare.
    """
    before, last = last_submissions(subject)
    if last is None:
        return None
    if now is not None:
        return Compared(last, None, changes_between(last.content, now))
    if before is None:
        return None
    return Compared(before, last, changes_between(before.content, last.content))


def campaigns_checked(actor: Actor) -> list[tuple[int, str]]:
    """The campaigns among what somebody checks, for choosing one."""
    rows = checks_seen(actor).order_by("-campaign__year", "-campaign").values_list("campaign", "campaign__title")
    return list(rows.distinct())


def place_of_checks(actor: Actor) -> Unit:
    """The unit at which somebody checks."""
    return Unit.objects.filter(path__in=actor.paths("evaluation.accept")).order_by("depth", "pk")[0]


def remark_of(actor: Actor, pk: int) -> Remark | None:
    rows = Remark.objects.select_related(
        "subject__unit", "subject__campaign__office", "subject__campaign__version__framework"
    )
    found: Remark | None = rows.filter(pk=pk, subject__in=seen(actor).values("pk")).first()
    return found
