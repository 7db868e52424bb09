"""Addresses of plans as documents."""

from django.urls import path

from dudao.plans.process import PLAN
from dudao.plans.views.document import plans, review

urlpatterns = [
    path("", plans.plan_list, name="plans"),
    path("import/", plans.plan_import, name="plan_import"),
    path("<int:pk>/", plans.plan, name="plan"),
    *PLAN.urls(),
    path("<int:pk>/source/", plans.plan_source, name="plan_source"),
    path("<int:pk>/amend/", plans.plan_amend, name="plan_amend"),
    path("<int:pk>/draft-tasks/", plans.plan_tasks, name="plan_tasks"),
    path("<int:pk>/review/", review.review, name="review"),
    path("<int:pk>/review/head/", review.review_plan, name="review_plan"),
    path("<int:pk>/review/guesses/", review.review_guesses, name="review_guesses"),
    path("<int:pk>/review/restore/", review.review_restore, name="review_restore"),
    path("review/sections/<int:pk>/", review.review_section, name="review_section"),
    path("review/points/<int:pk>/", review.review_point, name="review_point"),
    path("review/points/<int:pk>/guesses/<slug:sort>/", review.review_guess_new, name="review_guess_new"),
    path("review/items/<int:pk>/", review.review_item, name="review_item"),
    path("review/guesses/<int:pk>/", review.review_guess, name="review_guess"),
    path("review/remarks/<int:pk>/", review.review_remark, name="review_remark"),
]
