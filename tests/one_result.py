"""A result of one county's campaign on its way, for `one_of_everything`: publicised, objected to, with a proposal."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Campaign, Result
from dudao.people.queries import actor_for
from dudao.results.actions.objections import ask_objection
from dudao.results.actions.results import make_sheet, publicise, record_decision
from dudao.results.actions.uses import decide_proposal, make_proposal
from dudao.results.models import Decision
from results_town import mark_all


def add_result(w, own, secret, stored):
    """``w.result_campaign``, ``w.sheet``, ``w.result``, ``w.objection``, ``w.decision`` (with minutes), ``w.proposal``."""
    day = timezone.localdate()
    version = w.kindergartens
    made = create_campaign(
        own,
        office=w.county,
        title=f"{secret}评定项目",
        year=day.year,
        objects_kind="schools",
        version=version,
        phases=[PhaseGiven("online", "网上评审", day, day + timedelta(20), source="online")],
    )
    made = set_subjects(own, campaign=made, revision=made.revision, subjects=[SubjectGiven(w.school)])
    made = start_campaign(own, campaign=made, revision=made.revision)
    mark_all(made, {w.school.pk: Decimal("0.3")})
    w.sheet = make_sheet(own, campaign=made, purpose="final", reason=f"{secret}理由")
    w.result = Result.objects.get(sheet=w.sheet)
    record_decision(own, campaign=made, held_on=day, attendees=f"{secret}主任", text=f"{secret}评定意见")
    w.decision = Decision.objects.create(
        campaign=made,
        sheet=w.sheet,
        held_on=day,
        attendees=f"{secret}主任",
        text=f"{secret}评定意见",
        file=stored,
        file_name=f"{secret}纪要.txt",
        by="甲",
    )
    w.result_campaign = publicise(own, campaign=Campaign.objects.get(pk=made.pk))
    head = actor_for(w.head)
    w.objection = ask_objection(head, subject=w.result.subject, text=f"{secret}异议")
    proposed = make_proposal(head, framework=version.framework, unit=w.school, text=f"{secret}建议")
    w.proposal = decide_proposal(own, proposal=proposed, taken=True, answer=f"{secret}意见")
