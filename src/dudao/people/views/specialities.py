"""The page on which an office writes down what an inspector is good at."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.people import actions
from dudao.people.actions.specialities import why_not_specialities
from dudao.people.forms import SpecialityForm
from dudao.people.queries import register


@require_http_methods(["GET", "HEAD", "POST"])
def specialities(request: Any, pk: int) -> HttpResponse:
    one: Any = get_object_or_404(register.accounts_seen(request.actor), pk=pk)
    actor = request.actor
    denied = why_not_specialities(actor, one)
    if denied is not None:
        raise denied
    form = SpecialityForm(request.POST or None, initial={"known": one.specialities})
    return answered(
        request, form, lambda: actions.set_specialities(actor, account=one, **form.values),
        lambda done: f"已登记{done.name}的专业特长：{'、'.join(done.specialities) or '没有'}。",
        title=f"{one.name}的专业特长", cancel_url=one.get_absolute_url(),
        crumbs=[Crumb("人员", reverse("people:accounts")), Crumb(one.name, one.get_absolute_url())],
        note="自动组队时按督导项目要求的专长配人，抽督学时可以按专长筛选。",
    )  # fmt: skip
