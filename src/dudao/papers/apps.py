from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "dudao.papers"
    label = "papers"
    verbose_name = "文书"

    def ready(self) -> None:
        from dudao.papers import flow, jobs, verbs  # noqa: F401  the vocabulary, who acts next and the handlers are filled by the import
