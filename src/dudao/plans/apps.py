from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "dudao.plans"
    label = "plans"
    verbose_name = "年度计划"

    def ready(self) -> None:
        from dudao.plans import findings, verbs  # noqa: F401  the vocabulary is filled by the import

        findings.register_all()
