"""In a real browser: a county reports with a file from a phone, the office confirms, a schedule and the rules are previewed."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from dudao.core.files import opened
from dudao.evidence.models import EvidenceVersion
from dudao.plans.actions.assignments import sign
from dudao.plans.models import Assignment, LightRule
from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from e2e.looking import settled
from plans.conftest import City, a_row, a_task, city, day, fresh
from signing import signed_in

__all__ = ["city"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(live_server, new_page, city: City):
    """A page of somebody of the city, at an address."""

    def open_page(name: str, path: str, size=DESK, *, expected=()):
        page = new_page(size, expected=expected)
        cookie = signed_in(city.account(name)).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(f"{live_server.url}{path}")
        return page

    return open_page


def test_a_county_reports_from_a_phone_and_the_office_confirms(city, open_as, tmp_path, settings):
    settings.FILES_ROOT = tmp_path / "files"
    row = a_row(city, evidence_wanted="聘书")
    phone = open_as("county", "/plans/rows/", PHONE, expected=("422",))
    phone.get_by_role("link", name="4-1 配备督学").click()
    phone.get_by_role("link", name="签收").click()
    phone.get_by_label("责任人").fill("刘主任")
    phone.get_by_role("button", name="签收").click()
    phone.get_by_role("link", name="报送进展或完成").click()
    phone.get_by_label("进展情况").fill("全部聘任到位。")
    phone.get_by_label("完成率").fill("100")
    phone.get_by_label("这项工作已经全部完成").check()
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("报送完成需要佐证材料：聘书").first.wait_for()
    letter = tmp_path / "聘书.txt"
    letter.write_text("聘请张三为督学。", encoding="utf-8")
    phone.locator("input[name=files]").set_input_files(letter)
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("已报送完成，等待确认").first.wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert fresh(row).state == "reported"

    desk = open_as("officer", f"/plans/rows/{row.pk}/")
    desk.get_by_role("link", name="聘书.txt").wait_for()
    desk.get_by_role("link", name="确认完成").click()
    desk.get_by_label("复核意见").fill("属实")
    desk.get_by_role("button", name="确认完成").click()
    desk.get_by_text("已确认平江县完成").first.wait_for()
    desk.get_by_role("button", name="销号").click()
    desk.get_by_role("dialog").get_by_role("button", name="销号").click()
    desk.get_by_text("现为“已销号”").first.wait_for()
    assert fresh(row).state == "closed"


def test_a_large_photo_is_shown_made_smaller_and_kept_in_the_library(city, open_as, tmp_path, settings):
    settings.FILES_ROOT = tmp_path / "files"
    row = a_row(city, evidence_wanted="照片")
    sign(city.county, row=row)
    photo = tmp_path / "开会.jpg"
    said = Image.Exif()
    said[0x0112], said[0x0110] = 6, "HMA-AL00"
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(photo, quality=90, exif=said)
    phone = open_as("county", f"/plans/rows/{row.pk}/report/", PHONE)
    phone.get_by_label("进展情况").fill("已开会。")
    phone.locator("input[name=files]").set_input_files(photo)
    phone.locator(".ev-queue img.dd-thumb").wait_for()
    # Sent before the file is there, the form waits for it.
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("已报送第 1 次进展").first.wait_for()
    phone.locator("img.dd-thumb").first.wait_for()
    item = EvidenceVersion.objects.get()
    assert item.unit == city.pingjiang and item.file == fresh(row).reports.get().evidence.get().file
    assert item.size < photo.stat().st_size / 2
    with opened(item.file) as stream, Image.open(stream) as sent:
        # Upright in its points, so no mark of a side; what the camera says stays.
        assert (sent.size, sent.getexif()[0x0112], sent.getexif()[0x0110]) == ((2250, 3000), 1, "HMA-AL00")


def test_a_schedule_answers_while_it_is_typed_and_is_saved(city, open_as):
    task = a_task(city, deadline=120, starts=None)
    page = open_as("officer", f"/plans/tasks/{task.pk}/schedule/")
    first = page.locator("#dated-0")
    before = first.inner_text()
    page.get_by_label("第 2 步工作日", exact=True).fill("9")
    page.get_by_label("第 2 步工作日", exact=True).press("Tab")
    expect(first).not_to_have_text(before)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "第 2 步之后间隔的工作日"
    page.get_by_label("删去第 1 步").click()
    expect(page.locator(".pl-edit tbody tr")).to_have_count(3)
    page.get_by_label("第 1 步工作日", exact=True).fill("九")
    page.get_by_label("第 1 步工作日", exact=True).press("Tab")
    page.get_by_text("第 1 步“工作日”是“九”，请填整数").wait_for()
    page.get_by_label("第 1 步工作日", exact=True).fill("9")
    page.get_by_role("button", name="保存工期").click()
    page.get_by_text("工期已排好：3 步").first.wait_for()
    assert page.locator(".pl-g-bar").count() == 3
    assert [step.workdays for step in task.milestones.all()] == [9, 30, 5]


def test_the_rules_of_the_lights_say_what_they_would_change(city, open_as):
    row = a_row(city, deadline=12, starts=-1)
    sign(city.county, row=row)
    page = open_as("director", "/plans/lights/")
    page.get_by_text("启用后没有一项的灯色会变").wait_for()
    rule = page.get_by_role("group", name="第 6 条规则")
    rule.get_by_label("距期限不超过（天）").fill("15")
    rule.get_by_label("距期限不超过（天）").press("Tab")
    page.get_by_text("启用后有 1 项的灯色会变：蓝灯变黄灯 1 项").wait_for()
    rule.get_by_text("距期限 15 天以内").wait_for()
    page.get_by_role("button", name="启用规则").click()
    page.get_by_text("已启用 9 条亮灯规则").first.wait_for()
    assert LightRule.objects.filter(days_left_max=15).exists()


def test_handing_down_says_whom_it_reaches_before_it_is_done(city, open_as):
    task = a_task(city, deadline=30)
    page = open_as("officer", f"/plans/tasks/{task.pk}/hand-down/")
    page.get_by_label("平江县").check()
    page.get_by_label("湘阴县").check()
    page.get_by_text("下达后 2 个单位会收到通知（平江县、湘阴县），任务内容不能再改").wait_for()
    page.get_by_role("button", name="下达").click()
    page.get_by_text("已下达，2 个单位会收到通知").first.wait_for()
    assert Assignment.objects.filter(task=task, deadline=day(30)).count() == 2


def test_the_matrix_leads_to_the_row(city, open_as):
    row = a_row(city)
    page = open_as("officer", "/plans/matrix/")
    page.locator(".pl-cell a").first.click()
    page.wait_for_url(f"**/plans/rows/{row.pk}/")


def test_every_page_fits_a_phone_and_is_accessible(city, open_as):
    from dudao.plans.actions.assignments import report
    from dudao.plans.actions.hand_down import hand_on
    from dudao.plans.actions.schedule import set_schedule
    from dudao.plans.queries.schedule import proposed

    task = a_task(city, deadline=120, starts=None, title="配备专职督学并组织开展岗前培训和业务考核")
    set_schedule(city.officer, task=task, steps=proposed(task))
    row = a_row(city, task=task)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="正在推进。", progress=40, difficulties="编制紧张。")
    hand_on(city.county, row=fresh(row), units=[city.school])
    for name, path in [
        ("officer", "/plans/tasks/"),
        ("officer", f"/plans/tasks/{task.pk}/"),
        ("officer", f"/plans/tasks/{task.pk}/schedule/"),
        ("officer", f"/plans/tasks/{task.pk}/hand-down/"),
        ("officer", "/plans/matrix/"),
        ("officer", f"/plans/{city.plan.pk}/overview/"),
        ("director", "/plans/lights/"),
        ("county", "/plans/rows/"),
        ("county", f"/plans/rows/{row.pk}/"),
        ("county", f"/plans/rows/{row.pk}/report/"),
        ("head", "/plans/rows/"),
    ]:
        for size in (PHONE, DESK):
            page = open_as(name, path, size)
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, size)
            assert run_axe(page) == [], (path, size)
            page.context.close()
