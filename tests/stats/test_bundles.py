"""Many workbooks in one ZIP, and the table of counties: read, refused file by file, written together or not at all."""

import io
import struct
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.core.models import SheetImport
from dudao.core.sheets import SheetError
from dudao.stats import bundles
from dudao.stats.actions import catalogue, rounds
from dudao.stats.bundles import check_bundle, entries_of
from dudao.stats.models import DataItem, Value
from signing import signed_in
from stats.test_imports import book, confirmed, sent


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def workbook(number):
    return book(教基3112_小学=[["", "在校生数", number]])


def send(client, place, files):
    return sent(client, place, files if isinstance(files, bytes) else packed(files), "各校.zip", "zip")


def test_workbooks_of_many_schools_come_in_one_zip(place):
    client = signed_in(place.accounts["east"])
    content = {
        "平江/三阳小学(小学).xlsx": workbook(480),
        "平江/长寿学校(九年一贯制学校).xlsx": workbook(300),
        "平江/~$临时.xlsx": b"x",
    }
    taken = send(client, place, content)
    assert (taken.state, taken.counts) == ("ready", {"changed": 2, "same": 0, "error": 0}), taken.problems
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "三阳小学" in page and "小学在校生数（人）：300" in page
    confirmed(client, taken)
    assert {(v.ret.unit.name, v.number) for v in Value.objects.all()} == {("三阳小学", 480), ("长寿学校", 300)}


def test_every_file_that_can_not_be_used_is_named_and_nothing_is_written(place):
    client = signed_in(place.accounts["east"])
    taken = send(
        client,
        place,
        {
            "三阳小学.xlsx": workbook(480), "副本/三阳小学(小学).xlsx": workbook(481), "西岭教学点.xlsx": workbook(20),
            "说明.docx": b"x", "坏的.xlsx": b"PK\x03\x04nothing", "../../etc/长寿学校.xlsx": workbook(1),
            "空的(小学).xlsx": book(花名册=[["", "甲", 1]]),
        },
    )  # fmt: skip
    assert taken.state == "faulty" and taken.counts["error"] == 7, "both of two files of one school"
    said = "".join(taken.problems)
    for words in (
        "同一所学校", "西岭教学点", "“说明.docx”不是 .xlsx 工作簿", "“坏的.xlsx”文件已损坏",
        "路径符号", "空的",
    ):  # fmt: skip
        assert words in said, words
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "7 个文件有错误" in page
    assert client.post(reverse("stats:import_confirm", args=[taken.pk])).status_code == 409
    assert not Value.objects.exists()


def test_names_from_a_chinese_windows_are_read():
    """As such programs write them: the name's bytes in GB 18030, without the flag for UTF-8."""
    name = "三阳小学.xlsx".encode("gb18030")
    data = packed({"A" * len(name): b"x"}).replace(b"A" * len(name), name)
    assert [entry.name for entry in entries_of(data)] == ["三阳小学.xlsx"]


def test_a_bomb_is_stopped_while_it_is_inflated(monkeypatch):
    monkeypatch.setattr(bundles, "MAX_BYTES", 1000)
    monkeypatch.setattr(bundles, "MAX_INFLATED", 2500)
    one = list(entries_of(packed({"大.xlsx": b"0" * 100_000})))
    assert one[0].data is None and "超过" in one[0].problem
    with pytest.raises(SheetError, match="压缩炸弹"):
        list(entries_of(packed({f"{n}.xlsx": b"0" * 100_000 for n in range(5)})))


def test_what_an_archive_says_of_its_sizes_is_not_believed(monkeypatch):
    monkeypatch.setattr(bundles, "MAX_BYTES", 1000)
    data = packed({"大.xlsx": b"0" * 100_000}).replace(struct.pack("<I", 100_000), struct.pack("<I", 10))
    entry = next(iter(entries_of(data)))
    assert entry.data is None or len(entry.data) <= 1000


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04broken", b"%PDF-1.4"])
def test_what_is_no_bundle_is_refused_beside_the_field(place, content):
    answer = signed_in(place.accounts["east"]).post(
        reverse("stats:import_new", args=[place.round.pk]),
        {"sort": "zip", "file": SimpleUploadedFile("各校.zip", content)},
    )
    assert answer.status_code == 422 and not SheetImport.objects.exists()


def test_too_many_files_and_the_wrong_ending_are_refused(place, monkeypatch):
    monkeypatch.setattr(bundles, "MAX_FILES", 1)
    with pytest.raises(SheetError, match="2 个文件，超过 1 个"):
        check_bundle(packed({"a.xlsx": b"1", "b.xlsx": b"2"}))
    answer = signed_in(place.accounts["east"]).post(
        reverse("stats:import_new", args=[place.round.pk]),
        {"sort": "zip", "file": SimpleUploadedFile("三阳小学.xlsx", workbook(1))},
    )
    assert answer.status_code == 422 and "不是 .zip 文件" in answer.content.decode()


def test_the_reading_of_many_files_asks_the_register_once(place, django_assert_max_num_queries):
    from dudao.stats.bundles import read_bundle
    from dudao.stats.importing import plan_files

    files = {f"第{n}小学.xlsx": workbook(n) for n in range(40)}
    with django_assert_max_num_queries(12):
        reading = read_bundle(place.round, packed(files))
        plan = plan_files(place.actor("east"), place.round, place.east, reading)
    assert len(plan.lines) == 40


def test_counties_have_a_table_of_their_own(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    today = timezone.localdate()
    place.round = rounds.create_round(
        SYSTEM, unit=place.city, title="县级", year=2025, stages=[], opens_on=today, closes_on=today + timedelta(9),
        items=list(DataItem.objects.filter(level="county")),
    )  # fmt: skip
    rounds.open_round(SYSTEM, asked=place.round)
    client = signed_in(place.accounts["officer"])
    assert 'value="table"' not in client.get(reverse("stats:import_new", args=[place.round.pk])).content.decode()
    rows = [["县市区", "人口总数", "乡镇数"], ["平江县", 95.6, 24], ["湘阴县", 61.2, "十五"]]
    taken = sent(client, place, book(县级数据=rows), "县级.xlsx", "county")
    assert taken.state == "faulty" and "十五" in taken.problems[0]
    rows[2][2] = 15
    taken = confirmed(client, sent(client, place, book(县级数据=rows), "县级.xlsx", "county"))
    assert taken.state == "done" and Value.objects.count() == 4
    back = client.post(place.round.get_absolute_url(), {"export": "1"}).content
    again = sent(client, place, back, "县级.xlsx", "county")
    assert (again.state, again.counts) == ("ready", {"changed": 0, "same": 2, "error": 0})
    east = sent(signed_in(place.accounts["east"]), place, book(县级数据=rows), "县级.xlsx", "county")
    assert east.state == "faulty" and "湘阴县" in east.problems[0]
    template = signed_in(place.accounts["east"]).get(
        reverse("stats:import_template", args=[place.round.pk]) + "?who=county"
    )
    assert template.status_code == 200
