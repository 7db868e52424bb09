"""How much may be stored, as an office sets it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb
from dudao.evidence.actions.limits import set_limit
from dudao.evidence.forms.items import LimitForm
from dudao.evidence.queries import policy
from dudao.evidence.views.common import crumbs


@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "evidence.limit")
    actor = actor_of(request)
    units = policy.limiting_units(actor)
    own = units.first()
    now, basis = (
        policy.policy_on(own, timezone.localdate()) if own is not None else (policy.library().limits, "平台默认")
    )
    form = LimitForm(sent(request), units=units, initial={"unit_mb": now.unit_mb, "file_mb": now.file_mb})
    return answered(
        request, form, lambda: set_limit(actor, **form.values), lambda done: f"已设定：{done}，单个文件不超过 {done.file_mb} MB。",
        to="evidence:limits",
        title="资料库容量设置", save="设定容量", cancel_url=reverse("evidence:items"), crumbs=crumbs(Crumb("容量设置")),
        note=f"现行：每个单位 {now.unit_mb} MB，单个文件 {now.file_mb} MB（{basis}）。", template="evidence/limits.html",
        rows=list(policy.limits_of(own)) if own is not None else [],
    )  # fmt: skip
