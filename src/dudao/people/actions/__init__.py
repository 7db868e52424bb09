"""Every write of people, by subject: accounts, administrators, appointments, bulk, own (password, second factor, profile),
sessions, viewing.
"""

from dudao.people.actions.accounts import (
    create_account,
    disable_account,
    edit_account,
    enable_account,
    note_accounts_export,
    reset_login,
    reveal_phone,
)
from dudao.people.actions.administrators import ask_change, confirm_change, decline_change, withdraw_change
from dudao.people.actions.appointments import FreshLogin, appoint, bootstrap_administrators, end_appointment
from dudao.people.actions.bulk import create_accounts, renew_codes
from dudao.people.actions.own import (
    change_password,
    complete_profile,
    edit_profile,
    remove_second_factor,
    renew_recovery_codes,
    set_up_second_factor,
)
from dudao.people.actions.sessions import close_session, end_sessions, expire_session, note_failed_login, open_session
from dudao.people.actions.specialities import set_specialities
from dudao.people.actions.supervision import edit_policy, note_audit_export, start_view_as, stop_view_as

__all__ = [
    "FreshLogin", "appoint", "ask_change", "bootstrap_administrators", "change_password", "close_session",
    "complete_profile", "confirm_change", "create_account", "create_accounts", "decline_change", "disable_account",
    "edit_account", "edit_policy", "edit_profile", "enable_account", "end_appointment", "end_sessions",
    "expire_session", "note_accounts_export", "note_audit_export", "note_failed_login", "open_session",
    "remove_second_factor", "renew_codes", "renew_recovery_codes", "reset_login", "reveal_phone", "set_specialities",
    "set_up_second_factor", "start_view_as", "stop_view_as", "withdraw_change",
]  # fmt: skip
