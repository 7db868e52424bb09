"""What somebody sees while writing the rule of an indicator: the rule in words, what is wrong and where, the sum above,
samples. Pure functions of a loaded version and an indicator that is not saved yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dudao.calc.expr import FormulaError, Item, Kind, compile_formula
from dudao.calc.rules import RULE_KINDS, rule_words
from dudao.calc.tree import Finding, Node, Tree, adjust_words, bound_items, otherwise_words
from dudao.frameworks.editing.outline import Sums, sums_of
from dudao.frameworks.editing.samples import SampleTable, findings_of, limit_samples, own_samples


@dataclass(frozen=True, slots=True)
class FieldFlaw:
    """One thing wrong in a formula: ``field`` of the form, and the formula cut into before, the wrong place, after."""

    field: str
    message: str
    before: str
    at: str
    after: str


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A data item as the form offers it."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Preview:
    words: str
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    flaws: tuple[FieldFlaw, ...]
    upper: Node | None
    sums: Sums | None
    """Of the indicator above, with this one as it is being written."""
    limits: SampleTable
    own: SampleTable


def preview(
    tree: Tree,
    node: Node,
    *,
    parent: str | None,
    was: str | None,
    typed: Sequence[Mapping[str, str]] = (),
    written: Mapping[str, str] = {},
) -> Preview:
    """``was``: the code under which the indicator stands in the tree (``None``: it is new, last below ``parent``).
    ``written``: the form's fields of the rule as they stand, also where they are no rule yet."""
    flaws = _flaws(tree, node, written)
    upper, sums = None, None
    if parent is not None:
        upper = tree.nodes[parent]
        below = [node if child.code == was else child for child in upper.children]
        upper = replace(upper, children=tuple(below if was is not None else [*below, node]))
        sums = sums_of(upper)
    findings = list(findings_of(tree, node)) if node.rule is not None else []
    if node.code != was and node.code in tree.nodes:
        findings.insert(0, Finding("code", node.code, f"代码“{node.code}”在这个版本里已经用过，请换一个。"))
    # What a formula's flaw says beside its field needs no second telling.
    findings = [finding for finding in findings if finding.kind != "formula" or not flaws]
    is_ready = not flaws
    return Preview(
        words=rule_words(node.rule) if node.rule is not None else "",
        notes=_notes(node),
        findings=tuple(findings),
        flaws=flaws,
        upper=upper,
        sums=sums,
        limits=limit_samples(tree, node) if is_ready else SampleTable(note="改正公式后，这里会列出样例和得分。"),
        own=own_samples(tree, node, typed) if is_ready else SampleTable(),
    )


def _notes(node: Node) -> tuple[str, ...]:
    notes = [adjust_words(adjust) for adjust in node.adjust]
    if node.applies:
        notes.append(f"适用条件：{node.applies}")
    if node.otherwise is not None:
        notes.append(otherwise_words(node.otherwise))
    return tuple(notes)


def _flaws(tree: Tree, node: Node, written: Mapping[str, str]) -> tuple[FieldFlaw, ...]:
    """Every wrong place in the indicator's formulas, with the field in which it was typed."""
    bound: Mapping[str, Item] = bound_items(node)
    kind = RULE_KINDS.get(written.get("kind", ""))
    uses: list[tuple[str, str, str, Mapping[str, Item]]] = []
    if node.rule is not None:
        uses = [(use.field, use.text, use.wanted, bound) for use in node.uses]
    elif kind is not None:
        # The lines can't be read yet; the formula above them can.
        fields = [field for field in kind.form if field.wanted and written.get(field.name)]
        uses = [(field.name, written[field.name], field.wanted, bound) for field in fields]
    if node.applies:
        uses.append(("applies", node.applies, "truth", {}))
    found = []
    for name, text, wanted, bound in uses:
        try:
            compile_formula(text, tree.catalogue, bound, wanted)
        except FormulaError as error:
            where = _line_of(written.get("lines", ""), text) if name == "lines" else ""
            found += [
                FieldFlaw(
                    name,
                    f"{where}{flaw.sentence}",
                    text[: flaw.start],
                    text[flaw.start : flaw.end] or "□",
                    text[max(flaw.start, flaw.end) :],
                )
                for flaw in error.flaws
            ]
        except ValueError as error:  # two data items of one name: no formula can be read
            found.append(FieldFlaw(name, str(error), text, "", ""))
    return tuple(found)


def _line_of(lines: str, text: str) -> str:
    found = next((number for number, line in enumerate(lines.splitlines(), 1) if text in line), None)
    return "" if found is None else f"第 {found} 行"


_KINDS = {Kind.COUNT: "个数", Kind.AMOUNT: "数量", Kind.NUMBER: "数", Kind.TRUTH: "是或否", Kind.TEXT: "文字"}


def _note(item: Item) -> str:
    if item.kind is Kind.CHOICE:
        return "、".join(item.options)
    words = item.unit or _KINDS[item.kind]
    return f"{words}，由公式得出" if item.formula else words


def known_items(tree: Tree) -> list[KnownItem]:
    """The data items that formulas of this version may name."""
    found = [KnownItem(item.name, _note(item)) for item in tree.items]
    for scope, items in tree.lower.items():
        found += [KnownItem(item.name, f"{scope}，{_note(item)}") for item in items]
    return found
