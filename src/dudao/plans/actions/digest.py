"""The morning's line: what presses in one's own units. It tells and changes nothing, so it leaves no event."""

from datetime import date

from django.urls import reverse

from dudao.core import notices
from dudao.core.lights import LIGHTS
from dudao.people.queries import nearest_holders
from dudao.plans.models import Assignment, Light
from dudao.plans.queries.ledger import open_rows
from dudao.plans.queries.lights import lights_on

PRESSING = (Light.RED, Light.AMBER)


def tell_pressing(day: date) -> int:
    """Give everybody who reports for a unit one notice about its open rows that are lit red or amber by the city's own rules, or
    wait for a signature. Told once a day, however often it is run. Answers how many notices were new.
    """
    lights = lights_on(day)
    counts: dict[str, dict[str, int]] = {}
    for row in lights.annotate(open_rows()).values("unit__path", "light", "state"):
        entry = counts.setdefault(row["unit__path"], {})
        for key in (row["light"], row["state"]):
            entry[key] = entry.get(key, 0) + 1
    people: dict[int, dict[str, int]] = {}
    for path, accounts in nearest_holders(["assignment.report"], counts).items():
        for account in accounts:
            entry = people.setdefault(account, {})
            for key, count in counts[path].items():
                entry[key] = entry.get(key, 0) + count
    texts: dict[str, list[int]] = {}
    for account, entry in people.items():
        text = _words(entry)
        if text:
            texts.setdefault(text, []).append(account)
    url = f"{reverse('plans:assignments')}?scope=mine"
    return sum(
        notices.tell(
            accounts, text=text, url=url, verb="assignment.light", key=f"pressing {day}", urgent="红灯" in text
        )
        for text, accounts in texts.items()
    )


def _words(entry: dict[str, int]) -> str:
    parts = [f"{LIGHTS[light].word} {entry[light]} 项" for light in PRESSING if entry.get(light)]
    if entry.get(Assignment.State.ISSUED):
        parts.append(f"待签收 {entry[Assignment.State.ISSUED]} 项")
    return f"今天有任务需要办理：{'，'.join(parts)}。" if parts else ""
