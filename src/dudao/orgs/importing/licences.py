"""What the cells of a row say of a kindergarten's licence, on top of what is registered."""

from datetime import date

from django.core.exceptions import ValidationError

from dudao.orgs.importing.register import Line, Register
from dudao.orgs.models import Licence, Licensed
from dudao.orgs.values import clean_licence

_FACTS = ("held", "number", "until", "source")


def read_licence(line: Line, register: Register, today: date) -> None:
    """Empty cells leave what stands there; a number or a last day alone says that there is a licence."""
    said, number, until, source = (
        line.given(key) for key in ("licence", "licence_number", "licence_until", "licence_source")
    )
    if all(cell is None for cell in (said, number, until, source)):
        return
    row = register.licences.get(line.unit.pk) if line.unit is not None else None
    had = {name: getattr(row, name) for name in _FACTS} if row is not None else {}
    held = said != Licensed.NONE if said is not None else bool(number or until) or had.get("held")
    if held is None:
        line.wrong("licence", "没有填写，请选择有证、证照过期或无证。")
        return
    # From a licence to none, or back, nothing is carried over.
    kept = had if had.get("held") == held else {}
    try:
        facts = clean_licence(
            line.kind,
            held=held,
            number=str(kept.get("number", "") if number is None else number),
            until=kept.get("until") if until is None else until,
            source=str(kept.get("source", "") if source is None else source),
        )
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in told.items():
            line.wrong(f"licence_{name}" if name else "licence", messages[0])
        return
    if said == Licensed.EXPIRED and (facts["until"] is None or facts["until"] >= today):
        line.wrong("licence_until", "证照过期的请填已经过去的有效期，例如 2025年12月31日。")
    elif facts != had:
        line.licence = facts


def licence_change(line: Line, register: Register, today: date) -> tuple[str, str]:
    """How the kindergarten stood, and how it will."""
    assert line.unit is not None and line.licence is not None
    row = register.licences.get(line.unit.pk)
    before = row.standing(today) if row is not None else Licensed.UNKNOWN
    return str(before.label), str(Licence(**line.licence).standing(today).label)
