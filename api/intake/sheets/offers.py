"""Which template somebody gets: the empty form, with what the enterprise it is for may choose."""

from api.intake.sheets.templates import NONE, Choices, choices_of, form_named, template
from api.questions.clocks import Asked
from api.questions.policy import Action, decide
from api.questions.problems import Problem
from api.questions.queries import missing, settle
from api.questions.reading import Reading
from api.questions.visibility import within
from domain.terms.envelope import Actor
from domain.terms.vocabulary import Role
from projections.views import roster, sessions

MOST_SESSIONS = 200


def offered(house: Reading, actor: Actor, name: str, uscc: str | None) -> tuple[str, bytes]:
    """Return name and content of a template; a reporter's is for their own enterprise.

    Raises:
        Problem: 403 for who imports nothing, 404 for no such form or an enterprise not to be seen.
    """
    decide(actor, Action.IMPORT, "imports")
    form = form_named(name)
    if form is None:
        raise missing()
    if uscc is not None:
        choices = for_enterprise(house, actor, uscc)
    elif actor.role is Role.ENTERPRISE_REPORTER:
        try:
            choices = for_enterprise(house, actor, actor.organisation)
        except Problem as problem:
            if problem.status != 404:
                raise
            choices = NONE  # not registered yet: there is nothing to choose from
    else:
        choices = NONE
    return f"{form.zh}.xlsx", template(form, choices)


def for_enterprise(house: Reading, actor: Actor, uscc: str) -> Choices:
    """Return what an enterprise may choose today.

    Raises:
        Problem: 404, it is not known, or not to be seen by who asks.
    """
    grant = decide(actor, Action.READ, "enterprises")
    settled = settle(house, Asked())
    basis = settled.basis
    with house.reading() as connection:
        row = roster.one(connection, basis, uscc)
        profile = None if row is None else within(row, grant.rows)
        if profile is None:
            raise missing()
        whose = sessions.Filters(uscc=uscc)
        newest = sessions.page(connection, basis, whose, None, MOST_SESSIONS).items
    newest.sort(key=lambda each: str(each["held_from"]), reverse=True)
    return choices_of(profile, newest, basis.valid_at.isoformat())
