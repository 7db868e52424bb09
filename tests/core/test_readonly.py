"""A GET can't write, whatever the view does."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from dudao.core.models import Receipt
from dudao.core.readonly import ReadOnlyGetMiddleware, WriteOnGet
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Unit

pytestmark = pytest.mark.django_db


def run(method, view):
    return ReadOnlyGetMiddleware(view)(getattr(RequestFactory(), method)("/"))


def writes(request):
    Receipt.objects.filter(verb="x").update(verb="y")
    return HttpResponse()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_safe_request_that_writes_fails(method):
    with pytest.raises(WriteOnGet, match="core_receipt"):
        run(method, writes)


def test_reading_is_free_and_a_post_may_write():
    unit("某市", Kind.CITY)
    assert run("get", lambda request: HttpResponse(str(Unit.objects.count()))).content == b"1"
    assert run("post", writes).status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "  insert into core_receipt (token) values (null)",
        'DELETE FROM "core_receipt"',
        "TRUNCATE core_receipt",
        "WITH x AS (SELECT 1) DELETE FROM core_receipt",
    ],
)
def test_raw_statements_are_recognised_too(statement):
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        return HttpResponse()

    with pytest.raises(WriteOnGet):
        run("get", view)


def test_session_bookkeeping_is_the_exception():
    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session WHERE false")
        return HttpResponse()

    assert run("get", view).status_code == 200


def test_locking_rows_is_no_write():
    unit("某市", Kind.CITY)
    assert (
        run("get", lambda request: HttpResponse(str(len(Unit.objects.select_for_update(of=("self",)))))).content == b"1"
    )
