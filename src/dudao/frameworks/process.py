"""A version as it is worked with: published, retired, cloned, discarded. (What is in it is edited on the pages of its tree.)"""

from typing import Any, Final

from django.http import HttpRequest

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.workflow import Conflict
from dudao.frameworks import flow, queries
from dudao.frameworks.actions import versions
from dudao.frameworks.models import FrameworkVersion


def _revision(request: HttpRequest) -> dict[str, Any]:
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise Conflict
    return {"revision": int(revision)}


def _discard(actor: Actor, version: FrameworkVersion, revision: int) -> tuple[str, Any]:
    """What it was called, and what is shown instead: another version, or the list."""
    name, others = str(version), queries.siblings(actor, version)
    versions.discard_version(actor, version=version, revision=revision)
    return name, others[0] if others else "frameworks:versions"


VERSION: Final = Process(
    "version",
    "frameworks:version",
    flow.VERSION,
    queries.version_of,
    lists="frameworks:versions",
    list_word="指标体系",
    acts=(
        Act(
            "framework.retire", versions.retire_version, lambda done: f"已停用“{done}”。", "",
            ask="停用后不能再用于新的评估，已有的评估不受影响。", reason="理由", danger=True,
        ),
        Act(
            "framework.clone", versions.clone_version, "已另立新版本，可以在草稿上修改。", "copy", word="另立新版本",
            own=True, primary=False, to=lambda made: made,
        ),
        # Their places on the page are their own: one is swapped with every change of the tree, one stands below the settings.
        Act(
            "framework.publish", versions.publish_version, lambda done: f"已发布“{done}”，内容不再改动。",
            reason="接受提醒的理由", listed=False,
        ),
        Act(
            "framework.discard", _discard, lambda done: f"已丢弃“{done[0]}”。", asked=_revision, own=True, listed=False,
            to=lambda done: done[1],
        ),
    ),
)  # fmt: skip
