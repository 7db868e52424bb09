"""Evidence in the libraries of the demo city: what a school, a kindergarten, a township and two counties would keep.

Files are real (Word, PDF, a picture, a table) and say that they are made up. Days are counted from today.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dudao import packs
from dudao.core import files
from dudao.core.access import Actor
from dudao.core.documents import layout_from, pictured, read_word, typeset
from dudao.core.models import StoredFile
from dudao.demo import clock
from dudao.demo.logins import Login
from dudao.evidence.actions.library import add_file, describe, withdraw
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for

NOTE = "本文件由系统生成，供演示使用，内容为虚构。"


@dataclass(frozen=True, slots=True)
class Paper:
    """One item: days are counted from today, ``None`` where nobody has said. ``form``: docx, pdf, png or csv."""

    title: str
    category: str
    form: str
    since: int | None = None
    until: int | None = None
    number: str = ""
    issuer: str = ""
    tags: tuple[str, ...] = ()
    renewed: bool = False
    withdrawn: bool = False


_INSTITUTION = (
    Paper(
        "食堂食品经营许可证",
        "食品经营许可证",
        "pdf",
        -400,
        700,
        "JY（演示）0001",
        "县市场监督管理局",
        ("食堂",),
        renewed=True,
    ),
    Paper("消防验收备案凭证", "消防验收或备案文书", "pdf", -900, None, "（演示）消备字第12号", "县住建局", ("安全",)),
    Paper("从业人员健康证明汇总", "从业人员健康证明", "csv", -350, 15, tags=("食堂",)),
    Paper("突发事件应急预案", "应急预案", "docx", -760, -30, tags=("安全",)),
    Paper("食品安全管理制度", "规章制度", "docx", -300, None, tags=("食堂", "安全")),
    Paper("上学期陪餐记录", "", "docx"),
    Paper("食堂操作间照片", "活动照片", "png", -20, None, tags=("食堂",)),
    Paper("旧食堂平面图", "其他", "pdf", -1500, None, withdrawn=True),
)
_OFFICE = (
    Paper("年度教育督导工作计划", "年度工作计划", "docx", -200, 165, "（演示）教督〔2026〕3号", "县教育督导委员会"),
    Paper("成立教育督导委员会的通知", "发文通知", "pdf", -900, None, "（演示）政办函〔2024〕8号", "县人民政府办公室"),
    Paper("督导工作经费安排表", "经费和资产", "csv", -320, 45),
    Paper("督导委员会全体会议纪要", "会议记录", "docx", -90, None),
)
_TOWNSHIP = (
    Paper("乡镇教育工作联席会议记录", "会议记录", "docx", -60, None),
    Paper("校园周边环境整治照片", "活动照片", "png"),
)


def build_library(logins: Sequence[Login], *, now: datetime) -> None:
    """Fill the libraries of those who have a log-in; the kindergarten's head and the school's reporter bring theirs themselves."""
    wanted = {
        "school-reporter": _INSTITUTION,
        "kindergarten-head": _INSTITUTION,
        "township": _TOWNSHIP,
        "county-430626": _OFFICE,
        "county-430682": _OFFICE,
    }
    for login in logins:
        papers = wanted.get(login.account.username, ())
        for place, paper in enumerate(papers):
            with clock.set_to(now - timedelta(days=40 - 4 * place, minutes=7 * place)):
                _add(actor_for(login.account), login.unit, paper, now)


def _add(actor: Actor, unit: Unit, paper: Paper, now: datetime) -> None:
    today = now.date()
    name = f"{paper.title}.{paper.form}"
    if paper.renewed:
        first = add_file(
            actor, unit=unit, file=_file(unit, paper, "旧证"), name=f"{paper.title}（旧）.{paper.form}", demo=True
        )
        add_file(actor, unit=unit, file=_file(unit, paper, ""), name=name, row=first.version.evidence)
        row = first.version.evidence
    else:
        row = add_file(actor, unit=unit, file=_file(unit, paper, ""), name=name, demo=True).version.evidence
    said = {
        "title": paper.title,
        "category": paper.category,
        "number": paper.number,
        "issuer": paper.issuer,
        "tags": list(paper.tags),
        "effective_from": None if paper.since is None else today + timedelta(days=paper.since),
        "effective_until": None if paper.until is None else today + timedelta(days=paper.until),
    }
    describe(actor, row=row, **said)
    if paper.withdrawn:
        withdraw(actor, row=row, reason="食堂已改建，不再使用。")


def _file(unit: Unit, paper: Paper, mark: str) -> StoredFile:
    lines = [f"单位：{unit.name}", f"编号：{paper.number}" if paper.number else "", mark, NOTE]
    if paper.form == "csv":
        rows = [
            "序号,姓名,岗位,日期,备注",
            "1,李示例,岗位一,2026-03-01,演示数据",
            "2,孙样本,岗位二,2026-03-02,演示数据",
        ]
        text = "\r\n".join([f"{paper.title}（演示）", f"单位,{unit.name}", *rows])
        return files.store(io.BytesIO(text.encode("utf-8-sig")), f"{paper.title}.csv")
    written = _word(paper.title, [line for line in lines if line])
    if paper.form == "docx":
        return files.store(io.BytesIO(written), f"{paper.title}.docx")
    layout = layout_from(packs.read("papers", "gb-t-9704-2012"))
    reading = read_word(written)
    if paper.form == "png":
        return files.store(io.BytesIO(pictured(reading, layout, ppi=60)[0]), f"{paper.title}.png")
    moment = datetime(2026, 1, 1)
    made = typeset(reading, layout, title=paper.title, author=unit.name, moment=moment)
    return files.store(io.BytesIO(made), f"{paper.title}.pdf")


def _word(title: str, lines: Sequence[str]) -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.created = datetime(2026, 1, 1)
    document.add_heading(f"{title}（演示）", level=1)
    for line in lines:
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
