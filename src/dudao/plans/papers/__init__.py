"""What leaves the platform on paper: the progress brief as Word, the schedule counted backwards as an Excel Gantt chart."""

from dudao.plans.papers.brief import make_brief
from dudao.plans.papers.gantt import gantt_workbook

__all__ = ["gantt_workbook", "make_brief"]
