"""The pages over HTTP: the protocol of uploads, files with safe headers, the box, lists with a constant number of queries."""

import base64
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.core import files, jobs
from dudao.core.models import Job
from dudao.evidence.actions.library import describe
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion, Limit, Upload
from dudao.evidence.uses import Place
from dudao.people.models import Account
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(town):
    return lambda who: signed_in(Account.objects.get(pk=who.id))


def metadata(**said):
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in said.items())


def announce(client, content, name="许可证.pdf", **said):
    return client.post(
        reverse("evidence:uploads"),
        headers={"Upload-Length": str(len(content)), "Upload-Metadata": metadata(filename=name, **said)},
    )


def piece(client, where, offset, chunk, **environ):
    return client.patch(
        where, chunk, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(offset)}, **environ
    )


def test_the_words_of_tus(town, client_of):
    client, content = client_of(town.clerk), town.pdf("甲" * 50)
    begun = announce(client, content, unit=town.school.pk, modified=1)
    assert begun.status_code == 201 and begun["Upload-Offset"] == "0"
    where = begun["Location"]
    assert piece(client, where, 0, content[:20])["Upload-Offset"] == "20"
    lost = piece(client, where, 0, content[:20])
    assert (lost.status_code, lost["Upload-Offset"]) == (409, "20")
    cut = piece(client, where, 20, content[20:40], **{"wsgi.input": io.BytesIO(content[20:30])})
    assert (cut.status_code, cut["Upload-Offset"]) == (409, "20"), "a piece that came in part is none"
    assert client.head(where)["Upload-Offset"] == "20"
    done = piece(client, where, 20, content[20:])
    assert done.status_code == 200 and done.json()["state"] == "done"
    item = Evidence.objects.get()
    assert done.json()["item"] == item.pk
    assert client.get(where).json() == done.json(), "who lost the answer asks again"
    assert piece(client, where, 20, content[20:]).json()["state"] == "done"


def test_what_is_wrong_is_said_in_words(town, client_of):
    client = client_of(town.clerk)
    assert announce(client, b"", unit=town.school.pk).status_code == 422
    assert announce(client, b"x", unit=town.garden.pk).status_code == 400
    assert announce(client, b"x").status_code == 400
    refused = announce(client, b"MZ", "a.exe", unit=town.school.pk)
    assert refused.status_code == 422 and "格式不能上传" in refused.json()["message"]
    where = announce(client, b"MZ\x90", "a.pdf", unit=town.school.pk)["Location"]
    assert piece(client, where, "x", b"MZ").status_code == 400
    ended = piece(client, where, 0, b"MZ\x90").json()
    assert ended["state"] == "refused" and "Windows 程序" in ended["message"]
    assert client_of(town.head).get(where).status_code == 404, "an upload is its owner's"
    assert client_of(town.inspector).post(reverse("evidence:uploads")).status_code == 403


def test_given_up(town, client_of):
    client = client_of(town.clerk)
    where = announce(client, b"%PDF-1.4", unit=town.school.pk)["Location"]
    assert client.delete(where).status_code == 204
    assert Upload.objects.get().state == "cancelled"
    assert client.head(where).status_code == 410 and piece(client, where, 0, b"%PDF").status_code == 410


def test_the_end_of_a_whole_file_is_asked_for_again(town, client_of, monkeypatch):
    """A client takes an upload for done when it hears that all bytes are there; they are when the library has the file."""
    client, content = client_of(town.clerk), town.pdf()
    where = announce(client, content, unit=town.school.pk)["Location"]

    def silent(*args, **kwargs):
        raise files.StoreSilent("存储没有响应。")

    with monkeypatch.context() as patch:
        patch.setattr(files, "adopt", silent)
        waiting = piece(client, where, 0, content)
    assert waiting.status_code == 503 and "存储没有响应" in waiting.json()["problem"]
    last = int(client.head(where)["Upload-Offset"])
    assert last == len(content) - 1 == int(announce(client, content, unit=town.school.pk)["Upload-Offset"])
    done = piece(client, where, last, content[last:])
    assert (done.json()["state"], done["Upload-Offset"]) == ("done", str(len(content)))
    with files.opened(Evidence.objects.get().current.file, check=True) as stream:
        assert stream.read() == content


