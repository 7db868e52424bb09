"""What announces something: notices of inspections and of self-evaluations, of talks; requests to departments; publication."""

from dudao.core.documents import Letter, Line
from dudao.papers.composing.drafts import Draft, Part, items, sections, sentence


def notice(draft: Draft) -> Letter:
    """督导通知: written, before the inspection begins, with its matters fixed in advance (《教育督导条例》 Art. 17)."""
    topic, when = draft.text("topic"), draft.period("from_on", "to_on")
    people: list[Part] = [Line(f"督导时间为{when}。督导小组组成人员如下：")] if draft.rows("group") else []
    prepare: list[Part] = []
    if draft.day_of("self_due"):
        prepare.append(Line(f"请对照督导内容认真开展自评，于{draft.day_of('self_due')}前报送自评报告。", bold=True))
    if materials := draft.texts("materials"):
        prepare += [Line("请准备下列材料备查："), *items(materials)]
    body = [
        Line(f"根据{_basis(draft)}，决定于{when}开展{topic}。现将有关事项通知如下："),
        *sections(
            ("督导内容", items(draft.texts("matters"))),
            ("督导方式", items(draft.texts("ways"))),
            ("督导时间和人员", [*people, draft.table("group")] if people else []),
            ("自评和材料准备", prepare),
            ("工作要求", items(draft.texts("demands"))),
        ),
    ]
    return Letter(title=f"关于开展{topic}的通知", office=draft.look.signature, body=body)


def self_notice(draft: Draft) -> Letter:
    """自评通知: what is to be evaluated, how, and what the report says."""
    topic = draft.text("topic")
    hand_in = Line(f"请于{draft.day_of('due_on')}前报送。报送方式：{sentence(draft.text('report_to'))}", bold=True)
    body = [
        Line(f"根据{_basis(draft)}，决定组织开展{topic}工作。现将有关事项通知如下："),
        *sections(
            ("自评范围", [Line(sentence(draft.text("scope")))]),
            ("自评内容", items(draft.texts("matters"))),
            ("自评步骤", items(draft.texts("steps"))),
            ("自评报告", [Line("自评报告应当包括下列内容："), *items(draft.texts("report_points"))]),
            ("报送要求", [hand_in]),
            ("工作要求", items(draft.texts("demands"))),
        ),
    ]
    return Letter(title=f"关于开展{topic}工作的通知", office=draft.look.signature, body=body)


def consultation(draft: Draft) -> Letter:
    """协商意见书: a department is asked for what a school can't mend by itself."""
    who = f"责任督学{draft.text('inspector')}" if draft.text("inspector") else "督导人员"
    body = [
        Line(
            f"{draft.day_of('found_on')}，{who}在{draft.text('subject')}督导时发现，有关问题需要你单位支持解决。现协商如下："
        ),
        *sections(
            ("问题情况", items(draft.texts("problems"))),
            ("初步建议", items(draft.texts("suggestions"))),
            (
                "协商事项",
                [
                    *items(draft.texts("requests")),
                    Line(f"请于{draft.day_of('reply_by')}前书面回复办理意见。", bold=True),
                ],
            ),
        ),
    ]
    return Letter(title="教育督导协商意见书", office=draft.look.signature, body=body)


def talk_notice(draft: Draft) -> Letter:
    """约谈通知."""
    subject = draft.text("subject")
    body = [
        Line(sentence(draft.text("reason")) + f"现决定对{subject}进行约谈，有关事项通知如下："),
        *sections(
            ("约谈时间", [Line(f"{draft.day_of('held_on')}{draft.text('time')}。", bold=True)]),
            ("约谈地点", [Line(sentence(draft.text("place")))]),
            ("主持人", [Line(sentence(draft.text("host")))] if draft.text("host") else []),
            ("约谈内容", items(draft.texts("matters"))),
            ("准备材料", items(draft.texts("materials"))),
        ),
        Line("请按时参加。因特殊情况不能参加的，请提前书面说明。"),
    ]
    return Letter(title="教育督导约谈通知书", office=draft.look.signature, body=body)


def publicity(draft: Draft) -> Letter:
    """公示: what is proposed, how long, and where to object."""
    body: list[Part] = [
        Line(sentence(draft.text("overview"))),
        draft.table("entries", counter=True),
        Line(f"公示时间：{draft.period('from_on', 'to_on')}。", bold=True),
        Line(sentence(draft.text("objections"))),
    ]
    return Letter(title=f"关于{draft.text('topic')}的公示", office=draft.look.signature, body=body)


def _basis(draft: Draft) -> str:
    return "、".join(text.rstrip("。；") for text in draft.texts("basis"))
