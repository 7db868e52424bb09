"""One act on many rows: a row that it refuses holds up no other and comes back with the reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import VERBS, Actor, Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict, Flow

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """What became of one row; ``refused`` is the reason, empty when it was done."""

    row: R
    refused: str = ""


def each(rows: Iterable[R], act: Callable[[R], object]) -> list[Done[R]]:
    """``act`` on every row. Inside one transaction it must refuse before it writes anything."""
    done = []
    for row in rows:
        refused = ""
        try:
            act(row)
        except Denied as denied:
            refused = denied.reason
        except Conflict as conflict:
            refused = str(conflict)
        except ValidationError as problem:
            refused = "".join(problem.messages)
        done.append(Done(row, refused))
    return done


def some(done: list[Done[R]], verb: str) -> list[Done[R]]:
    """The same; an act that did nothing at all is refused with the first reason."""
    if all(one.refused for one in done):
        first = done[0].refused if done else "所选的行已不存在。"
        raise Denied(f"没有一项可以{VERBS[verb].label}：{first}", verb)
    return done


def urge(actor: Actor, flow: Flow, verb: str, rows: Iterable[Any], reason: str) -> list[Done[Any]]:
    """Urge the units of these locked rows (催办), each once a day."""
    found = list(rows)
    keys, today = [row.pk for row in found], timezone.localdate()
    urged = set(Event.objects.filter(verb=verb, object_id__in=keys, at__date=today).values_list("object_id", flat=True))

    def act(row: Any) -> None:
        flow.require(row, verb, actor)
        if row.pk in urged:
            raise Denied("今天已经催办过。", verb)
        audit.record(actor, verb, row, reason=reason.strip(), deadline=row.deadline, tell_at=row.unit.path)

    return some(each(found, act), verb)
