"""One of everything that an address can name, owned by one county: what the stranger of another must not see."""

import json
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.utils import timezone

from dudao import packs
from dudao.accountability.actions import deciding, opening, talks
from dudao.accountability.models import Case, CaseFile, Demand, Remedy
from dudao.calc.score import System, columns_of, read_subjects
from dudao.core import files
from dudao.core.access import SYSTEM
from dudao.core.models import Job, Notice, SheetImport, StoredFile
from dudao.demo.builders import account, unit
from dudao.evidence.actions.library import add_file
from dudao.evidence.actions.uploads import begin
from dudao.evidence.models import EvidenceVersion
from dudao.findings.actions import create_finding, issue
from dudao.findings.actions import sign as sign_finding
from dudao.findings.actions.clock import ask_time
from dudao.findings.actions.feedback import register
from dudao.findings.actions.lookback import make_round
from dudao.findings.models import Consultation, Feedback, FindingFile, LookBackFile
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.trials import run_trial
from dudao.frameworks.models import Framework, FrameworkUpload, Indicator
from dudao.frameworks.queries import tree
from dudao.orgs.actions import save_contact, set_special_day
from dudao.orgs.models import Kind, Stage
from dudao.papers.actions import draft_paper, issuing, routing
from dudao.papers.composing import sample
from dudao.papers.models import OfficeFont, Paper, Template
from dudao.people.actions import ask_change
from dudao.people.models import Appointment
from dudao.people.queries import actor_for
from dudao.plans.actions.assignments import report, sign
from dudao.plans.actions.document.importing import import_plan
from dudao.plans.actions.document.publishing import publish_plan
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.actions.schedule import set_schedule
from dudao.plans.actions.tasks import create_task
from dudao.plans.models import Assignment, Evidence, Guess, Item, Milestone, Point, Remark, Section, Task
from dudao.plans.queries import with_units
from dudao.plans.queries.schedule import StepInput
from dudao.stats.actions.balance import run_balance
from dudao.stats.actions.balance_inputs import make_forecast, set_prices
from dudao.stats.actions.catalogue import load_items
from dudao.stats.actions.rounds import create_round, open_round
from dudao.stats.models import (
    DataItem,
    EliminationPlan,
    EliminationRow,
    ItemJudgement,
    PreschoolJudgement,
    PreschoolRun,
    ReliefClaim,
    Return,
)
from one_cycle import add_cycle
from one_evaluation import add_evaluation
from one_result import add_result
from one_review import add_review

SECRET = "隐秘"
"""A word in the name of everything that is the other county's own: where a stranger reads it, something leaks."""

PLAN = """{secret}市教育督导办
{secret}市2026年教育督导工作要点

一、{secret}工作
1. {secret}督学配备。一是按照督学与学校数 1:5 的比例配备督学。二是每个责任区聘用 2 名专职督学。
2. {secret}制度建設。健全制度，按季调度。
"""


