"""Addresses of evaluations, and of visits, whose pages show what is marked there."""

from django.urls import path

from dudao.evaluations.process import CAMPAIGN, PART, REVIEW, SUBJECT, VISIT
from dudao.evaluations.views import (
    answering,
    board,
    campaigns,
    checking,
    filling,
    new_campaigns,
    parts,
    review_book,
    review_office,
    reviewing,
    runs,
    subject_choice,
    subjects,
    vetoes,
    visit_marks,
)
from dudao.evaluations.views import visits as visit_pages
from dudao.visits import views as visit_notes

app_name = "evaluations"
urlpatterns = [
    # Campaigns
    path("", campaigns.campaign_list, name="campaigns"),
    path("new/", new_campaigns.templates, name="campaign_new"),
    path("new/<slug:template>/", new_campaigns.new, name="campaign_make"),
    path("<int:pk>/", board.campaign_page, name="campaign"),
    path("<int:pk>/clone/", new_campaigns.clone, name="campaign_clone"),
    *CAMPAIGN.urls(),
    path("<int:pk>/notice/", campaigns.notice, name="campaign_notice"),
    path("<int:pk>/dry-run/", board.dry_run_page, name="campaign_try"),
    path("<int:pk>/subjects/", board.subject_list, name="campaign_subjects"),
    path("<int:pk>/subjects/choose/", subject_choice.choose, name="campaign_choose"),
    path("<int:pk>/subjects/extend/", subjects.extend, name="campaign_extend"),
    path("<int:pk>/subjects/<str:act>/", subjects.bulk, name="campaign_bulk"),
    # Self-evaluations: the unit's desk, handing in, who checks
    path("mine/", answering.answer_list, name="answers"),
    path("subjects/<int:pk>/", answering.subject_page, name="subject"),
    *SUBJECT.urls("subjects/"),
    path("subjects/<int:pk>/answer/", filling.answer, name="answer"),
    path("subjects/<int:pk>/answer/save/", filling.answer_save, name="answer_save"),
    path("subjects/<int:pk>/answer/score/", filling.answer_score, name="answer_score"),
    path("subjects/<int:pk>/figures/", filling.figures, name="figures"),
    path("subjects/<int:pk>/figures/save/", filling.figure_save, name="figure_save"),
    path("subjects/<int:pk>/submit/", answering.submit, name="subject_submit"),
    path("subjects/<int:pk>/report/", answering.report, name="subject_report"),
    path("subjects/<int:pk>/report/word/", answering.report_word, name="subject_report_word"),
    path("subjects/<int:pk>/changes/", checking.changes, name="subject_changes"),
    path("subjects/<int:pk>/remark/", checking.remark_new, name="remark_new"),
    path("remarks/<int:pk>/", checking.remark_step, name="remark"),
    path("submissions/<int:pk>/", answering.receipt, name="submission"),
    path("checks/", checking.check_list, name="checks"),
    path("checks/accept/", checking.accept_bulk, name="checks_accept"),
    # Parts of self-evaluations that departments answer
    path("parts/", parts.part_list, name="parts"),
    path("parts/<int:pk>/", parts.part_page, name="part"),
    *PART.urls("parts/"),
    path("subjects/<int:pk>/parts/", parts.division, name="division"),
    path("subjects/<int:pk>/parts/new/", parts.part_new, name="part_new"),
    path("subjects/<int:pk>/parts/step/", parts.division_step, name="division_step"),
    # Online review
    path("reviews/", reviewing.queue, name="reviews"),
    path("people/", review_office.people, name="people"),
    path("reviews/<int:pk>/", reviewing.review_page, name="review"),
    path("reviews/<int:pk>/mark/", reviewing.mark, name="review_mark"),
    path("reviews/<int:pk>/submit/", reviewing.submit, name="review_submit"),
    *REVIEW.urls("reviews/"),
    path("reviews/<int:pk>/correction/", reviewing.correction, name="review_correction"),
    path("reviews/<int:pk>/reassign/", review_office.reassign, name="review_reassign"),
    path("<int:pk>/reviewing/", review_office.overview, name="reviewing"),
    path("<int:pk>/reviewing/book/", review_book.review_book, name="review_book"),
    path("<int:pk>/reviewing/assign/", review_office.assign, name="review_assign"),
    path("subjects/<int:pk>/third/", review_office.third, name="review_third"),
    path("subjects/<int:pk>/settle/", review_office.settle, name="review_settle"),
    path("subjects/<int:pk>/vetoes/", vetoes.vetoes, name="subject_vetoes"),
    # Runs that a campaign takes numbers and verdicts from
    path("campaigns/<int:pk>/runs/", runs.campaign_runs, name="campaign_runs"),
    path("subjects/<int:pk>/runs/<int:pin>/", runs.subject_run, name="subject_run"),
]

visits = (
    [
        path("visits/", visit_pages.visit_list, name="visits"),
        path("visits/new/", visit_pages.pick, name="visit_pick"),
        path("visits/new/<int:pk>/", visit_pages.plan, name="visit_plan"),
        path("visits/<int:pk>/", visit_pages.visit_page, name="visit"),
        *VISIT.urls("visits/"),
        path("visits/<int:pk>/statement/", visit_pages.statement, name="visit_statement"),
        path("visits/<int:pk>/field/", visit_marks.field, name="visit_field"),
        path("visits/<int:pk>/mark/", visit_marks.mark, name="visit_mark"),
        path("visits/<int:pk>/record/", visit_notes.record, name="visit_record"),
        path("visits/<int:pk>/photo/", visit_notes.photo, name="visit_photo"),
        path("visits/<int:pk>/drop/", visit_notes.drop, name="visit_drop"),
        path("visits/files/<int:pk>/", visit_notes.file, name="visit_file"),
        path("visits/files/<int:pk>/show/", visit_notes.show, name="visit_show"),
        path("visits/files/<int:pk>/picture/<slug:size>/", visit_notes.picture, name="visit_picture"),
    ],
    "visits",
)
