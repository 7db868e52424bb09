"""What a visit lacks and why: sentences that name how many could go and what keeps the others away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dudao.calc.scheduling.teams import Inspector, Teams, TeamTask, Visit


class MissingKind(StrEnum):
    PEOPLE = "people"
    LEADER = "leader"
    SPECIALITY = "speciality"


@dataclass(frozen=True)
class Missing:
    """``amount``: how many are missing; ``speciality``: which one, for that kind."""

    kind: MissingKind
    visit: str
    amount: int
    text: str
    speciality: str | None = None


def missing_of(task: TeamTask, teams: Teams) -> tuple[Missing, ...]:
    return tuple(missing for visit in task.visits for missing in _missing(task, teams, visit))


def _missing(task: TeamTask, teams: Teams, visit: Visit) -> Iterator[Missing]:
    people = {person.key: person for person in task.inspectors}
    members = [people[key] for key in teams.members[visit.key]]
    short = visit.size - len(members)
    if short:
        text = f"“{visit.name}”需要 {visit.size} 名督学，只排到 {len(members)} 名：{_kept_away(visit, people.values(), members)}。"
        yield Missing(MissingKind.PEOPLE, visit.key, short, text)
    if visit.key not in teams.leaders:
        able = [person for person in task.inspectors if person.may_lead]
        text = f"“{visit.name}”没有能任组长的督学：{_kept_away(visit, able, members)}。"
        yield Missing(MissingKind.LEADER, visit.key, 1, text)
    for speciality in sorted(visit.specialities - frozenset().union(*(person.specialities for person in members))):
        able = [person for person in task.inspectors if speciality in person.specialities]
        text = f"“{visit.name}”缺“{speciality}”专长的督学：{_kept_away(visit, able, members)}。"
        yield Missing(MissingKind.SPECIALITY, visit.key, 1, text, speciality)


def _kept_away(visit: Visit, people: Iterable[Inspector], members: Iterable[Inspector]) -> str:
    """Of those whose school it is: how many must be recused, are absent, may not go that long; the others are needed elsewhere."""
    able = [person for person in people if visit.school not in person.elsewhere]
    if not able:
        return "名单里没有这样的人"
    here = [person for person in able if person in members]
    recused = [person for person in able if visit.school in person.recusals]
    away = [person for person in able if person not in recused and visit.dates & person.away]
    long = [person for person in able if person not in recused and person not in away and visit.days > person.limit]
    busy = len(able) - len(here) - len(recused) - len(away) - len(long)
    parts = [f"名单里有 {len(able)} 名"]
    if here:
        parts.append(f"{len(here)} 名已在本组")
    if recused:
        named = "、".join(f"{person.name}（{person.recusals[visit.school]}）" for person in recused[:3])
        parts.append(f"{len(recused)} 名须回避：{named}{'等' if len(recused) > 3 else ''}")
    if away:
        parts.append(f"{len(away)} 名当天不能参加")
    if long:
        parts.append(f"{len(long)} 名的天数上限不够 {visit.days} 天")
    if busy:
        parts.append(f"{busy} 名同期另有任务或已到天数上限")
    return "，".join(parts)
