"""What tells something: circulars, reports to the own government, look-backs, briefs, and the record of a visit."""

from dudao.calc.numerals import hanzi_of
from dudao.core.documents import Annex, Entry, Form, Letter, Line
from dudao.papers.composing.drafts import Draft, Part, items, sections, sentence


def circular(draft: Draft) -> Letter:
    """督导通报: the whole in numbers with a ranking, what is common and what is each one's own, what to do."""
    own: list[Part] = [
        Line(f"（{hanzi_of(place)}）{row['unit']}。", 2, rest=sentence(row["description"]))
        for place, row in enumerate(draft.rows("own_problems"), 1)
    ]
    demands: list[Part] = [*items(draft.texts("demands"))]
    if draft.day_of("due_on"):
        demands.append(Line(f"请于{draft.day_of('due_on')}前报送整改情况。", bold=True))
    overall: list[Part] = [Line(sentence(draft.text("overall")))]
    if draft.rows("results"):
        overall.append(draft.table("results", caption="结果一览表"))
    if draft.rows("parts"):
        overall.append(draft.table("parts", caption="各部分情况表"))
    body = [
        Line(f"现将{draft.text('topic')}情况通报如下："),
        *sections(
            ("总体情况", overall),
            ("主要成效", items(draft.texts("achievements"))),
            ("主要做法", items(draft.texts("practices"))),
            ("共性问题", items(draft.texts("problems"))),
            ("个性问题", own),
            ("整改要求", demands),
        ),
    ]
    return Letter(title=f"关于{draft.text('topic')}情况的通报", office=draft.look.signature, body=body)


def report(draft: Draft) -> Letter:
    """督导报告: to the own government and filed above, with a cover; what each unit reached as a table behind it."""
    overview: list[Part] = [Line(sentence(draft.text("overview")))]
    results = [draft.table("results", counter=True, caption="评估结果表")] if draft.rows("results") else []
    body = [
        *sections(
            ("督导工作概况", overview),
            ("评估结果", results),
            ("主要成效", items(draft.texts("achievements"))),
            ("典型经验", items(draft.texts("experiences"))),
            ("存在问题", items(draft.texts("problems"))),
            ("意见建议", items(draft.texts("suggestions"))),
        ),
        Line("特此报告。"),
    ]
    named = (("details", "分单位情况表"), ("rectified", "反馈问题整改情况表"))
    annexes = [Annex(title, [draft.table(name, counter=True)]) for name, title in named if draft.rows(name)]
    return Letter(
        title=f"关于{draft.text('topic')}的督导报告",
        office=draft.look.signature,
        body=body,
        annexes=annexes,
        cover=True,
        signatory=draft.text("signatory"),
    )


def look_back(draft: Draft) -> Letter:
    """回头看报告: how it was drawn, what was found in each unit, what came back."""
    demands: list[Part] = [*items(draft.texts("demands"))]
    if draft.day_of("due_on"):
        demands.append(Line(f"上述事项于{draft.day_of('due_on')}前完成。", bold=True))
    again = [draft.table("recurring", counter=True, caption="反弹问题清单")] if draft.rows("recurring") else []
    body = [
        Line(f"现将{draft.text('topic')}“回头看”情况报告如下："),
        *sections(
            ("基本情况", [Line(sentence(draft.text("overview")))]),
            ("核查结果", [draft.table("results", caption="核查结果表")]),
            ("整改成效", items(draft.texts("achievements"))),
            ("反弹问题", again),
            ("存在问题", items(draft.texts("problems"))),
            ("下一步工作", demands),
        ),
        Line("特此报告。"),
    ]
    return Letter(
        title=f"关于{draft.text('topic')}“回头看”情况的报告",
        office=draft.look.signature,
        body=body,
        signatory=draft.text("signatory"),
    )


