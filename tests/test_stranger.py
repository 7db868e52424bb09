"""THE stranger test. For every address of the platform:

- an anonymous visitor is sent to log in;
- somebody of another county gets 404 where the address names an object, and nothing of the other county where it names none;
- so does a neighbour in the same county (a school's head, a township, a member unit, an expert), but for what ``RIGHTFUL`` names;
- somebody who may only read can't write;
- nobody's GET writes.

A new address with an object needs a builder in ``OBJECTS`` below; this test fails until it has one.
"""

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from dudao.core.models import Event, Notice
from dudao.core.process import PROCESSES
from dudao.evaluations.queries.scores import MARK
from dudao.results.queries.low_results import lows_of
from one_of_everything import SECRET, build
from signing import signed_in
from test_consistency import route_names

pytestmark = pytest.mark.django_db


def every_act():
    """The addresses of the acts of a process name its object, like its page does."""
    for page, process in PROCESSES.items():
        yield from ((name, OBJECTS[page]) for name in process.own_names())


PUBLIC = {
    "people:login", "people:second", "papers:verify", "core:health", "core:health_ready",
    "draws:check", "draws:public", "draws:public_record", "draws:public_frame",
}  # fmt: skip
"""Addresses before the log-in. ``second`` leads back to the log-in by itself; ``verify`` shows what a paper says anyway; ``health``
and ``health_ready`` tell probes whether web process, database and worker are there; draws are there to be checked by anybody, once
they are published."""

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
    "orgs:import_confirm": lambda w: {"pk": w.upload.pk},
    "orgs:import_state": lambda w: {"pk": w.upload.pk},
    "orgs:import_errors": lambda w: {"pk": w.upload.pk},
    "orgs:calendar-remove": lambda w: {"pk": w.special.pk},
    "orgs:contact-edit": lambda w: {"pk": w.contact.pk},
    "orgs:contact-remove": lambda w: {"pk": w.contact.pk},
    "orgs:contact-reveal": lambda w: {"pk": w.contact.pk},
    **{
        f"orgs:{name}": lambda w: {"pk": w.school.pk}
        for name in ("unit", "unit-below", "unit-past", "contact-new")
    },
    **{
        f"people:{name}": lambda w: {"pk": w.head.pk}
        for name in ("account", "account-edit", "account-step", "change-new", "phone", "appoint", "specialities", "view-as")
    },
    "people:change": lambda w: {"pk": w.change.pk},
    "people:change-confirm": lambda w: {"pk": w.change.pk},
    "people:appointment-end": lambda w: {"pk": w.appointment.pk},
    **{
        f"plans:{name}": lambda w: {"pk": w.plan.pk}
        for name in ("plan", "plan_source", "plan_amend", "plan_tasks", "overview", "ledger", "ledger_export", "brief")
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
            "task", "hand_down", "hand_down_count", "schedule", "schedule_sheet",
        )
    },
    "plans:step_done": lambda w: {"pk": w.task.pk, "step_pk": w.step.pk},
    "plans:assignment": lambda w: {"pk": w.row.pk},
    "plans:ledger_upload": lambda w: {"pk": w.ledger.pk},
    "plans:ledger_errors": lambda w: {"pk": w.ledger.pk},
    **{
        f"frameworks:{name}": lambda w: {"pk": w.system.pk}
        for name in (
            "version", "compare", "rename", "points", "items", "item_new", "export", "trials", "trial_new", "trial_template",
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
        for name in ("paper", "compare", "seal", "preview", "pdf", "sealed", "receivers")
    },
    "papers:font_remove": lambda w: {"pk": w.paper_font.pk},
    "papers:word": lambda w: {"pk": w.paper.versions.first().pk},
    "papers:delivery_sign": lambda w: {"pk": w.paper.deliveries.first().pk},
    **{
        f"papers:template{name}": lambda w: {"pk": w.paper_template.pk}
        for name in ("", "_use", "_file", "_word", "_pdf")
    },
    "plans:evidence": lambda w: {"pk": w.evidence.pk},
    **{f"evidence:{name}": lambda w: {"pk": w.kept.pk} for name in ("item", "version_new")},
    **{f"evidence:{name}": lambda w: {"pk": w.kept.current_id} for name in ("show", "file", "preview", "convert")},
    "evidence:picture": lambda w: {"pk": w.kept.current_id, "size": "small"},
    "evidence:upload": lambda w: {"key": w.piece.pk},
    "evidence:box": lambda w: {"key": f"nobody:{w.kept.pk}:A1"},
    **{
        f"stats:{name}": lambda w: {"pk": w.round.pk}
        for name in (
            "round", "round_failed", "round_checks", "import_new", "import_template",
        )
    },
    **{
        f"stats:{name}": lambda w: {"pk": w.data.pk}
        for name in ("import", "import_confirm", "import_state", "import_errors")
    },
    "stats:round_bulk": lambda w: {"pk": w.round.pk, "act": "accept"},
    **{f"stats:{name}": lambda w: {"pk": w.ret.pk} for name in ("return", "return_fill")},
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
    "findings:make": lambda w: {"key": MARK.key(w.result.subject_id, lows_of(w.sheet)[0].code)},
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
    "accountability:case": lambda w: {"pk": w.case.pk},
    "accountability:talk": lambda w: {"pk": w.talk.pk},
    "accountability:new": lambda w: {"pk": w.school.pk},
    "accountability:file": lambda w: {"pk": w.case_file.pk},
    "accountability:execute": lambda w: {"pk": w.case.pk, "measure": w.case.measures.first().pk},
    "accountability:opinion": lambda w: {"pk": w.case.opinions.first().pk},
    **{f"accountability:{name}": lambda w: {"pk": w.remedy.pk} for name in ("decide_remedy", "correct")},
    **{f"accountability:{name}": lambda w: {"pk": w.demand.pk} for name in ("follow", "demand_finding")},
    **{
        f"selection:cycle{name}": lambda w: {"pk": w.cycle.pk}
        for name in ("", "_capacity", "_export", "_schools", "_import")
    },
    "selection:recusal": lambda w: {"pk": w.recusal.pk},
    "selection:team": lambda w: {"pk": w.team.pk},
    "selection:cycle_entry": lambda w: {"pk": w.cycle_entry.pk},
    "selection:cycle_change": lambda w: {"pk": w.cycle_change.pk},
    **{
        f"evaluations:{name}": lambda w: {"pk": w.subject.pk}
        for name in (
            "subject", "answer", "answer_save", "answer_score", "figures", "figure_save", "subject_submit", "subject_report",
            "subject_report_word", "subject_changes", "remark_new", "subject_vetoes", "division", "division_step", "part_new",
        )
    },
    "evaluations:subject_run": lambda w: {"pk": w.subject.pk, "pin": w.run_pin.pk},
    "evaluations:part": lambda w: {"pk": w.part.pk},
    "evaluations:submission": lambda w: {"pk": w.submission.pk},
    "evaluations:remark": lambda w: {"pk": w.subject_remark.pk},
    **{
        f"evaluations:campaign{name}": lambda w: {"pk": w.campaign.pk}
        for name in ("", "_clone", "_notice", "_subjects", "_extend", "_runs")
    },
    **{
        f"evaluations:campaign_{name}": lambda w: {"pk": w.campaign_draft.pk}
        for name in ("try", "choose")
    },
    **{
        f"evaluations:review{name}": lambda w: {"pk": w.review.pk}
        for name in ("", "_mark", "_submit", "_correction", "_reassign")
    },
    **{f"evaluations:{name}": lambda w: {"pk": w.review_campaign.pk} for name in ("reviewing", "review_assign", "review_book")},
    **{f"evaluations:review_{name}": lambda w: {"pk": w.review_subject.pk} for name in ("third", "settle")},
    **{
        f"visits:visit{name}": lambda w: {"pk": w.visit.pk}
        for name in (
            "", "_statement", "_field", "_mark", "_record", "_photo", "_drop",
        )
    },
    "visits:visit_plan": lambda w: {"pk": w.school.pk},
    "visits:visit_file": lambda w: {"pk": w.visit_photo.pk},
    "visits:visit_show": lambda w: {"pk": w.visit_photo.pk},
    "visits:visit_picture": lambda w: {"pk": w.visit_photo.pk, "size": "small"},
    **{
        f"results:{name}": lambda w: {"pk": w.result_campaign.pk}
        for name in (
            "results", "score", "publicise", "result_paper", "years", "use_new", "publicity",
        )
    },
    **{
        f"results:sheet{name}": lambda w: {"pk": w.sheet.pk}
        for name in ("", "_verify", "_indicator", "_compare", "_low", "_what_if", "_opinions", "_delete")
    },
    "results:result": lambda w: {"pk": w.result.pk},
    "results:result_trace": lambda w: {"pk": w.result.pk, "form": "txt"},
    "results:minutes": lambda w: {"pk": w.decision.pk},
    "results:objection_new": lambda w: {"pk": w.result.subject_id},
    "results:objection": lambda w: {"pk": w.objection.pk},
    "results:proposal_decide": lambda w: {"pk": w.proposal.pk},
    "results:proposal_carry": lambda w: {"pk": w.proposal.framework_id},
    "evaluations:campaign_bulk": lambda w: {"pk": w.campaign.pk, "act": "remind"},
    **{f"draws:{name}": lambda w: {"pk": w.draw.pk} for name in ("draw", "record")},
    "draws:members": lambda w: {"pk": w.draw.pk, "act": "out"},
    "draws:frame": lambda w: {"pk": w.draw.pk, "ending": "csv"},
    **{
        f"stats:elimination{name}": lambda w: {"pk": w.elimination.pk}
        for name in ("", "_edit", "_export", "_import")
    },
}  # fmt: skip
"""How to name an object of the other county, by address."""

