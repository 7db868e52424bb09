"""What hangs on a point's words (items, guesses, remarks, places in the source) follows when the words change or part."""

from typing import Any

from dudao.plans.models import Guess, Item, Point, Remark
from dudao.plans.spans import Change, changes_between, cut_origin, move_origin, move_span, shift_origin


def put_words(point: Point, field: str, new: str) -> list[str]:
    """Give a point's title or text new words, with everything that stands in them. Answers the columns to save."""
    old = getattr(point, field)
    changes = changes_between(old, new)
    if not changes:
        return []
    setattr(point, field, new)
    point.origin = {**point.origin, field: move_origin(point.origin.get(field, []), changes)}
    if field == "text":
        _move_items(point, changes)
    _move_guesses(point, field, changes)
    _move_remarks(point, field, changes)
    return [field, "origin"]


def _move_items(point: Point, changes: list[Change]) -> None:
    """Words put in at an item's edge belong to it, but only to one where two items meet."""
    moved = []
    items: list[Any] = list(point.items.filter(start__isnull=False))
    ends = {item.end for item in items}
    for item in items:
        span = move_span((item.start, item.end), changes, first=item.start not in ends, last=True)
        if span is None:
            item.start = item.end = None
        else:
            item.start, item.end = span
            item.text = point.text[span[0] : span[1]].strip()
        moved.append(item)
    Item.objects.bulk_update(moved, ["start", "end", "text"])


def _move_guesses(point: Point, field: str, changes: list[Change]) -> None:
    moved = []
    for guess in point.guesses.all():
        spots = []
        for spot in guess.data.get("spots", ()):
            span = (
                move_span((spot["start"], spot["end"]), changes)
                if spot["field"] == field
                else (spot["start"], spot["end"])
            )
            if span is not None:
                spots.append({**spot, "start": span[0], "end": span[1]})
        if spots != guess.data.get("spots"):
            guess.data = {**guess.data, "spots": spots}
            moved.append(guess)
    Guess.objects.bulk_update(moved, ["data"])


def _move_remarks(point: Point, field: str, changes: list[Change]) -> None:
    moved = []
    remark: Any  # start and end are there together, or not at all
    for remark in point.remarks.filter(field=field, start__isnull=False):
        span = move_span((remark.start, remark.end), changes)
        remark.start, remark.end = span if span is not None else (None, None)
        moved.append(remark)
    Remark.objects.bulk_update(moved, ["start", "end"])


def line_of(origin: list[list[int]], *, last: bool = False) -> int | None:
    """The source line of the first (or last) character that has one."""
    if not origin:
        return None
    return int(origin[-1 if last else 0][1])


def part_anchors(point: Point, tail: Point, *, cut: int, heading: tuple[int, int], body: int, text: str) -> None:
    """Hand to ``tail`` what stood behind ``cut`` in ``text``: ``heading`` became its title, what follows ``body`` its text.

    Both points have their new words already; ``tail`` is saved.
    """
    origin = point.origin.get("text", [])
    tail.origin = {"title": cut_origin(origin, *heading), "text": cut_origin(origin, body, len(text))}
    point.origin = {**point.origin, "text": cut_origin(origin, 0, len(point.text))}

    def placed(start: int, end: int) -> tuple[str, int, int] | None:
        """Field and offsets in the tail; None for what stays in the head."""
        if end <= cut or start < cut:
            return None
        if start >= body:
            return "text", start - body, end - body
        if heading[0] <= start and end <= heading[1]:
            return "title", start - heading[0], end - heading[0]
        return "text", 0, 0

    gone = set()
    items: list[Any] = list(point.items.all())
    for item in items:
        if item.start is None:
            continue
        where = placed(item.start, item.end)
        if where is not None and where[0] == "text" and where[2]:
            item.point, item.start, item.end = tail, where[1], where[2]
            item.text = tail.text[item.start : item.end].strip()
            gone.add(item.pk)
        elif where is not None:
            item.start = item.end = None
        elif item.end > len(point.text):
            item.end = len(point.text)
            item.text = point.text[item.start : item.end].strip()
    kept = [item for item in items if item.text]
    Item.objects.filter(pk__in=[item.pk for item in items if not item.text]).delete()
    Item.objects.bulk_update(kept, ["point", "start", "end", "text"])

    guesses = list(point.guesses.all())
    for guess in guesses:
        here, there = [], []
        for spot in guess.data.get("spots", ()):
            where = placed(spot["start"], spot["end"]) if spot["field"] == "text" else None
            if where is None:
                here.append(spot)
            elif where[2]:
                there.append({**spot, "field": where[0], "start": where[1], "end": where[2]})
        if there and (not here or (guess.item_id in gone)):
            guess.point, spots = tail, there
        else:
            spots = here
        if guess.item_id is not None and (guess.item_id in gone) != (guess.point is tail):
            guess.item = None
        guess.data = {**guess.data, "spots": spots}
    Guess.objects.bulk_update(guesses, ["point", "item", "data"])

    remarks: list[Any] = list(point.remarks.filter(field="text", start__isnull=False))
    for remark in remarks:
        where = placed(remark.start, remark.end)
        if where is not None and where[2]:
            remark.point, remark.field, remark.start, remark.end = tail, *where
    Remark.objects.bulk_update(remarks, ["point", "field", "start", "end"])


def join_anchors(point: Point, follower: Point, *, title_at: int, text_at: int) -> None:
    """Take over what hangs on ``follower``, whose title now stands in the text at ``title_at`` and its text at ``text_at``."""
    at = {"title": title_at, "text": text_at}
    rows = point.origin.get("text", []) + shift_origin(follower.origin.get("title", []), title_at)
    point.origin = {**point.origin, "text": rows + shift_origin(follower.origin.get("text", []), text_at)}

    last = point.items.count()
    items: list[Any] = list(follower.items.all())
    for place, item in enumerate(items, start=1):
        item.point, item.position = point, last + place
        if item.start is not None:
            item.start, item.end = item.start + text_at, item.end + text_at
    Item.objects.bulk_update(items, ["point", "position", "start", "end"])
    number_items(point)

    guesses = list(follower.guesses.all())
    for guess in guesses:
        guess.point = point
        guess.data = {
            **guess.data,
            "spots": [_into_text(spot, at[spot["field"]]) for spot in guess.data.get("spots", ())],
        }
    Guess.objects.bulk_update(guesses, ["point", "data"])

    remarks: list[Any] = list(follower.remarks.all())
    for remark in remarks:
        remark.point = point
        if remark.field in at and remark.start is not None:
            remark.start, remark.end = remark.start + at[remark.field], remark.end + at[remark.field]
            remark.field = "text"
    Remark.objects.bulk_update(remarks, ["point", "field", "start", "end"])


def number_items(point: Point) -> None:
    """Positions and ordinals in a row, after pieces came or went."""
    items = list(point.items.all())
    for place, item in enumerate(items, start=1):
        item.position = item.ordinal = place
    Item.objects.bulk_update(items, ["position", "ordinal"])


def _into_text(spot: dict[str, Any], by: int) -> dict[str, Any]:
    return {**spot, "field": "text", "start": spot["start"] + by, "end": spot["end"] + by}
