"""In a real browser: a finding travels through every state as each role, on a desk and on a phone, with axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import pytest
from playwright.sync_api import expect

from dudao.findings.models import Finding
from e2e.conftest import PHONE
from e2e.looking import ask, look
from findings_town import again, build, day, proof

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def test_a_finding_travels_through_every_state(town, open_as, tmp_path):
    picture = tmp_path / "整改后.pdf"
    picture.write_bytes(proof().read())

    # An inspector writes it down; the office issues it.
    inspector = open_as("inspector", "/findings/new/")
    inspector.get_by_role("combobox", name="责任单位").fill("平江一中")
    inspector.get_by_role("option", name="平江一中").click()
    inspector.get_by_label("问题描述").fill("食堂食品留样不足48小时，留样记录缺签名。")
    inspector.get_by_label("问题类别").fill("校园安全")
    inspector.get_by_label("指标代码").fill("GP7")
    look(inspector, "new")
    inspector.get_by_role("button", name="登记").click()
    inspector.get_by_text("已登记 1 个问题").first.wait_for()
    row = Finding.objects.get()
    where = row.get_absolute_url()
    assert inspector.get_by_role("link", name="下达整改").count() == 0, "an inspector doesn't issue"
    look(inspector, "draft-inspector")

    county = open_as("county", where, expected=("422",))
    look(county, "draft")
    county.get_by_role("link", name="下达整改").click()
    look(county, "issue")
    county.get_by_role("button", name="下达", exact=True).click()
    county.get_by_text("已下达，编号").first.wait_for()
    assert again(row).state == "issued"
    ask(county, "催办", "请尽快签收")
    county.get_by_text("已催办").first.wait_for()

    # The school signs, plans and reports on a phone.
    phone = open_as("head", "/findings/", PHONE, expected=("422",))
    look(phone, "phone-list")
    phone.get_by_role("link", name=again(row).code).click()
    look(phone, "phone-issued")
    ask(phone, "签收")
    phone.get_by_text("已签收").first.wait_for()
    phone.get_by_role("link", name="报送整改方案").click()
    phone.get_by_role("button", name="报送方案").click()
    phone.get_by_text("请填写“整改措施”").first.wait_for()
    phone.get_by_label("整改措施").fill("购置留样冰箱两台，每餐留样不少于125克，专人登记。")
    phone.get_by_label("整改目标").fill("所有餐次留样满48小时，记录完整。")
    phone.get_by_label("责任领导").fill("王校长")
    phone.get_by_label("责任人").fill("李主任")
    look(phone, "phone-plan")
    phone.get_by_role("button", name="报送方案").click()
    phone.get_by_text("已报送整改方案").first.wait_for()
    phone.get_by_role("link", name="申请延期").click()
    phone.get_by_label("申请延至").fill(day(70).isoformat())
    phone.get_by_label("延期理由").fill("设备采购需要公示。")
    phone.get_by_role("button", name="提交申请").click()
    phone.get_by_text("已申请延期到").first.wait_for()

    # The office decides about time, stops the clock and starts it again.
    county.goto(county.url)
    county.get_by_role("link", name="批复延期").click()
    county.get_by_label("批复意见").fill("同意，请抓紧。")
    look(county, "give-time")
    county.get_by_role("button", name="批复").click()
    county.get_by_text("已同意延期到").first.wait_for()
    ask(county, "暂停计时", "等上级设备标准")
    county.get_by_text("计时已暂停").first.wait_for()
    look(county, "paused")
    ask(county, "恢复计时")
    county.get_by_text("已恢复计时").first.wait_for()

    # Part of it, then all of it, with proof.
    phone.goto(phone.url)
    phone.get_by_role("link", name="报送进展或完成").click()
    phone.get_by_label("部分完成：有的已经改好，其余继续").check()
    phone.get_by_label("做了什么").fill("已购置一台。")
    phone.get_by_label("完成率").fill("50")
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("已报送第 2 次").first.wait_for()
    phone.get_by_role("link", name="报送进展或完成").click()
    phone.get_by_label("整改完成：请督导办核验").check()
    phone.get_by_label("做了什么").fill("两台冰箱已启用，记录完整。")
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("请至少上传一个文件").first.wait_for()
    phone.locator("input[type=file]:not([capture])").set_input_files(picture)
    phone.get_by_label("做了什么").fill("")
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("请填写“做了什么”").first.wait_for()
    expect(phone.get_by_role("button", name="去掉整改后")).to_be_visible()  # it stays chosen
    phone.get_by_label("做了什么").fill("两台冰箱已启用，记录完整。")
    look(phone, "phone-report")
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("已报告整改完成").first.wait_for()
    look(phone, "phone-reported")

    # Sent back, done again, verified on site, crossed off by another.
    county.goto(county.url)
    county.get_by_role("link", name="退回整改").click()
    county.get_by_label("退回理由").fill("9月第二周记录仍缺签名。")
    county.get_by_role("button", name="退回", exact=True).click()
    county.get_by_text("已退回").first.wait_for()
    phone.goto(phone.url)
    phone.get_by_text("9月第二周记录仍缺签名").first.wait_for()
    look(phone, "phone-returned")
    phone.get_by_role("link", name="报送进展或完成").click()
    phone.get_by_label("整改完成：请督导办核验").check()
    phone.get_by_label("做了什么").fill("已补签并建立抽查制度。")
    phone.get_by_role("button", name="报送").click()
    phone.get_by_text("已报告整改完成").first.wait_for()
    county.goto(county.url)
    county.get_by_role("link", name="核验通过").click()
    county.get_by_label("实地核验").check()
    county.get_by_label("核验意见").fill("现场抽查三餐留样，记录齐全，整改到位。")
    look(county, "verify")
    county.get_by_role("button", name="核验通过").click()
    county.get_by_text("已核验通过").first.wait_for()
    assert county.get_by_role("button", name="确认销号").get_attribute("aria-disabled") == "true"
    look(county, "verified")
    other = open_as("county2", where)
    ask(other, "确认销号")
    other.get_by_text("已销号").first.wait_for()
    assert again(row).state == "closed"
    look(other, "closed")

    # It comes back: opened again, then waived.
    other.get_by_role("link", name="重新整改").click()
    other.get_by_label("重新整改的理由").fill("回访发现问题又出现。")
    other.get_by_role("button", name="重新整改").click()
    other.get_by_text("已重新整改").first.wait_for()
    ask(other, "升级处理", "同一问题第二次出现")
    other.get_by_text("已升级处理").first.wait_for()
    ask(other, "免予整改", "学校食堂停办，改为配餐")
    assert again(row).state == "waived"
    look(other, "waived")


def test_the_office_oversees(town, open_as):
    for number in range(6):
        town.planned(description=f"第{number + 1}类安全台账缺失，巡查记录不完整", category="校园安全")
    Finding.objects.filter(pk=Finding.objects.order_by("pk").first().pk).update(deadline=day(-5))
    town.draft(description="第1类安全台账又缺失，巡查记录不完整", severity="serious")
    town.reported(description="校舍外墙瓷砖脱落", category="校舍", severity="complex")

    county = open_as("county", "/findings/")
    look(county, "list")
    county.get_by_role("link", name="逾期").first.click()
    county.get_by_text("待签收").first.wait_for()
    look(county, "list-late")
    county.goto(county.url.split("?")[0] + "?state=draft")
    county.get_by_label("选择", exact=False).nth(1).check()
    county.get_by_role("button", name="下达", exact=True).click()
    county.get_by_role("heading", name="下达 1 个问题").wait_for()
    look(county, "issue-many")
    county.get_by_role("button", name="下达", exact=True).click()
    county.get_by_text("已下达 1 项").first.wait_for()

    recurring = Finding.objects.get(severity="serious")
    county.goto(county.url.split("?")[0] + f"{recurring.pk}/")
    county.get_by_text("可能是反复出现的问题").wait_for()
    look(county, "recurring")
    county.get_by_role("button", name="列为反复出现").first.click()
    county.get_by_text("已列为反复出现").first.wait_for()

    county.goto(county.url.split("/findings/")[0] + "/findings/terms/")
    look(county, "terms")
    county.get_by_role("link", name="设定“一般问题整改”").click()
    look(county, "term-edit")

    leader = open_as("leader", "/findings/board/")
    look(leader, "board")
    look(open_as("leader", "/findings/board/", PHONE), "phone-board")
    look(open_as("inspector", "/findings/", PHONE), "phone-inspector")


def test_a_department_answers(town, open_as):
    from dudao.findings.actions import consulting, making

    row = making.create_finding(
        town.officer,
        office=town.city,
        unit=town.school,
        description="校门口无信号灯",
        source="visit",
        severity="complex",
    )
    officer = open_as("officer", f"/findings/{row.pk}/consult/")
    officer.get_by_label("协商部门").select_option(label="市财政局")
    look(officer, "consult")
    officer.get_by_role("button", name="发出").click()
    officer.get_by_text("已向市财政局发出协商意见").first.wait_for()
    asked = row.consultations.get()
    liaison = open_as("liaison", "/findings/consultations/")
    look(liaison, "consultations")
    liaison.goto(liaison.url + f"{asked.pk}/")
    look(liaison, "consultation")
    liaison.get_by_label("答复意见").fill("已列入三季度预算，九月底前安装。")
    liaison.get_by_role("button", name="答复").click()
    liaison.get_by_text("已答复某市").first.wait_for()
    look(liaison, "consultation-answered")
    assert row.consultations.get().state == consulting.State.ANSWERED
