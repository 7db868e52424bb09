"""How the states of evaluations are shown: word and tone, and the step line of a campaign."""

from typing import Final

from dudao.core.ui.parts import State
from dudao.evaluations.models import Campaign, Part, Review, Subject

_CAMPAIGN = {
    Campaign.State.DRAFT: ("grey", "pencil"),
    Campaign.State.RUNNING: ("blue", ""),
    Campaign.State.DECIDING: ("amber", "scale"),
    Campaign.State.PUBLICISED: ("amber", "bell-ringing"),
    Campaign.State.PUBLISHED: ("green", ""),
    Campaign.State.ARCHIVED: ("grey", "archive"),
    Campaign.State.CANCELLED: ("grey", "ban"),
}
_SUBJECT = {
    Subject.State.OPEN: ("blue", ""),
    Subject.State.SUBMITTED: ("amber", "clock"),
    Subject.State.RETURNED: ("purple", ""),
    Subject.State.ACCEPTED: ("green", ""),
    Subject.State.OUT: ("grey", "ban"),
}
_PART = {
    Part.State.OPEN: ("blue", ""),
    Part.State.SUBMITTED: ("amber", "clock"),
    Part.State.RETURNED: ("purple", ""),
    Part.State.MERGED: ("green", ""),
    Part.State.WITHDRAWN: ("grey", "ban"),
}
_REVIEW = {
    Review.State.ASSIGNED: ("blue", ""),
    Review.State.DONE: ("green", ""),
    Review.State.HANDED_BACK: ("purple", ""),
    Review.State.REVOKED: ("grey", "ban"),
}
CAMPAIGN_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _CAMPAIGN.items()}
SUBJECT_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _SUBJECT.items()}
PART_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _PART.items()}
REVIEW_STATES: Final = {str(key): State(str(key.label), *look) for key, look in _REVIEW.items()}
LINE: Final = [
    (str(key), str(key.label))
    for key in Campaign.State
    if key not in {Campaign.State.CANCELLED, Campaign.State.ARCHIVED}
]
