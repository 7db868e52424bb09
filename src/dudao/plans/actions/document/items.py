"""The pieces of a point (一是、二是…): words, parting and joining. A piece that stands in the point's text is those words."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max

from dudao.calc.worktext.items import find_marks, split_items
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.plans.actions.document.anchors import number_items, put_words
from dudao.plans.actions.document.editing import EDIT, Stale, clean, lock_point
from dudao.plans.models import Guess, Item, Point


def _lock(actor: Actor, item: Item, revision: int | None = None) -> Item:
    point = lock_point(actor, item.point, revision)
    found = Item.objects.filter(pk=item.pk, point=point).first()
    if found is None:
        raise Conflict("这一项刚刚被别人删除或合并，请刷新页面查看。")
    found.point = point
    return found


def _done(actor: Actor, point: Point, what: str, columns: set[str] | None = None, **data: Any) -> Point:
    point.revision += 1
    point.save(update_fields=sorted({"revision", *(columns or ())}))
    audit.record(actor, EDIT, point.section.plan, what=what, point=point.pk, name=str(point)[:60], **data)
    return point


@audit.action
def edit_item(actor: Actor, *, item: Item, revision: int, text: str) -> Point:
    """Change a piece's words; where they stand in the point's text, the text changes with them."""
    found = _lock(actor, item)
    point, text = found.point, clean(text)
    if not text:
        raise ValidationError({"text": "事项没有内容。不需要这一项，请用“删除”。"})
    if point.revision != revision and found.text != text:
        raise Stale({"text": found.text}, {"text": text}, point.revision)
    old, columns = found.text, []
    if found.start is not None and found.end is not None:
        columns = put_words(point, "text", point.text[: found.start] + text + point.text[found.end :])
        found.end = found.start + len(text)
    found.text = text
    found.save(update_fields=["text", "start", "end"])
    return _done(actor, point, "item", set(columns), item=found.pk, old={"text": old}, new={"text": text})


@audit.action
def split_item(actor: Actor, *, item: Item, revision: int, offset: int) -> Point:
    """Part a piece at a character of its words; the point's text stays."""
    found = _lock(actor, item, revision)
    left, right = found.text[:offset].rstrip() if offset > 0 else "", found.text[max(offset, 0) :].lstrip()
    if not left or not right:
        raise ValidationError("请把光标放在这一项中间要分开的地方：前后都要有文字。")
    Item.objects.filter(point=found.point, position__gt=found.position).update(position=F("position") + 1)
    tail = Item(point=found.point, position=found.position + 1, ordinal=found.ordinal + 1, text=right)
    if found.start is not None and found.end is not None:
        tail.start, tail.end = found.end - len(right), found.end
        found.end = found.start + len(left)
    tail.save()
    found.text = left
    found.save(update_fields=["text", "end"])
    _hand_over(found, tail)
    number_items(found.point)
    return _done(actor, found.point, "item_split", item=found.pk, into=tail.pk)


def _hand_over(item: Item, tail: Item) -> None:
    """Guesses whose words stand in the second half go along."""
    if tail.start is None:
        return
    moved = []
    for guess in item.guesses.all():
        spots = [spot for spot in guess.data.get("spots", ()) if spot["field"] == "text"]
        if spots and all(spot["start"] >= tail.start for spot in spots):
            guess.item = tail
            moved.append(guess)
    Guess.objects.bulk_update(moved, ["item"])


@audit.action
def merge_items(actor: Actor, *, item: Item, revision: int) -> Point:
    """Join the next piece to this one."""
    found = _lock(actor, item, revision)
    follower = Item.objects.filter(point=found.point, position__gt=found.position).order_by("position", "id").first()
    if follower is None:
        raise Denied("这是最后一项，后面没有可以合并的事项。", EDIT)
    if found.end is not None and follower.start is not None and found.end <= follower.start:
        found.end = follower.end
        found.text = found.point.text[found.start : found.end].strip()
    else:
        found.text = f"{found.text}{'' if found.text.endswith(('。', '；', '，')) else '；'}{follower.text}"
        found.start = found.end = None
    found.save(update_fields=["text", "start", "end"])
    follower.guesses.update(item=found)
    words = follower.text
    follower.delete()
    number_items(found.point)
    return _done(actor, found.point, "items_merged", item=found.pk, merged=words)


@audit.action
def delete_item(actor: Actor, *, item: Item, revision: int) -> Point:
    """Take a piece out of the list; the point's text and its guesses stay."""
    found = _lock(actor, item, revision)
    point, words = found.point, found.text
    found.delete()
    number_items(point)
    return _done(actor, point, "item_deleted", text=words)


@audit.action
def add_item(
    actor: Actor, *, point: Point, revision: int, text: str = "", start: int | None = None, end: int | None = None
) -> Point:
    """A further piece: words of the point's text (``start`` to ``end``), or words of one's own."""
    found = lock_point(actor, point, revision)
    if start is not None and end is not None and 0 <= start < end <= len(found.text):
        words = found.text[start:end]
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        text = found.text[start:end]
    else:
        start = end = None
        text = clean(text)
    if not text:
        raise ValidationError({"text": "请先在正文里选中文字，或填写事项内容。"})
    last = Item.objects.filter(point=found).aggregate(last=Max("position"))["last"] or 0
    position = last + 1
    if start is not None:
        before = Item.objects.filter(point=found, start__lt=start).order_by("-position").first()
        position = before.position + 1 if before else 1
        Item.objects.filter(point=found, position__gte=position).update(position=F("position") + 1)
    item = Item.objects.create(point=found, position=position, ordinal=position, text=text, start=start, end=end)
    number_items(found)
    return _done(actor, found, "item_added", item=item.pk, text=text)


@audit.action
def resplit_items(actor: Actor, *, point: Point, revision: int) -> Point:
    """Make the pieces anew from the marks (一是、二是…) in the text as it is now."""
    found = lock_point(actor, point, revision)
    marks = find_marks(found.text)
    pieces = split_items(found.text, marks)
    old = list(found.items.values_list("text", flat=True))
    found.items.all().delete()
    items = Item.objects.bulk_create(
        Item(point=found, position=at, ordinal=at, text=piece.text, start=piece.span[0], end=piece.span[1])
        for at, piece in enumerate(pieces, start=1)
    )
    moved = []
    for guess in found.guesses.all():
        inside = {
            next((item for item in items if item.start <= spot["start"] < item.end), None)
            for spot in guess.data.get("spots", ())
            if spot["field"] == "text"
        }
        guess.item = inside.pop() if len(inside) == 1 else None
        moved.append(guess)
    Guess.objects.bulk_update(moved, ["item"])
    return _done(actor, found, "items_again", old=old, pieces=len(items))