NOBODYS = "00000000-0000-4000-8000-000000000000"
VALUES = {
    "core:manual_chapter": {"chapter": "papers"},
    "core:manual_picture": {"name": "papers-list.png"},
    "papers:new_kind": {"kind": "notice"},
    **{f"papers:template_{name}": {"kind": "notice"} for name in ("kind", "upload", "return", "builtin", "starter")},
    "plans:row_bulk": {"act": "confirm"},
    "findings:bulk": {"act": "close"},
    "papers:bulk": {"act": "submit"},
    "evidence:bulk": {"act": "zip"},
    # The subjects of terms are the same for all; an office keeps its own days.
    **{f"findings:{name}": {"subject": "general"} for name in ("term_edit", "term_end")},
    # The catalogue of data items is one for the city: every office reads it, the city's keeps it.
    **{f"stats:{name}": {"code": "pupils"} for name in ("item", "item_edit", "source_new")},
    **{f"stats:{name}": {"code": "pupils", "pk": 1} for name in ("source_edit", "source_remove")},
    "stats:rule_new": {"kind": "sum"},
    "evaluations:campaign_make": {"template": "townships"},
    "stats:rule": {"code": "at_most-degree-teachers"},
    # A published draw is anybody's to look at: a draw that there is none of stands for it here.
    **{f"draws:{name}": {"uid": NOBODYS} for name in ("public", "public_record")},
    "draws:public_frame": {"uid": NOBODYS, "ending": "csv"},
}
"""Addresses whose parameter is a word, not an object."""

