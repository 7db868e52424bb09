from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "dudao.frameworks"
    label = "frameworks"
    verbose_name = "指标体系"

    def ready(self) -> None:
        from dudao.frameworks import verbs  # noqa: F401  the vocabulary is filled by the import
