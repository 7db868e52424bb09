"""Real transactions side by side: of two editors one is told, and no edit slips in behind a publication."""

import threading

import pytest
from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection

from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.plans.actions.document import (
    Stale,
    decide_guess,
    edit_point,
    import_plan,
    publish_plan,
    resolve_remark,
    split_point,
)
from dudao.plans.models import Guess, Point, WorkPlan
from plans.document.conftest import TEXT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft():
    for app in apps.get_app_configs():
        create_contenttypes(app, verbosity=0)  # emptied between tests
    city = unit("某市", Kind.CITY)
    draft = import_plan(actor_for(account("王科", city, "city_officer")), unit=city, text=TEXT)
    draft.one, draft.other = (actor_for(account(name, city, "city_director")) for name in ("甲", "乙"))
    return draft


def at_once(*acts):
    """Run the acts at the same moment; what each answered or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait()
            answers[place] = act()
        except (Denied, Conflict) as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def first_point(draft):
    return Point.objects.select_related("section").get(section__plan=draft, number="1")


def test_of_two_editors_one_saves_and_one_gets_both_texts(draft):
    point = first_point(draft)
    answers = at_once(
        lambda: edit_point(draft.one, point=point, revision=0, text="甲写的。"),
        lambda: edit_point(draft.other, point=point, revision=0, text="乙写的。"),
    )
    stale = [answer for answer in answers if isinstance(answer, Stale)]
    assert len(stale) == 1
    assert {stale[0].mine["text"], stale[0].theirs["text"]} == {"甲写的。", "乙写的。"}
    assert first_point(draft).text == stale[0].theirs["text"]


def test_a_point_is_parted_once(draft):
    point = first_point(draft)
    offset = point.text.index("二是")
    answers = at_once(*[lambda: split_point(draft.one, point=point, revision=0, offset=offset)] * 2)
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1
    assert Point.objects.filter(section__plan=draft).count() == 6


def test_a_guess_is_decided_once(draft):
    guess = Guess.objects.filter(point=first_point(draft)).first()
    answers = at_once(
        lambda: decide_guess(draft.one, guess=guess, state="accepted", was="proposed"),
        lambda: decide_guess(draft.other, guess=guess, state="rejected", was="proposed"),
    )
    assert sum(isinstance(answer, Conflict) for answer in answers) == 1


def test_an_edit_is_before_the_publication_or_refused(draft):
    for remark in draft.remarks.filter(level="check"):
        resolve_remark(draft.one, remark=remark, how="keep")
    point = first_point(draft)
    for revision in range(point.revision, point.revision + 4):
        answers = at_once(
            lambda: publish_plan(draft.one, plan=draft),
            lambda revision=revision: edit_point(
                draft.other, point=point, revision=revision, text=f"第 {revision} 稿。"
            ),
        )
        if isinstance(answers[1], Denied):
            assert first_point(draft).text != f"第 {revision} 稿。"
            break
        assert first_point(draft).text == f"第 {revision} 稿。"
        if WorkPlan.objects.get(pk=draft.pk).state == "published":
            break
    assert WorkPlan.objects.get(pk=draft.pk).state == "published"
