"""THE stranger test. For every address of the platform:

- an anonymous visitor is sent to log in;
- somebody of another county gets 404 where the address names an object, and nothing of the other county where it names none;
- somebody who may only read can't write;
- nobody's GET writes.

A new address with an object needs a builder in ``OBJECTS`` below; this test fails until it has one.
"""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from dudao import packs
from dudao.accountability.actions import deciding, opening, talks
from dudao.accountability.models import Case, CaseFile, Demand, Remedy
from dudao.calc.score import System, columns_of, explain, read_subjects
from dudao.core.access import SYSTEM
from dudao.core.models import Event, Job, Notice, StoredFile
from dudao.demo.builders import account, unit
from dudao.findings.actions import create_finding, issue
from dudao.findings.actions import sign as sign_finding
from dudao.findings.actions.clock import ask_time
from dudao.findings.actions.feedback import register
from dudao.findings.actions.lookback import make_round
from dudao.findings.models import Consultation, Feedback, FindingFile, FindingUpload, LookBackFile
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.trials import run_trial
from dudao.frameworks.findings import lost
from dudao.frameworks.models import Framework, FrameworkUpload, Indicator
from dudao.frameworks.queries import tree, trials
from dudao.orgs.actions import save_contact, set_special_day
from dudao.orgs.models import Kind, Stage, UnitImport
from dudao.papers.actions import draft_paper, issuing, routing
from dudao.papers.composing import sample
from dudao.papers.models import Paper, Template
from dudao.people.models import Appointment
from dudao.people.queries import actor_for
from dudao.plans.actions.assignments import File, report, sign
from dudao.plans.actions.document.importing import import_plan
from dudao.plans.actions.document.publishing import publish_plan
from dudao.plans.actions.handing import hand_down
from dudao.plans.actions.schedule import set_schedule
from dudao.plans.actions.tasks import create_task
from dudao.plans.models import Assignment, Evidence, Guess, Item, LedgerUpload, Milestone, Point, Remark, Section, Task
from dudao.plans.queries import with_units
from dudao.plans.queries.schedule import StepInput
from dudao.stats.actions.balance import run_balance
from dudao.stats.actions.balance_inputs import make_forecast, set_prices
from dudao.stats.actions.catalogue import load_items
from dudao.stats.actions.rounds import create_round, open_round
from dudao.stats.models import (
    DataItem,
    DataUpload,
    EliminationPlan,
    EliminationRow,
    ItemJudgement,
    PreschoolJudgement,
    PreschoolRun,
    ReliefClaim,
    Return,
)
from signing import signed_in
from test_consistency import route_names

pytestmark = pytest.mark.django_db

SECRET = "隐秘"
"""A word in the name of everything that is the other county's own: where a stranger reads it, something leaks."""

PLAN = f"""{SECRET}市教育督导办
{SECRET}市2026年教育督导工作要点

一、{SECRET}工作
1. {SECRET}督学配备。一是按照督学与学校数 1:5 的比例配备督学。二是每个责任区聘用 2 名专职督学。
2. {SECRET}制度建設。健全制度，按季调度。
"""

PUBLIC = {"people:login", "people:second", "papers:verify"}
"""Addresses before the log-in. ``second`` leads back to the log-in by itself; ``verify`` shows what a paper says anyway."""

OWN = {
    # What everybody does to what is theirs alone.
    "people:logout", "people:me", "people:password", "people:mfa", "people:mfa-codes", "people:mfa-renew", "people:mfa-remove",
    "people:sessions", "people:session-end", "people:switch", "people:view-as-end", "core:notices_read",
}  # fmt: skip

