"""Addresses of self-evaluations: the unit's desk, handing in, and who checks."""

from django.urls import path

from dudao.evaluations.views import answering, checking, filling

urlpatterns = [
    path("mine/", answering.answer_list, name="answers"),
    path("subjects/<int:pk>/", answering.subject_page, name="subject"),
    path("subjects/<int:pk>/step/", answering.subject_step, name="subject_step"),
    path("subjects/<int:pk>/answer/", filling.answer, name="answer"),
    path("subjects/<int:pk>/answer/save/", filling.answer_save, name="answer_save"),
    path("subjects/<int:pk>/answer/score/", filling.answer_score, name="answer_score"),
    path("subjects/<int:pk>/figures/", filling.figures, name="figures"),
    path("subjects/<int:pk>/figures/save/", filling.figure_save, name="figure_save"),
    path("subjects/<int:pk>/submit/", answering.submit, name="subject_submit"),
    path("subjects/<int:pk>/report/", answering.report, name="subject_report"),
    path("subjects/<int:pk>/report/new/", answering.report_new, name="subject_report_new"),
    path("subjects/<int:pk>/report/word/", answering.report_word, name="subject_report_word"),
    path("subjects/<int:pk>/changes/", checking.changes, name="subject_changes"),
    path("subjects/<int:pk>/return/", checking.send_back, name="subject_return"),
    path("subjects/<int:pk>/remark/", checking.remark_new, name="remark_new"),
    path("subjects/<int:pk>/move/", checking.move, name="subject_move"),
    path("remarks/<int:pk>/", checking.remark_step, name="remark"),
    path("submissions/<int:pk>/", answering.receipt, name="submission"),
    path("checks/", checking.check_list, name="checks"),
    path("checks/accept/", checking.accept_bulk, name="checks_accept"),
]