def brief(draft: Draft) -> Letter:
    """工作简报: its own red head with the issue, one article or several under «本期要目»."""
    articles = draft.rows("articles")
    if len(articles) == 1:
        title, body = articles[0]["heading"], [Line(sentence(articles[0]["text"]))]
    else:
        title = "本期要目"
        body = [Line(f"{place}. {row['heading']}", 3) for place, row in enumerate(articles, 1)]
        for place, row in enumerate(articles, 1):
            body += [Line(f"{hanzi_of(place)}、{row['heading']}", 1), Line(sentence(row["text"]))]
    sent = [(label, draft.text(name)) for name, label in (("reported_to", "报"), ("sent_to", "发")) if draft.text(name)]
    return Letter(
        title=title,
        office=draft.look.signature,
        body=body,
        masthead="教育督导工作简报",
        number=draft.text("issue"),
        dated_head=True,
        signed=False,
        sent=sent,
    )


def visit_record(draft: Draft) -> Letter:
    """责任督学工作记录表: one visit on one form, signed by inspector and school."""

    def listed(name: str) -> str:
        texts = draft.texts(name)
        return "\n".join(f"{place}. {sentence(text)}" for place, text in enumerate(texts, 1)) if len(texts) > 1 else (
            sentence(texts[0]) if texts else ""
        )  # fmt: skip

    when = draft.day_of("held_on") + draft.text("period")
    rows = [
        [Entry("学校", draft.text("subject")), Entry("督导时间", when)],
        [Entry("责任督学", draft.text("inspector")), Entry("随行人员", draft.text("companions"))],
        [Entry("督导事项", listed("matters"), 2)],
        [Entry("督导方式", "；".join(draft.texts("ways")), 2)],
        [Entry("督导过程", draft.text("process"), 3)],
        [Entry("亮点做法", listed("highlights"), 3)],
        [Entry("存在问题", listed("problems"), 3)],
        [Entry("意见建议", listed("suggestions"), 3)],
        [Entry("后续处理", draft.text("outcome"), 2), Entry("整改期限", draft.day_of("due_on"), 2)],
        [Entry("督学签字", "", 2), Entry("学校签字", "", 2)],
    ]
    return Letter(title="责任督学工作记录表", office="", body=[Form(rows)], signed=False)


def self_report(draft: Draft) -> Letter:
    """自评报告: basis, how it was made, what came out, what is behind it; what only the unit can say is left to be written."""
    write = Line("（请补充。）")
    total = [Line(f"自评总分 {draft.text('total')}。")] if draft.text("total") else []
    result: list[Part] = [*total, draft.table("blocks")]
    for name, caption in (("members", "成员单位分工"), ("figures", "数据")):
        if draft.rows(name):
            result.append(draft.table(name, caption=caption))
    said: list[Part] = []
    for place, row in enumerate(draft.rows("said"), 1):
        said.append(Line(f"（{hanzi_of(place)}）{row['block']}", 2))
        said += [Line(sentence(line)) for line in row["text"].splitlines()]
    ending: list[Part] = [*(items(draft.texts("measures")) or [write])]
    if draft.text("signature"):
        # Who signs and when stay in one line.
        ending.append(Line(draft.text("signature").replace("。负责人签字", "。\n负责人签字")))
    body = [
        *sections(
            ("基本情况与依据", [Line(sentence(draft.text("basis")))]),
            ("自评过程", [Line(sentence(draft.text("process")))]),
            ("自评结果", result),
            ("主要成绩", said or [write]),
            ("存在问题与原因", items(draft.texts("problems")) or [write]),
            ("下一步措施", ending),
        ),
    ]
    annexes = [Annex("佐证材料目录", [draft.table("evidence", counter=True)])] if draft.rows("evidence") else []
    return Letter(
        title=f"{draft.text('subject')}“{draft.text('campaign')}”自评报告",
        office=draft.text("subject"),
        body=body,
        annexes=annexes,
        together=(draft.text("subject"),),
    )
