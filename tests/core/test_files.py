"""Files: told by content, kept once, handed out safely, and checked against what was stored."""

import hashlib
import io
import sys
import zipfile
from pathlib import Path

import docx
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from dudao.core import files
from dudao.core.files import FileRefused, scanning, sniff
from dudao.core.files.ranges import Part, part_of
from dudao.core.models import StoredFile

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPG = b"\xff\xd8\xff\xe0" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive(*names, **contents):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "x")
        for name, content in contents.items():
            made.writestr(name, content)
    return target.getvalue()


def word_file():
    target = io.BytesIO()
    docx.Document().save(target)
    return target.getvalue()


def excel_file():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet()
    book.close()
    return target.getvalue()


def ole(word):
    return OLE + word.encode("utf-16-le") + bytes(100)


@pytest.fixture
def root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("佐证.pdf", PDF, "pdf"),
        ("照片.JPEG", JPG, "jpg"),
        ("截图.png", PNG, "png"),
        ("录像.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(20), "mp4"),
        ("报告.docx", word_file(), "docx"),
        ("台账.xlsx", excel_file(), "xlsx"),
        ("汇报.pptx", archive("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        ("公文.ofd", archive("OFD.xml"), "ofd"),
        ("旧报告.doc", ole("WordDocument"), "doc"),
        ("旧报告.wps", ole("WordDocument"), "doc"),
        ("旧表.xls", ole("Workbook"), "xls"),
        ("旧片.ppt", ole("PowerPoint Document"), "ppt"),
        ("说明.txt", "督导情况说明".encode(), "txt"),
        ("说明.txt", "督导情况说明".encode("gb18030"), "txt"),
        ("长文.txt", "督".encode() * 5000, "txt"),
    ],
)
def test_kinds_are_told_by_content(name, content, key):
    assert sniff(io.BytesIO(content), name).key == key


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "空的（0 字节）"),
        ("报告.pdf", word_file(), r"内容是Word 文档，与扩展名“.pdf”不符.*改为 .docx"),
        ("报告", PDF, "没有扩展名"),
        ("程序.pdf", b"MZ\x90\x00", "Windows 程序，为了安全不能上传"),
        ("程序.txt", b"\x7fELF", "Linux 程序"),
        ("脚本.txt", b"#!/bin/sh\nrm", "脚本程序"),
        ("网页.txt", b"  <!DOCTYPE html><p>", "网页、SVG 或脚本"),
        ("图.txt", b"\xef\xbb\xbf<svg onload=x>", "网页、SVG 或脚本"),
        ("页.txt", b"hello <script>alert(1)</script>", "网页、SVG 或脚本"),
        ("图.png", b'<?xml version="1.0"?><svg>', "网页、SVG 或脚本"),
        ("宏.docx", archive("word/document.xml", "word/vbaProject.bin"), "含有宏"),
        ("宏.xlsx", archive("xl/workbook.xml", **{"[Content_Types].xml": "macroEnabled"}), "含有宏"),
        ("宏.xls", ole("Workbook") + ole("_VBA_PROJECT"), "含有宏"),
        ("密.docx", ole("EncryptedPackage"), "打开密码"),
        ("未知.doc", OLE, "认不出"),
        ("包.zip", archive("a.exe"), "压缩包"),
        ("包.rar", b"Rar!\x1a\x07", "RAR 压缩包.*解压后"),
        ("断.docx", word_file()[:400], "损坏或不完整"),
        ("音.mp4", b"\x00\x00\x00\x18ftypqt  ", "转换为 MP4"),
        ("手机.heic", b"\x00\x00\x00\x18ftypheic" + bytes(20), "HEIC 图片，多数电脑打不开.*导出为 JPG"),
        ("乱.txt", b"\x00\x01\x02\x03", "认不出"),
        ("乱.txt", b"\xff\xfe\x00\x81\xff", "认不出"),
    ],
)
def test_what_is_not_let_in_is_named(name, content, words):
    with pytest.raises(FileRefused, match=words):
        sniff(io.BytesIO(content), name)


def test_a_place_may_want_fewer_kinds():
    with pytest.raises(FileRefused, match="这里只能上传：JPEG 图片、PNG 图片。"):
        sniff(io.BytesIO(PDF), "a.pdf", files.PICTURES)


@given(st.binary(max_size=300))
def test_any_bytes_are_known_or_refused(content):
    try:
        sniff(io.BytesIO(content), "a.txt")
    except FileRefused as problem:
        assert "“a.txt”" in str(problem)


