"""How an office's papers look from a day on: name, red head, code words, and what differs from the standard layout."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from dudao.calc.declared import RulesError
from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.papers.composing import layout_with
from dudao.papers.kinds import Kind
from dudao.papers.models import OfficeStyle

_CODE_WORD = re.compile(r"[一-鿿㐀-䶿〇]+")
_FURTHEST = timedelta(days=366)


class Style(TypedDict):
    """How an office's papers look: columns of `OfficeStyle`.

    ``code_words``: of kinds that count by themselves, "" for a kind without numbers. ``layout``: what differs from the standard.
    """

    signature: str
    code_word: str
    valid_from: date
    masthead: NotRequired[str]
    code_words: NotRequired[Mapping[str, str]]
    layout: NotRequired[Mapping[str, Any]]


@audit.action
def set_style(
    actor: Actor,
    *,
    unit: Unit,
    **style: Unpack[Style],
) -> OfficeStyle:
    """Put a style in force from a day on. The one before ends that day; one that had not begun yet is replaced.

    A day in the past is allowed only for an office's first style.
    """
    actor.require("paper.style", unit.path)
    today, valid_from = timezone.localdate(), style["valid_from"]
    words = {
        str(Kind(kind)): _code_word(word) if word.strip() else "" for kind, word in style.get("code_words", {}).items()
    }
    made = OfficeStyle(
        unit=unit,
        signature=_named(style["signature"], "署名", 100),
        masthead=_short(style.get("masthead", ""), "发文机关标志", 60),
        code_word=_code_word(style["code_word"]),
        code_words=words,
        layout=dict(style.get("layout", {})),
        valid_from=valid_from,
    )
    try:
        layout_with(made.layout)
    except RulesError as problem:
        raise ValidationError(str(problem)) from problem
    rows = list(OfficeStyle.objects.select_for_update(of=("self",)).filter(unit=unit).order_by("valid_from"))
    if rows and valid_from < today:
        raise ValidationError("启用日期不能早于今天：已经印发的文书按当时的版式保存。")
    if valid_from > today + _FURTHEST:
        raise ValidationError("启用日期最多提前一年设定，请核对年份。")
    for row in rows:
        if row.valid_from >= valid_from:
            row.delete()  # had not begun, or began today: nothing was kept under it but what has its own bytes
    OfficeStyle.objects.filter(unit=unit, valid_from__lt=valid_from).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
    ).update(valid_to=valid_from)
    made.save(force_insert=True)
    audit.record(actor, "paper.style", made, valid_from=valid_from, code_word=made.code_word, changed=list(made.layout))
    return made


def _short(text: str, label: str, most: int) -> str:
    text = " ".join(text.split())
    if len(text) > most:
        raise ValidationError(f"“{label}”有 {len(text)} 个字，最多 {most} 个字。")
    return text


def _named(text: str, label: str, most: int) -> str:
    text = _short(text, label, most)
    if not text:
        raise ValidationError(f"请填写“{label}”。")
    return text


def _code_word(text: str) -> str:
    """Chinese characters only: «岳政教督办», without year, brackets or number."""
    text = _named(text, "机关代字", 30)
    if not _CODE_WORD.fullmatch(text):
        raise ValidationError(f"机关代字“{text}”只能是汉字，如“岳政教督办”；年份、括号和序号由平台加上。")
    return text