OBJECTS = {
    "core:job": lambda w: {"pk": w.job.pk},
    "core:job_state": lambda w: {"pk": w.job.pk},
    "core:job_file": lambda w: {"pk": w.job.pk},
    "core:notice_open": lambda w: {"pk": w.notice.pk},
    "orgs:import": lambda w: {"pk": w.upload.pk},
    "orgs:import-confirm": lambda w: {"pk": w.upload.pk},
    "orgs:import-state": lambda w: {"pk": w.upload.pk},
    "orgs:import-errors": lambda w: {"pk": w.upload.pk},
    "orgs:calendar-remove": lambda w: {"pk": w.special.pk},
    "orgs:contact-edit": lambda w: {"pk": w.contact.pk},
    "orgs:contact-remove": lambda w: {"pk": w.contact.pk},
    "orgs:contact-reveal": lambda w: {"pk": w.contact.pk},
    **{
        f"orgs:{name}": lambda w: {"pk": w.school.pk}
        for name in (
            "unit", "unit-below", "unit-past", "edit", "rename", "move", "merge", "split", "close", "contact-new",
        )
    },
    **{
        f"people:{name}": lambda w: {"pk": w.head.pk}
        for name in ("account", "account-edit", "account-step", "phone", "appoint", "view-as")
    },
    "people:appointment-end": lambda w: {"pk": w.appointment.pk},
    **{
        f"plans:{name}": lambda w: {"pk": w.plan.pk}
        for name in ("plan", "plan_step", "plan_source", "plan_amend", "plan_tasks", "overview", "ledger", "ledger_export", "brief")
    },
    **{
        f"plans:{name}": lambda w: {"pk": w.draft.pk}
        for name in ("review", "review_plan", "review_guesses", "review_restore")
    },
    "plans:review_section": lambda w: {"pk": w.section.pk},
    "plans:review_point": lambda w: {"pk": w.point.pk},
    "plans:review_guess_new": lambda w: {"pk": w.point.pk, "sort": "target"},
    "plans:review_item": lambda w: {"pk": w.item.pk},
    "plans:review_guess": lambda w: {"pk": w.guess.pk},
    "plans:review_remark": lambda w: {"pk": w.remark.pk},
    "plans:task_new": lambda w: {"plan_pk": w.plan.pk},
    **{
        f"plans:{name}": lambda w: {"pk": w.task.pk}
        for name in (
            "task", "task_edit", "task_split", "task_step", "hand_down", "hand_down_count", "schedule", "schedule_sheet",
        )
    },
    "plans:step_done": lambda w: {"pk": w.task.pk, "step_pk": w.step.pk},
    **{
        f"plans:{name}": lambda w: {"pk": w.row.pk}
        for name in (
            "assignment", "row_step", "row_remind", "row_sign", "row_report", "row_confirm", "row_extend", "row_mark",
            "row_hand_on",
        )
    },
    "plans:ledger_upload": lambda w: {"pk": w.ledger.pk},
    "plans:ledger_errors": lambda w: {"pk": w.ledger.pk},
    **{
        f"frameworks:{name}": lambda w: {"pk": w.system.pk}
        for name in (
            "version", "step", "clone", "compare", "rename", "discard", "points", "document", "grades", "vetoes", "marks",
            "items", "item_new", "export", "trials", "trial_new", "trial_template",
        )
    },
    **{
        f"frameworks:{name}": lambda w: {"pk": w.indicator.pk}
        for name in ("node", "node_add", "node_move", "node_delete", "node_preview", "node_evidence", "below")
    },
    **{f"frameworks:{name}": lambda w: {"pk": w.trial.pk} for name in ("trial", "what_if", "trial_export", "trial_delete")},
    **{f"frameworks:{name}": lambda w: {"pk": w.framework_upload.pk} for name in ("upload", "upload_errors")},
    "frameworks:trial_subject": lambda w: {"pk": w.trial.rows.first().pk},
    "frameworks:trial_trace": lambda w: {"pk": w.trial.rows.first().pk, "form": "txt"},
    "frameworks:item": lambda w: {"pk": w.system.pk, "number": 0},
    "frameworks:item_drop": lambda w: {"pk": w.system.pk, "number": 0},
    **{
        f"papers:{name}": lambda w: {"pk": w.paper.pk}
        for name in ("paper", "step", "edit", "upload", "compare", "seal", "preview", "pdf", "sealed", "receivers")
    },
    "papers:word": lambda w: {"pk": w.paper.versions.first().pk},
    "papers:delivery_sign": lambda w: {"pk": w.paper.deliveries.first().pk},
    **{
        f"papers:template{name}": lambda w: {"pk": w.paper_template.pk}
        for name in ("", "_use", "_file", "_word", "_pdf")
    },
    "plans:evidence": lambda w: {"pk": w.evidence.pk},
    **{
        f"stats:{name}": lambda w: {"pk": w.round.pk}
        for name in (
            "round", "round_edit", "round_extend", "round_failed", "round_checks", "round_step", "import_new",
            "import_template",
        )
    },
    **{
        f"stats:{name}": lambda w: {"pk": w.data.pk}
        for name in ("import", "import_confirm", "import_state", "import_errors")
    },
    "stats:round_bulk": lambda w: {"pk": w.round.pk, "act": "accept"},
    **{f"stats:{name}": lambda w: {"pk": w.ret.pk} for name in ("return", "return_fill", "return_step")},
    **{
        f"stats:{name}": lambda w: {"pk": w.balance.pk}
        for name in (
            "balance", "balance_export", "balance_schools", "balance_verify", "balance_plan", "balance_plan_export",
            "balance_verdict", "balance_form", "balance_forecasts", "balance_forecast_new", "balance_forecast_table",
        )
    },
    **{
        f"stats:{name}": lambda w: {"pk": w.balance.pk, "county": w.county.pk, "code": "G1"}
        for name in ("balance_item", "balance_item_withdraw", "balance_item_file")
    },
    "stats:balance_forecast": lambda w: {"pk": w.forecast.pk},
    "stats:balance_price_end": lambda w: {"pk": w.price.pk},
    **{f"stats:{name}": lambda w: {"pk": w.round.pk} for name in ("balance_reliefs_round", "balance_relief_new")},
    "stats:balance_relief_withdraw": lambda w: {"pk": w.relief.pk},
    **{f"stats:{name}": lambda w: {"pk": w.preschool.pk} for name in ("preschool", "preschool_export")},
    "stats:preschool_county": lambda w: {"pk": w.preschool.pk, "county": w.county.pk},
    "stats:preschool_judge": lambda w: {"pk": w.preschool.pk, "county": w.county.pk, "item": "P4"},
    "stats:preschool_file": lambda w: {"pk": w.preschool_judgement.pk},
    **{
        f"findings:{name}": lambda w: {"pk": w.finding.pk}
        for name in (
            "finding", "step", "recurrence", "edit", "issue", "plan", "report", "ask_time", "verify", "send_back", "reopen",
            "consult", "notice",
        )
    },
    "findings:give_time": lambda w: {"pk": w.extension.pk},
    "findings:make": lambda w: {"key": f"score:{w.trial.rows.get().pk}:{_lost(w.trial)}"},
    **{f"findings:lookback{name}": lambda w: {"pk": w.lookback.pk} for name in ("", "_step", "_assign", "_people")},
    **{
        f"findings:lookback_{name}": lambda w: {"pk": w.lookback_item.pk} for name in ("item", "item_step", "settle")
    },
    "findings:lookback_file": lambda w: {"pk": w.lookback_file.pk},
    **{
        f"findings:feedback{name}": lambda w: {"pk": w.feedback.pk}
        for name in ("", "_edit", "_add", "_step", "_export", "_document")
    },
    **{f"findings:feedback_{name}": lambda w: {"pk": w.feedback_item.pk} for name in ("item", "spread")},
    "findings:file": lambda w: {"pk": w.finding_file.pk},
    **{f"findings:{name}": lambda w: {"pk": w.finding_upload.pk} for name in ("upload", "upload_errors")},
    **{
        f"findings:{name}": lambda w: {"pk": w.consultation.pk}
        for name in ("consultation", "consultation_withdraw", "consultation_file")
    },
    **{
        f"accountability:{name}": lambda w: {"pk": w.case.pk}
        for name in (
            "case", "case_step", "edit", "examine", "notify", "defend", "hear", "consult", "submit", "decide", "send_back",
            "receive", "publish", "ask_review", "appeal", "drop",
        )
    },
    "accountability:new": lambda w: {"pk": w.school.pk},
    "accountability:file": lambda w: {"pk": w.case_file.pk},
    "accountability:execute": lambda w: {"pk": w.case.pk, "measure": w.case.measures.first().pk},
    "accountability:opinion": lambda w: {"pk": w.case.opinions.first().pk},
    **{f"accountability:{name}": lambda w: {"pk": w.remedy.pk} for name in ("decide_remedy", "correct")},
    **{f"accountability:{name}": lambda w: {"pk": w.talk.pk} for name in ("talk", "talk_step", "talk_record")},
    **{f"accountability:{name}": lambda w: {"pk": w.demand.pk} for name in ("follow", "demand_finding")},
    **{
        f"stats:elimination{name}": lambda w: {"pk": w.elimination.pk}
        for name in ("", "_edit", "_step", "_amend", "_export", "_import")
    },
}  # fmt: skip
"""How to name an object of the other county, by address."""

