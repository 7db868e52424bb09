"""Every write on findings, by subject. Other parts of the platform call ``create_finding``; pages call the modules."""

from dudao.findings.actions.issuing import issue, issue_many, sign
from dudao.findings.actions.making import create_finding, create_findings

__all__ = ["create_finding", "create_findings", "issue", "issue_many", "sign"]
