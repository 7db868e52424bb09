"""A work plan in the writing of an office, and a draft made of it."""

from pathlib import Path

import pytest

from dudao.plans.actions.document import import_plan
from dudao.plans.models import Point, WorkPlan

TEXT = Path(__file__).with_name("plan.txt").read_text(encoding="utf-8")


@pytest.fixture
def draft(city) -> WorkPlan:
    return import_plan(city.officer, unit=city.city, text=TEXT)


def point(plan: WorkPlan, number: str) -> Point:
    return Point.objects.select_related("section__plan__unit").get(section__plan=plan, number=number)
