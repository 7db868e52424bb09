from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "dudao.visits"
    label = "visits"
    verbose_name = "实地评估"

    def ready(self) -> None:
        from dudao.visits import flow, verbs  # noqa: F401
