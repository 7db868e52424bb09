"""Background work of the evidence library: archives, previews, files not scanned yet, uploads that nobody finished."""

import tempfile
from pathlib import Path

from django.utils import timezone

from dudao.core import files, jobs
from dudao.core.access import SYSTEM
from dudao.core.jobs import JobFailed, Result, Work
from dudao.evidence.actions.checks import check_waiting, make_preview
from dudao.evidence.actions.exports import KEEP_DAYS
from dudao.evidence.actions.following import follow_merger
from dudao.evidence.actions.uploads import expire
from dudao.evidence.models import EvidenceVersion
from dudao.evidence.queries.links import versions_seen
from dudao.evidence.queries.mergers import mergers_due
from dudao.evidence.zipping import write_zip


@jobs.handler("evidence.zip", keep_days=KEEP_DAYS)
def pack(work: Work) -> Result:
    """Write the archive. Run again it packs the same files, as far as the person may still open them."""
    wanted = work.params["entries"]
    seen = versions_seen(work.actor, [pk for _, pk in wanted])
    entries = [(stem, seen[pk]) for stem, pk in wanted if pk in seen]
    if not entries:
        raise JobFailed("选择的材料已不在您的查看范围内，没有可打包的文件。")
    with tempfile.TemporaryDirectory(dir=files.the_store().workspace()) as folder:
        target = Path(folder) / "evidence.zip"
        count = write_zip(target, entries, lambda done, total: work.progress(done, total, "正在打包"))
        work.progress(len(entries), len(entries), "正在保存文件")
        stored = files.keep(target, files.KINDS["zip"].media_type)
    left = len(wanted) - count
    words = f"共 {count} 个文件，附清单，保留 {KEEP_DAYS} 天。" + (
        f"有 {left} 个没有导出，原因见清单。" if left else ""
    )
    return Result(words, file=stored, name=f"{work.params['title']}.zip")


@jobs.handler("evidence.preview")
def convert(work: Work) -> Result:
    """Make the preview of an office document."""
    version = EvidenceVersion.objects.select_related("file").filter(pk=work.params["version"]).first()
    if version is None or not make_preview(version):
        raise JobFailed("这个文件不能转换。")
    return Result("已转换。", url=version.get_absolute_url())


@jobs.often("evidence.scans")
def scan_again() -> None:
    """Ask the scanner about what it owes an answer for."""
    check_waiting()


@jobs.daily("evidence.mergers", hour=1)
def follow_mergers() -> None:
    """Bring the libraries of merged units to whom they were merged into. Run again it finds nothing more."""
    for source, target in list(mergers_due(timezone.localdate())):
        follow_merger(SYSTEM, source=source, target=target)


@jobs.daily("evidence.uploads", hour=2)
def forget_uploads() -> None:
    """Throw away uploads that nobody went on with."""
    expire()
