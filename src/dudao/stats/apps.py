from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "dudao.stats"
    label = "stats"
    verbose_name = "统计数据"

    def ready(self) -> None:
        from dudao.stats import findings, imports, verbs  # noqa: F401  the vocabulary and the handlers are filled by the import

        findings.register_all()
