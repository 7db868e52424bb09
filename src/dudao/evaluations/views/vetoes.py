"""The office's page of one unit's vetoes: what applies, who said so on what grounds, and a form to decide on one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from dudao.core.ui.acting import actor_of, found_or_404, sent
from dudao.core.ui.forms import answered
from dudao.core.ui.parts import Crumb, State
from dudao.evaluations.actions.marking import why_not_settle
from dudao.evaluations.actions.vetoes import decide_veto
from dudao.evaluations.forms.reviewing import VetoForm
from dudao.evaluations.process import crumbs_of
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.vetoes import vetoes_of

LOOKS = {
    "是": State("存在", "red", "ban"),
    "否": State("不存在", "green", "check"),
    "": State("未认定", "grey", "circle-dashed"),
}


@require_http_methods(["GET", "POST"])
def vetoes(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    subject = found_or_404(reads.subject_of(actor, pk))
    denied = why_not_settle(subject, actor)
    if denied is not None:
        raise denied
    lines = vetoes_of(subject)
    asked = {line.code: line for line in lines if not line.when}
    if not asked:
        raise Http404
    seen = sum(line.mark.revision for line in lines if line.mark is not None)
    form = VetoForm(sent(request), vetoes={code: line.name for code, line in asked.items()}, initial={"revision": seen})
    return answered(
        request,
        form,
        lambda: decide_veto(actor, subject=subject, **form.values),
        lambda made: f"已认定“{asked[made.code].name}”，请重新形成评定结果。",
        to=subject,
        title="一票否决",
        save="认定",
        save_icon="check",
        cancel_url=subject.get_absolute_url(),
        note=f"{subject.label} · {subject.campaign.title}",
        crumbs=crumbs_of(actor_of(request), subject, Crumb("一票否决")),
        template="evaluations/reviewing/vetoes.html",
        lines=[(line, LOOKS[line.answer]) for line in lines],
    )