ADDRESSES = sorted(name for name in route_names(get_resolver()) if not name.startswith("dev:"))
OBJECTS |= dict(every_act())
NAMED = [name for name in ADDRESSES if name in OBJECTS]
PLAIN = [name for name in ADDRESSES if name not in OBJECTS]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A city whose county Pingjiang owns one of everything; Xiangyin has people and nothing else."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            # A worker that is there, so that the probes' page has nothing to complain of.
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour')")
        yield build()
        transaction.set_rollback(True)


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
    assert not (PUBLIC | OWN).union(*RIGHTFUL.values()) - set(ADDRESSES)


APPS = sorted({name.partition(":")[0] for name in ADDRESSES})


def of_app(app, names):
    return [name for name in names if name.partition(":")[0] == app]


def wrong(names, ask):
    """What ``ask`` says against each address, or what broke there; each is asked of the same world, whatever the one before did."""
    found = []
    for name in names:
        with transaction.atomic():
            try:
                complaint = ask(name)
            except Exception as error:
                complaint = repr(error)
            transaction.set_rollback(True)
        if complaint:
            found.append(f"{name}: {complaint}")
    return found


def of_somebody(account):
    """Answers a browser of the account's, signed in once: each is as fresh as the first."""
    cookies = signed_in(account).cookies

    def browser():
        client = Client()
        client.cookies.load(cookies.output(header="", sep=";"))
        return client

    return browser


def test_a_wrong_answer_is_named_and_leaves_nothing(world):
    before = world.notice.text

    def ask(name):
        Notice.objects.update(text="changed")
        if name == "c":
            raise ValueError("broken")
        return "refused" if name == "b" else None

    assert wrong(["a", "b", "c", "d"], ask) == ["b: refused", "c: ValueError('broken')"]
    assert Notice.objects.get(pk=world.notice.pk).text == before


