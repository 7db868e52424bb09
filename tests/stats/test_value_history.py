"""What a number was before is kept by the database, whoever changes it."""

from decimal import Decimal

import pytest
from django.apps import apps

from dudao.stats.models import DataItem, Value

pytestmark = pytest.mark.django_db


def test_a_number_that_is_changed_or_taken_away_leaves_what_it_was(place):
    events = apps.get_model("stats", "ValueEvent").objects
    item = DataItem.objects.get(code="pupils")
    value = Value.objects.create(ret=place.ret(place.primary), item=item, stage="primary", number=480)
    assert not events.exists(), "a first number is its own record"
    Value.objects.filter(pk=value.pk).update(number=Decimal("481"))
    Value.objects.filter(pk=value.pk).update(number=Decimal("481"))
    assert list(events.values_list("pgh_obj_id", "number")) == [(value.pk, Decimal(480))]
    Value.objects.filter(pk=value.pk).delete()
    assert list(events.order_by("pgh_id").values_list("number", flat=True)) == [Decimal(480), Decimal(481)]
