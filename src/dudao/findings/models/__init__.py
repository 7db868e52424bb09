"""Tables of findings: the finding with its reports, verifications, extensions and pauses; questions to departments; day counts;
rounds of looking back; what a superior has fed back; sheets that were brought.
"""

from dudao.findings.models.consultations import Consultation
from dudao.findings.models.feedback import Feedback, FeedbackItem, FeedbackPart
from dudao.findings.models.findings import (
    WRITTEN,
    Draft,
    Extension,
    Finding,
    FindingFile,
    Pause,
    Report,
    Verification,
)
from dudao.findings.models.lookback import LookBack, LookBackFile, LookBackItem
from dudao.findings.models.policies import Policy

__all__ = [
    "WRITTEN",
    "Consultation",
    "Draft",
    "Extension",
    "Feedback",
    "FeedbackItem",
    "FeedbackPart",
    "Finding",
    "FindingFile",
    "LookBack",
    "LookBackFile",
    "LookBackItem",
    "Pause",
    "Policy",
    "Report",
    "Verification",
]
