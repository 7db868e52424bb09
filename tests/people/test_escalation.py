"""Nobody gets more than they were given: who may give which role, manage whom, and move accounts where; as truth tables."""

from datetime import timedelta
from itertools import permutations, product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import SYSTEM, VERBS, Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.demo.builders import account
from dudao.people import actions
from dudao.people.models import Account, Appointment
from dudao.people.roles import ADMINISTRATORS, ROLES

COUNTY = {"township", "school_head", "school_reporter", "county_inspector", "expert"}
GIVES = {
    "system_admin": set(),
    "security_admin": set(ROLES),
    "audit_admin": set(),
    "city_director": set(),
    "city_officer": set(),
    "county_office": {*COUNTY, "county_office"},
    "township": set(),
    "school_head": set(),
    "school_reporter": set(),
    "liaison": set(),
    "city_inspector": set(),
    "county_inspector": set(),
    "expert": set(),
    "leader": set(),
}
HOLDERS = {
    "system_admin": "system", "security_admin": "security", "audit_admin": "audit", "city_director": "director",
    "city_officer": "officer", "county_office": "east_office", "school_head": "head", "school_reporter": "reporter",
    "city_inspector": "inspector", "liaison": "liaison",
}  # fmt: skip


def test_the_table_of_who_gives_what():
    assert {
        key: {verb.removeprefix("appoint.") for verb in role.verbs if verb.startswith("appoint.")}
        for key, role in ROLES.items()
    } == GIVES


def test_no_role_but_the_security_administrators_gives_a_verb_it_lacks():
    for giver, given in GIVES.items():
        if giver not in ADMINISTRATORS:
            for role in given:
                assert ROLES[role].verbs <= ROLES[giver].verbs, (giver, role, ROLES[role].verbs - ROLES[giver].verbs)


def test_every_verb_of_people_is_held_by_some_role():
    held = set().union(*(role.verbs for role in ROLES.values()))
    mine = {
        name
        for name in VERBS
        if name.partition(".")[0] in {"account", "appointment", "appoint", "phone", "policy", "audit"}
    }
    assert mine <= held
    assert held <= set(VERBS)


def place_for(town, role):
    for unit in (town.city, town.east, town.township, town.school, town.kindergarten, town.department):
        if unit.kind in ROLES[role].kinds:
            return unit
    raise AssertionError(role)


@pytest.mark.parametrize(("giver", "role"), list(product(HOLDERS, ROLES)))
def test_appointing_follows_the_table(town, giver, role):
    newcomer = account("新人", town.school)
    who = town.actor(HOLDERS[giver])
    unit = place_for(town, role)
    allowed = (
        role in GIVES[giver]
        and who.may("appointment.make", town.school.path)
        and who.may("appointment.make", unit.path)
    )
    if allowed and role in ADMINISTRATORS:
        with pytest.raises(Denied, match="须由另一名管理员确认"):
            actions.appoint(who, account=newcomer, role=role, unit=unit, valid_from=timezone.localdate())
        asked = {"role": role, "unit": unit, "valid_from": timezone.localdate()}
        assert actions.ask_change(who, account=newcomer, half="K7M-P3X", reason="轮岗", **asked).role == role
    elif allowed:
        made = actions.appoint(who, account=newcomer, role=role, unit=unit, valid_from=timezone.localdate())
        assert audit.history(made).get().verb == "appointment.make"
    else:
        with pytest.raises(Denied):
            actions.appoint(who, account=newcomer, role=role, unit=unit, valid_from=timezone.localdate())
        assert not newcomer.appointments.exists()


def appoint(town, who, person, role, unit, **more):
    more.setdefault("valid_from", timezone.localdate())
    return actions.appoint(town.actor(who), account=getattr(town, person), role=role, unit=unit, **more)


def test_nobody_appoints_themselves(town):
    for who, role, unit in (("security", "city_director", town.city), ("east_office", "township", town.township)):
        with pytest.raises(Denied, match="不能任用自己"):
            appoint(town, who, who, role, unit)


