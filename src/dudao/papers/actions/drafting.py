"""Drafting: a paper made of fields, its fields changed, its Word edited by hand and brought back, its numbers made current."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.core.documents import DocumentError, read_word
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.papers import queries
from dudao.papers.actions.steps import keep_version, written_out
from dudao.papers.comparing import pattern_of
from dudao.papers.flow import PAPER
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper, PaperVersion
from dudao.papers.sources import Fact, facts_now, is_known
from dudao.papers.stamping import Places, places

UNSEALED = frozenset({Kind.TALK_RECORD, Kind.BRIEF, Kind.VISIT_RECORD, Kind.SELF_REPORT})
"""Kinds that usually go out without a seal; an office may choose otherwise."""
MOST_RECIPIENTS = 5000
LONGEST_REPLY = 365


class Draft(TypedDict):
    """What is said of a paper beside the words of its form, and where it comes from: columns of `Paper`."""

    kind: str
    title: str
    reply_days: NotRequired[int | None]
    source_label: NotRequired[str]
    source_url: NotRequired[str]
    source_key: NotRequired[str]
    about_person: NotRequired[bool]
    person: NotRequired[int | None]


@audit.action
def draft_paper(
    actor: Actor,
    *,
    unit: Unit,
    values: Mapping[str, Any],
    recipients: Sequence[Unit] = (),
    facts: Sequence[Fact] = (),
    **draft: Unpack[Draft],
) -> Paper:
    """Make a paper of an office and the first version of its Word. ``values`` are those of `composing.FIELDS` for the kind.

    ``about_person`` keeps it from all who may not know of it (``paper.personal``); ``person`` is that person's account.

    ``facts`` are the numbers that the paper states; before issue they are asked again of ``source_key`` («finding:12»). Raises
    ``ValidationError`` with what is missing.
    """
    actor.require("paper.draft", unit.path)
    label, url = draft.get("source_label", ""), draft.get("source_url", "")
    if url and not url.startswith("/"):
        raise ValueError("a source is a page of this platform: its address begins with a slash")
    paper = Paper(
        unit=unit,
        kind=Kind(draft["kind"]),
        title=_title(draft["title"]),
        values=_values(values),
        facts=[fact.stored() for fact in facts],
        recipients=_reached(actor, unit, recipients),
        reply_days=_days(draft.get("reply_days")),
        source_label=label[:300],
        source_url=url[:300],
        source_key=draft.get("source_key", ""),
        seal=Paper.Seal.NONE if draft["kind"] in UNSEALED else Paper.Seal.SCAN,
        about_person=draft.get("about_person", False),
        person_id=draft.get("person"),
        drafted_by_id=actor.id,
    )
    content = written_out(paper)
    paper.save(force_insert=True)
    keep_version(actor, paper, content)
    audit.record(actor, "paper.draft", paper, kind=paper.get_kind_display(), source=label)
    return paper


@audit.action
def edit_paper(
    actor: Actor,
    *,
    paper: Paper,
    revision: int,
    title: str,
    values: Mapping[str, Any],
    recipients: Sequence[Unit],
    reply_days: int | None = None,
) -> Paper:
    """Change what a draft says. Its Word is made anew when its words changed; versions edited by hand are kept as they were."""
    found = _draft(actor, paper)
    if found.revision != revision:
        raise Conflict("别人刚刚修改了这份文书，您的修改还没有保存。请看过最新内容后再改。")
    before = (found.title, found.values, found.recipients)
    found.title, found.values = _title(title), _values(values)
    found.recipients = _reached(actor, found.unit, recipients, had=found.recipients)
    found.reply_days = _days(reply_days)
    found.revision += 1
    if (found.title, found.values, found.recipients) != before:
        keep_version(actor, found, written_out(found))
    found.save(update_fields=["title", "values", "recipients", "reply_days", "revision"])
    audit.record(actor, "paper.edit", found, what="修改内容")
    return found


@audit.action
def upload_version(actor: Actor, *, paper: Paper, upload: Any, name: str = "") -> PaperVersion:
    """Bring back the Word file that a person has edited, as a new version. The same bytes are refused: there is nothing new."""
    found = _draft(actor, paper)
    stored = files.store(upload, name, kinds={"docx"})
    last = queries.latest(found)
    if stored.digest == last.file.digest:
        raise ValidationError(f"这个文件和{last}完全相同，没有新的修改，没有保存为新版本。")
    with files.opened(stored) as stream:
        content = stream.read()
    try:
        read_word(content)
        has = places(content)
    except DocumentError as problem:
        raise ValidationError(str(problem)) from problem
    own = queries.composed(found)
    needed = places(queries.content_of(own)) if own is not None else Places(number=False, day=False)
    if needed.number and not has.number:
        raise ValidationError("文稿里没有发文字号的位置。请保留“〔年份〕　号”这一行，签发时由平台填入文号。")
    if needed.day and not has.day:
        raise ValidationError("文稿里没有成文日期的位置。请保留落款下面“　年　月　日”这一行，签发时由平台填入日期。")
    made = keep_version(actor, found, stored, is_uploaded=True)
    found.revision += 1
    found.save(update_fields=["revision"])
    audit.record(actor, "paper.edit", found, what="上传修改稿", number=made.number)
    return made


@audit.action
def renew_facts(actor: Actor, *, paper: Paper) -> Paper:
    """Take over the numbers as the database has them now, wherever the draft's fields say the old ones."""
    found = _draft(actor, paper)
    if not is_known(found.source_key):
        raise Denied("这份文书的数字没有可以重新计算的来源，请直接修改内容。", "paper.edit")
    stored = queries.stored_facts(found)
    now = {fact.name: fact for fact in facts_now(found.source_key)}
    gone = [fact.text for fact in stored if fact.name not in now]
    if gone:
        raise Denied(f"“{gone[0]}”在数据库里已经没有依据，请修改内容后再核对。", "paper.edit")
    for fact in stored:
        new = now[fact.name]
        if new.text != fact.text:
            found.values, count = _said_anew(found.values, fact.text, new.text)
            found.title, in_title = _said_anew(found.title, fact.text, new.text)
            if not count + in_title:
                raise Denied(
                    f"起草内容里找不到“{fact.text}”，不能自动改成“{new.text}”，请直接修改内容。", "paper.draft"
                )
    found.facts = [now[fact.name].stored() for fact in stored]
    found.revision += 1
    keep_version(actor, found, written_out(found))
    found.save(update_fields=["title", "values", "facts", "revision"])
    audit.record(actor, "paper.edit", found, what="更新数字")
    return found


