"""Addresses of plans, in sections: tasks, schedule, rows, matrix, lights; the document, the ledger."""

from django.urls import path

from dudao.plans.process import ROW, TASK
from dudao.plans.views import assignments, hand_down, ledger, lights, matrix, row_list, schedule, task_list, tasks
from dudao.plans.views.document.urls import urlpatterns as document

app_name = "plans"
urlpatterns = [
    *document,
    # Tasks
    path("tasks/", task_list.task_list, name="tasks"),
    path("tasks/hand-down/", hand_down.hand_down_many_page, name="hand_down_many"),
    path("tasks/edit/", hand_down.tasks_edit, name="tasks_edit"),
    path("tasks/merge/", tasks.task_merge, name="task_merge"),
    path("<int:plan_pk>/tasks/new/", tasks.task_new, name="task_new"),
    path("tasks/<int:pk>/", tasks.task_page, name="task"),
    *TASK.urls("tasks/"),
    path("tasks/<int:pk>/hand-down/", hand_down.hand_down_page, name="hand_down"),
    path("tasks/<int:pk>/hand-down/count/", hand_down.hand_down_count, name="hand_down_count"),
    # Schedule
    path("tasks/<int:pk>/schedule/", schedule.schedule_edit, name="schedule"),
    path("tasks/<int:pk>/schedule/<int:step_pk>/done/", schedule.step_done, name="step_done"),
    path("tasks/<int:pk>/schedule.xlsx", schedule.schedule_sheet, name="schedule_sheet"),
    # Rows
    path("rows/", row_list.row_list, name="assignments"),
    path("rows/bulk/<slug:act>/", row_list.row_bulk, name="row_bulk"),
    path("rows/<int:pk>/", assignments.row_page, name="assignment"),
    *ROW.urls("rows/"),
    path("evidence/<int:pk>/", assignments.row_evidence, name="evidence"),
    # Matrix and overview
    path("matrix/", matrix.matrix_page, name="matrix"),
    path("<int:pk>/overview/", matrix.overview, name="overview"),
    # Lights
    path("lights/", lights.light_rules, name="lights"),
    # Ledger and brief
    path("<int:pk>/ledger/", ledger.ledger_page, name="ledger"),
    path("<int:pk>/ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("<int:pk>/brief/", ledger.brief, name="brief"),
    path("ledger/import/", ledger.ledger_import, name="ledger_import"),
    path("ledger/uploads/<int:pk>/", ledger.ledger_upload, name="ledger_upload"),
    path("ledger/uploads/<int:pk>/errors.xlsx", ledger.ledger_errors, name="ledger_errors"),
]
