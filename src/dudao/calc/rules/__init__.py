"""How a leaf of an indicator system gets its mark: each kind of rule is one class in one file.

A class holds everything that is said about its kind: how it is read (`read`), what it is called and said in words,
which formulas it has and what it asks people, what is wrong with one (`check`), marks of whole columns (`compute`), why
a subject has its mark (`explain`), the fields of the editor's form (`form`, `from_form`, `to_form`), and which values
are worth trying. A new kind is one more class here, in `RULES` and in the union `Rule`, by which mypy sees what it lacks.

Formulas are texts of the indicator language. In a rule «本项» is what a person answered for this indicator, «满分» its
full points. Where a formula is left out, people answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dudao.calc.rules.attain import Attain
from dudao.calc.rules.bands import Band, Bands
from dudao.calc.rules.checking import Finding, RuleCheck, Use
from dudao.calc.rules.computed import Computed
from dudao.calc.rules.computing import ANSWER, FULL, Compiled, Compute, Inputs, Limits, Result
from dudao.calc.rules.deduct import Deduct, Deduction
from dudao.calc.rules.explaining import Explaining, shown
from dudao.calc.rules.form import FormField, RuleTextError, cells_of, numbered_lines
from dudao.calc.rules.intervals import Interval, Seam, seams
from dudao.calc.rules.judged import Judged
from dudao.calc.rules.linear import Knot, Linear
from dudao.calc.rules.parts import Part, Parts
from dudao.calc.rules.pick import Pick
from dudao.calc.rules.questions import good_share, question
from dudao.calc.rules.reading import Reader, TreeDataError, complete
from dudao.calc.rules.yes_no import YesNo

Rule = Judged | Pick | Deduct | Parts | Bands | Linear | YesNo | Attain | Computed
Measuring = Bands | Linear
"""Rules on a measured value, which have limits."""

RULES: Final[tuple[type[Rule], ...]] = (Judged, Pick, Deduct, Parts, Bands, Linear, YesNo, Attain, Computed)
RULE_KINDS: Final[Mapping[str, type[Rule]]] = {rule.kind: rule for rule in RULES}


def read_rule(data: Any, path: str = "rule") -> Rule:
    """Read one rule: ``{"kind": "deduct", …}``, or only its kind («judged»)."""
    reader = Reader({"kind": data} if isinstance(data, str) else data, path)
    kind = reader.text("kind", is_required=True)
    if kind not in RULE_KINDS:
        raise TreeDataError(f"{path}.kind", f"没有这种计分规则：{kind}。只能是：{'、'.join(RULE_KINDS)}。")
    read: Callable[[Reader], Rule] = RULE_KINDS[kind].read
    return complete(reader, read)


def rule_words(rule: Rule | None) -> str:
    """One sentence without full stop."""
    return "没有计分规则" if rule is None else rule.words()


def read_form(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The plain data of a rule from the editor's fields; ``None`` where no kind is chosen."""
    kind = values.get("kind") or ""
    if not kind:
        if values.get("lines") or values.get("value"):
            raise RuleTextError("kind", "写了规则内容，还要选计分方式。")
        return None
    return {"kind": kind} | {
        name: entry if isinstance(entry, bool | list | dict) else str(entry)
        for name, entry in RULE_KINDS[kind].from_form(values).items()
        if entry not in (None, "", False) or (name == "good" and entry is False)
    }


def write_form(rule: Mapping[str, Any] | None) -> dict[str, Any]:
    """The editor's fields that `read_form` reads back into the same rule."""
    if not rule:
        return {"kind": ""}
    return {"kind": rule["kind"], **RULE_KINDS[rule["kind"]].to_form(rule)}


__all__ = [
    "ANSWER",
    "FULL",
    "RULES",
    "RULE_KINDS",
    "Attain",
    "Band",
    "Bands",
    "Compiled",
    "Compute",
    "Computed",
    "Deduct",
    "Deduction",
    "Explaining",
    "Finding",
    "FormField",
    "Inputs",
    "Interval",
    "Judged",
    "Knot",
    "Limits",
    "Linear",
    "Measuring",
    "Part",
    "Parts",
    "Pick",
    "Reader",
    "Result",
    "Rule",
    "RuleCheck",
    "RuleTextError",
    "Seam",
    "TreeDataError",
    "Use",
    "YesNo",
    "cells_of",
    "complete",
    "good_share",
    "numbered_lines",
    "question",
    "read_form",
    "read_rule",
    "rule_words",
    "seams",
    "shown",
    "write_form",
]