@audit.action
def acknowledge(actor: Actor, *, paper: Paper, key: str, reason: str) -> Paper:
    """Stand by a difference with a reason in writing: for those who check papers, never for who drafted this one."""
    found = PAPER.lock(paper)
    actor.require("paper.answer", found.unit.path)
    if found.state not in queries.OPEN:
        raise Denied(f"文书{found.get_state_display()}，不再核对。", "paper.answer")
    if actor.id is not None and actor.id == found.drafted_by_id:
        raise Denied("这份文书由您本人起草，差异请由核稿人说明。", "paper.answer")
    reason = " ".join(reason.split())
    if not reason:
        raise Denied("请写明理由。", "paper.answer")
    difference = next((item for item in queries.compare(found) if item.key == key), None)
    if difference is None:
        raise Conflict("这一处差异已经没有了，请刷新页面查看。")
    if not difference.answerable:
        raise Denied(f"{difference.words}这一处不能只写理由。", "paper.answer")
    row = {
        "key": key,
        "words": difference.words,
        "reason": reason[:500],
        "by": actor.name,
        "at": timezone.now().isoformat(),
    }
    found.acknowledged = [*(item for item in found.acknowledged if item["key"] != key), row]
    found.save(update_fields=["acknowledged"])
    audit.record(actor, "paper.answer", found, reason=reason[:500], what=difference.words)
    return found


@audit.action
def replace_paper(actor: Actor, *, paper: Paper) -> Paper:
    """Draft a new paper after the model of a withdrawn or discarded one; issued, it replaces a withdrawn one."""
    old = PAPER.lock(paper)
    PAPER.require(old, "paper.draft", actor)
    made = Paper(
        drafted_by_id=actor.id,
        replaces=old if old.state == Paper.State.WITHDRAWN else None,
        **{name: getattr(old, name) for name in _COPIED},
    )
    content = written_out(made)
    made.save(force_insert=True)
    keep_version(actor, made, content)
    audit.record(actor, "paper.draft", made, kind=made.get_kind_display(), source=str(getattr(old, "number", "")))
    return made


_COPIED = (
    "unit", "kind", "title", "values", "facts", "recipients", "reply_days", "source_label", "source_url", "source_key", "seal",
    "about_person", "person",
)  # fmt: skip


def _draft(actor: Actor, paper: Paper) -> Paper:
    found = PAPER.lock(paper)
    PAPER.require(found, "paper.edit", actor)
    return found


def _title(title: str) -> str:
    words = " ".join(title.replace("\x00", "").split())
    if not words:
        raise ValidationError({"title": "请填写标题。"})
    if len(words) > 300:
        raise ValidationError({"title": f"标题有 {len(words)} 个字，请缩短到 300 个字以内。"})
    return words


def _days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_REPLY:
        raise ValidationError({"reply_days": f"签收期限填的是 {days} 天，请填 1 至 {LONGEST_REPLY}。"})
    return days


def _plain(value: Any) -> Any:
    """Values as JSON keeps them: days in ISO, no letters that no document may hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\x00", "").replace("\r\n", "\n") if isinstance(value, str) else value


def _values(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says, without the title: that is the paper's own."""
    return {str(key): _plain(item) for key, item in said.items() if key != "title"}


def _said_anew(value: Any, old: str, new: str) -> tuple[Any, int]:
    """The value with a text put in the place of another, and how often it stood there."""
    if isinstance(value, str):
        return pattern_of(old).subn(lambda _: new, value)
    if isinstance(value, dict):
        pairs = {key: _said_anew(item, old, new) for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, sum(count for _, count in pairs.values())
    if isinstance(value, list):
        items = [_said_anew(item, old, new) for item in value]
        return [item for item, _ in items], sum(count for _, count in items)
    return value, 0


def _reached(actor: Actor, office: Unit, recipients: Sequence[Unit], *, had: Sequence[int] = ()) -> list[int]:
    """The receivers' keys, each once: units that the actor sees, and those above the office. What was there already may stay."""
    keys = list(dict.fromkeys(unit.pk for unit in recipients))
    if len(keys) > MOST_RECIPIENTS:
        raise ValidationError({"recipients": f"主送单位有 {len(keys)} 个，一份文书最多 {MOST_RECIPIENTS} 个。"})
    for unit in recipients:
        if unit.pk in had or office.path.startswith(unit.path) or actor.may("unit.view", unit.path):
            continue
        raise ValidationError({"recipients": f"“{unit}”不在您能发文的范围内，请重新选择。"})
    return keys
