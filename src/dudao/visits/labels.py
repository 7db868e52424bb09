"""How the states of visits are shown: word and tone, and the step line."""

from typing import Final

from dudao.core.ui.parts import State
from dudao.visits.models import SiteVisit

_VISIT = {
    SiteVisit.State.PLANNED: ("grey", "calendar"),
    SiteVisit.State.NOTIFIED: ("blue", "send"),
    SiteVisit.State.ONGOING: ("blue", ""),
    SiteVisit.State.FED_BACK: ("amber", "message"),
    SiteVisit.State.SETTLED: ("green", ""),
    SiteVisit.State.CANCELLED: ("grey", "ban"),
}
VISIT_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _VISIT.items()}
VISIT_LINE: Final = [(str(key), str(key.label)) for key in SiteVisit.State if key != SiteVisit.State.CANCELLED]
