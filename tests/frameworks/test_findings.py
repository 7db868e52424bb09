"""Findings made of a score: prefilled, of one subject or of all that lost points, never twice, with numbers asked again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.demo.builders import unit
from dudao.findings.actions import issuing, notices
from dudao.findings.actions.terms import adopt_terms
from dudao.findings.models import Finding
from dudao.findings.sources import facts_now
from dudao.frameworks.models import Trial, TrialSubject
from dudao.orgs.models import Kind
from dudao.papers.queries import compare
from frameworks.test_trials import client, documented, trial, version  # noqa: F401  fixtures
from signing import signed_in

pytestmark = pytest.mark.django_db


def subject(name="平江县"):
    return TrialSubject.objects.get(name=name)


def make_url(key):
    return reverse("findings:make", args=[key])


def test_the_page_of_a_subject_offers_what_was_lost_and_the_form_is_filled_in(client, trial, town):  # noqa: F811
    row = subject()
    text = client.get(row.get_absolute_url()).content.decode()
    key = f"score:{row.pk}:C3"
    assert make_url(key) in text and make_url(f"score:{row.pk}:C") not in text, "leaves only"
    page = client.get(make_url(key)).content.decode()
    assert "平江县" in page and "得8分" in page and "失2分" in page and 'name="source"' not in page
    form = {"office": town.city.pk, "description": page_text(page), "severity": "general", "found_on": "2026-03-05"}
    answer = client.post(make_url(key), form, follow=True)
    made = Finding.objects.get()
    assert answer.redirect_chain[-1][0] == made.get_absolute_url()
    assert (made.unit, made.office, made.source, made.source_key) == (town.county, town.city, "score", key)
    assert made.indicator_code == "C3" and made.state == "draft"
    assert [fact["name"] for fact in made.facts] == ["满分", "得分", "失分"]
    back = client.get(made.source_url)
    assert back.status_code == 200 and "已形成问题" in back.content.decode()
    assert (
        made.source_url.partition("#")[0].replace("&", "&amp;") in client.get(made.get_absolute_url()).content.decode()
    )


def page_text(page):
    import html
    import re

    return html.unescape(re.search(r'<textarea name="description"[^>]*>\s*(.*?)</textarea>', page, re.S)[1])


def test_nothing_is_made_twice_of_the_same_score(client, trial, town):  # noqa: F811
    key = f"score:{subject().pk}:C3"
    form = {"office": town.city.pk, "description": "首页", "severity": "general", "found_on": "2026-03-05"}
    client.post(make_url(key), form)
    again = client.post(make_url(key), form | {"description": "又一次"}, follow=True)
    assert Finding.objects.count() == 1 and again.status_code == 200
    answer = client.get(make_url(key))
    assert answer.status_code == 302 and answer["Location"] == Finding.objects.get().get_absolute_url()


def test_all_that_lost_points_are_listed_and_those_chosen_become_findings(client, trial, town):  # noqa: F811
    unit("华容县", Kind.COUNTY, town.city)
    key = f"trial:{trial.pk}:C3"
    page = client.get(make_url(key)).content.decode()
    assert "平江县" in page and "华容县" in page and "汨罗市" not in page, "who is no unit of the city is left out"
    marks = [f"{row.pk} score:{subject(row.name).pk}:C3" for row in (town.county,)]
    form = {"office": town.city.pk, "severity": "serious", "found_on": "2026-03-05", "category": ""}
    refused = client.post(make_url(key), form)
    assert refused.status_code == 422 and "请至少选择一个问题" in refused.content.decode()
    client.post(make_url(key), form | {"chosen": [*marks, "999 score:1:X"]})
    made = Finding.objects.get()
    assert (made.unit, made.severity, made.source_key) == (town.county, "serious", f"score:{subject().pk}:C3")
    assert "得8分" in made.description and made.category
    page = client.get(make_url(key)).content.decode()
    assert "已形成问题" in page and "1 条还没有形成问题" in page


@pytest.mark.parametrize(
    "key", ["score:0:C3", "score:x:C3", "score::", "score:99999999999999999999:C3", "nobody:1", "trial:1:"]
)
def test_what_is_no_source_is_not_found(client, trial, key):  # noqa: F811
    assert client.get(make_url(key)).status_code == 404


def test_what_lost_nothing_and_what_one_does_not_see_is_not_found(client, trial, town):  # noqa: F811
    full = f"score:{subject('湘阴县').pk}:C4"
    assert client.get(make_url(full)).status_code == 404
    assert signed_in(town.accounts["stranger"]).get(make_url(f"score:{subject().pk}:C3")).status_code == 404
    assert signed_in(town.accounts["reader"]).get(make_url(f"score:{subject().pk}:C3")).status_code in {403, 404}


def test_a_notice_states_the_score_and_a_score_that_is_gone_is_told(client, trial, town):  # noqa: F811
    adopt_terms(town.director, unit=town.city, name="rectification-template")
    key = f"score:{subject().pk}:C3"
    page = client.get(make_url(key)).content.decode()
    client.post(
        make_url(key),
        {"office": town.city.pk, "description": page_text(page), "severity": "general", "found_on": "2026-03-05"},
    )
    row = issuing.issue(town.director, finding=Finding.objects.get())
    (paper,) = notices.draft_notices(town.director, findings=[row])
    assert {f"{row.code} 得分", f"{row.code} 失分"} <= {fact["name"] for fact in paper.facts}
    assert not [item for item in compare(paper) if item.blocks]
    assert [fact.text for fact in facts_now(row)] == ["满分10分", "得8分", "失2分"]
    own = signed_in(town.accounts["keeper"]).get(row.get_absolute_url()).content.decode()
    assert "第一稿" in own and row.source_url not in own, (
        "the county reads what it was found in, but can't open the city's trial"
    )
    Trial.objects.all().delete()
    changed = [item.words for item in compare(paper) if item.blocks]
    assert len(changed) == 3 and all("没有" in words for words in changed)


def test_the_page_of_a_subject_asks_as_often_whatever_was_made(client, trial, town):  # noqa: F811
    row = subject()

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(row.get_absolute_url())
        return len(queries)

    count()
    before = count()
    for code in ("C2", "C3"):
        client.post(
            make_url(f"score:{row.pk}:{code}"),
            {"office": town.city.pk, "description": code, "severity": "general", "found_on": "2026-03-05"},
        )
    assert count() == before
