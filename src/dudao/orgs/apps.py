from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "dudao.orgs"
    label = "orgs"
    verbose_name = "机构"

    def ready(self) -> None:
        from dudao.orgs import verbs  # noqa: F401  the vocabulary is filled by the import
