"""A version as it is worked with: what belongs to its whole, and publishing, retiring, cloning, discarding it.

Its indicators are edited on the pages of its tree.
"""

from typing import Any, Final

from django.http import HttpRequest

from dudao.calc.tree import Tree, TreeDataError
from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.workflow import Conflict
from dudao.frameworks import flow, queries
from dudao.frameworks.actions import versions, whole
from dudao.frameworks.editing.grade_lines import write_grades, write_sources, write_vetoes
from dudao.frameworks.forms.whole import DocumentForm, GradesForm, MarksForm, VetoesForm
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


def tree_to_edit(version: FrameworkVersion) -> Tree:
    try:
        return queries.tree(version)
    except TreeDataError as error:
        raise Conflict(f"这份草稿的内容读不出来，请先改正：{error}") from None


def _document(actor: Actor, version: FrameworkVersion) -> dict[str, Any]:
    about = version.whole.get("about", {})
    fills = about.get("office_fills") or []
    initial = {
        **{name: about.get(name) for name in DocumentForm.base_fields if name in about},
        "title": tree_to_edit(version).root.name,
        "office_fills": "\n".join(fills) if isinstance(fills, list) else fills,
        "revision": version.revision,
    }
    return {"initial": initial, "unchecked": about.get("unchecked") or ()}


def _grades(actor: Actor, version: FrameworkVersion) -> dict[str, Any]:
    return {"initial": {**write_grades(tree_to_edit(version)), "revision": version.revision}}


def _vetoes(actor: Actor, version: FrameworkVersion) -> dict[str, Any]:
    return {"initial": {"lines": write_vetoes(tree_to_edit(version)), "revision": version.revision}}


def _marks(actor: Actor, version: FrameworkVersion) -> dict[str, Any]:
    tree = tree_to_edit(version)
    initial = {
        **{name: getattr(tree.places, name) for name in ("mark", "node", "total")},
        "lines": write_sources(tree),
        "unmarked_is_zero": tree.unmarked_is_zero,
        "revision": version.revision,
    }
    return {"initial": initial}


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
        # The lines of the card of settings lead to these.
        Act(
            "framework.edit", whole.set_document, "已保存文件信息。", "device-floppy", form=DocumentForm, given=_document,
            name="document", title="文件信息", save="保存文件信息", listed=False,
        ),
        Act(
            "framework.edit", whole.set_grades, "已保存等次。", "device-floppy", form=GradesForm, given=_grades,
            name="grades", title="等次", save="保存等次", listed=False,
        ),
        Act(
            "framework.edit", whole.set_vetoes, "已保存一票否决事项。", "device-floppy", form=VetoesForm, given=_vetoes,
            name="vetoes", title="一票否决", save="保存否决事项", listed=False,
        ),
        Act(
            "framework.edit", whole.set_marks, "已保存计分与取舍。", "device-floppy", form=MarksForm, given=_marks,
            name="marks", title="计分与取舍", save="保存设置", listed=False,
        ),
    ),
)  # fmt: skip