def test_a_plain_form_does_without_javascript(town, client_of):
    client = client_of(town.clerk)
    one, two = io.BytesIO(town.pdf("一")), io.BytesIO(town.pdf("二"))
    one.name, two.name = "一.pdf", "二.pdf"
    answer = client.post(reverse("evidence:add"), {"unit": town.school.pk, "chosen": [one, two]})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    rows = list(Evidence.objects.order_by("pk"))
    assert [row.title for row in rows] == ["一", "二"] and page.status_code == 200
    data = {"all_category": "制度", "all_from": "2026-01-01"}
    for row in rows:
        data |= {f"title-{row.pk}": row.title, f"until-{row.pk}": "2026-12-31"}
    assert client.post(answer["Location"], data).status_code == 302
    assert {row.category for row in Evidence.objects.all()} == {"制度"}
    data[f"until-{rows[0].pk}"] = "2025-12-31"
    again = client.post(answer["Location"], data)
    assert again.status_code == 422 and "“一”：有效期至早于生效日期" in again.content.decode()
    new = io.BytesIO(town.pdf("三"))
    new.name = "三.pdf"
    assert client.post(reverse("evidence:version_new", args=[rows[0].pk]), {"chosen": [new]}).status_code == 302
    assert rows[0].versions.count() == 2
    same = io.BytesIO(town.pdf("二"))
    same.name = "又.pdf"
    refused = client.post(reverse("evidence:version_new", args=[rows[0].pk]), {"chosen": [same]})
    assert "是“二”的第 1 版" in refused.content.decode()


def test_a_file_is_handed_out_with_headers_that_run_nothing(town, client_of):
    version = town.add().version
    client = client_of(town.clerk)
    plain = client.get(reverse("evidence:file", args=[version.pk]))
    assert plain["Content-Disposition"].startswith("attachment") and plain["X-Content-Type-Options"] == "nosniff"
    assert plain["X-Frame-Options"] == "DENY"
    shown = client.get(reverse("evidence:file", args=[version.pk]) + "?inline")
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'"
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert client_of(town.inspector).get(reverse("evidence:file", args=[version.pk])).status_code == 200
    assert client_of(town.other).get(reverse("evidence:file", args=[version.pk])).status_code == 404


@pytest.mark.parametrize(("scan", "word"), [("pending", "待扫描"), ("blocked", "发现病毒")])
def test_a_file_the_scanner_has_not_passed_stays_closed(town, client_of, scan, word):
    version = town.add().version
    EvidenceVersion.objects.update(scan=scan, scanned_at=timezone.now())
    client = client_of(town.clerk)
    assert client.get(reverse("evidence:file", args=[version.pk])).status_code == 403
    page = client.get(version.evidence.get_absolute_url()).content.decode()
    assert word in page and "evidence/versions" not in page


@pytest.mark.parametrize("name", ["记录.csv", "记录.txt"])
def test_texts_are_shown_in_the_page(town, client_of, name):
    stored = files.store(io.BytesIO("姓名,日期\n李示例,2026-03-05\n".encode("gb18030")), name)
    from dudao.evidence.actions.library import add_file

    version = add_file(town.clerk, unit=town.school, file=stored, name=name).version
    page = client_of(town.clerk).get(version.get_absolute_url()).content.decode()
    assert "李示例" in page
    assert ("<td>李示例</td>" in page) == name.endswith("csv")


