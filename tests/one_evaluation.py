"""The county's own evaluation for `one_of_everything`: a draft and a running campaign over its school, and what hangs on them."""

from datetime import timedelta

from django.utils import timezone

from dudao.demo.builders import unit
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.submitting import digest_of, snapshot
from dudao.evaluations.models import Part, Remark, RunPin, Submission
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.orgs.models import Kind
from dudao.selection.actions import draws as drawing
from dudao.selection.models import Draw


def add_evaluation(w, own, secret):
    """Puts ``campaign`` (running), ``campaign_draft``, ``subject`` and ``draw`` (drawn, not published) into the world."""
    version = publish_version(
        own,
        version=load_pack(own, unit=w.county, name="kindergarten-online-onsite-template").version,
        reason="已核对。",
    )
    w.kindergartens = version
    made = [_campaign(own, w, version, f"{secret}评估{which}") for which in ("一", "二")]
    w.campaign_draft = made[0]
    w.campaign = start_campaign(own, campaign=made[1], revision=made[1].revision)
    w.subject = w.campaign.subjects.get()
    content = snapshot(w.subject)
    w.submission = Submission.objects.create(
        subject=w.subject, number=1, content=content, digest=digest_of(content), by="某人"
    )
    w.subject_remark = Remark.objects.create(subject=w.subject, code="F1.1", text=f"{secret}意见", by="某人")
    w.part = Part.objects.create(
        subject=w.subject,
        unit=unit(f"{secret}发改局", Kind.DEPARTMENT, w.county),
        codes=["F1.1"],
        due_on=timezone.localdate() + timedelta(days=9),
    )
    w.run_pin = RunPin.objects.create(campaign=w.campaign, kind="balance", balance=w.balance, number=1, by="某人")
    w.draw = drawing.create_draw(
        own, office=w.county, title=f"{secret}抽查", kind=Draw.Kind.OBJECTS, numbers="1", strata="县市区"
    )
    w.draw = drawing.hold_draw(own, draw=drawing.commit_draw(own, draw=w.draw))


def _campaign(own, w, version, title):
    today = timezone.localdate()
    made = create_campaign(
        own,
        office=w.county,
        title=title,
        year=today.year,
        objects_kind="schools",
        version=version,
        phases=[
            PhaseGiven("self", "自查自评", today - timedelta(5), today + timedelta(20), source="self"),
            PhaseGiven("online", "网上评审", today, today + timedelta(30), source="online"),
            PhaseGiven("onsite", "实地评估", today, today + timedelta(40), source="onsite"),
        ],
    )
    return set_subjects(own, campaign=made, revision=made.revision, subjects=[SubjectGiven(w.school)])
