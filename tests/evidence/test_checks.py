"""The scanner has the last word, also when it comes late; office documents are converted once."""

import sys

import pytest

from dudao.core import jobs
from dudao.core.models import Event, Job, Notice
from dudao.evidence.actions import uploads
from dudao.evidence.actions.checks import check_waiting, make_preview, want_preview
from dudao.evidence.models import Evidence, EvidenceVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def scanner(settings, tmp_path):
    """Name a scanner that says what its body says of the bytes."""

    def name(body):
        script = tmp_path / "scanner.py"
        script.write_text(f"import sys\ncontent = open(sys.argv[1], 'rb').read()\n{body}\n")
        settings.FILES_SCANNER = f"{sys.executable} {script}"

    return name


def sent(town, content, name="a.pdf"):
    row = uploads.begin(town.clerk, unit=town.school, name=name, size=len(content))
    uploads.receive(town.clerk, upload=row, offset=0, chunk=content)
    return uploads.finish(town.clerk, upload=row)


def test_an_infected_file_never_comes_in(town, scanner):
    scanner("sys.exit(1)")
    row = sent(town, town.pdf())
    assert row.state == "refused" and "没有通过病毒扫描" in row.message
    assert not Evidence.objects.exists()


def test_without_a_scanner_the_file_says_so(town):
    assert sent(town, town.pdf()).version.get_scan_display() == "未扫描"


@pytest.mark.parametrize(("late", "state"), [("sys.exit(0)", "clean"), ("sys.exit(1)", "blocked")])
def test_a_scanner_that_answers_late_opens_or_blocks(town, scanner, late, state):
    scanner("sys.exit(2)")
    row = sent(town, town.pdf())
    assert row.state == "done" and "扫描通过后才能打开" in row.message
    assert not row.version.is_open
    assert check_waiting() == 0, "still silent"
    scanner(late)
    jobs.run_often()
    version = EvidenceVersion.objects.get()
    assert version.scan == state and version.is_open == (state == "clean")
    assert Event.objects.filter(verb="evidence.check").count() == 1
    assert Notice.objects.filter(account_id=town.clerk.id, urgent=False).exists() == (state == "blocked")


@pytest.mark.office
def test_a_document_is_converted_once(town, tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("演示")
    document.save(tmp_path / "a.docx")
    version = sent(town, (tmp_path / "a.docx").read_bytes(), "a.docx").version
    assert want_preview(town.inspector, version=version)
    version.refresh_from_db()
    assert want_preview(town.clerk, version=version), "who comes second waits for the same"
    job = jobs.run_now(Job.objects.get(kind="evidence.preview"))
    assert job.state == "done" and job.url == version.get_absolute_url()
    version.refresh_from_db()
    assert (version.preview_state, version.pages, version.preview.media_type) == ("made", 1, "application/pdf")
    assert make_preview(version)


def test_what_can_not_be_converted_says_so(town):
    version = town.add().version
    EvidenceVersion.objects.filter(pk=version.pk).update(preview_state="wanted", name="坏.docx")
    version.refresh_from_db()
    version.file.digest = "0" * 64
    assert not make_preview(version)
    assert EvidenceVersion.objects.get().preview_state == "failed"
