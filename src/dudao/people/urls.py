"""Addresses of people. None of django-allauth's own pages is routed: no sign-up, no mail, no reset by mail."""

from django.urls import path

from dudao.people.process import CHANGE
from dudao.people.views import accounts, administrators, bulk, entry, own, specialities, supervision

app_name = "people"
urlpatterns = [
    path("login/", entry.login, name="login"),
    path("login/second/", entry.second, name="second"),
    path("logout/", entry.log_out, name="logout"),
    path("me/", own.me, name="me"),
    path("me/password/", own.password, name="password"),
    path("me/second-factor/", own.factor, name="mfa"),
    path("me/second-factor/codes/", own.codes, name="mfa-codes"),
    path("me/second-factor/renew/", own.factor_codes, name="mfa-renew"),
    path("me/second-factor/remove/", own.factor_remove, name="mfa-remove"),
    path("me/sessions/", own.sessions, name="sessions"),
    path("me/sessions/end/", own.end_session, name="session-end"),
    path("me/switch/", own.switch, name="switch"),
    path("people/", accounts.account_list, name="accounts"),
    path("people/new/", accounts.account_new, name="account-new"),
    path("people/bulk/", bulk.bulk, name="bulk"),
    path("people/codes/", bulk.sheet, name="sheet"),
    path("people/codes/file/", bulk.sheet_file, name="sheet-file"),
    path("people/codes/clear/", bulk.sheet_clear, name="sheet-clear"),
    path("people/policy/", supervision.policy, name="policy"),
    path("people/powers/", supervision.powers, name="powers"),
    path("people/log/", supervision.log, name="events"),
    path("people/why/", accounts.why, name="why"),
    path("people/pick/", accounts.pick, name="pick"),
    path("people/pick-unit/", accounts.pick_unit, name="pick-unit"),
    path("people/view-as/end/", supervision.view_as_end, name="view-as-end"),
    path("people/<int:pk>/", accounts.account, name="account"),
    path("people/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("people/<int:pk>/specialities/", specialities.specialities, name="specialities"),
    path("people/<int:pk>/step/", accounts.account_step, name="account-step"),
    path("people/<int:pk>/phone/", accounts.phone, name="phone"),
    path("people/<int:pk>/appoint/", accounts.appoint, name="appoint"),
    path("people/<int:pk>/view-as/", supervision.view_as, name="view-as"),
    path("people/<int:pk>/change/", administrators.change_new, name="change-new"),
    path("people/changes/", administrators.changes, name="changes"),
    path("people/changes/<int:pk>/", administrators.change, name="change"),
    path("people/changes/<int:pk>/confirm/", administrators.change_confirm, name="change-confirm"),
    *CHANGE.urls("people/changes/"),
    path("people/appointments/<int:pk>/end/", accounts.appointment_end, name="appointment-end"),
]
