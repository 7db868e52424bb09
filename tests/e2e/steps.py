"""What the journeys of evaluations have in common: words to press, and the bulk of cells that a journey doesn't type one by one."""

from decimal import Decimal

from playwright.sync_api import Page

from dudao.calc.rules import Judged
from dudao.evaluations.actions.answering import save_answer, save_figure
from dudao.evaluations.actions.reviewing import save_mark
from dudao.evaluations.actions.visits import mark_on_site
from dudao.evaluations.queries.answering import leaves_of
from dudao.evaluations.queries.systems import asks, figures_asked, system_of
from e2e.looking import settled
from results_town import cell_of


def base(page: Page) -> str:
    """The address of the server that a page is on."""
    return "/".join(page.url.split("/")[:3])


def go(page: Page, word: str) -> None:
    page.get_by_role("link", name=word, exact=True).first.click()
    settled(page)


def press(page: Page, word: str, said: str) -> None:
    page.get_by_role("button", name=word, exact=True).first.click()
    page.get_by_text(said).first.wait_for()


def _cells(columns, node, share: Decimal) -> dict[str, str]:
    """A cell for each question, in the steps in which the indicator may be marked."""
    cells = {column.name: cell_of(column.item, share, node.points) for column in columns}
    step = node.rule.step if isinstance(node.rule, Judged) else None
    if not step:
        return cells
    return {name: f"{Decimal(cell) // step * step:f}" for name, cell in cells.items()}


def answer_the_rest(actor, subject, share: Decimal, figures: dict[str, str] | None = None) -> None:
    """Everything of a self-evaluation that has no answer yet, at about a share of the points; ``figures`` by name."""
    system, given = system_of(subject.campaign), set(subject.answers.values_list("code", flat=True))
    for code, leaf in leaves_of(system).items():
        if leaf.needed and code not in given:
            cells = _cells(leaf.columns, leaf.node, share)
            save_answer(actor, subject=subject, code=code, revision=0, cells=cells)
    typed = set(subject.figures.values_list("name", flat=True))
    for column in figures_asked(system):
        if column.name not in typed:
            cell = (figures or {}).get(column.name) or cell_of(column.item, share)
            save_figure(actor, subject=subject, name=column.name, revision=0, cell=cell)


def mark_the_rest(actor, review, share: Decimal) -> None:
    """Every indicator of a reviewer's task that has no mark yet."""
    given = set(review.marks.values_list("code", flat=True))
    for ask in asks(system_of(review.subject.campaign), review.source, review.codes):
        if ask.node.code not in given:
            cells = _cells(ask.columns, ask.node, share)
            save_mark(actor, review=review, code=ask.node.code, cells=cells, reason="按材料核定。")


def visit_the_rest(actor, visit, subject, share: Decimal) -> None:
    """Every indicator on site that has no mark yet."""
    given = set(visit.marks.values_list("code", flat=True))
    for ask in asks(system_of(subject.campaign), "onsite"):
        if ask.node.code not in given:
            cells = _cells(ask.columns, ask.node, share)
            mark_on_site(actor, visit=visit, subject=subject, code=ask.node.code, cells=cells, reason="现场核对。")
