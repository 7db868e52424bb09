"""What the demo city's inspectors are good at, and how long it takes from county to county, so that teams can be put together."""

import math
import random
from collections.abc import Sequence
from datetime import datetime

from dudao.demo.drafts import on
from dudao.demo.logins import Login
from dudao.orgs.models import Unit
from dudao.people.actions import set_specialities
from dudao.people.models import Account, Appointment
from dudao.people.queries import actor_for
from dudao.people.specialities import INSPECTING, USUAL
from dudao.selection.actions.travel import set_travel
from dudao.selection.queries.travel import parts_of

SEED = 4307
# Roughly where the seats of government lie (degrees east and north), to make up plausible ways from; the minutes are invented.
PLACES = {
    "岳阳市": (113.13, 29.36),
    "岳阳楼区": (113.12, 29.37),
    "云溪区": (113.27, 29.47),
    "君山区": (113.00, 29.46),
    "岳阳县": (113.12, 29.14),
    "华容县": (112.54, 29.53),
    "湘阴县": (112.91, 28.69),
    "平江县": (113.58, 28.70),
    "汨罗市": (113.07, 28.81),
    "临湘市": (113.45, 29.48),
    "岳阳经开区": (113.18, 29.35),
    "南湖新区": (113.11, 29.33),
    "城陵矶新港区": (113.15, 29.45),
    "屈原管理区": (112.92, 28.87),
}
COMMON = ("学前教育", "义务教育", "校园安全")
ROUNDABOUT = 1.3
KM_PER_HOUR = 55


def build_specialities(city: Unit, logins: Sequence[Login], *, now: datetime) -> None:
    officer = actor_for(next(login.account for login in logins if login.role == "city_officer"))
    chance = random.Random(SEED)
    held = Appointment.objects.filter(role__in=INSPECTING, unit__path__startswith=city.path).values("account")
    with on(now, -45):
        for number, person in enumerate(
            Account.objects.filter(pk__in=held).select_related("home").order_by("username")
        ):
            # Each of the usual words somewhere; what most campaigns ask for more often.
            words = {USUAL[number % len(USUAL)], chance.choice(COMMON), chance.choice(USUAL)}
            set_specialities(officer, account=person, specialities=words)
        known = [(unit, PLACES[str(unit)]) for unit in parts_of(city) if str(unit) in PLACES]
        minutes = {
            (one.pk, other.pk): _minutes(here, there)
            for place, (one, here) in enumerate(known)
            for other, there in known[place + 1 :]
        }
        if minutes:
            set_travel(officer, office=city, minutes=minutes, demo=True)


def _minutes(here: tuple[float, float], there: tuple[float, float]) -> int:
    """By road, to five minutes."""
    east = (here[0] - there[0]) * 111 * math.cos(math.radians(29))
    north = (here[1] - there[1]) * 111
    return 5 * max(1, round(math.hypot(east, north) * ROUNDABOUT / KM_PER_HOUR * 60 / 5))