def test_a_county_appoints_only_its_own_people_at_its_own_units(town):
    with pytest.raises(Denied, match="不包括这个单位"):
        appoint(town, "east_office", "reporter", "school_head", town.other_school)
    with pytest.raises(Denied, match="不包括这个单位"):
        appoint(town, "west_office", "reporter", "school_head", town.other_school)
    appoint(town, "east_office", "reporter", "school_reporter", town.kindergarten)


def test_a_role_fits_only_its_kinds_of_units(town):
    with pytest.raises(Denied, match="不能设在县（区、市）“平东县”"):
        appoint(town, "security", "reporter", "school_head", town.east)


def test_days_are_checked(town):
    today = timezone.localdate()
    with pytest.raises(Denied, match="早于开始"):
        appoint(town, "security", "liaison", "expert", town.city, valid_to=today - timedelta(days=1))
    town.kindergarten.valid_to = today
    town.kindergarten.save()
    with pytest.raises(Denied, match="已经撤销"):
        appoint(town, "security", "liaison", "school_head", town.kindergarten)
    with pytest.raises(Denied, match="不必重复任用"):
        appoint(town, "security", "reporter", "school_reporter", town.school)


MANAGES = {
    # who: those whose accounts they may manage
    "security": {
        "system",
        "audit",
        "director",
        "officer",
        "east_office",
        "west_office",
        "head",
        "reporter",
        "inspector",
        "liaison",
    },
    "east_office": {"head", "reporter"},
    "west_office": set(),
    "director": set(),
    "officer": set(),
    "system": set(),
    "audit": set(),
    "head": set(),
}
PEOPLE = (
    "system",
    "security",
    "audit",
    "director",
    "officer",
    "east_office",
    "west_office",
    "head",
    "reporter",
    "inspector",
    "liaison",
)
WAYS = {
    "edit": lambda who, person: actions.edit_account(
        who, account=person, name="新名", phone="", email="", home=person.home
    ),
    "reset": lambda who, person: actions.reset_login(who, account=person, code="K7MP-3XQH-9TWD"),
    "disable": lambda who, person: actions.disable_account(who, account=person, reason="试"),
}


@pytest.mark.parametrize(("who", "way"), list(product(MANAGES, WAYS)))
def test_managing_follows_the_table(town, who, way):
    actor = town.actor(who)
    for stem in ("system_admin", "audit_admin", "security_admin"):
        account("替补", town.city, stem)  # so that nobody is the last of their kind
    done = set()
    for person in PEOPLE:
        try:
            WAYS[way](actor, getattr(town, person))
        except Denied:
            continue
        done.add(person)
    # An administrator is let in anew by two of them.
    assert done == (MANAGES[who] - {"system", "security", "audit"} if way == "reset" else MANAGES[who])


def test_a_county_does_not_reset_a_city_inspector_who_works_in_its_school(town):
    """Otherwise: reset, read the code, log in as them, look at the whole city."""
    with pytest.raises(Denied, match="担任“岳山市 · 市督学”"):
        actions.reset_login(town.actor("east_office"), account=town.inspector, code="K7MP-3XQH-9TWD")


def test_a_role_to_come_protects_like_a_present_one(town):
    Appointment.objects.create(
        account=town.reporter, role="city_officer", unit=town.city, valid_from=timezone.localdate() + timedelta(days=30)
    )
    with pytest.raises(Denied, match="市督导办工作人员"):
        actions.reset_login(town.actor("east_office"), account=town.reporter, code="K7MP-3XQH-9TWD")


def test_an_ended_role_no_longer_does(town):
    Appointment.objects.create(
        account=town.reporter, role="city_officer", unit=town.city, valid_from="2026-01-01", valid_to="2026-01-31"
    )
    actions.reset_login(town.actor("east_office"), account=town.reporter, code="K7MP-3XQH-9TWD")


