"""What a form sends may name anything. Every form that a county and its school are shown is sent back to them with the keys that
the same form offers another county of the same city: nothing of that county may change, be referred to, or be told.

Which keys a field takes is read off the other county's own page, so a new form is tried without a line here.
"""

import re
from collections import defaultdict
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dudao.core.models import Job, Notice
from one_of_everything import SECRET, build
from test_stranger import ADDRESSES, APPS, OWN, PUBLIC, WRITES, address, of_app, of_somebody, wrong

pytestmark = pytest.mark.django_db

MODELS = {
    model._meta.db_table: model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("dudao.")
}
SHARED = {"core_storedfile"}
"""Tables of no county: what is stored is found by its content, whoever brought it."""


class Forms(HTMLParser):
    """The forms of a page that write: (where to, {field: values offered}); pickers offer what their search answers."""

    def __init__(self, search):
        super().__init__()
        self.forms, self.search, self.named = [], search, {}
        self.form = self.select = None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            posts = has.get("method", "").lower() == "post" or "hx-post" in has
            self.form = {
                "to": [has.get("hx-post") or has.get("action") or ""],
                "fields": defaultdict(list),
                "given": {},
            }
            if has.get("id"):
                self.named[has["id"]] = self.form
            if posts:
                self.forms.append(self.form)
        form = self.named.get(has.get("form")) or self.form
        name = has.get("name")
        if form is None:
            return
        if tag == "button" and has.get("formaction"):
            form["to"].append(has["formaction"])
        if tag == "button" and name:
            form["given"].setdefault(name, has.get("value") or "")
        if tag == "select" and name:
            self.select = (form, name)
        elif tag == "option" and self.select:
            self.offer(*self.select, has.get("value") or "", "selected" in has)
        elif tag == "input" and name:
            kind = has.get("type", "text")
            if kind in {"hidden", "checkbox", "radio"}:
                self.offer(form, name, has.get("value") or "", kind == "hidden" or "checked" in has)
            elif kind != "file":
                form["given"][name] = has.get("value") or PLAUSIBLE.get(kind, "甲")
        elif tag == "textarea" and name:
            form["given"][name] = "甲"
        elif tag == "dd-picker" and has.get("data-name"):
            for key in self.search(has["data-url"]):
                self.offer(form, has["data-name"], key, False)

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None

    @staticmethod
    def offer(form, name, value, chosen):
        form["fields"][name].append(value)
        if value and (chosen or name not in form["given"]):
            form["given"][name] = value


PLAUSIBLE = {"date": timezone.localdate().isoformat(), "number": "1", "email": "a@example.cn", "tel": "13800000000"}


@pytest.fixture(scope="module")
def counties(django_db_setup, django_db_blocker):
    """Two counties of one city, each with one of everything; (one, other, {table: keys of what is the other's})."""
    with django_db_blocker.unblock(), transaction.atomic():
        mine = build(secret="自家")
        before = {table: keys_in(table) for table in MODELS}
        theirs = build(mine)
        yield mine, theirs, {table: keys_in(table) - before[table] for table in MODELS if table not in SHARED}
        transaction.set_rollback(True)


def keys_in(table):
    return set(MODELS[table]._base_manager.values_list("pk", flat=True))


def forms_of(browser, where):
    """What the person's page at this address offers to send."""

    def search(url):
        return re.findall(r'data-value="(\w+)"', browser().get(url).content.decode())

    answer = browser().get(where)
    if answer.status_code != 200 or answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return []
    parser = Forms(search)
    parser.feed(answer.content.decode())
    return parser.forms


def shape(text):
    """An address or a field's name whatever object it names: by this one county's form is found beside the other's."""
    return re.sub(r"\d+", "N", text.partition("?")[0])


NEVER_FOREIGN = {"csrfmiddlewaretoken", "form_token", "revision", "version"}
"""Marks against double sending and against writing over somebody's change: they name no object."""


def foreign_bodies(mine, theirs, where):
    """(where to, field, body, the same with keys of nothing) for each field that the other county's same form fills otherwise."""
    offers, known = defaultdict(lambda: defaultdict(list)), defaultdict(set)
    for form in theirs:
        for name, values in form["fields"].items():
            offers[shape(form["to"][0])][name] += values
    for form in mine:
        for name, values in form["fields"].items():
            known[shape(form["to"][0])].add(name)
            known[shape(form["to"][0]), name].update(values)
    for form in mine:
        kind = shape(form["to"][0])
        for name, values in offers[kind].items():
            foreign = [value for value in dict.fromkeys(values) if value not in known[kind, name]]
            if name in NEVER_FOREIGN or not any(re.search(r"\d", part) for part in (*foreign, name)):
                continue
            if name in known[kind] and not foreign:
                continue
            given = form["given"]
            # The last one is what a field of one value reads; one of mine before it lets an act on many go on.
            body = {**given, name: [*([given[name]] if given.get(name) else []), *(foreign or values)[:5]]}
            nobodys = [
                str(10**9 + int(value)) if value in foreign and value.isdecimal() else value for value in body[name]
            ]
            for to in form["to"]:
                yield to or where, name, body, {**body, name: nobodys}


