"""Values of a paper → a Word draft: checked against the fields of its kind, written in the office's look or its own template."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dudao.core.documents import DocumentError, Letter, fill, title_lines, written
from dudao.papers.composing import notices, opinions, reports
from dudao.papers.composing.drafts import ComposeError, Draft, chinese_day, faults
from dudao.papers.composing.fields import COMMON, FIELDS, Field
from dudao.papers.composing.office_style import UNNUMBERED, Look
from dudao.papers.kinds import Kind

_LETTERS: Mapping[Kind, Callable[[Draft], Letter]] = {
    Kind.NOTICE: notices.notice,
    Kind.SELF_NOTICE: notices.self_notice,
    Kind.OPINION: opinions.opinion,
    Kind.RECTIFICATION: opinions.rectification,
    Kind.CONSULTATION: notices.consultation,
    Kind.CIRCULAR: reports.circular,
    Kind.REPORT: reports.report,
    Kind.TALK_NOTICE: notices.talk_notice,
    Kind.TALK_RECORD: opinions.talk_record,
    Kind.ACCOUNTABILITY: opinions.accountability,
    Kind.LOOK_BACK: reports.look_back,
    Kind.PUBLICITY: notices.publicity,
    Kind.BRIEF: reports.brief,
    Kind.VISIT_RECORD: reports.visit_record,
    Kind.SELF_REPORT: reports.self_report,
}


def compose(
    kind: Kind | str,
    values: Mapping[str, Any],
    *,
    look: Look,
    number: str = "",
    day: date | None = None,
    recipients: str = "",
    template: bytes | None = None,
) -> bytes:
    """A .docx. ``values`` by the names of `FIELDS`, plain, as JSON keeps them; ``title`` may be left out.
    ``recipients``: the organs as they are written.

    Before signing a paper has no day: it shows room for it. ``template``: an office's own, instead of the built-in. Raises
    `ComposeError` with all that is missing or wrong.
    """
    draft = Draft(Kind(kind), values, look, number, day, recipients)
    if found := faults(draft.kind, values):
        raise ComposeError("\n".join(found))
    try:
        if template is not None:
            return fill(template, context(draft))
        return written(letter_of(draft), look.layout)
    except DocumentError as problem:
        raise ComposeError(str(problem)) from problem


def letter_of(draft: Draft) -> Letter:
    """What the kind says, with what every paper has: red head, number, receivers, day, copies, imprint."""
    made = _LETTERS[draft.kind](draft)
    look = draft.look
    plain = draft.kind in UNNUMBERED
    written = draft.recipients or ("" if plain else draft.text("subject"))
    # An imprint belongs to what an office sends out, not to what it posts or fills in.
    own = draft.kind not in {Kind.VISIT_RECORD, Kind.SELF_REPORT, Kind.PUBLICITY}
    return replace(
        made,
        # A brief's name is its red head with the issue; over several articles stands that they are listed.
        title=made.title
        if draft.kind == Kind.BRIEF and len(draft.rows("articles")) > 1
        else draft.text("title") or made.title,
        masthead=made.masthead or ("" if plain else look.masthead),
        number=made.number or draft.number,
        addressees=made.addressees or ("" if plain else written),
        day=draft.day,
        note=made.note or _note(draft),
        copies=draft.text("copies").rstrip("。"),
        printed_by=look.signature if own else "",
        printed_on=draft.day,
        together=(*made.together, look.signature, *filter(None, re.split("[、，]", written))),
    )


def _note(draft: Draft) -> str:
    contact = draft.text("contact")
    return contact if not contact or contact.startswith("联系人") else f"联系人：{contact}"


def context(draft: Draft) -> dict[str, Any]:
    """What a template knows, under the labels of the fields."""
    common = {
        "office": draft.look.signature,
        "masthead": draft.look.masthead,
        "number": draft.number,
        "addressees": draft.recipients,
        "day": "　　　　年　月　日" if draft.day is None else chinese_day(draft.day),
        "kind": draft.kind.label,
    }
    known = {field.label: common[field.name] for field in COMMON}
    known |= {field.label: _plain(draft, field) for field in FIELDS[draft.kind]}
    return known | {"标题": "\n".join(_title(draft))}


def _title(draft: Draft) -> list[str]:
    """Broken by meaning, as the built-in papers break it."""
    letter, layout = letter_of(draft), draft.look.layout
    most = int(layout.width / 25.4 * 72 // layout.sizes["title"])
    return title_lines(letter.title, most, letter.together, layout.words)


def _plain(draft: Draft, field: Field) -> Any:
    match field.kind:
        case "table":
            labels = {column.name: column.label for column in field.columns}
            return [{labels[name]: cell for name, cell in row.items()} for row in draft.rows(field.name)]
        case "list":
            return draft.texts(field.name)
        case "date":
            return draft.day_of(field.name)
        case _:
            return draft.text(field.name)
