"""A paper as it is worked with: its acts, each with its form and its words."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.models import Job
from dudao.core.process import Act, Process
from dudao.core.ui.parts import Crumb
from dudao.papers import queries
from dudao.papers.actions import background, drafting, issuing, receiving, routing
from dudao.papers.flow import DRAFTING, ENDED
from dudao.papers.flow import PAPER as PAPER_FLOW
from dudao.papers.forms.drafts import PaperForm, VersionForm
from dudao.papers.models import Paper

_TO_THEM = "请写明理由，对方会看到。"


def address_of(request: HttpRequest) -> str:
    """Where the platform is reached: the code on an issued paper leads there."""
    return settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")


def _sign(actor: Actor, *, paper: Paper) -> Paper | Job:
    if background.is_long(paper):
        return background.begin(actor, paper=paper, step="paper.sign")
    return routing.sign_paper(actor, paper=paper)


def _issue(actor: Actor, *, paper: Paper, address: str) -> Paper | Job:
    if background.is_long(paper):
        return background.begin(actor, paper=paper, step="paper.issue", address=address)
    return issuing.issue_paper(actor, paper=paper, address=address)


def _signed(done: Paper | Job) -> str:
    if isinstance(done, Job):
        return ""
    number = getattr(done, "number", None)
    return f"已签发。文号 {number}。" if number is not None else "已签发。"


def _edit(actor: Actor, paper: Paper) -> dict[str, Any]:
    return {
        "kind": paper.kind,
        "office": paper.unit,
        "may_reach": lambda: queries.reachable(actor, paper.unit, paper.recipients),
        "initial": {**PaperForm.initial_of(paper), "revision": paper.revision},
    }


def _by_hand(paper: Paper) -> str:
    if not queries.latest(paper).is_uploaded:
        return ""
    return "最新一稿是人工修改的。这里改动内容会重新生成文稿，人工修改只留在旧稿里；小的改动请直接改 Word 后上传。"


def _alone(actor: Actor, paper: Paper) -> str:
    if queries.checkers(actor, paper):
        return ""
    return f"{paper.unit}没有其他人可以核稿。请安全管理员任用核稿的人，或者请上级督导办核稿。"


def _trail(paper: Paper, title: str) -> list[Crumb]:
    crumbs = [Crumb("文书", reverse("papers:papers"))]
    return [*crumbs, Crumb(paper.title, paper.get_absolute_url())] if title else crumbs


def _is_draft(paper: Paper) -> bool:
    return paper.state in DRAFTING


PAPER: Final = Process(
    "paper",
    "papers:paper",
    PAPER_FLOW,
    queries.office_paper,
    lists="papers:papers",
    trail=_trail,
    acts=(
        Act(
            "paper.edit", drafting.edit_paper, "已保存，文稿按新的内容重新生成。", "pencil",
            form=PaperForm, given=_edit, title=lambda paper: f"修改{paper.get_kind_display()}",
            word="修改内容", save="保存并生成文稿", save_icon="device-floppy", note=_by_hand, shown=lambda paper: {"wide": True},
            primary=False, fits=_is_draft,
        ),
        Act(
            "paper.edit", lambda actor, paper, file: drafting.upload_version(actor, paper=paper, upload=file, name=file.name),
            lambda made: f"已保存为{made}，请核对数字后送核。", "upload",
            form=VersionForm, name="upload", title="上传修改稿", save="上传", primary=False, fits=_is_draft,
        ),
        Act(
            "paper.seal", icon="certificate", page="papers:seal", word="用印", primary=False,
            fits=lambda paper: paper.state == Paper.State.SIGNED or paper.sealed_id is None,
        ),
        Act(
            "paper.remind", receiving.remind_receivers, lambda count: f"已催签 {count} 个单位。", "bell-ringing",
            word="催签", name="remind", ask="还没有签收的单位会收到提醒，今天已经催过的不再重复。", primary=False,
            fits=lambda paper: paper.state == Paper.State.ISSUED,
        ),
        Act(
            "paper.draft", drafting.replace_paper, "已照原文另拟一份，请修改后送核。", "copy",
            word="照原文另拟", name="replace", ask="按这份文书的内容另拟一份新稿，重新核稿、签发、取号。", primary=False,
            fits=lambda paper: paper.state in ENDED, to=lambda made: made,
        ),
        Act("paper.submit", routing.submit_paper, "已送核。", "", warns=_alone),
        Act("paper.check", routing.check_paper, "核稿通过，等待签发。", ""),
        Act(
            "paper.send_back", routing.send_back_paper, "已退回起草人修改。", "",
            ask=_TO_THEM, reason="理由", primary=False,
        ),
        Act(
            "paper.sign", _sign, _signed, "", to=lambda done: done,
            ask="签发时取得发文字号。取号后不印发的，文号要写明理由作废，不再使用。",
        ),
        Act(
            "paper.issue", _issue, lambda done: "已印发，收文单位会收到通知。" if isinstance(done, Paper) else "", "",
            to=lambda done: done, asked=lambda request: {"address": address_of(request)},
            ask="印发后内容和文号不能再改，收文单位会收到通知。",
        ),
        Act(
            "paper.withdraw", issuing.withdraw_paper, "已撤回，收文单位会收到通知。", "",
            ask="撤回后核验页会显示“已撤回”，收文单位会收到通知；文号不再使用。", reason="理由", danger=True,
        ),
        Act(
            "paper.discard", routing.discard_paper, "已作废。", "",
            ask="作废后不能恢复。已取得的文号写明理由作废，不再使用。", reason="理由", danger=True,
        ),
        Act(
            "paper.edit", drafting.renew_facts, "已按数据库现在的数字更新，并生成新的一稿，请重新核对。",
            name="renew", listed=False,
        ),
    ),
)  # fmt: skip