def now_written():
    """A mark in the order of writes: whatever is written in a later savepoint has a higher number."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (key, last) VALUES (%s, 0) RETURNING xmin::text::bigint", [str(uuid4())]
        )
        return cursor.fetchone()[0]


def words(answer):
    """What an answer says of how it went."""
    return answer.status_code, *dict.fromkeys(
        str(one) for part in answer.context or () for one in part.get("messages") or ()
    )


def harm(theirs, keys, since, touched):
    """What was done to the other county: rows changed or gone, new rows that refer to it or speak of it."""
    for table in sorted(touched & set(MODELS)):
        model = MODELS[table]
        own = keys.get(table, set())
        if model._base_manager.filter(pk__in=own).count() < len(own):
            yield f"{table}: rows are gone"
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT t.*, to_jsonb(t)::text AS whole FROM "{table}" t WHERE xmin::text::bigint > %s', [since]
            )
            columns = [column.name for column in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            if row[model._meta.pk.column] in own:
                yield f"{table}: a row is changed"
            for field in model._meta.concrete_fields:
                if field.remote_field and row[field.column] in keys.get(field.remote_field.model._meta.db_table, ()):
                    yield f"{table}: a row refers to the other's by {field.name}"
            if SECRET in row["whole"] or f'"{theirs.county.path}' in row["whole"]:
                yield f"{table}: a row speaks of the other's"


def test_fields_are_found_and_harm_is_named(counties):
    mine, theirs, keys = counties
    where = address(mine, "evidence:items")
    pages = (forms_of(of_somebody(world.head), where) for world in counties[:2])
    sent = [body for _, field, body, _ in foreign_bodies(*pages, where) if field == "ids"]
    assert any({str(theirs.kept.pk), str(mine.kept.pk)} <= set(body["ids"]) for body in sent)
    since = now_written()
    with transaction.atomic():
        Notice.objects.filter(pk=mine.notice.pk).update(text=f"{SECRET}通知")
        Notice.objects.create(account=theirs.own, text="某事", at=timezone.now())
        type(theirs.contact).objects.filter(pk=theirs.contact.pk).update(position="园长")
        Job.objects.filter(pk=theirs.job.pk).delete()
        found = list(harm(theirs, keys, since, {"core_notice", "orgs_contact", "core_job", "core_counter"}))
        transaction.set_rollback(True)
    # Rows of one table come in the order in which they lie, which is whatever room was free.
    assert sorted(found) == [
        "core_job: rows are gone",
        "core_notice: a row refers to the other's by account",
        "core_notice: a row speaks of the other's",
        "orgs_contact: a row is changed",
        "orgs_contact: a row refers to the other's by unit",
        "orgs_contact: a row speaks of the other's",
    ]


@pytest.mark.parametrize("who", ["own", "head"])
@pytest.mark.parametrize("app", APPS)
def test_a_body_that_names_anothers_does_nothing_and_says_nothing(counties, app, who):
    mine, theirs, keys = counties
    me, other = of_somebody(getattr(mine, who)), of_somebody(getattr(theirs, who))
    seen = set()

    def ask(name):
        where = address(mine, name)
        found = forms_of(me, where)
        return [
            complaint
            for to, field, body, nobodys in (
                foreign_bodies(found, forms_of(other, address(theirs, name)), where) if found else ()
            )
            if (shape(to), shape(field)) not in seen and not seen.add((shape(to), shape(field)))
            for complaint in sent(to, field, body, nobodys)
        ]

    def sent(to, field, body, nobodys):
        since = now_written()
        with transaction.atomic():
            try:
                with CaptureQueriesContext(connection) as queries:
                    answer = me().post(to, body, follow=True)
                touched = {hit[1] for query in queries if (hit := WRITES.match(query["sql"]))}
                complaints = list(harm(theirs, keys, since, touched))
                content = b"" if answer.streaming else answer.content
                if SECRET in content.decode(errors="replace"):
                    complaints.append("says what is the other's")
            except Exception as error:
                complaints = [repr(error)[:300]]
            transaction.set_rollback(True)
        with transaction.atomic():
            if (told := words(me().post(to, nobodys, follow=True))) != (heard := words(answer)):
                complaints.append(f"is told {heard} where a key of nothing is told {told}")
            transaction.set_rollback(True)
        return [f"{to} {field}={body[field]}: {complaint}" for complaint in dict.fromkeys(complaints)]

    assert not wrong([name for name in of_app(app, ADDRESSES) if name not in OWN | PUBLIC], ask)