def test_the_same_bytes_are_kept_once(root, db):
    first = files.store(SimpleUploadedFile("甲.pdf", PDF))
    second = files.store(SimpleUploadedFile("乙.pdf", PDF))
    assert first == second
    assert first.digest == hashlib.sha256(PDF).hexdigest()
    assert (first.size, first.media_type) == (len(PDF), "application/pdf")
    path = root / first.digest[:2] / first.digest[2:4] / first.digest
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o222 == 0
    assert list((root / "incoming").iterdir()) == []
    with files.opened(first, check=True) as stream:
        assert stream.read() == PDF


class Endless:
    name = "录像.mp4"

    def __init__(self, size=None):
        self.size = size
        self.given = 0

    def chunks(self):
        while True:
            self.given += 1
            yield bytes(1 << 20)


def test_a_large_upload_is_refused_by_its_stated_size_or_cut_off(root, db):
    stated = Endless(300 << 20)
    with pytest.raises(FileRefused, match="有 300 MB，超过 50 MB 的上限"):
        files.store(stated)
    assert stated.given == 0
    silent = Endless()
    with pytest.raises(FileRefused, match="超过 2 MB 的上限"):
        files.store(silent, limit=2 << 20)
    assert silent.given == 3
    assert list((root / "incoming").iterdir()) == []
    assert not StoredFile.objects.exists()


def test_an_upload_that_arrived_in_part_is_refused(root, db):
    upload = SimpleUploadedFile("甲.pdf", PDF)
    upload.size = len(PDF) + 5
    with pytest.raises(FileRefused, match="没有传完整"):
        files.store(upload)


def test_a_refused_file_leaves_nothing_behind(root, db):
    with pytest.raises(FileRefused):
        files.store(SimpleUploadedFile("甲.pdf", b"MZ"))
    assert [path for path in root.rglob("*") if path.is_file()] == []


def scanner(tmp_path, body):
    script = tmp_path / "scan.py"
    script.write_text(f"import sys, time\ncontent = open(sys.argv[1], 'rb').read()\n{body}\n")
    return f"{sys.executable} {script}"


def test_the_scanner_has_the_last_word(root, db, settings, tmp_path):
    settings.FILES_SCANNER = scanner(tmp_path, "sys.exit(1 if b'EICAR' in content else 0)")
    assert files.store(SimpleUploadedFile("甲.pdf", PDF)).size == len(PDF)
    with pytest.raises(FileRefused, match="没有通过病毒扫描"):
        files.store(SimpleUploadedFile("乙.pdf", PDF + b"EICAR"))
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("command", ["/nonexistent/scanner", "broken", "slow"])
def test_a_scanner_that_does_not_answer_lets_nothing_in(root, db, settings, tmp_path, monkeypatch, command):
    monkeypatch.setattr(scanning, "SECONDS", 0.5)
    bodies = {"broken": "sys.exit(2)", "slow": "time.sleep(20)"}
    settings.FILES_SCANNER = scanner(tmp_path, bodies[command]) if command in bodies else command
    with pytest.raises(FileRefused, match="病毒扫描程序没有响应"):
        files.store(SimpleUploadedFile("甲.pdf", PDF))
    assert not StoredFile.objects.exists()


