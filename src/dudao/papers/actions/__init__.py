"""What people do with papers. Other apps call only `draft_paper`; the paper's own pages do the rest."""

from dudao.papers.actions.drafting import draft_paper

__all__ = ["draft_paper"]
