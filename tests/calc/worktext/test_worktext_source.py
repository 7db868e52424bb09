"""What an uploaded file may be, and what is said when it can't be read."""

import io
import zipfile

import pytest

from calc.worktext.word_files import NS, docx, paragraph
from dudao.calc import worktext
from dudao.calc.word import package

TEXT = "一、健全督导制度\n1. 制定办法。年底前完成。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(data: bytes, name: str, **options: int) -> str:
    with pytest.raises(worktext.DocumentError) as caught:
        worktext.read_document(data, name, **options)
    message = str(caught.value)
    assert name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] in message and message.endswith("。") and "请" in message
    return message


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        ((TEXT * 3).encode("utf-16-le"), "utf-16-le"),
        ((TEXT * 3).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_usual_encoding_is_read(data, encoding):
    source = worktext.read_document(data, "要点.txt")
    assert (source.kind, source.encoding) == ("text", encoding)
    assert source.text.startswith("一、健全督导制度\n1. 制定办法。年底前完成。")
    assert worktext.parse(source).points[0].title == "制定办法"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_counts_once(end):
    source = worktext.read_document(f"甲{end}{end}乙{end}".encode(), "a.txt")
    assert [(line.number, line.text) for line in source.lines] == [(1, "甲"), (2, ""), (3, "乙")]
    assert [line.new_page for line in source.lines] == [False, end == "\x0c", end == "\x0c"]


def test_text_without_a_suffix_and_with_a_path_is_read():
    assert worktext.read_document("甲".encode(), "C:\\temp/要点").text == "甲"


def test_text_cut_off_in_a_character_is_read_with_a_warning():
    source = worktext.read_document("一、健全制度".encode()[:-1], "要点.txt")
    assert source.text == "一、健全制"
    plan = worktext.parse(source)
    assert "可能没有传完" in next(w.message for w in plan.warnings if w.code == "cut_off")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "要点.docx", "是空的（0 字节）"),
        (b"%PDF-1.7 ...", "要点.docx", "其实是PDF 文件，后缀 .docx 与内容不符"),
        (b"%PDF-1.7 ...", "要点.pdf", "其实是PDF 文件。请找到原来的 Word"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "要点.txt", "其实是图片（PNG）"),
        (b"\xff\xd8\xff\xe0\x00", "a.jpg", "其实是图片（JPEG）"),
        (b"GIF89a", "要点.docx", "图片里的文字读不出来"),
        (b"BM\x00\x00\x00", "要点.docx", "图片（BMP）"),
        (b"II*\x00", "要点.docx", "图片（TIFF）"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "要点.docx", "图片（WebP）"),
        (b"Rar!\x1a\x07\x00", "要点.docx", "RAR 压缩包"),
        (b"7z\xbc\xaf\x27\x1c", "要点.docx", "请解压后上传"),
        (b"MZ\x90\x00", "要点.docx", "核对是否选错了文件"),
        (b"{\\rtf1\\ansi", "要点.doc", "其实是RTF 文档"),
        (b"<!DOCTYPE html><html>", "要点.docx", "其实是网页"),
        (b"\xef\xbb\xbf <html>", "要点.txt", "打开后把正文复制粘贴进来"),
        (
            OLE + "WordDocument".encode("utf-16-le"),
            "要点.doc",
            "旧版 Word 文档（.doc）。请用 Word 或 WPS 打开，另存为 .docx",
        ),
        (OLE + "WordDocument".encode("utf-16-le"), "要点.docx", "另存为 .docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "要点.docx", "设了打开密码"),
        (OLE + "Workbook".encode("utf-16-le"), "要点.docx", "旧版 Excel 表格（.xls）"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "要点.docx", "旧版演示文稿（.ppt）"),
        (OLE + b"\x00" * 20, "要点.docx", "旧版 Office 文件"),
        ("普通文字".encode(), "要点.docx", "其实是纯文本"),
        ("普通文字".encode(), "要点.doc", "改成以 .txt 结尾"),
        ("普通文字".encode(), "要点.wps", "类型（.wps）不支持"),
        (bytes(range(256)) * 40, "要点.txt", "读出来是乱码"),
        (b"\x00\x01\x02\x03" * 40, "要点.txt", "读出来是乱码"),
        ("文字".encode("utf-16") + b"\x00", "要点.txt", "不是正确的文字编码"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "要点.txt", "第 3 字节起不是正确的文字编码"),
    ],
)
def test_refusals_say_what_it_is_and_what_to_do(data, name, words):
    assert words in refusal(data, name)


def test_two_letters_that_look_like_a_picture_are_text():
    assert worktext.read_document(b"BM is a brand", "a.txt").text == "BM is a brand"


@pytest.mark.parametrize(
    ("size", "limit", "words"),
    [(1025, 1024, "1 KB 的上限"), (11, 10, "有 11 字节，超过 10 字节"), (3 << 20, 2 << 20, "有 3 MB，超过 2 MB")],
)
def test_too_large_is_said_before_anything_is_read(size, limit, words):
    assert words in refusal(b"\x00" * size, "要点.docx", limit=limit)