VALUES = {
    "papers:new_kind": {"kind": "notice"},
    **{f"papers:template_{name}": {"kind": "notice"} for name in ("kind", "upload", "return", "builtin", "starter")},
    "plans:row_bulk": {"act": "confirm"},
    "findings:bulk": {"act": "close"},
    # The subjects of terms are the same for all; an office keeps its own days.
    **{f"findings:{name}": {"subject": "general"} for name in ("term_edit", "term_end")},
    # The catalogue of data items is one for the city: every office reads it, the city's keeps it.
    **{f"stats:{name}": {"code": "pupils"} for name in ("item", "item_edit", "source_new")},
    **{f"stats:{name}": {"code": "pupils", "pk": 1} for name in ("source_edit", "source_remove")},
    "stats:rule_new": {"kind": "sum"},
    "stats:rule": {"code": "at_most-degree-teachers"},
}
"""Addresses whose parameter is a word, not an object."""

ADDRESSES = sorted(name for name in route_names(get_resolver()) if not name.startswith("dev:"))
NAMED = [name for name in ADDRESSES if name in OBJECTS]
PLAIN = [name for name in ADDRESSES if name not in OBJECTS]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A city whose county Pingjiang owns one of everything; Xiangyin has people and nothing else."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _build()
        transaction.set_rollback(True)