def test_the_list_says_how_items_stand_and_what_is_missing(town, client_of):
    client, today = client_of(town.clerk), timezone.localdate()
    day = timedelta
    for number, (start, end) in enumerate([(-9, None), (-9, 5), (-9, -1), (None, None)]):
        row = town.add(name=f"{number}.pdf", text=str(number)).version.evidence
        describe(
            town.clerk,
            row=row,
            category="应急预案" if number == 0 else "其他",
            effective_from=None if start is None else today + day(start),
            effective_until=None if end is None else today + day(end),
        )
    page = client.get(reverse("evidence:items"))
    assert [chip.count for chip in page.context["list"].chips] == [4, 1, 1, 1, 1, 0]
    assert "建议常备、现在没有有效材料" in page.content.decode()
    assert [one.name for one in page.context["missing"]] == ["食品经营许可证", "消防验收或备案文书"]
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("evidence:items"))
    for number in range(30):
        town.add(name=f"x{number}.pdf", text=f"x{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("evidence:items"))
    assert len(many) == len(few) <= 20
    assert client_of(town.officer).get(reverse("evidence:items")).context["list"].total == 34
    assert client_of(town.other).get(reverse("evidence:items")).context["list"].total == 0


def test_an_archive_has_chosen_names_and_a_list(town, client_of):
    for number in range(3):
        town.add(name=f"{number}.pdf", text=str(number), title="食堂/许可证", category="许可")
    EvidenceVersion.objects.filter(name="2.pdf").update(scan="blocked", scanned_at=timezone.now())
    client = client_of(town.officer)
    answer = client.post(reverse("evidence:bulk", args=["zip"]), {"everything": "1"})
    job = jobs.run_now(Job.objects.get(kind="evidence.zip"))
    assert answer["Location"] == job.get_absolute_url() and job.state == "done" and "共 2 个文件" in job.message
    assert "有 1 个没有导出" in job.message
    with files.opened(job.result) as stream, zipfile.ZipFile(stream) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["清单.xlsx", "许可-食堂_许可证.pdf", "许可-食堂_许可证（2）.pdf"]
    assert client.post(reverse("evidence:bulk", args=["zip"]), {}).status_code == 302


def test_the_box_attaches_and_takes_off(town, client_of, places):
    places["1:A"] = lambda who: (
        Place(town.school, "自评 A", "/a/") if who.id in {town.clerk.id, town.expert.id} else None
    )
    item = town.add().version.evidence
    client, where = client_of(town.clerk), reverse("evidence:box", args=["spot:1:A"])
    assert client_of(town.other).get(where).status_code == 404
    assert "还没有佐证材料" in client.get(where).content.decode()
    assert item.title in client.get(where + "?open=1&q=许可").content.decode()
    assert "没有找到" in client.get(where + "?open=1&q=别的").content.decode()
    hx = {"HX-Request": "true"}
    page = client.post(where, {"step": "attach", "items": [item.pk]}, headers=hx).content.decode()
    assert "不再引用" in page and EvidenceLink.objects.count() == 1
    upload = announce(client, town.pdf("新"), unit=town.school.pk).json()["id"]
    piece(client, reverse("evidence:upload", args=[upload]), 0, town.pdf("新"))
    client.post(where, {"step": "attach", "uploads": upload}, headers=hx)
    assert EvidenceLink.objects.count() == 2
    assert "没有选择材料" in client.post(where, {"step": "attach", "uploads": "x" * 36}, headers=hx).content.decode()
    link = EvidenceLink.objects.first()
    town.add(text="二版", row=item)
    assert "改用新版本" in client.get(where).content.decode()
    client.post(where, {"step": "renew", "link": link.pk}, headers=hx)
    link.refresh_from_db()
    assert link.version.number == 2
    assert client.post(where, {"step": "detach", "link": link.pk})["Location"] == "/a/"
    assert EvidenceLink.objects.count() == 1
    assert "这条引用已经取消" in client.post(where, {"step": "detach", "link": link.pk}, headers=hx).content.decode()
    seen = client_of(town.expert).get(where).content.decode()
    assert "添加佐证材料" not in seen and "新.pdf" not in seen
    assert client_of(town.expert).post(where, {"step": "attach", "items": [item.pk]}).status_code == 403


def test_an_office_sets_how_much_its_units_may_store(town, client_of):
    where = reverse("evidence:limits")
    client = client_of(town.officer)
    said = {
        "unit": town.county.pk,
        "unit_mb": 500,
        "file_mb": 20,
        "source": "平江教督〔2026〕3号",
        "valid_from": "2026-01-01",
    }
    assert client.post(where, said).status_code == 302
    assert Limit.objects.get().unit == town.county
    assert client.post(where, said | {"unit_mb": 10}).status_code == 422
    assert client.post(where, said | {"unit": town.city.pk}).status_code == 422
    assert "每个单位 500 MB" in client.get(where).content.decode()
    assert client_of(town.clerk).get(where).status_code == 403


def test_an_item_is_edited_withdrawn_and_brought_back(town, client_of):
    row = town.add().version.evidence
    client = client_of(town.clerk)
    where = reverse("evidence:edit", args=[row.pk])
    said = {
        "title": "食堂食品经营许可证",
        "category": "食品经营许可证",
        "tags": "食堂、安全 食堂",
        "number": "JY1",
        "effective_from": "2026-01-01",
    }
    assert client.post(where, said).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.tags) == ("食堂食品经营许可证", ["食堂", "安全"])
    assert client.post(where, said | {"title": ""}).status_code == 422
    assert client.post(where, said | {"effective_until": "2025-01-01"}).status_code == 422
    step = reverse("evidence:step", args=[row.pk])
    client.post(step, {"step": "evidence.withdraw", "reason": "旧证"})
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert client.get(where)["Location"] == row.get_absolute_url()
    assert "恢复" in client.get(row.get_absolute_url()).content.decode()
    client.post(step, {"step": "evidence.restore"})
    row.refresh_from_db()
    assert row.state == "active"
    assert client_of(town.officer).post(where, said).status_code in {403, 422}
    assert "修改信息" not in client_of(town.officer).get(row.get_absolute_url()).content.decode()
