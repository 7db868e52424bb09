"""The end of a paper: withdrawn, replaced, discarded; and what the database itself refuses to change."""

import pytest
from django.db import IntegrityError, connection, transaction

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Notice
from dudao.papers import queries
from dudao.papers.actions import drafting, issuing, receiving, routing
from dudao.papers.models import Delivery, Number, Paper
from papers.conftest import ADDRESS, checked, issued, signed

pytestmark = pytest.mark.django_db


def fresh(paper):
    return Paper.objects.select_related("unit", "number").get(pk=paper.pk)


def test_a_withdrawn_paper_keeps_its_bytes_and_its_number_is_void(office):
    paper = issued(office)
    with pytest.raises(Denied):
        issuing.withdraw_paper(office.checker, paper=paper, reason="错")
    done = fresh(issuing.withdraw_paper(office.director, paper=paper, reason="学校名称有误"))
    assert (done.state, done.digest, done.number.void_reason) == ("withdrawn", paper.digest, "已撤回：学校名称有误")
    assert Notice.objects.filter(
        verb="paper.withdraw", account__name="三阳校长", text__contains="学校名称有误"
    ).exists()
    with pytest.raises(Denied, match="已撤回"):
        receiving.receive_paper(office.head, delivery=done.deliveries.get())


def test_a_new_paper_replaces_a_withdrawn_one_under_a_new_number(office):
    old = issuing.withdraw_paper(office.director, paper=issued(office), reason="有误")
    made = drafting.replace_paper(office.drafter, paper=old)
    routing.submit_paper(office.drafter, paper=made)
    routing.check_paper(office.checker, paper=made)
    routing.sign_paper(office.director, paper=made)
    issuing.choose_seal(office.checker, paper=made, seal="none")
    done = issuing.issue_paper(office.checker, paper=made, address=ADDRESS)
    assert done.number.number == 2 and queries.successor(old) == done
    with pytest.raises(Denied, match="撤回或者作废以后"):
        drafting.replace_paper(office.drafter, paper=done)


def test_a_discarded_paper_leaves_its_number_void_with_the_reason(office):
    paper = routing.sign_paper(office.director, paper=checked(office))
    with pytest.raises(Denied):
        routing.discard_paper(office.checker, paper=paper, reason="不发了")
    routing.discard_paper(office.director, paper=paper, reason="不发了")
    assert Number.objects.get().void_reason == "不发了"
    other = routing.sign_paper(office.director, paper=checked(office))
    assert other.number.number == 2, "a void number is never used again"


FROZEN = [
    ("papers_paper", "title = 'x'"),
    ("papers_paper", "digest = repeat('0', 64)"),
    ("papers_paper", "state = 'draft'"),
    ("papers_paper", "pdf_id = NULL, state = 'discarded'"),
    ("papers_number", "number = 9"),
    ("papers_number", "void_reason = ''"),
    ("papers_paperversion", "made_by = 'x'"),
    ("papers_delivery", "unit_id = 1"),
    ("papers_delivery", "state = 'sent', signed_at = NULL"),
]


@pytest.mark.parametrize(("table", "change"), FROZEN)
def test_the_database_itself_refuses_to_change_what_was_issued(office, table, change):
    paper = issued(office)
    receiving.receive_paper(office.head, delivery=paper.deliveries.get())
    issuing.withdraw_paper(office.director, paper=paper, reason="有误")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    for name in ("papers_paper", "papers_number", "papers_paperversion", "papers_delivery"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {name}")


def test_the_database_lets_a_signed_paper_only_be_issued_or_discarded(office):
    paper = signed(office)
    for change in ("title = 'x'", "values = '{}'", "state = 'draft'", "recipients = '[]'", "signed_on = '2020-01-01'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE papers_paper SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(paper=paper, unit=office.school)
    assert routing.discard_paper(SYSTEM, paper=paper, reason="不发").state == "discarded"
