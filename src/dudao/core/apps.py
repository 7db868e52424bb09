from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "dudao.core"
    label = "core"
    verbose_name = "平台"

    def ready(self) -> None:
        from dudao.core import audit, brakes, jobs, notices  # noqa: F401  the queue learns its tasks by the import

        if notices.on_events not in audit.LISTENERS:
            audit.LISTENERS.append(notices.on_events)
        autodiscover_modules("jobs", "imports")
