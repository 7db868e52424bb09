"""The demo city's draws: kindergartens that were drawn and published, with one left out and one changed by hand; inspectors
promised and waiting to be drawn in public.
"""

from collections.abc import Sequence
from datetime import datetime

from dudao.core.access import Actor
from dudao.demo.drafts import on
from dudao.demo.logins import Login
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from dudao.selection.actions import draws as acts
from dudao.selection.models import Draw
from dudao.selection.queries import draws as reads
from dudao.selection.queries.draw_frames import Criteria

MOST = 26
"""Two a county."""


def build_draws(city: Unit, logins: Sequence[Login], *, now: datetime) -> Draw | None:
    """The published draw, or none where a small city has no kindergartens for it."""
    officer, director = (_actor(logins, role) for role in ("city_officer", "city_director"))
    there = Unit.objects.filter(kind=Kind.KINDERGARTEN, path__startswith=city.path, valid_to__isnull=True).count()
    if there < 4:
        return None
    with on(now, -34):
        row = acts.create_draw(
            officer,
            office=city,
            title=f"{now.year}年幼儿园办园行为督导随机抽查（演示）",
            kind=Draw.Kind.OBJECTS,
            numbers=str(min(MOST, there // 2)),
            strata="县市区",
            criteria=Criteria(kinds=(Kind.KINDERGARTEN,)),
            demo=True,
        )
        first = reads.members(row).order_by("position")[0]
        acts.exclude(officer, draw=row, members=[first.pk], reason="本次带队督学曾在该园任职，应当回避（演示）")
    with on(now, -33):
        row = acts.commit_draw(officer, draw=row)
    with on(now, -32):
        row = acts.hold_draw(officer, draw=row, words="抽取会上三位监督员各报一个数：318、42、907")
    with on(now, -31):
        out = reads.members(row).filter(drawn=True).order_by("-position")[0]
        other = reads.members(row).filter(drawn=False, excluded="").order_by("ticket")[0]
        acts.override(officer, draw=row, members=[out.pk], way="out", reason="园舍正在改造，本学期停园（演示）")
        acts.override(officer, draw=row, members=[other.pk], way="in", reason="补足抽查数量，按号签顺延（演示）")
    with on(now, -30):
        row = acts.publish_draw(director, draw=row)
    _inspectors(officer, city, now)
    return row


def _inspectors(officer: Actor, city: Unit, now: datetime) -> None:
    with on(now, -2):
        row = acts.create_draw(
            officer,
            office=city,
            title=f"{now.year}年冬季安全督导督学抽取（演示）",
            kind=Draw.Kind.INSPECTORS,
            numbers="1",
            criteria=Criteria(),
            demo=True,
        )
    if not reads.why_not_drawable(row):
        with on(now, -1):
            acts.commit_draw(officer, draw=row)


def _actor(logins: Sequence[Login], role: str) -> Actor:
    return actor_for(next(login.account for login in logins if login.role == role))