def _build():
    w = SimpleNamespace()
    city = unit("某市", Kind.CITY)
    w.county = unit("平江县", Kind.COUNTY, city)
    w.other = unit("湘阴县", Kind.COUNTY, city)
    w.school = unit(f"{SECRET}小学", Kind.SCHOOL, w.county)
    w.director = account("主任", city, "city_director")
    w.officer = account("科员", city, "city_officer")
    w.own = account(f"{SECRET}办", w.county, "county_office")
    w.head = account(f"{SECRET}校长", w.school, "school_head", phone="10012345678")
    w.reader = account("平江督学", w.county, "county_inspector")
    w.stranger = account("湘阴办", w.other, "county_office")
    w.strange_head = account("湘阴校长", unit("湘阴小学", Kind.SCHOOL, w.other), "school_head")
    w.appointment = Appointment.objects.get(account=w.head)

    director, officer, own = (actor_for(one) for one in (w.director, w.officer, w.own))
    w.contact = save_contact(own, unit=w.school, name=f"{SECRET}联系人", position="校长", phone="0730-8880123")
    w.special = set_special_day(director, unit=city, day=date(2026, 10, 1), working=False, name="国庆节")
    stored = StoredFile.objects.create(digest="ab" * 32, size=3, media_type="text/plain")
    w.upload = UnitImport.objects.create(root=w.county, file=stored, name=f"{SECRET}.xlsx", uploaded_by=w.own.name)
    w.job = Job.objects.create(owner=w.own, kind="units.check", label=f"{SECRET}任务")
    w.notice = Notice.objects.create(account=w.own, text=f"{SECRET}通知", at=timezone.now())

    w.plan = publish_plan(director, plan=_decided(import_plan(officer, unit=city, text=PLAN)))
    w.draft = import_plan(officer, unit=city, text=PLAN)
    w.section = Section.objects.filter(plan=w.draft).first()
    w.point = Point.objects.filter(section=w.section).first()
    w.item = Item.objects.filter(point=w.point).first()
    w.guess = Guess.objects.filter(point=w.point).first()
    w.remark = Remark.objects.filter(plan=w.draft).first()
    today = timezone.localdate()
    w.task = create_task(
        officer,
        point=Point.objects.filter(section__plan=w.plan).first(),
        title=f"{SECRET}任务",
        deadline=today + timedelta(200),
    )
    set_schedule(officer, task=w.task, steps=[StepInput("部署", 3), StepInput("实施", 10)])
    w.step = Milestone.objects.filter(task=w.task).first()
    w.task = Task.objects.select_related("plan__unit").get(pk=w.task.pk)
    hand_down(officer, task=w.task, units=[w.county])
    w.row = with_units(Assignment.objects).get(task=w.task)
    sign(own, row=w.row)
    report(own, row=w.row, text=f"{SECRET}进展", progress=40, files=[File(stored, f"{SECRET}.txt")])
    w.evidence = Evidence.objects.get()
    _statistics(w)
    w.system = load_pack(own, unit=w.county, name="school-safety-36").version
    Framework.objects.filter(pk=w.system.framework_id).update(name=f"{SECRET}评估")
    w.indicator = Indicator.objects.get(version=w.system, code="SF1.1")
    w.trial = _trial(own, w)
    w.framework_upload = FrameworkUpload.objects.create(
        unit=w.county, file=stored, name=f"{SECRET}指标.xlsx", state="ready", uploaded_by="甲",
        kept={
            "data": {"code": "T", "name": f"{SECRET}体系", "indicators": [{"code": "A1", "name": "甲", "rule": "judged"}]},
            "guesses": [], "faults": [], "places": {}, "spots": {}, "exact": False,
        },
    )  # fmt: skip
    w.paper = _paper(own, w)
    w.paper_template = Template.objects.create(
        unit=w.county, kind="notice", name=f"{SECRET}模板.docx", file=w.paper.versions.first().file, uploaded_by="甲"
    )
    w.ledger = LedgerUpload.objects.create(owner=w.own, file=stored, name=f"{SECRET}台账.xlsx", state="checked")
    _findings(w, stored)
    return w


