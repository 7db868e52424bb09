"""What the platform does to files by itself: asking the scanner again, making what a page can show.

A preview is made of what is there and can be made again: no event. What a scanner finds is one.
"""

import shutil
import tempfile
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from dudao.core import audit, files, jobs, notices
from dudao.core.access import SYSTEM, Actor, Denied
from dudao.core.files import Missing, Verdict
from dudao.evidence import converting
from dudao.evidence.models import EvidenceVersion

Scan, Preview = EvidenceVersion.Scan, EvidenceVersion.Preview
BATCH = 200
"""Files that are scanned again in one go."""


@audit.action
def note_scan(actor: Actor, *, version: EvidenceVersion, clean: bool) -> EvidenceVersion:
    """Note what the scanner said at last. Who uploaded an infected file is told; nobody gets it any more."""
    state = Scan.CLEAN if clean else Scan.BLOCKED
    EvidenceVersion.objects.filter(pk=version.pk).update(scan=state, scanned_at=timezone.now())
    version.scan = state
    audit.record(actor, "evidence.check", version.evidence, number=version.number, result=version.get_scan_display())
    if not clean and version.uploaded_by_id is not None:
        notices.tell(
            [version.uploaded_by_id],
            text=f"“{version.evidence}”第 {version.number} 版没有通过病毒扫描，已停用。请杀毒后上传新版本。",
            url=version.get_absolute_url(),
            key=f"evidence-scan-{version.pk}",
        )
    return version


def check_waiting() -> int:
    """Scan what was taken in while the scanner gave no answer; stops at the first file it is still silent about."""
    done = 0
    rows = EvidenceVersion.objects.filter(scan=Scan.PENDING).select_related("evidence__unit", "file").order_by("id")
    for version in rows[:BATCH]:
        try:
            verdict = files.rescan(version.file)
        except Missing:
            continue
        if verdict in {Verdict.SILENT, Verdict.OFF}:
            break
        note_scan(SYSTEM, version=version, clean=verdict is Verdict.CLEAN)
        done += 1
    return done


def want_preview(actor: Actor, *, version: EvidenceVersion) -> bool:
    """Have an office document converted in the background, once; answers whether it will be."""
    if actor.read_only:
        raise Denied("当前为只读查看，不能进行任何操作。")
    if not converting.possible() or not version.is_open:
        return False
    if version.preview_state not in {Preview.NONE, Preview.FAILED}:
        return True
    with transaction.atomic():
        rows = EvidenceVersion.objects.filter(pk=version.pk, preview_state__in=[Preview.NONE, Preview.FAILED])
        if rows.update(preview_state=Preview.WANTED):
            jobs.start(SYSTEM, kind="evidence.preview", label=f"转换“{version.name}”", params={"version": version.pk})
    return True


def make_preview(version: EvidenceVersion) -> bool:
    """Convert and keep the PDF. Done again it answers what is there."""
    if version.preview_state == Preview.MADE:
        return True
    made, pages = None, None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / f"source{version.extension}"
        pdf = converting.to_pdf(source, folder) if _copied(version, source) else None
        if pdf is not None:
            made, pages = files.keep(pdf, files.KINDS["pdf"].media_type), converting.page_count(pdf)
    EvidenceVersion.objects.filter(pk=version.pk).update(
        preview=made, pages=pages, preview_state=Preview.MADE if made is not None else Preview.FAILED
    )
    return made is not None


def _copied(version: EvidenceVersion, target: Path) -> bool:
    try:
        with files.opened(version.file) as stream, target.open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
    except Missing:
        return False
    return True
