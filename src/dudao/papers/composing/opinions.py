"""What demands something: opinions after an inspection, rectification notices, decisions on accountability, records of talks."""

import re

from dudao.calc.numerals import hanzi_of
from dudao.core.documents import Annex, Entry, Form, Letter, Line
from dudao.papers.composing.drafts import Draft, Part, items, sections, sentence, you

MOST_IN_TEXT = 20
"""More problems than this become a list behind the letter."""
LIST = "问题清单"
_ORDERED = re.compile(r"(安排|计划|方案|通知|要求|部署|要点|规定|》)$")
"""What a check is made by, not in."""


def opinion(draft: Draft) -> Letter:
    """督导意见书: judgement on every matter, problems, time limit and advice (《教育督导条例》 Art. 21)."""
    subject, topic = draft.text("subject"), draft.text("topic")
    head = f"（组长：{draft.text('group_head')}）" if draft.text("group_head") else ""
    judged: list[Part] = [
        Line(f"（{hanzi_of(place)}）{row['matter'].rstrip('。')}。", 2, rest=sentence(row["judgement"]))
        for place, row in enumerate(draft.rows("evaluation"), 1)
    ]
    reporting = sentence(draft.text("report_to")) if draft.text("report_to") else ""
    limit = Line(
        f"请针对上述问题制定整改方案，于{draft.day_of('due_on')}前完成整改并报送整改报告。{reporting}", bold=True
    )
    body = [
        Line(
            f"根据《教育督导条例》和督导工作安排，督导组{head}于{draft.period('from_on', 'to_on')}对{you(subject)}进行了{topic}。"
            f"{sentence(draft.text('method'))}现提出如下督导意见："
        ),
        *sections(
            ("督导评价", judged),
            ("主要成绩", items(draft.texts("achievements"))),
            ("存在问题", _problems(draft)),
            ("意见建议", items(draft.texts("suggestions"))),
            ("整改要求", [limit, Line("逾期不整改或者不报告整改情况的，依照《教育督导条例》第二十五条处理。")]),
        ),
    ]
    return Letter(
        title=f"关于{subject}{topic}的督导意见书",
        office=draft.look.signature,
        body=body,
        annexes=_annexes(draft),
        together=(subject, topic),
    )


def rectification(draft: Draft) -> Letter:
    """整改通知书: day and basis of the check, problems with standard and measured value, demands, time limit, receipt."""
    limit = f"请于{draft.day_of('due_on')}前完成整改，{sentence(draft.text('report_to'))}"
    body = [
        Line(_found(draft.text("basis").rstrip("。"), draft.day_of("found_on"), you(draft.text("subject")))),
        *sections(
            ("存在问题", _problems(draft)),
            ("整改要求", [*items(draft.texts("demands")), Line(limit, bold=True)]),
        ),
        Line("逾期不整改或者不报告整改情况的，依照《教育督导条例》第二十五条处理。"),
    ]
    return Letter(
        title="教育督导整改通知书",
        office=draft.look.signature,
        body=body,
        annexes=_annexes(draft),
        receipt="今收到《教育督导整改通知书》，所列问题和整改要求已知悉。",
    )


def _found(basis: str, day: str, subject: str) -> str:
    """The opening: when, how and at whom it was found, as the ground of the check lets one say it."""
    if "责任督学" in basis:
        return f"{day}，责任督学到{subject}开展经常性督导，发现以下问题："
    if _ORDERED.search(basis):
        return f"按照{basis}，{day}对{subject}进行了督导检查，发现以下问题："
    return f"{day}，我办在{basis}中发现{subject}存在以下问题："


def _problems(draft: Draft) -> list[Part]:
    """In the text by category, each with standard, measured value and a limit of its own; many as a list behind the letter."""
    rows = draft.rows("problems")
    if len(rows) > MOST_IN_TEXT:
        return [Line(f"共发现问题{len(rows)}个，详见附件《{LIST}》。")]
    groups: dict[str, list[str]] = {}
    general = draft.day_of("due_on")
    for row in rows:
        more = [
            f"{label}：{row[name].rstrip('。')}"
            for name, label in (("standard", "标准要求"), ("actual", "实际情况"))
            if row[name]
        ]
        if row["due_on"] and row["due_on"] != general:
            more.append(f"限{row['due_on']}前完成")
        said = row["description"].rstrip("。")
        groups.setdefault(row["category"], []).append(f"{said}（{'；'.join(more)}）。" if more else f"{said}。")
    if len(groups) == 1:
        return [*items(next(iter(groups.values())))]
    made: list[Part] = []
    for place, (category, said_here) in enumerate(groups.items(), 1):
        made.append(Line(f"（{hanzi_of(place)}）{category or '其他'}", 2))
        made += items(said_here)
    return made


def _annexes(draft: Draft) -> list[Annex]:
    many = len(draft.rows("problems")) > MOST_IN_TEXT
    return [Annex(LIST, [draft.table("problems", counter=True)])] if many else []


def accountability(draft: Draft) -> Letter:
    """问责决定: facts, grounds, forms and the day it takes effect, with the ways to review and appeal (《教育督导问责办法》)."""
    subject = draft.text("subject")
    decided = [
        *items(draft.texts("measures")),
        Line(f"本决定自{draft.day_of('effective_on')}起生效。", bold=True),
    ]
    body = sections(
        ("基本情况", [Line(sentence(draft.text("profile")))]),
        ("违规事实", items(draft.texts("facts"))),
        ("陈述申辩情况", [Line(sentence(draft.text("defence")))] if draft.text("defence") else []),
        ("问责依据", items(draft.texts("basis"))),
        ("从重情形", [Line(sentence(draft.text("aggravation")))] if draft.text("aggravation") else []),
        ("问责决定", [Line(f"经研究，决定对{subject}给予以下问责："), *decided]),
        ("救济途径", [Line(sentence(draft.text("remedy")))]),
    )
    return Letter(title=f"关于对{subject}予以问责的决定", office=draft.look.signature, body=body, together=(subject,))


def talk_record(draft: Draft) -> Letter:
    """约谈纪要: who, when, facts, demands, what was promised; signed by those present, copied to party committee and government."""
    subject = draft.text("subject")
    body: list[Part | Form] = [
        Line(
            f"{draft.day_of('held_on')}，{draft.text('host')}在{draft.text('place')}主持约谈{subject}。现将约谈情况纪要如下："
        ),
        *sections(
            ("参加人员", [draft.table("attendees")]),
            ("事实和依据", [Line(sentence(draft.text("facts")))]),
            ("约谈情况", items(draft.texts("matters"))),
            (
                "约谈要求",
                [
                    *items(draft.texts("demands")),
                    Line(f"请于{draft.day_of('due_on')}前完成整改并书面报告。", bold=True),
                ],
            ),
            ("表态发言", [Line(sentence(draft.text("statement")))] if draft.text("statement") else []),
        ),
    ]
    signing = [[Entry("约谈对象签字", "", 2), Entry("主持人签字", "", 2)]]
    if draft.text("recorder"):
        signing.append([Entry("记录人", draft.text("recorder")), Entry("签字日期", "")])
    return Letter(
        title=f"关于约谈{subject}的纪要", office=draft.look.signature, body=[*body, Form(signing)], together=(subject,)
    )