def _findings(w, stored):
    """A finding of the county at its school, with a file, a request for time and a question to a department of the county."""
    own, head = actor_for(w.own), actor_for(w.head)
    row = create_finding(
        own,
        office=w.county,
        unit=w.school,
        description=f"{SECRET}问题",
        source="visit",
        files=[(stored, f"{SECRET}.txt")],
    )
    w.finding_file = FindingFile.objects.get(finding=row)
    w.finding_upload = FindingUpload.objects.create(
        owner=w.own, office=w.county, file=stored, name=f"{SECRET}清单.xlsx", state="checked", kind="new"
    )
    row = issue(own, finding=row, deadline=timezone.localdate() + timedelta(30))
    w.finding = sign_finding(head, finding=row)
    w.extension = ask_time(head, finding=w.finding, until=timezone.localdate() + timedelta(60), reason=f"{SECRET}理由")
    w.consultation = Consultation.objects.create(
        finding=w.finding, unit=unit(f"{SECRET}财政局", Kind.DEPARTMENT, w.county), text=f"{SECRET}协商", file=stored,
        file_name=f"{SECRET}.txt", asked_by=f"{SECRET}办",
    )  # fmt: skip
    w.feedback = register(
        own, office=w.county, title=f"{SECRET}反馈意见", superior=f"{SECRET}省", dated=timezone.localdate(),
        received_on=timezone.localdate(), due_on=timezone.localdate() + timedelta(30),
    )  # fmt: skip
    Feedback.objects.filter(pk=w.feedback.pk).update(document=stored, document_name=f"{SECRET}.txt")
    w.feedback_item = w.feedback.items.create(number=1, description=f"{SECRET}反馈问题")
    w.lookback = make_round(
        own, office=w.county, title=f"{SECRET}回头看", basis=f"{SECRET}依据", starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(7), wanted=1,
    )  # fmt: skip
    w.lookback_item = w.lookback.items.get()
    w.lookback_file = LookBackFile.objects.create(item=w.lookback_item, file=stored, name=f"{SECRET}.txt")


def _paper(own, w):
    """A paper that the county has issued to its school, with a scan of the sealed one."""
    paper = draft_paper(
        own, unit=w.county, kind="brief", title=f"{SECRET}简报", values=sample("brief"), recipients=[w.school]
    )
    routing.submit_paper(own, paper=paper)
    routing.check_paper(SYSTEM, paper=paper)
    routing.sign_paper(own, paper=paper)
    issuing.choose_seal(own, paper=paper, seal="none")
    paper = issuing.issue_paper(own, paper=paper, address="https://dudao.example")
    Paper.objects.filter(pk=paper.pk).update(sealed=StoredFile.objects.first())
    return paper


