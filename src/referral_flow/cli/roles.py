"""Who asks: `--as ROLE[:COMMITTEE[:PERSON]]`."""

from __future__ import annotations

from collections.abc import Sequence

from referral_flow.cli.usage import WrongUsage, nearest
from referral_flow.domain.people import Role
from referral_flow.engine.actor import Actor

NOBODY = "command-line"
"""Who acts where no person is named."""

_FORM = "ROLE[:COMMITTEE[:PERSON]]"
_KNOWN = tuple(role for role in Role if role is not Role.SYSTEM)
_PARTS = 3
EXAMPLES = {
    Role.WORKPLACE: "workplace:w-2",
    Role.RESIDENCE: "residence:r-7",
    Role.SUPERIOR: "superior:s-1",
    Role.AUDITOR: "auditor:s-1",
    Role.MEMBER: "member::m-1",
    Role.GROUP_LEADER: "group_leader::m-3",
    Role.OPERATOR: "operator",
}
"""How each role is written; ids as the examples of the help pages have them."""
_BY_PERSON = (Role.MEMBER, Role.GROUP_LEADER)


def actor_of(
    given: str | None, default: Role | None, asked_of: Sequence[str] = (Role.RESIDENCE,)
) -> Actor:
    """Read who asks; raises WrongUsage for what is missing or misspelt.

    `default` is the role where none is given; None asks for one, such as `asked_of` has.
    """
    if not given:
        if default is None:
            raise WrongUsage("role_needed", example=EXAMPLES[Role(asked_of[0])])
        return Actor(NOBODY, default)
    name, *rest = (part.strip() for part in given.split(":"))
    if name not in _KNOWN:
        raise WrongUsage("wrong_role", given=name, near=nearest(name, _KNOWN), known=_KNOWN)
    role = Role(name)
    committee, person = (*rest, "", "")[:2]
    if len(rest) >= _PARTS or (committee and role is Role.OPERATOR):
        raise WrongUsage("wrong_form", given=given, form=_FORM, example=EXAMPLES[role])
    if role in _BY_PERSON and not person:
        raise WrongUsage("person_needed", role=role, example=EXAMPLES[role])
    if role not in (*_BY_PERSON, Role.OPERATOR) and not committee:
        raise WrongUsage("committee_needed", role=role, example=EXAMPLES[role])
    return Actor(person or NOBODY, role, committee or None)
