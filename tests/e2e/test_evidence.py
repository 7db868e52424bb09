"""In a real browser: many files at once, a page closed in the middle, a phone, versions, previews, the box; axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import struct
import zlib

import pytest

from dudao.core import files, jobs, keys
from dudao.core.models import Job
from dudao.demo.builders import account, unit
from dudao.evidence import converting, uses
from dudao.evidence.models import Evidence, EvidenceLink, Upload
from dudao.evidence.uses import Place
from dudao.orgs.models import Kind
from e2e.conftest import PHONE
from e2e.looking import look

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    city = unit("某市", Kind.CITY)
    county = unit("平江县", Kind.COUNTY, city)
    garden = unit("示例幼儿园", Kind.KINDERGARTEN, county, ownership="public")
    return {
        "garden": garden,
        "head": account("园长", garden, "school_head"),
        "office": account("县办", county, "county_office"),
    }


def pdf(text, size=0):
    """A PDF of one page that says something in its comments, padded to a size."""
    body = (
        b"%PDF-1.4\n%" + text.encode() + b"\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    )
    return body + b"% " + b"x" * max(0, size - len(body)) + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png(width=320, height=200):
    """A picture in one colour."""

    def chunk(kind, data):
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x4a\x90\xd9" * width for _ in range(height))
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def given(tmp_path, **contents):
    made = []
    for name, content in contents.items():
        path = tmp_path / name.replace("_", ".", 1)
        path.write_bytes(content)
        made.append(path)
    return made


def word(tmp_path):
    import docx

    document = docx.Document()
    document.add_heading("食品安全管理制度")
    document.add_paragraph("演示文件，内容为虚构。")
    document.save(tmp_path / "制度.docx")
    return tmp_path / "制度.docx"


def test_many_files_then_what_they_are(world, page_of, tmp_path):
    chosen = given(
        tmp_path, 许可证_pdf=pdf("证"), 照片_png=png(), 记录_txt="3月5日 陪餐记录".encode(), 假的_pdf=b"MZ\x90program"
    )
    page = page_of(world["head"], path="/evidence/", expected=("422",))
    look(page, "evidence-empty")
    page.get_by_role("link", name="上传材料").click()
    page.locator("input[data-files]").first.set_input_files([*chosen, word(tmp_path)])
    page.get_by_text("4/5 已回执").wait_for()
    page.get_by_text("Windows 程序，为了安全不能上传").wait_for()
    look(page, "evidence-uploaded")
    assert Evidence.objects.count() == 4
    page.get_by_role("link", name="下一步：填写类别和有效期").click()
    page.locator("#id_all_category").fill("规章制度")
    page.locator("#id_all_from").fill("2026-01-01")
    page.get_by_label("有效期至", exact=True).first.fill("2027-01-01")
    look(page, "evidence-describe")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存 4 项材料的信息").wait_for()
    look(page, "evidence-items")

    # The same file again is told, not kept twice.
    page.goto(page.url.replace("/evidence/", "/evidence/add/"))
    page.locator("input[data-files]").first.set_input_files(chosen[:1])
    page.get_by_text("资料库里已有同样的文件：“许可证”第 1 版").wait_for()
    assert Evidence.objects.count() == 4

    # Pictures and texts are shown at once, an office document when it was converted.
    row = Evidence.objects.get(title="照片")
    page.goto_name("evidence:item", row.pk)
    shown = page.locator(".ev-picture img")
    shown.wait_for()
    page.wait_for_function("image => image.naturalWidth === 320", arg=shown.element_handle())
    look(page, "evidence-picture")
    page.goto_name("evidence:item", Evidence.objects.get(title="记录").pk)
    page.get_by_text("3月5日 陪餐记录").wait_for()
    if converting.possible():
        page.goto_name("evidence:item", Evidence.objects.get(title="制度").pk)
        page.get_by_role("button", name="在页面中查看").click()
        page.get_by_text("正在转换").wait_for()
        assert jobs.run_now(Job.objects.get(kind="evidence.preview")).state == "done"
        page.locator("iframe.ev-frame").wait_for()
        look(page, "evidence-converted")


def test_a_closed_page_goes_on_where_it_broke_off(world, page_of, tmp_path):
    content = pdf("大", 3 * 2**20)
    (path,) = given(tmp_path, 大文件_pdf=content)
    page = page_of(world["head"], path="/evidence/add/", expected=("ERR_FAILED", "Failed to load", "net::"))
    sent = []

    def broken(route):
        """The line breaks after the first piece."""
        if route.request.method == "PATCH":
            sent.append(route.request.headers["upload-offset"])
            if len(sent) > 1:
                return route.abort()
        return route.continue_()

    page.route("**/evidence/uploads/**", broken)
    page.locator("input[data-files]").first.set_input_files(path)
    page.get_by_text("秒后自动重试，已传的不会丢").wait_for()
    look(page, "evidence-interrupted")
    row = Upload.objects.get()
    assert 0 < row.received < len(content)

    # Closed and opened again, perhaps the next day: the page says what was left unfinished.
    page.close(run_before_unload=False)
    page = page_of(world["head"], path="/evidence/add/")
    page.get_by_text("上次没有传完的文件").wait_for()
    look(page, "evidence-unfinished")
    offsets = []
    page.on("request", lambda one: offsets.append(int(one.headers["upload-offset"])) if one.method == "PATCH" else None)
    page.locator("input[data-files]").first.set_input_files(path)
    page.get_by_text("1/1 已回执").wait_for()
    page.get_by_text("上次没有传完的文件").wait_for(state="detached")
    assert offsets[0] == row.received, "nothing is sent twice"
    version = Evidence.objects.get().current
    with files.opened(version.file, check=True) as stream:
        assert stream.read() == content


def test_paused_and_given_up(world, page_of, tmp_path):
    (path,) = given(tmp_path, 长_pdf=pdf("长", 2 * 2**20))
    page = page_of(world["head"], path="/evidence/add/", expected=("ERR_FAILED", "net::"))
    page.route(
        "**/evidence/uploads/*/", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    page.locator("input[data-files]").first.set_input_files(path)
    page.get_by_role("button", name="暂停：长.pdf").click()
    page.get_by_text("已暂停").wait_for()
    page.unroute("**/evidence/uploads/*/")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="放弃：长.pdf").click()
    assert Upload.objects.get().state == "cancelled"
    page.locator("input[data-files]").first.set_input_files(path)
    page.get_by_text("1/1 已回执").wait_for()


def test_photos_from_a_phone(world, page_of, tmp_path):
    (path,) = given(tmp_path, 食堂_png=png())
    page = page_of(world["head"], PHONE, path="/evidence/add/")
    page.get_by_text("拍照上传").wait_for()
    assert page.locator("input[capture]").get_attribute("accept") == "image/*"
    look(page, "evidence-phone-add")
    page.locator("input[capture]").set_input_files(path)
    page.get_by_text("1/1 已回执").wait_for()
    page.get_by_role("link", name="下一步：填写类别和有效期").click()
    look(page, "evidence-phone-describe")
    page.goto_name("evidence:items")
    look(page, "evidence-phone-items")
    page.get_by_role("link", name="食堂").first.click()
    look(page, "evidence-phone-item")


def test_a_new_version_and_the_box(world, page_of, tmp_path, monkeypatch):
    one, two, three = given(tmp_path, 旧证_pdf=pdf("旧"), 新证_pdf=pdf("新"), 补充_pdf=pdf("补"))
    place = Place(world["garden"], "2026年幼儿园办园行为督导评估 A2.1", "/evidence/at/spot:1:A2.1/")
    monkeypatch.setitem(uses.USES.given, "spot", (keys.Kind("spot", str), lambda who, rest: place))
    page = page_of(world["head"], path="/evidence/add/")
    page.locator("input[data-files]").first.set_input_files(one)
    page.get_by_text("1/1 已回执").wait_for()
    row = Evidence.objects.get()

    # Attached from the library, and a new file that is attached at once.
    page.goto_name("evidence:box", "spot:1:A2.1")
    page.get_by_role("link", name="添加佐证材料").click()
    page.get_by_role("checkbox").check()
    look(page, "evidence-box-open")
    page.get_by_role("button", name="引用所选").click()
    page.get_by_text("已在这里").or_(page.get_by_role("link", name="添加佐证材料")).first.wait_for()
    page.goto_name("evidence:box", "spot:1:A2.1", query="?open=1")
    page.locator("input[data-files]").first.set_input_files(three)
    page.get_by_role("link", name="补充").wait_for()
    assert sorted(EvidenceLink.objects.values_list("version__name", flat=True)) == ["旧证.pdf", "补充.pdf"]

    page.goto_name("evidence:version_new", row.pk)
    look(page, "evidence-version-new")
    page.locator("input[data-files]").first.set_input_files(two)
    page.get_by_role("link", name="查看材料").click()
    page.get_by_text("第 2 版").first.wait_for()
    page.get_by_role("link", name="2026年幼儿园办园行为督导评估 A2.1").wait_for()
    look(page, "evidence-item")
    page.goto_name("evidence:box", "spot:1:A2.1")
    page.get_by_role("button", name="改用新版本").click()
    page.get_by_text("新证.pdf，第 2 版").wait_for()
    look(page, "evidence-box")
    page.get_by_role("button", name="不再引用“旧证”").click()
    page.get_by_text("新证.pdf，第 2 版").wait_for(state="detached")
    assert EvidenceLink.objects.count() == 1

    office = page_of(world["office"], path="/evidence/")
    look(office, "evidence-office")
    office.goto_name("evidence:limits")
    look(office, "evidence-limits")