def _trial(own, w):
    """The county's own system tried on one school."""
    system = System(tree(w.system))
    columns = columns_of(system)
    cells = [["学校", *(column.header for column in columns)], [f"{SECRET}小学", *(0 for _ in columns)]]
    return run_trial(
        own,
        unit=w.county,
        version=w.system,
        subjects=read_subjects(system, cells),
        title=f"{SECRET}试算",
        file_name="数据.xlsx",
        file_digest="ab" * 32,
    )


def _lost(trial):
    """An indicator at which the trial's subject lost points."""
    scores = trials.loaded(trial).scores()
    return min(code for code in lost(explain(scores, 0, sheet=trial.main)) if code != scores.tree.root.code)


def _statistics(w):
    """A round of the county's own, with the return of its school."""
    Stage.objects.create(unit=w.school, level="primary")
    load_items(SYSTEM, unit=w.county)
    today = timezone.localdate()
    w.round = create_round(
        SYSTEM, unit=w.county, title=f"{SECRET}报送", year=2025, stages=["primary"], opens_on=today, closes_on=today,
        items=list(DataItem.objects.all()),
    )  # fmt: skip
    open_round(SYSTEM, asked=w.round)
    w.ret = Return.objects.get(round=w.round)
    w.data = DataUpload.objects.create(
        round=w.round,
        root=w.county,
        sort="table",
        file=StoredFile.objects.first(),
        name=f"{SECRET}.xlsx",
        uploaded_by="甲",
    )
    w.preschool = PreschoolRun.objects.create(
        unit=w.county, year=2025, pack="preschool-2020", pack_name=f"{SECRET}标准", day=today, made_by=f"{SECRET}办",
        standard=json.loads(json.dumps(packs.read("items", "preschool-2020"), default=str)),
        results={"counties": [{
            "unit": w.county.pk, "name": w.county.name, "region": "", "kindergartens": 0, "attached": 0, "missing": [],
            "data": {}, "failing": [],
        }]},
    )  # fmt: skip
    w.preschool_judgement = PreschoolJudgement.objects.create(
        run=w.preschool, county=w.county, item="P5", status="met", note=f"{SECRET}依据", file=StoredFile.objects.first(),
        file_name=f"{SECRET}.txt", judged_by=f"{SECRET}办", judged_at=timezone.now(),
    )  # fmt: skip
    w.elimination = EliminationPlan.objects.create(unit=w.county, base_year=2025, last_year=2027, made_by=f"{SECRET}办")
    EliminationRow.objects.create(
        plan=w.elimination, school=w.school, sort="classes", stage="primary", start=2, targets=[1, 0]
    )
    _accountability(actor_for(w.own), actor_for(w.head), w)
    w.balance = run_balance(SYSTEM, unit=w.county, asked=w.round, pack="excellent-2017", accepted_only=False)
    _around_balance(w)


def _accountability(own, head, w):
    """A case that is sent back and forth as far as two people can bring it, a remedy, a talk with a demand."""
    office = unit(f"{SECRET}县财政局", Kind.DEPARTMENT, w.county)
    w.case = opening.open_case(
        own, office=w.county, unit=w.school, trigger="overdue", facts=f"{SECRET}事实", ended_on=timezone.localdate()
    )
    opening.set_up_group(own, case=w.case, members=f"{SECRET}组")
    opening.notify(
        own, case=w.case, established=SECRET, proposal=SECRET, defend_by=timezone.localdate() + timedelta(20)
    )
    deciding.defend(head, case=w.case, text=f"{SECRET}申辩")
    deciding.hear(own, case=w.case, hearing=f"{SECRET}采纳")
    deciding.consult(own, case=w.case, units=[office])
    w.case = Case.objects.select_related("unit", "office").get(pk=w.case.pk)
    deciding.set_measures(w.case, {"circular": SECRET})
    w.case_file = CaseFile.objects.create(
        case=w.case, part="evidence", file=StoredFile.objects.first(), name=f"{SECRET}.txt"
    )
    w.remedy = Remedy.objects.create(
        case=w.case, kind="review", text=SECRET, asked_on=timezone.localdate(), asked_by=SECRET,
        decide_by=timezone.localdate(),
    )  # fmt: skip
    w.talk = talks.plan_talk(
        own, office=w.county, unit=w.school, called=f"{SECRET}校长", host="甲", held_on=timezone.localdate(), time="上午",
        place_name="会议室", reason=SECRET, matters=SECRET,
    )  # fmt: skip
    w.demand = Demand.objects.create(talk=w.talk, text=SECRET, due_on=timezone.localdate())


