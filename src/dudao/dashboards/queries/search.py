"""What a word finds among all one may see: by names, former ones, initials, codes."""

from dudao.core.access import Actor
from dudao.core.desk import Found, in_order


def find(actor: Actor, text: str) -> list[Found]:
    """A few of each kind, the closest first."""
    text = " ".join(text.replace("\x00", "").split())[:60]
    if not text:
        return []
    groups = [find(actor, text) for find in in_order("search")]
    return [group for group in groups if group is not None and group.hits]
