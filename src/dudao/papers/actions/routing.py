"""A paper's way through the office: sent to be checked, checked, sent back, signed (and numbered), discarded."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.documents import DocumentError, read_word
from dudao.core.numbering import next_number
from dudao.papers import queries
from dudao.papers.actions.steps import Stage, blocking, keep_version, leaf_turned, silent, written_out
from dudao.papers.composing import look_of
from dudao.papers.flow import PAPER
from dudao.papers.models import Number, Paper
from dudao.papers.stamping import stamped


@audit.action
def submit_paper(actor: Actor, *, paper: Paper) -> Paper:
    """Send a draft to whoever checks."""
    found = PAPER.lock(paper)
    _receivers_exist(found, "paper.submit")
    PAPER.move(found, "paper.submit", actor, tell_at=found.unit.path)
    return found


@audit.action
def check_paper(actor: Actor, *, paper: Paper) -> Paper:
    """Pass a draft: by somebody else than its drafter (guard of the flow)."""
    found = PAPER.lock(paper)
    PAPER.move(found, "paper.check", actor, tell_at=found.unit.path, changes={"checked_by_id": actor.id})
    return found


@audit.action
def send_back_paper(actor: Actor, *, paper: Paper, reason: str) -> Paper:
    """Send a paper back to its drafter with a reason."""
    found = PAPER.lock(paper)
    PAPER.move(found, "paper.send_back", actor, tell_at=found.unit.path, reason=reason)
    return found


@audit.action
def sign_paper(actor: Actor, *, paper: Paper, stage: Stage = silent) -> Paper:
    """Sign: the paper gets its number and its day, and a version of its Word that says both.

    Refused while the numbers in it differ from the database. The number belongs to this transaction: when anything fails, the next
    paper gets it. ``stage`` hears how far it is.
    """
    found = PAPER.lock(paper)
    PAPER.require(found, "paper.sign", actor)
    _receivers_exist(found, "paper.sign")
    version = queries.latest(found)
    content = queries.content_of(version)
    stage(1, 3, "正在核对数字")
    blocking(queries.compare(found, read_word(content)), "paper.sign", "签发")
    day = timezone.localdate()
    stage(2, 3, "正在取号、生成文稿")
    number = _numbered(found, day)
    try:
        words = str(number) if number is not None else ""
        filled = (
            stamped(content, number=words, day=day)
            if version.is_uploaded
            else written_out(found, number=words, day=day)
        )
        filled = leaf_turned(found, filled, day)
    except DocumentError as problem:
        raise Denied(str(problem), "paper.sign") from problem
    except ValidationError as problem:
        raise Denied("".join(problem.messages), "paper.sign") from problem
    keep_version(actor, found, filled, is_uploaded=version.is_uploaded)
    PAPER.move(
        found,
        "paper.sign",
        actor,
        tell_at=found.unit.path,
        changes={"signed_by_id": actor.id, "signed_on": day},
        number=words,
    )
    return found


def _receivers_exist(paper: Paper, verb: str) -> None:
    """Refuse to send a paper to units that have ended since they were chosen."""
    today = timezone.localdate()
    gone = [unit for unit in queries.recipients_of(paper) if unit.valid_to is not None and unit.valid_to <= today]
    if gone:
        raise Denied(f"主送单位“{gone[0]}”已经撤销或者合并，请在“修改内容”里换成现在的单位。", verb)


def _numbered(paper: Paper, day: date) -> Number | None:
    """Reserve the next number of the office's sequence, which is that of a code word and a year. None for kinds without numbers."""
    look = look_of(paper.unit, day)
    if not look.numbers(paper.kind):
        return None
    code_word = look.code_word_for(paper.kind)
    if not code_word:
        raise Denied(f"{paper.unit}还没有设置机关代字，不能取号。请先在“文书版式”里填写。", "paper.sign")
    taken = next_number(f"paper {paper.unit_id} {code_word} {day.year}")
    made: Number = Number.objects.create(unit=paper.unit, code_word=code_word, year=day.year, number=taken, paper=paper)
    return made


@audit.action
def discard_paper(actor: Actor, *, paper: Paper, reason: str) -> Paper:
    """Throw away a paper that wasn't issued. A number that it has is void from now on, with the reason, and stays registered."""
    found = PAPER.lock(paper)
    number = Number.objects.filter(paper=found).first()
    if number is not None:
        actor.require("paper.void_number", found.unit.path)
    PAPER.move(found, "paper.discard", actor, reason=reason)
    if number is not None:
        Number.objects.filter(pk=number.pk).update(void_reason=" ".join(reason.split())[:200])
        audit.record(actor, "paper.void_number", found, reason=reason, number=str(number))
    return found
