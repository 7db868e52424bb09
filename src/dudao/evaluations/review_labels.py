"""How the states of reviews and visits are shown."""

from typing import Final

from dudao.core.ui.parts import State
from dudao.evaluations.models import Review, SiteVisit

_REVIEW = {
    Review.State.ASSIGNED: ("blue", ""),
    Review.State.DONE: ("green", ""),
    Review.State.HANDED_BACK: ("purple", ""),
    Review.State.REVOKED: ("grey", "ban"),
}
_VISIT = {
    SiteVisit.State.PLANNED: ("grey", "calendar"),
    SiteVisit.State.NOTIFIED: ("blue", "send"),
    SiteVisit.State.ONGOING: ("blue", ""),
    SiteVisit.State.FED_BACK: ("amber", "message"),
    SiteVisit.State.SETTLED: ("green", ""),
    SiteVisit.State.CANCELLED: ("grey", "ban"),
}
REVIEW_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _REVIEW.items()}
VISIT_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _VISIT.items()}
VISIT_LINE: Final = [(str(key), str(key.label)) for key in SiteVisit.State if key != SiteVisit.State.CANCELLED]
