"""In a real browser: kindergartens are drawn, from the filter to the public page on which somebody without an account checks it.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import re

import pytest
from django.urls import reverse

from dudao.demo.builders import unit
from dudao.orgs.models import Kind
from dudao.selection.models import Draw
from dudao.selection.queries import draws as reads
from e2e.conftest import PHONE
from e2e.looking import ask, look, settled
from evaluations_town import build_town
from processes import run

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TOWNS = ("城关镇", "安定镇", "瓮江镇", "长寿镇", "龙门镇", "虹桥镇", "岑川镇", "梅仙镇", "浯口镇", "伍市镇")


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    for number, name in enumerate(TOWNS[1:]):
        unit(
            f"平江县{name}中心幼儿园",
            Kind.KINDERGARTEN,
            town.county,
            ownership="public",
            institution_code=f"31430626{number:02d}",
        )
    for number in range(1, 6):
        code = f"314306240{number}"
        name = f"湘阴县第{number + 1}幼儿园"
        unit(name, Kind.KINDERGARTEN, town.other, ownership="private", institution_code=code)
    return town


def marked(page, member):
    """Mark a member in the list."""
    page.get_by_role("row").filter(has_text=member.name).get_by_role("checkbox").check()


def bulk(page, word, reason):
    page.get_by_role("button", name=word, exact=True).first.click()
    dialog = page.get_by_role("dialog").filter(visible=True)
    dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=word, exact=True).click()
    settled(page)


def save(page, word, folder):
    with page.expect_download() as waiting:
        page.get_by_role("link", name=word).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_kindergartens_are_drawn_and_anybody_checks_it(town, page_of, new_page, live_server, tmp_path):
    officer = page_of(town.accounts["officer"], path="/evaluations/draws/", expected=("422",))
    look(officer, "draws-empty")
    officer.get_by_role("link", name="抽检查对象").first.click()
    officer.get_by_label("名称").fill("2026年秋季幼儿园办园行为督导抽查")
    officer.get_by_label("幼儿园").check()
    officer.get_by_label("分层").select_option("县市区")
    look(officer, "draws-new")
    officer.get_by_label("抽取数量").fill("六")
    officer.get_by_role("button", name="生成抽样框").click()
    officer.get_by_text("看不懂").first.wait_for()
    officer.get_by_label("抽取数量").fill("6")
    officer.get_by_role("button", name="生成抽样框").click()
    officer.get_by_text("已生成抽样框").first.wait_for()
    row = Draw.objects.get()
    assert row.members.count() == 17

    # One is left out for recusal; then everything is fixed and promised.
    avoided = row.members.get(name="湘阴县第2幼儿园")
    marked(officer, avoided)
    bulk(officer, "排除", "督学曾在该园任职，应当回避")
    officer.get_by_text("已排除 1 个").wait_for()
    look(officer, "draws-frame")
    ask(officer, "公开承诺")
    officer.get_by_text("已固定并公开承诺").first.wait_for()
    row.refresh_from_db()
    look(officer, "draws-committed")
    assert row.seed not in officer.content()

    # Somebody without an account sees the promise on a phone, and nothing else.
    public = new_page(PHONE)
    public.goto(live_server.url + reverse("draws:public", args=[row.uid]))
    public.get_by_text("还没有抽取").wait_for()
    assert public.get_by_text(row.commitment).is_visible() and row.seed not in public.content()
    look(public, "draws-public-promise")

    officer.get_by_role("link", name="当众抽取").click()
    officer.get_by_label("现场公布的号码").fill("当日开奖号 05 17 22 28 31")
    look(officer, "draws-hold")
    officer.get_by_role("button", name="抽取", exact=True).click()
    officer.get_by_text("已抽取。核对后可以公布").first.wait_for()
    assert reads.final(row).count() == 6
    out = row.members.filter(drawn=True).first()
    other = row.members.filter(drawn=False, excluded="", stratum=out.stratum).first()
    for member, word, reason in ((out, "调出", "园舍正在整体搬迁"), (other, "调入", "补足数量")):
        officer.goto(f"{live_server.url}{row.get_absolute_url()}?q={member.identifier}")
        marked(officer, member)
        bulk(officer, word, reason)
        officer.get_by_text(f"已{word} 1 个").wait_for()
    officer.goto(live_server.url + row.get_absolute_url())
    look(officer, "draws-drawn")

    director = page_of(town.accounts["director"], path=row.get_absolute_url())
    ask(director, "公布")
    director.get_by_text("已公布").first.wait_for()
    look(director, "draws-published")
    director.goto(live_server.url + "/evaluations/draws/")
    look(director, "draws-list")

    # Anybody checks: on the page, by uploading, and on their own machine.
    anybody = new_page()
    anybody.goto(live_server.url + reverse("draws:public", args=[row.uid]))
    anybody.get_by_text("核对通过").wait_for()
    for words in ("园舍正在整体搬迁", "应当回避", "当日开奖号 05 17 22 28 31"):
        assert anybody.get_by_text(words).first.is_visible()
    look(anybody, "draws-public")
    record = save(anybody, re.compile("抽取记录"), tmp_path)
    frames = [save(anybody, re.compile(re.escape(ending)), tmp_path) for ending in (".xlsx", ".csv")]
    for frame in frames:
        done = run("draw", "verify", record, frame, env={"LANG": "zh_CN.UTF-8"})
        assert done.returncode == 0, done.stdout + done.stderr
    anybody.get_by_role("link", name="上传核对").click()
    anybody.get_by_label("抽取记录").set_input_files(record)
    anybody.get_by_label("抽样框").set_input_files(frames[0])
    anybody.get_by_role("button", name="核对").click()
    anybody.get_by_text("核对通过").wait_for()
    look(anybody, "draws-check")
    phone = new_page(PHONE)
    phone.goto(live_server.url + reverse("draws:public", args=[row.uid]))
    look(phone, "draws-public-phone")
