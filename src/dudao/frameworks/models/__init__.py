"""Tables of indicator systems: the systems in their versions."""

from dudao.frameworks.models.versions import Framework, FrameworkVersion, Indicator

__all__ = ["Framework", "FrameworkVersion", "Indicator"]
