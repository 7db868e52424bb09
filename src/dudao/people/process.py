"""Changes of administrators as they are worked with."""

from typing import Final

from dudao.core.process import Act, Process
from dudao.people import flow
from dudao.people.actions import administrators
from dudao.people.queries.register import change_seen

CHANGE: Final = Process(
    "change",
    "people:change",
    flow.CHANGE,
    change_seen,
    lists="people:changes",
    list_word="管理员变更",
    slug="change_",
    acts=(
        Act("administrator.confirm", icon="circle-check", word="确认", page="people:change-confirm"),
        Act(
            "administrator.decline",
            administrators.decline_change,
            "已答复不同意。",
            "x",
            ask="请写明理由，申请人会看到。",
            reason="理由",
            word="不同意",
            danger=True,
        ),
        Act(
            "administrator.withdraw",
            administrators.withdraw_change,
            "已撤回申请，您手中的一半登录码作废。",
            "ban",
            ask="撤回后，您手中的一半登录码作废。",
            word="撤回",
            primary=False,
        ),
    ),
)
