"""Tables of indicator systems: the systems in their versions, trials of them."""

from dudao.frameworks.models.trials import Trial, TrialSubject
from dudao.frameworks.models.versions import Framework, FrameworkVersion, Indicator

__all__ = ["Framework", "FrameworkVersion", "Indicator", "Trial", "TrialSubject"]