def test_default_limit_is_twenty_megabytes():
    assert "20 MB" in refusal(b"a" * (worktext.DEFAULT_LIMIT + 1), "要点.txt")


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(**{"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "其实是Excel 表格（.xlsx）"),
        (archive(**{"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "其实是演示文稿（.pptx）"),
        (archive(**{"OFD.xml": b""}), "其实是OFD 版式文件"),
        (archive(**{"mimetype": b"", "content.xml": b""}), "其实是ODF 文档（.odt）"),
        (archive(**{"要点.txt": b"a"}), "其实是ZIP 压缩包"),
        (archive(**{"[Content_Types].xml": b"", "word/other.xml": b""}), "里没有正文"),
        (docx(paragraph("甲"))[:-200], "不完整或已损坏"),
        (b"PK\x03\x04 truncated", "不完整或已损坏"),
        (docx(paragraph("甲"), parts={"word/vbaProject.bin": b"macro"}), "里有宏"),
        (
            docx(
                paragraph("甲"), types='<Types ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
            ),
            "启用宏",
        ),
        (docx("<w:p>"), "word/document.xml”已损坏"),
        (docx(paragraph("甲"), numbers="<!DOCTYPE a><a/>"), "里有不该有的声明"),
        (
            docx(paragraph("甲"), numbers='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16")),
            "里有不该有",
        ),
        (docx(paragraph("甲"), style='<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "里有不该有的声明"),
    ],
)
def test_archives_that_are_no_word_file(data, words):
    assert words in refusal(data, "要点.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_encoding(encoding):
    def read(text):
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        return package.Package(archive(**{"a.xml": f"{head}{text}".encode(encoding)})).xml("a.xml")

    assert read("<a>甲</a>").text == "甲"
    with pytest.raises(package.WordError, match="不该有的声明"):
        read('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_word_file_under_another_name_is_told_its_right_name():
    assert "改成以 .docx 结尾" in refusal(docx(paragraph("甲")), "要点.txt")


def test_encrypted_archive_is_told_apart():
    data = bytearray(archive(**{"a.txt": b"abc"}))
    central = data.rfind(b"PK\x01\x02")
    data[central + 8] |= 1
    assert "加了密码" in refusal(bytes(data), "要点.docx")


def test_broken_content_of_a_part_is_said(monkeypatch):
    data = bytearray(docx(paragraph("甲" * 3000)))
    at = data.index(b"word/document.xml") + len("word/document.xml") + 6
    data[at : at + 8] = b"\xff" * 8
    assert "损坏" in refusal(bytes(data), "要点.docx")


def test_bomb_is_refused_by_its_declared_size(monkeypatch):
    monkeypatch.setattr(package, "PART_LIMIT", 1000)
    data = docx(paragraph("甲"), parts={"word/media/big.bin": b"\x00" * 1_000_000})
    assert "大得不正常" in refusal(data, "要点.docx")
    monkeypatch.setattr(package, "WHOLE_LIMIT", 2000)
    assert "大得不正常" in refusal(docx(paragraph("甲乙丙丁" * 600)), "要点.docx")


def test_bomb_is_refused_by_the_size_of_one_part(monkeypatch):
    monkeypatch.setattr(package, "PART_LIMIT", 5000)
    monkeypatch.setattr(package, "_BOMB_RATIO", 10**9)
    assert "“word/document.xml”解压后超过" in refusal(docx(paragraph("甲" * 5000)), "要点.docx")


def test_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(docx(paragraph("甲" * 5000)))
    for marker, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(marker)
        while at >= 0:
            if data[at : at + 200].find(b"word/document.xml") >= 0:
                data[at + offset : at + offset + 4] = (50).to_bytes(4, "little")
            at = data.find(marker, at + 4)
    assert "损坏" in refusal(bytes(data), "要点.docx")


def test_too_many_parts_are_refused():
    data = docx(paragraph("甲"), parts={f"word/media/{at}.bin": b"" for at in range(5001)})
    assert "个部件" in refusal(data, "要点.docx")


@pytest.mark.parametrize("relations", ["", "<a/>"])
def test_body_is_found_without_relations(relations):
    assert worktext.read_document(docx(paragraph("甲"), relations=relations), "a.docx").text == "甲"


def test_body_may_stand_elsewhere():
    body = docx(paragraph("甲"), target="/custom/body.xml", parts={"custom/body.xml": _body("乙")})
    assert worktext.read_document(body, "a.docx").text == "乙"
    body = docx(paragraph("甲"), target="body.xml", parts={"body.xml": _body("乙")})
    assert worktext.read_document(body, "a.docx").text == "乙"
    body = docx(paragraph("甲"), target="missing.xml")
    assert worktext.read_document(body, "a.docx").text == "甲"


def _body(text: str) -> str:
    return f"<w:document {NS}><w:body>{paragraph(text)}</w:body></w:document>"
