"""An item as it is worked with: described, renewed, taken out of use, brought back."""

from typing import Final

from dudao.core.process import Act, Process
from dudao.evidence import flow
from dudao.evidence.actions import library as acts
from dudao.evidence.forms.items import ItemForm
from dudao.evidence.models import Evidence
from dudao.evidence.queries import library as reads


def _in_use(row: Evidence) -> bool:
    return row.state == Evidence.State.ACTIVE


EVIDENCE: Final = Process(
    "row",
    "evidence:item",
    flow.EVIDENCE,
    reads.item,
    lists="evidence:items",
    list_word="资料库",
    code=lambda row: row.title,
    acts=(
        Act(
            "evidence.edit", acts.describe, "已保存。", "pencil", form=ItemForm,
            given=lambda actor, row: {"row": row, "categories": reads.categories(row.unit)},
            title="修改材料信息", word="修改信息", save="保存", save_icon="device-floppy", fits=_in_use,
        ),
        Act(
            "evidence.add", icon="upload", page="evidence:version_new", word="上传新版本", fits=_in_use, primary=False,
        ),
        Act(
            "evidence.withdraw", acts.withdraw, "已撤下，可以恢复。", "", reason="理由", danger=True,
            ask="撤下后不能再引用，各版本和记录都保留，可以恢复。正在引用的材料不能撤下。",
        ),
        Act("evidence.restore", acts.restore, "已恢复，可以引用。", ""),
    ),
)  # fmt: skip
