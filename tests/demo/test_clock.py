"""The clock of the demo: whatever is made inside bears the time it is set to."""

from datetime import timedelta

from django.utils import timezone

from dudao.demo import clock
from dudao.evaluations.models import ScoreSheet
from dudao.selection.models import RecusalDeclaration


def test_fields_that_take_the_time_by_themselves_take_it_too():
    then = timezone.now() - timedelta(100)
    with clock.set_to(then):
        assert RecusalDeclaration().declared_at == ScoreSheet().made_at == timezone.now() == then
        with clock.set_to(then - timedelta(1)):
            assert RecusalDeclaration().declared_at == then - timedelta(1)
        assert RecusalDeclaration().declared_at == then
    assert RecusalDeclaration().declared_at > then
