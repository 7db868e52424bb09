"""Uploads in pieces: nothing acknowledged is ever missing, whatever is repeated, swapped, lost or killed on the way."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import files
from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.evidence.actions import uploads
from dudao.evidence.actions.library import withdraw
from dudao.evidence.models import Evidence, EvidenceVersion, Limit, Upload
from dudao.evidence.queries.policy import library

pytestmark = pytest.mark.django_db


def part_of(row):
    return files.the_store().workspace() / "uploads" / row.id.hex


def bytes_of(version):
    with files.opened(version.file, check=True) as stream:
        return stream.read()


def sent(town, content, name="许可证.pdf", *, who=None, digest=True, step=40, **more):
    who = who or town.clerk
    known = hashlib.sha256(content).hexdigest() if digest else ""
    row = uploads.begin(who, unit=more.pop("unit", town.school), name=name, size=len(content), digest=known, **more)
    while row.state == "open" and row.received < row.size:
        row = uploads.receive(who, upload=row, offset=row.received, chunk=content[row.received :][:step]).upload
    return uploads.finish(who, upload=row)


def test_a_file_in_pieces_becomes_an_item(town):
    content = town.pdf("甲" * 100)
    row = sent(town, content)
    assert (row.state, row.outcome, row.message) == ("done", "new", "已存入资料库：“许可证”。")
    assert bytes_of(row.version) == content
    assert not part_of(row).exists()
    assert Event.objects.filter(verb="evidence.add").count() == 1


def test_the_same_file_a_thousand_times_is_kept_once(town):
    content = town.pdf()
    first = sent(town, content)
    for number in range(20):
        row = sent(town, content, name=f"副本{number}.pdf", digest=number % 2 == 0)
        assert (row.state, row.outcome, row.version) == ("done", "existing", first.version)
    assert EvidenceVersion.objects.count() == Evidence.objects.count() == 1
    other = sent(town, content, who=town.other, unit=town.garden)
    assert other.outcome == "new" and other.version.file == first.version.file, (
        "another unit has its own item, of the same bytes"
    )


def test_known_bytes_are_not_sent_again(town):
    first = sent(town, town.pdf())
    row = uploads.begin(
        town.clerk, unit=town.school, name="再.pdf", size=len(town.pdf()), digest=hashlib.sha256(town.pdf()).hexdigest()
    )
    assert (row.state, row.version) == ("done", first.version)


def test_a_withdrawn_item_comes_back_with_its_bytes(town):
    first = sent(town, town.pdf())
    withdraw(town.clerk, row=first.version.evidence, reason="传错")
    again = sent(town, town.pdf())
    assert (again.outcome, again.version) == ("restored", first.version)
    assert Evidence.objects.get().state == "active"


def test_an_unfinished_file_goes_on_where_it_was(town):
    content = town.pdf()
    row = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content), modified=5)
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:10])
    again = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content), modified=5)
    assert again == row and again.received == 10
    other = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content), modified=6)
    assert other != row


def test_a_piece_that_does_not_fit_changes_nothing(town):
    content = town.pdf()
    row = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content))
    assert uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:10]).taken
    for offset, chunk in ((0, content[:10]), (5, b"xx"), (11, b"x"), (10, content)):
        piece = uploads.receive(town.clerk, upload=row, offset=offset, chunk=chunk)
        assert not piece.taken and piece.upload.received == 10
    assert uploads.finish(town.clerk, upload=row).state == "open"
    uploads.receive(town.clerk, upload=row, offset=10, chunk=content[10:])
    done = uploads.finish(town.clerk, upload=row)
    assert bytes_of(done.version) == content
    assert uploads.finish(town.clerk, upload=row).version == done.version, "asked again it answers the same"
    assert not uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:10]).taken


def test_what_a_killed_process_wrote_and_did_not_count_is_written_over(town):
    content = town.pdf("长" * 50)
    row = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content))
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:10])
    part_of(row).write_bytes(content[:10] + b"rubbish" * 100)
    uploads.receive(town.clerk, upload=row, offset=10, chunk=content[10:])
    assert bytes_of(uploads.finish(town.clerk, upload=row).version) == content


@pytest.mark.parametrize("loss", ["gone", "short"])
def test_a_part_file_that_was_lost_begins_again(town, loss):
    content = town.pdf()
    row = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=len(content))
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:20])
    part_of(row).unlink() if loss == "gone" else part_of(row).write_bytes(content[:5])
    piece = uploads.receive(town.clerk, upload=row, offset=20, chunk=content[20:])
    assert not piece.taken and piece.upload.received == 0
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content)
    part_of(row).unlink()
    assert uploads.finish(town.clerk, upload=row).received == 0, (
        "killed after the store took the file, before the commit"
    )
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content)
    assert bytes_of(uploads.finish(town.clerk, upload=row).version) == content


def test_altered_bytes_are_sent_again(town):
    content = town.pdf()
    row = uploads.begin(
        town.clerk, unit=town.school, name="a.pdf", size=len(content), digest=hashlib.sha256(content).hexdigest()
    )
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content[:-1] + b"?")
    row = uploads.finish(town.clerk, upload=row)
    assert (row.state, row.received) == ("open", 0) and "有变化" in row.message
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content)
    assert uploads.finish(town.clerk, upload=row).state == "done"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("页.pdf", b"<html><script>alert(1)</script>", "网页"),
        ("程序.pdf", b"MZ\x90\x00", "Windows 程序"),
        ("图.jpg", b"%PDF-1.4\n", "不符"),
        ("包.docx", b"PK\x03\x04broken", "损坏"),
    ],
)
def test_what_a_file_is_decides_its_content(town, name, content, why):
    row = sent(town, content, name)
    assert row.state == "refused" and why in row.message
    assert not part_of(row).exists() and not Evidence.objects.exists()


def test_limits_say_what_is_left(town):
    with pytest.raises(ValidationError, match="空的"):
        sent(town, b"")
    with pytest.raises(ValidationError, match="格式不能上传"):
        sent(town, b"x", "a.exe")
    with pytest.raises(ValidationError, match="超过单个文件 100 MB 的上限（平台默认）"):
        uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=101 * 2**20)
    Limit.objects.create(
        unit=town.county, unit_mb=2, file_mb=1, valid_from=timezone.localdate(), source="平江教督〔2026〕1号"
    )
    with pytest.raises(ValidationError, match="单个文件 1 MB"):
        uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=2**20 + 1)
    sent(town, town.pdf("满" * 340_000), step=2**20)
    uploads.begin(town.clerk, unit=town.school, name="b.pdf", size=900_000)
    with pytest.raises(ValidationError, match=r"还剩 0\.\d MB.*容量 2 MB，平江县：平江教督〔2026〕1号"):
        uploads.begin(town.clerk, unit=town.school, name="c.pdf", size=900_000)


def test_too_many_unfinished_files(town):
    first = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=9)
    Upload.objects.bulk_create(
        Upload(unit=town.school, account_id=town.clerk.id, name=f"{n}.pdf", size=1, expires_at=first.expires_at)
        for n in range(library().limits.open_uploads - 1)
    )
    with pytest.raises(ValidationError, match="还有 200 个文件没有传完"):
        uploads.begin(town.clerk, unit=town.school, name="c.pdf", size=9)


def test_an_upload_is_its_owners(town):
    row = uploads.begin(town.clerk, unit=town.school, name="a.pdf", size=9)
    for act in (uploads.finish, uploads.cancel):
        with pytest.raises(Denied):
            act(town.head, upload=row)
    with pytest.raises(Denied):
        uploads.receive(town.head, upload=row, offset=0, chunk=b"x")
    for who in (town.other, town.officer, town.inspector, town.system):
        with pytest.raises(Denied):
            uploads.begin(who, unit=town.school, name="a.pdf", size=9)


def test_given_up_and_forgotten_uploads_leave_nothing(town):
    rows = [uploads.begin(town.clerk, unit=town.school, name=f"{n}.pdf", size=9) for n in range(3)]
    for row in rows:
        uploads.receive(town.clerk, upload=row, offset=0, chunk=b"%PDF")
    uploads.cancel(town.clerk, upload=rows[0])
    Upload.objects.filter(pk=rows[1].pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert uploads.expire() == 1
    assert [part_of(row).exists() for row in rows] == [False, False, True]
    assert uploads.expire(timezone.now() + timedelta(days=40)) == 1
    assert Upload.objects.count() == 0 or not Upload.objects.filter(state="open").exists()
