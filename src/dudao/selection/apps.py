from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "dudao.selection"
    label = "selection"
    verbose_name = "规划抽取"

    def ready(self) -> None:
        from dudao.selection import flow, jobs, verbs  # noqa: F401
