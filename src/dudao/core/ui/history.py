"""The event log of an object as a time line."""

from collections.abc import Iterable
from typing import Any

from dudao.core.access import VERBS
from dudao.core.ui.parts import Moment

_LOOKS = {
    "return": ("purple", "arrow-back-up"),
    "submit": ("blue", "send"),
    "report": ("blue", "send"),
    "confirm": ("green", "check"),
    "verify": ("green", "check"),
    "send_back": ("purple", "arrow-back-up"),
    "issue": ("blue", "send"),
    "sign": ("blue", "signature"),
    "pause": ("grey", "player-pause"),
    "resume": ("grey", "player-play"),
    "escalate": ("red", "trending-up"),
    "waive": ("grey", "ban"),
    "close": ("green", "checks"),
    "publish": ("green", "flag"),
    "create": ("grey", "plus"),
    "import": ("grey", "file-import"),
    "edit": ("grey", "pencil"),
    "withdraw": ("purple", "arrow-back-up"),
    "discard": ("red", "trash"),
    "remind": ("amber", "bell-ringing"),
}


def moments(events: Iterable[Any]) -> list[Moment]:
    """Events (newest first) as moments: the verb's label, the reason as a note, colour and icon by the kind of act."""
    made = []
    for event in events:
        tone, icon = _LOOKS.get(event.verb.rpartition(".")[2], ("grey", "circle-dot"))
        known = VERBS.get(event.verb)
        made.append(Moment(event.at, event.actor_name, known.label if known else event.verb, event.reason, tone, icon))
    return made