def build(beside=None, secret=SECRET):
    """A county and everything that is its own; ``beside``: another county of the same city as the one that was built before."""
    w = SimpleNamespace(secret=secret)
    city = beside.county.parent if beside else unit("某市", Kind.CITY)
    w.county = unit("岳阳县" if beside else "平江县", Kind.COUNTY, city)
    w.other = beside.other if beside else unit("湘阴县", Kind.COUNTY, city)
    w.school = unit(f"{w.secret}小学", Kind.SCHOOL, w.county)
    w.director = beside.director if beside else account("主任", city, "city_director")
    w.officer = beside.officer if beside else account("科员", city, "city_officer")
    w.own = account(f"{w.secret}办", w.county, "county_office")
    w.head = account(f"{w.secret}校长", w.school, "school_head", phone="10012345678")
    w.reader = account("平江督学", w.county, "county_inspector")
    w.stranger = account("湘阴办", w.other, "county_office")
    w.strange_head = account("湘阴校长", unit("湘阴小学", Kind.SCHOOL, w.other), "school_head")
    w.neighbour = account("邻校长", unit("邻近小学", Kind.SCHOOL, w.county), "school_head")
    w.township = account("镇办", unit("邻近镇", Kind.TOWNSHIP, w.county), "township")
    w.liaison = account("联络员", unit("县人社局", Kind.DEPARTMENT, w.county), "liaison")
    w.expert = account("专家", w.county, "expert")
    w.appointment = Appointment.objects.get(account=w.head)

    w.security, w.system = (
        account(f"{w.secret}三员", w.county, role, city) for role in ("security_admin", "system_admin")
    )
    w.change = ask_change(actor_for(w.security), account=w.system, half="K7M-P3X", reason=f"{w.secret}原因")
    director, officer, own = (actor_for(one) for one in (w.director, w.officer, w.own))
    w.contact = save_contact(own, unit=w.school, name=f"{w.secret}联系人", position="校长", phone="0730-8880123")
    w.special = set_special_day(director, unit=city, day=date(2026, 10, 1), working=False, name="国庆节")
    stored, _ = StoredFile.objects.get_or_create(digest="ab" * 32, defaults={"size": 3, "media_type": "text/plain"})
    w.upload = SheetImport.objects.create(
        kind="units", target=w.county.pk, place=w.county.path, into=w.county.name, file=stored, name=f"{w.secret}.xlsx",
        uploaded_by=w.own.name,
    )  # fmt: skip
    w.job = Job.objects.create(owner=w.own, kind="units.check", label=f"{w.secret}任务")
    w.notice = Notice.objects.create(account=w.own, text=f"{w.secret}通知", at=timezone.now())

    w.plan = publish_plan(director, plan=_decided(import_plan(officer, unit=city, text=PLAN.format(secret=secret))))
    w.draft = import_plan(officer, unit=city, text=PLAN.format(secret=secret))
    w.section = Section.objects.filter(plan=w.draft).first()
    w.point = Point.objects.filter(section=w.section).first()
    w.item = Item.objects.filter(point=w.point).first()
    w.guess = Guess.objects.filter(point=w.point).first()
    w.remark = Remark.objects.filter(plan=w.draft).first()
    today = timezone.localdate()
    w.task = create_task(
        officer,
        point=Point.objects.filter(section__plan=w.plan).first(),
        title=f"{w.secret}任务",
        deadline=today + timedelta(200),
    )
    set_schedule(officer, task=w.task, steps=[StepInput("部署", 3), StepInput("实施", 10)])
    w.step = Milestone.objects.filter(task=w.task).first()
    w.task = Task.objects.select_related("plan__unit").get(pk=w.task.pk)
    hand_down(officer, task=w.task, units=[w.county])
    w.row = with_units(Assignment.objects).get(task=w.task)
    sign(own, row=w.row)
    report(own, row=w.row, text=f"{w.secret}进展", progress=40, files=[(stored, f"{w.secret}.txt")])
    w.evidence = Evidence.objects.latest("pk")
    _statistics(w)
    w.system = load_pack(own, unit=w.county, name="school-safety-36").version
    Framework.objects.filter(pk=w.system.framework_id).update(name=f"{w.secret}评估")
    w.indicator = Indicator.objects.get(version=w.system, code="SF1.1")
    w.trial = _trial(own, w)
    w.framework_upload = FrameworkUpload.objects.create(
        unit=w.county, file=stored, name=f"{w.secret}指标.xlsx", state="ready", uploaded_by="甲",
        kept={
            "data": {"code": "T", "name": f"{w.secret}体系", "indicators": [{"code": "A1", "name": "甲", "rule": "judged"}]},
            "guesses": [], "faults": [], "places": {}, "spots": {}, "exact": False,
        },
    )  # fmt: skip
    w.paper = _paper(own, w)
    w.paper_font = OfficeFont.objects.create(
        unit=w.county,
        name=f"{w.secret}.ttf",
        family=f"{w.secret}体",
        roles=["body"],
        file=StoredFile.objects.first(),
        added_by="甲",
    )
    w.paper_template = Template.objects.create(
        unit=w.county, kind="notice", name=f"{w.secret}模板.docx", file=w.paper.versions.first().file, uploaded_by="甲"
    )
    w.ledger = SheetImport.objects.create(
        kind="plans.ledger", target=0, owner=w.own, file=stored, errors=stored, name=f"{w.secret}台账.xlsx", state="ready",
        counts={"rows": 0, "changes": 0, "problems": 0},
    )  # fmt: skip
    _findings(w, stored)
    _library(w)
    add_evaluation(w, own, secret)
    add_review(w, own, secret, stored)
    add_result(w, own, secret, stored)
    add_cycle(w, own, secret)
    return w