def test_what_the_platform_made_is_kept_as_it_is(root, db, tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_bytes(excel_file())
    stored = files.keep(path, files.KINDS["xlsx"].media_type)
    assert path.exists()
    assert files.keep(path.read_bytes(), "x") == stored


def test_a_file_is_served_as_a_harmless_download(root, db):
    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    answer = files.serve(stored, "佐证 材料\r\n.pdf")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert (
        answer["Content-Disposition"]
        == "attachment; filename*=UTF-8''%E4%BD%90%E8%AF%81%20%E6%9D%90%E6%96%99%0D%0A.pdf"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("asked", "first", "length"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=4-", 4, 6),
        ("bytes=-3", 7, 3),
        ("bytes=-30", 0, 10),
        ("bytes=8-99", 8, 2),
        ("Bytes = 0 - 0", 0, 1),
        ("bytes=10-", 10, 0),
        ("bytes=-0", 10, 0),
    ],
)
def test_a_part_is_what_was_asked_for(asked, first, length):
    assert part_of(asked, 10) == Part(first, length)


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", ""])
def test_what_is_no_part_is_the_whole(asked):
    assert part_of(asked, 10) is None


def test_a_part_of_another_version_is_the_whole_and_a_film_comes_in_pieces():
    assert part_of("bytes=0-3", 10, if_range='"old"', etag='"new"') is None
    assert part_of("bytes=0-3", 10, if_range='"new"', etag='"new"') == Part(0, 4)
    assert part_of("bytes=2-", 10, most=3) == Part(2, 3)


def asked_for(stored, **headers):
    request = RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return files.serve(stored, "甲.pdf", inline=True, request=request)


def test_a_browser_gets_the_part_that_it_asks_for(root, db):
    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    whole = asked_for(stored)
    assert whole.status_code == 200 and whole["Accept-Ranges"] == "bytes" and whole["ETag"]
    whole.close()
    answer = asked_for(stored, Range="bytes=5-9", If_Range=whole["ETag"])
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == PDF[5:10]
    assert answer["Content-Range"] == f"bytes 5-9/{len(PDF)}" and answer["Content-Length"] == "5"
    assert answer["Content-Disposition"].startswith("inline") and answer["X-Content-Type-Options"] == "nosniff"
    answer.close()
    behind = asked_for(stored, Range=f"bytes={len(PDF)}-")
    assert behind.status_code == 416 and behind["Content-Range"] == f"bytes */{len(PDF)}"
    plain = files.serve(stored, "甲.pdf")
    assert "Accept-Ranges" not in plain
    plain.close()


def test_only_harmless_kinds_are_shown_in_the_browser(root, db):
    pdf = files.serve(files.store(SimpleUploadedFile("甲.pdf", PDF)), "甲.pdf", inline=True)
    png = files.serve(files.store(SimpleUploadedFile("甲.png", PNG)), "甲.png", inline=True)
    word = files.serve(files.store(SimpleUploadedFile("甲.docx", word_file())), "甲.docx", inline=True)
    assert pdf["Content-Disposition"].startswith("inline")
    assert "sandbox" not in pdf["Content-Security-Policy"]
    assert png["Content-Disposition"].startswith("inline")
    assert png["Content-Security-Policy"].endswith("sandbox")
    assert word["Content-Disposition"].startswith("attachment")
    for answer in (pdf, png, word):
        answer.close()


def test_the_policy_of_a_file_survives_the_middleware(root, db, settings):
    from csp.middleware import CSPMiddleware

    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    request = RequestFactory().get("/")
    answer = CSPMiddleware(lambda _: files.serve(stored, "甲.pdf"))(request)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "script-src" in CSPMiddleware(lambda _: HttpResponse())(request)["Content-Security-Policy"]
    answer.close()


def test_missing_altered_and_ownerless_files_are_named(root, db):
    good, lost, bad = (files.store(SimpleUploadedFile("甲.pdf", PDF + word)) for word in (b"1", b"2", b"3"))

    def path(digest: str) -> Path:
        return root / digest[:2] / digest[2:4] / digest

    path(lost.digest).unlink()
    path(bad.digest).chmod(0o640)
    path(bad.digest).write_bytes(b"%PDF- changed")
    orphan = files.keep(b"nobody", "text/plain")
    StoredFile.objects.filter(pk=orphan.pk).delete()
    seen = []
    report = files.verify(seen.append)
    assert (report.checked, seen) == (3, [1, 2, 3])
    assert (report.missing, report.altered, report.orphans) == ([lost.digest], [bad.digest], [orphan.digest])
    assert not report.ok
    with pytest.raises(files.Missing):
        files.opened(bad, check=True)
    with pytest.raises(files.Missing):
        files.opened(lost)
    # Uploading the right bytes again heals the store.
    files.store(SimpleUploadedFile("甲.pdf", PDF + b"2"))
    files.store(SimpleUploadedFile("甲.pdf", PDF + b"3"))
    assert files.verify().ok
    assert good.digest in set(files.the_store().digests())


def test_a_missing_file_is_a_page_not_found(root, db):
    from django.http import Http404

    stored = files.store(SimpleUploadedFile("甲.pdf", PDF))
    (root / stored.digest[:2] / stored.digest[2:4] / stored.digest).unlink()
    with pytest.raises(Http404, match="文件在存储中缺失"):
        files.serve(stored, "甲.pdf")


def test_an_upload_beyond_the_cap_keeps_the_other_fields_and_its_true_size(settings):
    settings.UPLOAD_CAP = 3 << 20
    big = SimpleUploadedFile("大.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(9 << 20))
    request = RequestFactory().post("/", {"说明": "录像", "file": big})
    upload = request.FILES["file"]
    assert request.POST["说明"] == "录像"
    assert upload.size == (9 << 20) + 12
    assert Path(upload.temporary_file_path()).stat().st_size == 3 << 20
    with pytest.raises(FileRefused, match="有 9 MB，超过 5 MB"):
        files.store(upload, limit=5 << 20)
    upload.close()


def bomb(times):
    """A document that unfolds to so many MB of nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open("word/document.xml", "w") as entry:
            for _ in range(times):
                entry.write(bytes(1 << 20))
    return target.getvalue()


def test_a_document_that_unfolds_without_end_is_refused():
    with pytest.raises(FileRefused, match=r"解压后有 160 MB，是文件本身的 \d+ 倍"):
        sniff(io.BytesIO(bomb(160)), "小结.docx")
    assert sniff(io.BytesIO(bomb(40)), "小结.docx").key == "docx", "what is small when unfolded harms nobody"