def _around_balance(w):
    """A forecast, a price, a relief claim and a judgement with a paper."""
    w.forecast = make_forecast(
        SYSTEM, run=w.balance, years=1, growth={"小学": Decimal(1)}, stays=Decimal(100), note=SECRET
    )
    w.price = set_prices(
        SYSTEM,
        unit=w.county,
        prices={"L1": (Decimal(1), "名教师")},
        valid_from=date(2025, 1, 1),
        valid_to=None,
        note=SECRET,
    )
    w.relief = ReliefClaim.objects.create(
        round=w.round, unit=w.school, clause="G3", reason=SECRET, basis="省文件", claimed_by="甲"
    )
    ItemJudgement.objects.create(
        run=w.balance, county=w.county, code="G1", verdict="met", note=SECRET, judged_by="甲",
        file=StoredFile.objects.first(), file_name=f"{SECRET}.pdf",
    )  # fmt: skip


def _decided(plan):
    from dudao.core.access import SYSTEM
    from dudao.plans.actions.document.remarks import resolve_remark

    for remark in Remark.objects.filter(plan=plan, level="check"):
        resolve_remark(SYSTEM, remark=remark, how="keep")
    return plan


def address(w, name):
    return reverse(name, kwargs=OBJECTS[name](w) if name in OBJECTS else VALUES.get(name))


def test_every_address_with_a_parameter_has_a_builder():
    missing = []
    for name in PLAIN:
        try:
            reverse(name, kwargs=VALUES.get(name))
        except Exception:
            missing.append(name)
    assert not missing, "say in OBJECTS how to make an object of the other county for them"
    assert not (set(OBJECTS) | set(VALUES)) - set(ADDRESSES), "builders of addresses that are gone"
    assert not (PUBLIC | OWN) - set(ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [name for name in ADDRESSES if name not in PUBLIC])
def test_the_anonymous_are_sent_to_log_in(world, name, method):
    answer = getattr(Client(), method)(address(world, name))
    if name == "people:logout":
        assert answer.status_code in {302, 405}, "nobody is logged out, and nothing is said"
        return
    assert answer.status_code == 302, answer.status_code
    assert answer["Location"].startswith(reverse("people:login"))


@pytest.mark.parametrize("who", ["stranger", "strange_head"])
@pytest.mark.parametrize("name", NAMED)
def test_a_stranger_finds_nothing(world, name, who):
    client = signed_in(getattr(world, who))
    answers = {method: getattr(client, method)(address(world, name)).status_code for method in ("get", "post")}
    assert set(answers.values()) <= {404, 405}, answers
    assert 404 in answers.values(), f"neither GET nor POST looks for the object: {answers}"


@pytest.mark.parametrize("who", ["stranger", "strange_head"])
@pytest.mark.parametrize("name", PLAIN)
def test_a_stranger_reads_nothing_of_others(world, name, who):
    answer = signed_in(getattr(world, who)).get(address(world, name))
    assert answer.status_code in {200, 204, 302, 403, 404, 405}, answer.status_code
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert SECRET not in content.decode(errors="replace")


WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE)\b\s*"?(\w*)', re.IGNORECASE)


@pytest.mark.parametrize("name", [name for name in ADDRESSES if name not in OWN | PUBLIC])
def test_a_reader_can_not_write(world, name):
    """Refused, or answered like a GET (lists export by POST): in any case no row of the platform changes."""
    client = signed_in(world.reader)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(address(world, name))
    assert answer.status_code in {200, 302, 403, 404, 405, 409, 422}, answer.status_code
    touched = {found[1] for query in queries if (found := WRITES.match(query["sql"]))}
    assert touched <= {"django_session", "people_loginsession"}


@pytest.mark.parametrize("who", ["director", "officer", "own", "head", "reader"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_get_writes_nothing_and_breaks_nothing(world, name, who):
    """The middleware raises on a write; the answer must also be one of a working page."""
    before = Event.objects.count()
    answer = signed_in(getattr(world, who)).get(address(world, name))
    assert answer.status_code in {200, 204, 302, 400, 403, 404, 405}, answer.status_code
    assert Event.objects.count() == before
