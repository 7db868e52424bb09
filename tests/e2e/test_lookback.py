"""In a real browser: a round of looking back from its drawing to its report, the inspector on a phone; axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import io

import pytest

from dudao.core import sheets
from dudao.demo.builders import account, unit
from dudao.findings import feedback_lists
from dudao.findings.actions import issuing, judging, making, rectifying
from dudao.findings.models import Finding, LookBack
from dudao.orgs.models import Kind
from e2e.conftest import PHONE
from e2e.looking import ask, look
from e2e.test_findings import open_as, town  # noqa: F401  fixtures of the same town
from findings_town import again, day, proof

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PROBLEMS = (
    ("食堂食品留样不足48小时，留样记录缺签名", "校园安全", "general"),
    ("应急疏散演练记录缺失，半年未组织演练", "校园安全", "serious"),
    ("体育器材损坏未及时更换，器材室无台账", "办学条件", "general"),
)


def stage(town):  # noqa: F811
    """Three findings crossed off in one county, two running in the other, and an inspector of the city."""
    town.accounts["watcher"] = account("周督学", town.city, "city_inspector")
    for text, category, severity in PROBLEMS:
        judging.close(town.county2, finding=town.verified(description=text, category=category, severity=severity))
    other = unit("湘阴一中", Kind.SCHOOL, town.xiangyin)
    for text in ("宿舍夜间值班表不全，值班教师脱岗", "课后服务收费未公示"):
        row = making.create_finding(town.stranger, office=town.xiangyin, unit=other, description=text, source="visit")
        issuing.issue(town.stranger, finding=row)


def test_a_round_from_its_drawing_to_its_report(town, open_as, tmp_path):  # noqa: F811
    stage(town)
    picture = tmp_path / "现场.pdf"
    picture.write_bytes(proof().read())

    # The city draws: first how many of each county, then for good.
    officer = open_as("officer", "/findings/look-back/", expected=("422",))
    look(officer, "lookback-empty")
    officer.get_by_role("link", name="生成回头看").first.click()
    officer.get_by_label("名称").fill("2026年秋季开学督导问题回头看")
    officer.get_by_label("依据").fill("2026年教育督导工作要点")
    officer.get_by_label("结束日期").fill("2020-01-01")
    officer.get_by_label("抽取数量").fill("4")
    officer.get_by_label("随机种子").fill("0815")
    officer.get_by_role("button", name="预览抽取").click()
    officer.get_by_text("请对调或者改正").first.wait_for()
    look(officer, "lookback-new")
    officer.get_by_label("结束日期").fill("2099-12-31")
    officer.get_by_role("button", name="预览抽取").click()
    officer.get_by_role("heading", name="各层抽取数量").wait_for()
    look(officer, "lookback-preview")
    officer.get_by_role("button", name="返回修改").click()
    assert officer.get_by_label("名称").input_value() == "2026年秋季开学督导问题回头看"
    officer.get_by_role("button", name="预览抽取").click()
    officer.get_by_role("button", name="生成回头看").click()
    officer.get_by_text("已抽取 4 个问题").first.wait_for()
    officer.get_by_text("按种子重抽，结果一致").wait_for()
    made = LookBack.objects.get()
    look(officer, "lookback-drawn")

    # Two inspectors are sent; who verified a finding is kept away.
    officer.get_by_label("选择本页全部").first.check()
    officer.get_by_role("button", name="指派督学").click()
    officer.get_by_role("combobox", name="核查督学").fill("周")
    officer.get_by_role("option", name="周督学").click()
    look(officer, "lookback-assign")
    officer.get_by_role("button", name="指派", exact=True).click()
    officer.get_by_text("已指派 4 个").first.wait_for()

    # On a phone, on the spot.
    phone = open_as("watcher", f"/findings/look-back/{made.pk}/?mine=1", PHONE, expected=("422",))
    look(phone, "lookback-phone-round")
    item = made.items.filter(finding__state="closed").order_by("pk").first()
    phone.get_by_role("link", name=item.finding.title).click()
    phone.get_by_label("反弹").check()
    phone.get_by_label("核查意见").fill("冰箱停用，最近三天没有留样，记录是补写的。")
    phone.get_by_role("button", name="登记结果").click()
    phone.get_by_text("请至少上传一张现场照片").first.wait_for()
    look(phone, "lookback-phone-item-error")
    phone.locator("input[type=file]:not([capture])").set_input_files(picture)
    phone.get_by_role("button", name="登记结果").click()
    phone.get_by_text("已登记：反弹").first.wait_for()
    look(phone, "lookback-phone-recorded")
    results = iter(["部分到位", "已整改到位", "未整改"])
    for other in made.items.exclude(pk=item.pk).order_by("pk"):
        result = next(results)
        phone.goto(phone.url.split("/findings/")[0] + other.get_absolute_url())
        phone.get_by_label(result, exact=True).check()
        phone.get_by_label("核查意见").fill(f"现场查看，{result}。")
        phone.locator("input[type=file]:not([capture])").set_input_files(picture)
        if result == "部分到位":
            look(phone, "lookback-phone-item")
        phone.get_by_role("button", name="登记结果").click()
        phone.get_by_text(f"已登记：{result}").first.wait_for()

    # The office answers: one by hand, the rest as advised; then the round ends and reports.
    officer.goto(officer.url.split("/findings/")[0] + item.get_absolute_url())
    look(officer, "lookback-item")
    officer.get_by_role("link", name="处理核查结果").click()
    look(officer, "lookback-settle")
    officer.get_by_role("button", name="确认处理").click()
    officer.get_by_text("已处理：登记为新问题").first.wait_for()
    new = Finding.objects.get(source="look_back")
    assert new.recurs_id == item.finding_id
    officer.goto(officer.url.split("/findings/")[0] + made.get_absolute_url())
    ask(officer, "按建议处理")
    officer.get_by_text("已按建议处理 2 个").first.wait_for()
    look(officer, "lookback-settled")
    ask(officer, "结束回头看")
    officer.get_by_text("已结束，结果不再变化").first.wait_for()
    ask(officer, "起草回头看报告")
    officer.get_by_text("已起草回头看报告").first.wait_for()
    look(officer, "lookback-report")

    # The school sees the result on its finding.
    head = open_as("head", item.finding.get_absolute_url())
    head.get_by_text("最近三天没有留样").wait_for()
    look(head, "lookback-finding")
    assert again(item.finding).state == "closed"


def test_findings_are_chosen_in_the_list(town, open_as):  # noqa: F811
    stage(town)
    officer = open_as("officer", "/findings/?state=closed")
    officer.get_by_label("选择本页全部").first.check()
    officer.get_by_role("button", name="列入回头看").click()
    officer.get_by_role("heading", name="把 3 个问题列入回头看").wait_for()
    officer.get_by_label("名称").fill("食品安全问题回头看")
    officer.get_by_label("依据").fill("市督导办会议决定")
    officer.get_by_label("结束日期").fill("2099-12-31")
    look(officer, "lookback-chosen")
    officer.get_by_role("button", name="生成").click()
    officer.get_by_text("已列入 3 个问题").first.wait_for()
    look(officer, "lookback-chosen-round")


def feedback_sheet(*rows):
    target = io.BytesIO()
    sheets.export(feedback_lists.LIST, rows, target)
    return target.getvalue()


def test_a_superiors_list_from_paste_to_report(town, open_as, tmp_path):  # noqa: F811
    officer = open_as("officer", "/findings/feedback/", expected=("422",))
    look(officer, "feedback-empty")
    officer.get_by_role("link", name="登记上级反馈").first.click()
    officer.get_by_label("文件名称").fill("2025年履行教育职责评价反馈意见")
    officer.get_by_label("文号").fill("某教督〔2026〕3号")
    officer.get_by_label("反馈机关").fill("某省人民政府教育督导委员会办公室")
    officer.get_by_label("成文日期").fill(day(-6).isoformat())
    officer.get_by_label("收文日期").fill(day(-3).isoformat())
    officer.get_by_label("报告期限").fill(day(30).isoformat())
    text = "1. 音体美教师缺额较大\n整改要求：2026年底前补足\n牵头单位：市财政局\n责任单位：平江县、某某局\n2. 城区学位不足\n"
    officer.get_by_label("粘贴问题清单").fill(text)
    officer.get_by_role("button", name="登记").click()
    officer.get_by_text("不是可以下达整改的单位").first.wait_for()
    look(officer, "feedback-new-errors")
    sheet = tmp_path / "清单.xlsx"
    sheet.write_bytes(feedback_sheet({"description": "校车管理不严", "others": "某某局"}))
    officer.get_by_label("粘贴问题清单").fill("")
    officer.locator("input[name=sheet]").set_input_files(sheet)
    officer.get_by_role("button", name="登记").click()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="下载错误说明").click()
    assert download.value.suggested_filename == "清单 错误说明.xlsx"
    look(officer, "feedback-new-sheet-errors")
    officer.get_by_label("报告主送").fill("某省人民政府")
    officer.locator("input[name=sheet]").set_input_files([])
    officer.get_by_label("粘贴问题清单").fill(text.replace("某某局", "湘阴县"))
    officer.get_by_role("button", name="登记").click()
    officer.get_by_text("已登记，共 2 个问题").first.wait_for()
    officer.get_by_role("link", name="分解第 2 项").click()
    officer.get_by_role("combobox", name="责任单位").fill("平江县")
    officer.get_by_role("option", name="平江县").first.click()
    look(officer, "feedback-spread")
    officer.get_by_role("button", name="分解").click()
    officer.get_by_text("第 2 项已分解给 1 个单位").first.wait_for()
    look(officer, "feedback")
    ask(officer, "全部下达")
    officer.get_by_text("已下达 3 条").first.wait_for()

    # A county rectifies its part; the whole isn't done before the others are.
    part = Finding.objects.get(unit=town.pingjiang, description="城区学位不足")
    county = open_as("county", part.get_absolute_url())
    ask(county, "签收")
    county.get_by_text("已签收").first.wait_for()
    for act in (
        lambda: rectifying.plan(
            town.county,
            finding=again(part),
            measures="新建两所学校",
            target="新增学位3000个",
            leader="张县长",
            person="李科",
        ),
        lambda: rectifying.report(
            town.county, finding=again(part), kind="done", text="两所学校已开学", files=[proof()]
        ),
        lambda: judging.verify(town.officer, finding=again(part), method="paper", opinion="属实"),
        lambda: judging.close(town.director, finding=again(part)),
    ):
        act()
    officer.goto(officer.url.split("#")[0])
    officer.get_by_text("已完成").first.wait_for()
    look(officer, "feedback-running")
    look(open_as("leader", officer.url.replace(officer.url.split("/findings/")[0], ""), PHONE), "feedback-phone-leader")
    officer.get_by_role("link", name="修改第 1 项").click()
    officer.get_by_label("进展汇总").fill("已核增编制120名，正在招聘。")
    look(officer, "feedback-item")
    officer.get_by_role("button", name="保存").click()
    officer.get_by_text("已保存第 1 项").first.wait_for()
    officer.get_by_role("link", name="导入问题").click()
    officer.get_by_label("粘贴问题清单").fill("1. 音体美教师缺额较大\n2. 城区学位不足")
    look(officer, "feedback-add")
    officer.get_by_role("button", name="导入").click()
    officer.get_by_text("2 个问题都已经登记过，没有变化").first.wait_for()
    ask(officer, "起草整改报告")
    officer.get_by_text("已起草整改情况报告").first.wait_for()
    look(officer, "feedback-report")
    home = open_as("officer", "/")
    home.get_by_text("上级反馈待报告").first.wait_for()
    look(home, "feedback-home")
