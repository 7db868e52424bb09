from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "dudao.evaluations"
    label = "evaluations"
    verbose_name = "督导评估"

    def ready(self) -> None:
        from dudao.evaluations import flow, verbs  # noqa: F401  the vocabulary and who acts next are filled by the import
