"""A finding made at the reviewer's desk: «review:7:B2», from that reviewer's own mark.

Of a unit and indicator there is one finding, whoever of the reviewers makes it first: its key is that of the mark («mark:12:B2»).
"""

from fractions import Fraction

from dudao.calc.expr import show_number
from dudao.core.access import Actor
from dudao.evaluations.findings import key_of
from dudao.evaluations.models import Review
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.desk import Item
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.findings.models import Finding
from dudao.findings.queries.sources import Hook, Hooks, address
from dudao.findings.sources import Origin, Problem, register
from dudao.papers.sources import Fact


def found_in_review(actor: Actor, key: str) -> Origin | None:
    """«7:B2»: the mark of one task, for its reviewer and its office."""
    pk, _, code = key.partition(":")
    row = reads.review_of(actor, int(pk)) if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    if row is None or reads.is_blind_to(actor, row):
        return None
    item = reads.desk(row).item(code)
    if item is None or not item.is_low:
        return None
    tree = system_of(row.subject.campaign).tree
    part = tree.nodes[blocks_of(tree)[code]].name[:60]
    problem = Problem(key_of(row.subject_id, code), row.subject.unit, _said(item), _facts(item), code, item.node.name)
    url = f"{row.get_absolute_url()}?code={code}"
    return Origin(Finding.Source.SCORE, f"{row.subject.campaign.title}：{row.subject}", url, [problem], part)


def _said(item: Item) -> str:
    words = f"“{item.node.name}”"
    if item.given is not None and item.possible is not None:
        words += f"满分{show_number(item.possible)}分，得{show_number(item.given)}分"
    else:
        words += f"评为“{item.level}”"
    reason = item.mark.reason.strip() if item.mark is not None else ""
    return f"{words}。{reason}"[:4000]


def _facts(item: Item) -> tuple[Fact, ...]:
    if item.given is None or item.possible is None:
        return (Fact("等级", item.level or "", f"评为“{item.level}”"),)
    lost = Fraction(item.possible) - item.given
    return (
        Fact("满分", str(item.possible), f"满分{show_number(item.possible)}分"),
        Fact("得分", str(item.given), f"得{show_number(item.given)}分"),
        Fact("失分", str(lost), f"失{show_number(lost)}分"),
    )


def hook_at(actor: Actor, review: Review, code: str) -> Hook | None:
    """The finding made of this unit's indicator, or the way to make one from this task."""
    made = Hooks(actor, f"mark:{review.subject_id}:").at(key_of(review.subject_id, code), review.subject.unit, of=code)
    if made is None or made.made is not None:
        return made
    return Hook(url=address(f"review:{review.pk}:{code}"), of=code)


def register_all() -> None:
    register("review", found_in_review)
