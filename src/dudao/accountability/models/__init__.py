"""Tables of accountability: the case with what is decided, asked and answered in it; talks with their demands."""

from dudao.accountability.models.cases import Case, CaseFile, Measure, Opinion, Remedy
from dudao.accountability.models.talks import Demand, Talk

__all__ = ["Case", "CaseFile", "Demand", "Measure", "Opinion", "Remedy", "Talk"]
