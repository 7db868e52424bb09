"""Addresses of the online review."""

from django.urls import path

from dudao.evaluations.views import review_book, review_office, reviewing, vetoes

urlpatterns = [
    path("reviews/", reviewing.queue, name="reviews"),
    path("people/", review_office.people, name="people"),
    path("reviews/<int:pk>/", reviewing.review_page, name="review"),
    path("reviews/<int:pk>/mark/", reviewing.mark, name="review_mark"),
    path("reviews/<int:pk>/submit/", reviewing.submit, name="review_submit"),
    path("reviews/<int:pk>/step/", reviewing.step, name="review_step"),
    path("reviews/<int:pk>/correction/", reviewing.correction, name="review_correction"),
    path("reviews/<int:pk>/reassign/", review_office.reassign, name="review_reassign"),
    path("<int:pk>/reviewing/", review_office.overview, name="reviewing"),
    path("<int:pk>/reviewing/book/", review_book.review_book, name="review_book"),
    path("<int:pk>/reviewing/assign/", review_office.assign, name="review_assign"),
    path("subjects/<int:pk>/third/", review_office.third, name="review_third"),
    path("subjects/<int:pk>/settle/", review_office.settle, name="review_settle"),
    path("subjects/<int:pk>/vetoes/", vetoes.vetoes, name="subject_vetoes"),
]