OUTSIDERS = ["stranger", "strange_head", "neighbour", "township", "liaison", "expert"]
"""Two of another county; four of the same county who have nothing to do with its school, its papers, its cases."""

RIGHTFUL = {
    # An expert is appointed at the county and looks up the units to visit; what is done with a unit is refused by its verb.
    "expert": {
        *(f"orgs:{name}" for name in ("unit", "unit-below", "unit-past", "units", "tree", "pick")), "people:pick-unit",
        *(f"orgs:contact-{name}" for name in ("new", "edit", "remove", "reveal")),
        *(f"orgs:{name}" for name in ("edit", "rename", "move", "merge", "split", "close", "licence", "second_person")),
    },
}  # fmt: skip
"""Who may know of an object, at which addresses, and why. An address that needs no exception any more is one too many."""


def unneeded(who, name, complaint):
    """The complaint about an address, turned round where the person has a right to it."""
    if name not in RIGHTFUL.get(who, ()):
        return complaint
    return None if complaint else "is in RIGHTFUL, yet finds nothing"


def signed_out(name, answer):
    """A browser that has lost its session would pass for one that finds nothing."""
    return name not in PUBLIC and answer.headers.get("Location", "").startswith(reverse("people:login"))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("app", APPS)
def test_the_anonymous_are_sent_to_log_in(world, app, method):
    def ask(name):
        answer = getattr(Client(), method)(address(world, name))
        if name == "people:logout":
            # Nobody is logged out, and nothing is said.
            return None if answer.status_code in {302, 405} else answer.status_code
        return None if answer.headers.get("Location", "").startswith(reverse("people:login")) else answer.status_code

    assert not wrong([name for name in of_app(app, ADDRESSES) if name not in PUBLIC], ask)


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("app", APPS)
def test_a_stranger_finds_nothing(world, app, who):
    browser = of_somebody(getattr(world, who))

    def ask(name):
        client = browser()
        answers = {method: getattr(client, method)(address(world, name)).status_code for method in ("get", "post")}
        found = None if set(answers.values()) <= {404, 405} else answers
        if not found and 404 not in answers.values():
            return f"neither GET nor POST looks for the object: {answers}"
        return unneeded(who, name, found)

    assert not wrong(of_app(app, NAMED), ask)


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("app", APPS)
def test_a_stranger_reads_nothing_of_others(world, app, who):
    browser = of_somebody(getattr(world, who))

    def ask(name):
        answer = browser().get(address(world, name))
        if signed_out(name, answer) or answer.status_code not in {200, 204, 302, 403, 404, 405}:
            return answer.status_code
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found = "shows what is another's" if SECRET in content.decode(errors="replace") else None
        return unneeded(who, name, found)

    assert not wrong(of_app(app, PLAIN), ask)


WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE)\b\s*"?(\w*)', re.IGNORECASE)


@pytest.mark.parametrize("app", APPS)
def test_a_reader_can_not_write(world, app):
    """Refused, or answered like a GET (lists export by POST): in any case no row of the platform changes."""
    browser = of_somebody(world.reader)

    def ask(name):
        client = browser()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address(world, name))
        if signed_out(name, answer) or answer.status_code not in {200, 302, 403, 404, 405, 409, 422}:
            return answer.status_code
        touched = {found[1] for query in queries if (found := WRITES.match(query["sql"]))}
        return touched - {"django_session", "people_loginsession"}

    assert not wrong([name for name in of_app(app, ADDRESSES) if name not in OWN | PUBLIC], ask)


@pytest.mark.parametrize("who", ["director", "officer", "own", "head", "reader"])
@pytest.mark.parametrize("app", APPS)
def test_a_get_writes_nothing_and_breaks_nothing(world, app, who):
    """The middleware raises on a write; the answer must also be one of a working page."""
    browser = of_somebody(getattr(world, who))

    def ask(name):
        before = Event.objects.count()
        answer = browser().get(address(world, name))
        if signed_out(name, answer) or answer.status_code not in {200, 204, 302, 400, 403, 404, 405}:
            return answer.status_code
        return None if Event.objects.count() == before else "an event was recorded"

    assert not wrong(of_app(app, ADDRESSES), ask)