def _library(w):
    """An item of the school's evidence library with a file that was converted to be shown, and a file on its way in."""
    head = actor_for(w.head)
    stored = files.keep(b"%PDF-1.4 " + w.secret.encode(), "application/pdf")
    w.kept = add_file(
        head, unit=w.school, file=stored, name=f"{w.secret}许可证.pdf", category=w.secret
    ).version.evidence
    EvidenceVersion.objects.filter(evidence=w.kept).update(preview=stored, preview_state="made")
    w.piece = begin(head, unit=w.school, name=f"{w.secret}.pdf", size=9)


def _findings(w, stored):
    """A finding of the county at its school, with a file, a request for time and a question to a department of the county."""
    own, head = actor_for(w.own), actor_for(w.head)
    row = create_finding(
        own,
        office=w.county,
        unit=w.school,
        description=f"{w.secret}问题",
        source="visit",
        files=[(stored, f"{w.secret}.txt")],
    )
    w.finding_file = FindingFile.objects.get(finding=row)
    w.finding_upload = SheetImport.objects.create(
        kind="findings.new", target=w.county.pk, place=w.county.path, into=str(w.county), owner=w.own, file=stored, errors=stored,
        name=f"{w.secret}清单.xlsx", state="ready", counts={"rows": 0, "changes": 0, "problems": 0},
    )  # fmt: skip
    row = issue(own, finding=row, deadline=timezone.localdate() + timedelta(30))
    w.finding = sign_finding(head, finding=row)
    w.extension = ask_time(
        head, finding=w.finding, until=timezone.localdate() + timedelta(60), reason=f"{w.secret}理由"
    )
    w.consultation = Consultation.objects.create(
        finding=w.finding, unit=unit(f"{w.secret}财政局", Kind.DEPARTMENT, w.county), text=f"{w.secret}协商", file=stored,
        file_name=f"{w.secret}.txt", asked_by=f"{w.secret}办",
    )  # fmt: skip
    w.feedback = register(
        own, office=w.county, title=f"{w.secret}反馈意见", superior=f"{w.secret}省", dated=timezone.localdate(),
        received_on=timezone.localdate(), due_on=timezone.localdate() + timedelta(30),
    )  # fmt: skip
    Feedback.objects.filter(pk=w.feedback.pk).update(document=stored, document_name=f"{w.secret}.txt")
    w.feedback_item = w.feedback.items.create(number=1, description=f"{w.secret}反馈问题")
    w.lookback = make_round(
        own, office=w.county, title=f"{w.secret}回头看", basis=f"{w.secret}依据", starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(7), wanted=1,
    )  # fmt: skip
    w.lookback_item = w.lookback.items.get()
    w.lookback_file = LookBackFile.objects.create(item=w.lookback_item, file=stored, name=f"{w.secret}.txt")


