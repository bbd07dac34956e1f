"""The rows of a referral, written out again from the domain's own page.

Only rows that people use; those of the system are beside them in `SYSTEM_ROWS`.
"""

from __future__ import annotations

from tests.support.cases import rows

OPEN_STATES = ("issued", "submitted", "returned", "assigned", "active", "evaluated", "suspended")
CLOSED_STATES = ("ended", "void")
STATES = (*OPEN_STATES, *CLOSED_STATES)

GROUPS = {
    "any open": " ".join(OPEN_STATES),
    "taking part": "submitted assigned active",
    "any but issued and void": "submitted returned assigned active evaluated suspended ended",
}

ROWS = rows(
    """
    issue        | -                                    | issued      | workplace
    submit       | issued                               | submitted   | residence
    return_paper | submitted                            | returned    | residence
    reissue      | returned                             | issued      | workplace
    assign       | submitted                            | assigned    | residence
    activate     | assigned                             | active      | residence system
    evaluate     | submitted assigned active suspended  | evaluated   | residence
    classify     | any open                             | unchanged   | workplace
    reopen       | evaluated    | submitted assigned active suspended | residence superior
    open_cycle   | evaluated    | submitted assigned active suspended | system superior
    suspend      | taking part                          | suspended   | residence workplace
    resume       | suspended                            | taking part | residence workplace superior
    end          | any open                             | ended       | workplace residence
    void         | issued                               | void        | workplace superior
    void         | any but issued and void              | void        | superior
    """,
    **GROUPS,
)

SYSTEM_ROWS = rows(
    """
    note_attendance   | any open | unchanged | system
    note_contribution | any open | unchanged | system
    tell_overdue      | issued   | unchanged | system
    note_settled      | any open | unchanged | system
    """,
    **GROUPS,
)

REFUSED_WITH = {
    "issue": "unknown_member not_own_member not_to_be_introduced open_referral_exists "
    "unknown_committee not_a_residence_committee duplicate_paper",
    "submit": "wrong_residence paper_mismatch",
    "return_paper": "reason_required",
    "reissue": "not_own_member duplicate_paper",
    "assign": "unknown_group group_elsewhere merged_into_cell group_full group_closed",
    "activate": "no_participation_yet",
    "evaluate": "outside_window already_evaluated unknown_rating missing_criterion "
    "unsupported_rating",
    "classify": "unknown_class residence_not_consulted already_classified",
    "reopen": "reason_required",
    "open_cycle": "cycle_not_over",
    "suspend": "reason_required",
    "resume": "suspended_by_other",
    "end": "unknown_reason reason_required only_for_a_move",
    "void": "reason_required",
}
"""The codes of each command, besides those that stand on every row."""

ON_EVERY_ROW = ("date_in_future", "before_last_step", "too_far_back")