@pytest.mark.parametrize("target", ["city", "west", "other_school"])
def test_nobody_moves_an_account_out_of_their_reach(town, target):
    with pytest.raises(Denied, match="不包括这个单位"):
        actions.edit_account(
            town.actor("east_office"), account=town.reporter, name="冯", phone="", email="", home=getattr(town, target)
        )
    town.reporter.refresh_from_db()
    assert town.reporter.home == town.school


def test_nobody_pulls_an_account_into_their_reach(town):
    with pytest.raises(Denied, match="不包括这个单位"):
        actions.edit_account(
            town.actor("west_office"), account=town.reporter, name="冯", phone="", email="", home=town.west
        )


@pytest.mark.parametrize("home", ["city", "west", "department"])
def test_nobody_creates_an_account_outside_their_reach(town, home):
    with pytest.raises(Denied, match="不包括这个单位"):
        actions.create_account(
            town.actor("east_office"), home=getattr(town, home), username="newone", name="新", code="K7MP-3XQH-9TWD"
        )


def test_creating_with_a_role_one_may_not_give_creates_nothing(town):
    with pytest.raises(Denied):
        actions.create_account(
            town.actor("east_office"),
            home=town.east,
            username="newone",
            name="新",
            code="K7MP-3XQH-9TWD",
            role="leader",
        )
    assert not Account.objects.filter(username="newone").exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(("first", "second"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_one_person_is_one_administrator_says_the_action_and_the_database(town, first, second):
    person = account("两面", town.city, first)
    asked = {"role": second, "unit": town.city, "valid_from": timezone.localdate()}
    with pytest.raises(Denied, match="不得由一人兼任"):
        actions.ask_change(town.actor("security"), account=person, half="K7M-P3X", reason="试", **asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(account=person, role=second, unit=town.city, valid_from="2027-01-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.bulk_create(
            [Appointment(account=person, role=second, unit=town.city, valid_from="2026-06-01", valid_to="2026-06-02")]
        )


@pytest.mark.parametrize("role", sorted(set(ROLES) - set(ADMINISTRATORS)))
def test_an_administrator_holds_no_other_role_says_the_action_and_the_database(town, role):
    unit, today = place_for(town, role), timezone.localdate()
    with pytest.raises(Denied, match="不得兼任其他角色"):
        actions.appoint(town.actor("security"), account=town.audit, role=role, unit=unit, valid_from=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(account=town.audit, role=role, unit=unit, valid_from=today + timedelta(days=400))
    person = account("两面", town.city, role, unit)
    asked = {"role": "audit_admin", "unit": town.city, "valid_from": today}
    with pytest.raises(Denied, match="不得兼任其他角色"):
        actions.ask_change(town.actor("security"), account=person, half="K7M-P3X", reason="试", **asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(account=person, role="audit_admin", unit=town.city, valid_from=today)


def test_one_after_the_other_is_allowed_and_so_are_two_roles_that_are_no_administrators(town):
    today = timezone.localdate()
    person = account("接任", town.city)
    made = Appointment.objects.create(
        account=person, role="system_admin", unit=town.city, valid_from="2026-01-01", valid_to=today
    )
    Appointment.objects.create(account=person, role="audit_admin", unit=town.city, valid_from=today + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(valid_to=None)
    for role in ("city_officer", "city_inspector"):
        Appointment.objects.create(
            account=account(role, town.city, "leader"), role=role, unit=town.city, valid_from=today
        )


@pytest.mark.parametrize("who", ["security", "system", "audit"])
def test_the_last_of_the_three_administrators_stays(town, who):
    colleague = account("另一位安全", town.city, "security_admin")
    actor = town.actor("security") if who != "security" else None
    from dudao.people.queries import actor_for

    actor = actor or actor_for(colleague)
    person = getattr(town, who)
    if who == "security":
        actions.disable_account(actor, account=person, reason="轮岗")  # the colleague is left
        with pytest.raises(Denied, match="最后一名安全管理员"):
            actions.disable_account(SYSTEM, account=colleague, reason="试")
        return
    with pytest.raises(Denied, match="最后一名"):
        actions.disable_account(actor, account=person, reason="试")
    with pytest.raises(Denied, match="最后一名"):
        actions.end_appointment(actor, appointment=person.appointments.get())
    with pytest.raises(Denied, match="最后一名"):
        actions.end_appointment(
            actor, appointment=person.appointments.get(), last_day=timezone.localdate() + timedelta(days=9)
        )


def test_two_security_administrators_can_not_remove_each_other_at_once(transactional_db, settings):
    import threading

    from django.db import connection

    from dudao.demo.builders import unit
    from dudao.orgs.models import Kind
    from dudao.people.queries import actor_for

    city = unit("某市", Kind.CITY)
    one, two = (account(name, city, "security_admin") for name in "甲乙")
    results, barrier = [], threading.Barrier(2)

    def remove(actor, person):
        barrier.wait()
        try:
            actions.disable_account(actor, account=person, reason="争执")
            results.append("done")
        except Denied as denied:
            results.append(denied.reason[:4])
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((actor_for(one), two), (actor_for(two), one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[0] == "done"
    assert len(results) == 2
    assert Account.objects.filter(is_active=True).count() == 1


def test_ending_takes_the_right_to_give_and_never_rewrites_the_past(town):
    today = timezone.localdate()
    row = town.reporter.appointments.get()
    with pytest.raises(Denied):
        actions.end_appointment(town.actor("west_office"), appointment=row)
    with pytest.raises(Denied):
        actions.end_appointment(town.actor("head"), appointment=row)
    with pytest.raises(Denied, match="不能早于今天"):
        actions.end_appointment(town.actor("east_office"), appointment=row, last_day=today - timedelta(days=9))
    with pytest.raises(Denied, match="自己"):
        actions.end_appointment(town.actor("east_office"), appointment=town.east_office.appointments.get())
    actions.end_appointment(town.actor("east_office"), appointment=row, reason="调离")
    row.refresh_from_db()
    assert row.valid_to == today - timedelta(days=1)
    with pytest.raises(Conflict):
        actions.end_appointment(town.actor("east_office"), appointment=row)


def test_an_appointment_made_today_can_be_withdrawn_today_and_made_again(town):
    today = timezone.localdate()
    made = appoint(town, "east_office", "reporter", "school_reporter", town.kindergarten)
    actions.end_appointment(town.actor("east_office"), appointment=made)
    made.refresh_from_db()
    assert not made.valid_on(today)
    appoint(town, "east_office", "reporter", "school_reporter", town.kindergarten, valid_from=today + timedelta(days=1))


def test_the_first_administrators(town):
    with pytest.raises(Denied, match="都已存在"):
        actions.bootstrap_administrators(SYSTEM, city=town.city)
    with pytest.raises(Denied, match="服务器"):
        actions.bootstrap_administrators(town.actor("security"), city=town.city)


def test_the_first_administrators_get_random_names_and_codes_shown_nowhere(db, caplog):
    from dudao.demo.builders import unit
    from dudao.orgs.models import Kind

    city = unit("某市", Kind.CITY)
    made = actions.bootstrap_administrators(SYSTEM, city=city, names={"security_admin": "钱安全"})
    assert [one.role for one in made] == ["system_admin", "security_admin", "audit_admin"]
    assert made[1].account.name == "钱安全"
    assert len({one.code for one in made}) == 3
    everywhere = caplog.text + repr(made) + str(list(Event.objects.values())) + str(list(Account.objects.values()))
    assert not any(one.code in everywhere for one in made)
    assert all(not one.account.has_usable_password() and one.account.must_change_password for one in made)


def test_a_county_appoints_a_second_officer_of_its_own_and_of_no_other(town):
    appoint(town, "east_office", "reporter", "county_office", town.east)
    assert town.reporter.appointments.filter(role="county_office", unit=town.east).exists()
    with pytest.raises(Denied, match="不包括这个单位"):
        appoint(town, "east_office", "reporter", "county_office", town.west)
