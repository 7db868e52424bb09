"""Tables of indicator systems: the systems in their versions, trials of them, files that bring them."""

from dudao.frameworks.models.trials import Trial, TrialSubject
from dudao.frameworks.models.uploads import FrameworkUpload
from dudao.frameworks.models.versions import Framework, FrameworkVersion, Indicator

__all__ = ["Framework", "FrameworkUpload", "FrameworkVersion", "Indicator", "Trial", "TrialSubject"]
