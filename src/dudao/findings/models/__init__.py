"""Tables of findings: the finding with its reports, verifications, extensions and pauses; the day counts that hold where."""

from dudao.findings.models.findings import (
    Extension,
    Finding,
    FindingFile,
    Pause,
    Report,
    Verification,
)
from dudao.findings.models.policies import Policy

__all__ = ["Extension", "Finding", "FindingFile", "Pause", "Policy", "Report", "Verification"]
