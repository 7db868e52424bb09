"""In a real browser: a visit on a phone from its begin to its decision, with a network that fails; the unit's statement; axe."""

from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from dudao.evaluations.models import Mark
from dudao.visits.models import SiteVisit, VisitFile, VisitRecord
from e2e.conftest import PHONE
from e2e.looking import look
from findings_town import proof
from review_town import build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


@pytest.fixture
def open_as(page_of, town):
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def snapshot(folder):
    """A photo as a phone takes it."""
    path = folder / "大门.jpg"
    Image.new("RGB", (4000, 3000), "steelblue").save(path, "JPEG")
    return path


def open_item(page, word):
    page.locator("summary", has_text=word).first.click()


def test_a_visit_on_a_phone_from_begin_to_decision(town, open_as, tmp_path):
    photo = tmp_path / "会议记录.pdf"
    photo.write_bytes(proof().read())
    day = timezone.localdate()
    officer = open_as("officer", f"/evaluations/visits/new/{town.school.pk}/", expected=("422",))
    officer.get_by_label("开始日期").fill(day.isoformat())
    officer.get_by_label("结束日期").fill((day + timedelta(1)).isoformat())
    officer.get_by_label("日程安排").fill("8:30 听汇报\n9:00 看现场\n10:30 教师座谈\n14:30 反馈")
    officer.get_by_label("组长").select_option(label="张督学（岳阳市）")
    officer.get_by_label("刘督学", exact=False).check()
    look(officer, "visit-plan")
    officer.get_by_role("button", name="保存安排").click()
    officer.get_by_text("至少 3 名督学").first.wait_for()
    officer.get_by_label("赵督学", exact=False).check()
    officer.get_by_role("button", name="保存安排").click()
    officer.get_by_text("已安排").first.wait_for()
    visit = SiteVisit.objects.get()
    look(officer, "visit-planned")
    officer.get_by_role("button", name="通知实地评估").click()
    officer.get_by_text("已通知单位").first.wait_for()

    # The leader's phone: begin, mark, a record, a photo.
    phone = open_as(
        "inspector", "/evaluations/visits/", PHONE, expected=("422", "409", "ERR_INTERNET_DISCONNECTED", "Failed")
    )
    look(phone, "phone-visits")
    phone.get_by_role("link", name="平江县第一中学").first.click()
    phone.get_by_role("button", name="开始实地评估").click()
    phone.get_by_text("已开始").first.wait_for()
    look(phone, "phone-marks")
    open_item(phone, "F1.1")
    phone.locator("details[open]").get_by_role("button", name="一般 0.6", exact=False).click()
    phone.locator("[data-saved]", has_text="已保存").wait_for()
    phone.locator("details[open] textarea").fill("会议记录缺两次。")
    phone.locator("details[open]").get_by_role("button", name="保存").click()
    phone.locator("details[open] [data-lacks]", has_text="").wait_for(state="attached")
    phone.locator("details[open] input[type=file]").set_input_files(photo)
    phone.locator("details[open] [data-files] a").wait_for()
    look(phone, "phone-item")
    assert Mark.objects.get().cells == {"F1.1": "0.6"} and VisitFile.objects.get().code == "F1.1"

    # A photo is small in the list, and shown over the page.
    phone.locator("details[open] input[type=file]").set_input_files(snapshot(tmp_path))
    photos = phone.locator("details[open] [data-files] a:has(img.dd-thumb)")
    photos.wait_for()
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    photos.click()
    shown = phone.locator("[data-viewer-body] img")
    shown.wait_for()
    phone.wait_for_function("image => image.naturalWidth === 1800", arg=shown.element_handle())
    look(phone, "phone-photo")
    assert not [url for url in asked if url.endswith("?inline")], "never the original"
    phone.get_by_role("button", name="关闭材料").click()
    assert phone.locator("details[open]").count() == 1

    # The network fails: what was pressed is kept, and sent when it is back.
    open_item(phone, "F1.1")
    open_item(phone, "F2.1")
    phone.context.set_offline(True)
    phone.locator("details[open]").get_by_role("button", name="0", exact=False).first.click()
    phone.locator("[data-saved]", has_text="存在本机").wait_for()
    expect(phone.locator("[data-saved]")).to_be_in_viewport()
    assert not Mark.objects.filter(code="F2.1").exists()
    phone.context.set_offline(False)
    phone.locator("[data-saved]", has_text="已保存").wait_for()
    assert Mark.objects.get(code="F2.1").cells == {"F2.1": "0"}

    # A colleague marks the rest meanwhile; of one indicator the first stands until it was seen.
    mate = open_as("second", f"/evaluations/visits/{visit.pk}/field/", PHONE, expected=("409", "422"))
    open_item(mate, "F1.2")
    for group in mate.locator("details[open] fieldset").all():
        group.locator("label").first.click()
    mate.locator("[data-saved]", has_text="已保存").wait_for()
    open_item(phone, "F2.1")
    open_item(phone, "F1.2")
    phone.locator("details[open] fieldset").first.locator("label").nth(1).click()
    phone.locator("details[open] [data-lacks]", has_text="刘督学").wait_for()

    phone.get_by_role("link", name="记录", exact=True).click()
    phone.locator("[name=kind]").select_option("interview")
    phone.locator("[name=title]").fill("教师座谈会")
    phone.locator("[name=people]").fill("12")
    phone.locator("[name=text]").fill("教师反映实验员不足。")
    look(phone, "phone-record")
    phone.get_by_role("button", name="保存记录").click()
    phone.get_by_text("座谈访谈：教师座谈会").wait_for()
    assert VisitRecord.objects.count() == 1
    look(phone, "phone-records")
    phone.get_by_role("link", name="问题", exact=True).click()
    phone.get_by_role("link", name="形成问题：F1.1", exact=False).first.wait_for()
    look(phone, "phone-problems")

    # Told before leaving.
    phone.get_by_role("link", name="反馈", exact=True).click()
    look(phone, "phone-feedback")
    phone.get_by_role("link", name="反馈初步意见").click()
    phone.get_by_label("初步意见").fill("办学方向端正，会议记录要补齐。")
    phone.get_by_label("反馈时在场的人").fill("方校长、评估组全体")
    look(phone, "phone-feed-back")
    phone.get_by_role("button", name="反馈", exact=True).click()
    phone.get_by_text("已反馈").first.wait_for()

    head = open_as("principal", "/evaluations/visits/", PHONE)
    head.get_by_role("link", name="平江县第一中学").first.click()
    head.get_by_text("会议记录要补齐").wait_for()
    look(head, "phone-unit")
    head.get_by_role("link", name="说明情况").click()
    head.get_by_label("单位的说明").fill("缺的两次记录已经找到，附在资料库。")
    look(head, "phone-statement")
    head.get_by_role("button", name="提交说明").click()
    head.get_by_text("已记下单位的说明").wait_for()

    phone.goto(phone.url.split("?")[0] + "?tab=feedback")
    phone.get_by_text("缺的两次记录已经找到").wait_for()
    phone.get_by_role("link", name="形成意见").click()
    phone.get_by_label("评估组意见").fill("同意初步意见，采纳学校说明。")
    phone.get_by_role("button", name="形成意见", exact=True).click()
    phone.get_by_text("已形成评估组意见").wait_for()
    look(phone, "phone-settled")
    visit.refresh_from_db()
    assert visit.state == "settled"
    officer.goto(f"{officer.url.split('/evaluations')[0]}/evaluations/visits/{visit.pk}/")
    officer.get_by_text("教师反映实验员不足").wait_for()
    look(officer, "visit-settled")
    officer.goto(f"{officer.url.split('/evaluations')[0]}/evaluations/visits/")
    look(officer, "visits")
