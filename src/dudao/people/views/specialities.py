"""The page on which an office writes down what an inspector is good at."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dudao.core.ui.forms import form_page, refused
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
    if request.method == "POST" and form.is_valid():
        done = refused(form, lambda: actions.set_specialities(actor, account=one, **form.values))
        if done is not None:
            messages.success(request, f"已登记{done.name}的专业特长：{'、'.join(done.specialities) or '没有'}。")
            return redirect(done)
    return form_page(
        request,
        form,
        title=f"{one.name}的专业特长",
        cancel_url=one.get_absolute_url(),
        crumbs=[Crumb("人员", reverse("people:accounts")), Crumb(one.name, one.get_absolute_url())],
        note="自动组队时按督导项目要求的专长配人，抽督学时可以按专长筛选。",
    )
