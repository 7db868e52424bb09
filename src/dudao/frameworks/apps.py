from django.apps import AppConfig


class FrameworksConfig(AppConfig):
    name = "dudao.frameworks"
    label = "frameworks"
    verbose_name = "指标体系"

    def ready(self) -> None:
        from dudao.frameworks import findings, verbs  # noqa: F401  the vocabulary is filled by the import

        findings.register_all()
