from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "dudao.people"
    label = "people"
    verbose_name = "人员"

    def ready(self) -> None:
        from dudao.people import verbs  # noqa: F401  the vocabulary is filled by the import