def _paper(own, w):
    """A paper that the county has issued to its school, with a scan of the sealed one."""
    paper = draft_paper(
        own, unit=w.county, kind="brief", title=f"{w.secret}简报", values=sample("brief"), recipients=[w.school]
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
    cells = [["学校", *(column.header for column in columns)], [f"{w.secret}小学", *(0 for _ in columns)]]
    return run_trial(
        own,
        unit=w.county,
        version=w.system,
        subjects=read_subjects(system, cells),
        title=f"{w.secret}试算",
        file_name="数据.xlsx",
        file_digest="ab" * 32,
    )


def _statistics(w):
    """A round of the county's own, with the return of its school."""
    Stage.objects.create(unit=w.school, level="primary")
    load_items(SYSTEM, unit=w.county)
    today = timezone.localdate()
    w.round = create_round(
        SYSTEM, unit=w.county, title=f"{w.secret}报送", year=2025, stages=["primary"], opens_on=today, closes_on=today,
        items=list(DataItem.objects.all()),
    )  # fmt: skip
    open_round(SYSTEM, asked=w.round)
    w.ret = Return.objects.get(round=w.round)
    w.data = SheetImport.objects.create(
        kind="stats",
        target=w.county.pk,
        place=w.county.path,
        into=w.county.name,
        params={"round": w.round.pk, "sort": "table"},
        file=StoredFile.objects.first(),
        name=f"{w.secret}.xlsx",
        uploaded_by="甲",
    )
    w.preschool = PreschoolRun.objects.create(
        unit=w.county, year=2025, pack="preschool-2020", pack_name=f"{w.secret}标准", day=today, made_by=f"{w.secret}办",
        standard=json.loads(json.dumps(packs.read("items", "preschool-2020"), default=str)),
        results={"counties": [{
            "unit": w.county.pk, "name": w.county.name, "region": "", "kindergartens": 0, "attached": 0, "missing": [],
            "data": {}, "failing": [],
        }]},
    )  # fmt: skip
    w.preschool_judgement = PreschoolJudgement.objects.create(
        run=w.preschool, county=w.county, item="P5", status="met", note=f"{w.secret}依据", file=StoredFile.objects.first(),
        file_name=f"{w.secret}.txt", judged_by=f"{w.secret}办", judged_at=timezone.now(),
    )  # fmt: skip
    w.elimination = EliminationPlan.objects.create(
        unit=w.county, base_year=2025, last_year=2027, made_by=f"{w.secret}办"
    )
    EliminationRow.objects.create(
        plan=w.elimination, school=w.school, sort="classes", stage="primary", start=2, targets=[1, 0]
    )
    _accountability(actor_for(w.own), actor_for(w.head), w)
    w.balance = run_balance(SYSTEM, unit=w.county, asked=w.round, pack="excellent-2017", accepted_only=False)
    _around_balance(w)


def _accountability(own, head, w):
    """A case that is sent back and forth as far as two people can bring it, a remedy, a talk with a demand."""
    office = unit(f"{w.secret}县财政局", Kind.DEPARTMENT, w.county)
    w.case = opening.open_case(
        own, office=w.county, unit=w.school, trigger="overdue", facts=f"{w.secret}事实", ended_on=timezone.localdate()
    )
    opening.set_up_group(own, case=w.case, members=f"{w.secret}组")
    opening.notify(
        own, case=w.case, established=w.secret, proposal=w.secret, defend_by=timezone.localdate() + timedelta(20)
    )
    deciding.defend(head, case=w.case, text=f"{w.secret}申辩")
    deciding.hear(own, case=w.case, hearing=f"{w.secret}采纳")
    deciding.consult(own, case=w.case, units=[office])
    w.case = Case.objects.select_related("unit", "office").get(pk=w.case.pk)
    deciding.set_measures(w.case, {"circular": w.secret})
    w.case_file = CaseFile.objects.create(
        case=w.case, part="evidence", file=StoredFile.objects.first(), name=f"{w.secret}.txt"
    )
    w.remedy = Remedy.objects.create(
        case=w.case, kind="review", text=w.secret, asked_on=timezone.localdate(), asked_by=w.secret,
        decide_by=timezone.localdate(),
    )  # fmt: skip
    w.talk = talks.plan_talk(
        own, office=w.county, unit=w.school, called=f"{w.secret}校长", host="甲", held_on=timezone.localdate(), time="上午",
        place_name="会议室", reason=w.secret, matters=w.secret,
    )  # fmt: skip
    w.demand = Demand.objects.create(talk=w.talk, text=w.secret, due_on=timezone.localdate())


def _around_balance(w):
    """A forecast, a price, a relief claim and a judgement with a paper."""
    w.forecast = make_forecast(
        SYSTEM, run=w.balance, years=1, growth={"小学": Decimal(1)}, stays=Decimal(100), note=w.secret
    )
    w.price = set_prices(
        SYSTEM,
        unit=w.county,
        prices={"L1": (Decimal(1), "名教师")},
        valid_from=date(2025, 1, 1),
        valid_to=None,
        note=w.secret,
    )
    w.relief = ReliefClaim.objects.create(
        round=w.round, unit=w.school, clause="G3", reason=w.secret, basis="省文件", claimed_by="甲"
    )
    ItemJudgement.objects.create(
        run=w.balance, county=w.county, code="G1", verdict="met", note=w.secret, judged_by="甲",
        file=StoredFile.objects.first(), file_name=f"{w.secret}.pdf",
    )  # fmt: skip


def _decided(plan):
    from dudao.core.access import SYSTEM
    from dudao.plans.actions.document.remarks import resolve_remark

    for remark in Remark.objects.filter(plan=plan, level="check"):
        resolve_remark(SYSTEM, remark=remark, how="keep")
    return plan
