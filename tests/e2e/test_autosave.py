"""In a real browser: forms that save themselves lose nothing when refused, when the session ends, when the page is another.

What each page does beside that is in its own test (answering, reviewing, visiting, the review of a plan).
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.models import Mark
from dudao.visits.models import VisitFile, VisitRecord
from e2e.conftest import PHONE
from review_town import build
from signing import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TROUBLE = ("401", "403", "404", "409", "422", "ERR_", "Failed")


@pytest.fixture
def town(db, settings, tmp_path):
    """A visit that goes on."""
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    town.visit = visiting.plan_visit(
        town.officer,
        office=town.city,
        unit=town.school,
        subjects=[town.subject],
        members=[town.accounts[name] for name in ("inspector", "second", "third")],
        leader=town.accounts["inspector"],
        from_on=timezone.localdate(),
        until_on=timezone.localdate() + timedelta(1),
    )
    visiting.notify(town.officer, visit=town.visit)
    visiting.begin(town.second, visit=town.visit)
    return town


@pytest.fixture
def phone(page_of, town):
    path = f"/evaluations/visits/{town.visit.pk}/field/"
    page = page_of(town.accounts["inspector"], PHONE, path=path, expected=TROUBLE)
    page.locator("summary", has_text="F1.1").click()
    return page


def sign_in(page, account):
    """As in another tab: with a new session, and no token of the old one."""
    cookie = signed_in(account).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    url = page.url.split("/evaluations/")[0]
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


def said(page):
    return page.locator("[data-saved]")


@pytest.mark.parametrize("status", [403, 404, 422])
def test_what_was_refused_stays_with_its_reason_until_it_is_taken_or_thrown_away(phone, status):
    phone.route(
        "**/mark/",
        lambda route: route.fulfill(status=status, body="任用已经结束。", content_type="text/plain; charset=utf-8"),
    )
    phone.locator("details[open] textarea").fill("会议记录缺两次。")
    phone.locator("details[open] [data-lacks]", has_text="任用已经结束").wait_for()
    expect(said(phone)).to_have_text("没有保存")
    phone.reload()
    offer = phone.locator("[data-draft-offer]")
    expect(offer).to_contain_text("“F1.1”没有保存：任用已经结束。")
    assert not Mark.objects.exists()
    phone.unroute("**/mark/")
    phone.get_by_role("button", name="恢复").click()
    expect(said(phone)).to_contain_text("已保存")
    assert Mark.objects.get().reason == "会议记录缺两次。"
    expect(offer).to_be_empty()
    phone.reload()
    expect(offer).to_be_empty()


def test_after_the_session_ended_the_page_goes_on_under_the_new_one(phone, town):
    Session.objects.all().delete()
    phone.locator("details[open] textarea").fill("锁屏以后写的。")
    expect(said(phone)).to_contain_text("登录已过期，已存在本机")
    assert not Mark.objects.exists()
    # Somebody else at the same browser is not taken for its owner.

    def enter(name):
        sign_in(phone, town.accounts[name])
        with phone.expect_response(lambda answer: answer.request.method == "GET" and "/field/" in answer.url):
            phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    enter("second")
    assert not Mark.objects.exists()
    enter("inspector")
    expect(said(phone)).to_contain_text("已保存")
    mark = Mark.objects.get()
    assert (mark.reason, mark.by) == ("锁屏以后写的。", town.accounts["inspector"].name)


def test_a_photo_waits_for_the_session_as_well(phone, town, tmp_path):
    path = tmp_path / "大门.png"
    Image.new("RGB", (40, 30), "steelblue").save(path)
    Session.objects.all().delete()
    phone.locator("details[open] input[type=file]").set_input_files(path)
    phone.locator("details[open] [data-files]", has_text="登录已过期").wait_for()
    sign_in(phone, town.accounts["inspector"])
    phone.locator("details[open] [data-files] img").wait_for()
    assert VisitFile.objects.get().name == "大门.png"


def test_what_waits_is_sent_once_from_another_page_of_the_same_visit(phone, town):
    phone.goto(phone.url.split("?")[0].split("#")[0] + "?tab=records")
    phone.route("**/record/", lambda route: route.abort())
    phone.locator("[name=kind]").select_option("interview")
    phone.locator("[name=title]").fill("教师座谈会")
    phone.locator("[name=text]").fill("教师反映实验员不足。")
    phone.get_by_role("button", name="保存记录").click()
    expect(said(phone)).to_contain_text("已存在本机")
    assert not VisitRecord.objects.exists()
    phone.unroute("**/record/")
    with phone.expect_response("**/record/"):
        phone.goto(phone.url.split("?")[0])
    expect(said(phone)).to_contain_text("已保存")
    assert VisitRecord.objects.get().title == "教师座谈会"
    phone.reload()
    expect(said(phone)).to_be_empty()
    assert VisitRecord.objects.count() == 1
    assert phone.evaluate("Object.keys(localStorage).filter(key => key.startsWith('dd-draft:'))") == []
