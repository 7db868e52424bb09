"""Taking evidence away as one archive, with the names that whoever asks has chosen."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from dudao.core import audit, jobs
from dudao.core.access import Actor
from dudao.core.models import Job
from dudao.evidence.models import EvidenceVersion

KEEP_DAYS = 7
MOST = 20_000
"""Files of one archive."""


@audit.action
def start_zip(actor: Actor, *, entries: Sequence[tuple[str, EvidenceVersion]], title: str) -> Job:
    """Have the files packed in the background, as «title.zip». ``entries``: (name without extension, version); «/» makes folders.

    For each the job looks again whether this person may open it, by the library or by a place it is attached to.
    """
    if not entries:
        raise ValidationError("没有选择材料。")
    if len(entries) > MOST:
        raise ValidationError(f"一次最多打包 {MOST} 个文件，现在是 {len(entries)} 个。请缩小范围，分几次导出。")
    job = jobs.start(
        actor,
        kind="evidence.zip",
        label=f"打包“{title}”",
        params={"entries": [[stem, version.pk] for stem, version in entries], "title": title[:100]},
    )
    first = entries[0][1]
    audit.record(actor, "evidence.export", first.evidence, count=len(entries), title=title[:100])
    return job
