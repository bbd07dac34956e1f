"""The rows of a referral, written out again from the domain's own page.

Only rows that people use; those of the system are beside them in `SYSTEM_ROWS`.
"""

from __future__ import annotations

from tests.support.cases import rows

OPEN_STATES = (
    "issued",
    "submitted",
    "returned",
    "assigned",
    "active",
    "evaluated",
    "suspended",
    "exempt",
)
CLOSED_STATES = ("ended", "void")
STATES = (*OPEN_STATES, *CLOSED_STATES)

GROUPS = {
    "any open": " ".join(OPEN_STATES),
    "taking part": "submitted assigned active",
    "any but issued and void": "submitted returned assigned active evaluated suspended exempt "
    "ended",
}

ROWS = rows(
    """
    issue              | -                                   | issued      | workplace operator
    submit             | issued                              | submitted exempt | residence
    answer_unknown     | issued                              | unchanged   | residence
    return_paper       | submitted                           | returned    | residence
    reissue            | returned                            | issued      | workplace
    assign             | submitted                           | assigned    | residence
    reassign           | assigned active                     | unchanged   | residence
    activate           | assigned                            | active      | residence system
    evaluate           | submitted assigned active suspended | evaluated   | residence
    countersign        | any open                            | unchanged   | superior
    correct_evaluation | any open                            | unchanged   | residence superior
    classify           | any open                            | unchanged   | workplace
    reconcile          | any open                 | unchanged   | workplace residence superior
    state_view         | any open                            | unchanged   | member
    answer_view        | any open                            | unchanged   | workplace residence
    reopen             | evaluated | submitted assigned active suspended | residence superior
    open_cycle         | evaluated | submitted assigned active suspended | system superior
    suspend            | taking part                         | suspended   | residence workplace
    resume             | suspended                | taking part | residence workplace superior
    exempt             | taking part                         | exempt      | workplace
    answer_request     | exempt                              | unchanged   | residence
    lift_exemption     | exempt                              | submitted   | workplace system
    amend              | any open                 | unchanged   | workplace residence superior
    hand_over          | any open                            | unchanged   | workplace
    end                | any open                            | ended       | workplace residence
    transfer           | ended                               | unchanged   | workplace
    void               | issued                              | void        | workplace superior
    void               | any but issued and void             | void        | superior

    request_comment       | any open                         | unchanged   | workplace
    answer_recommendation | any open                         | unchanged   | workplace
    """,
    **GROUPS,
)

SYSTEM_ROWS = rows(
    """
    issue_onward      | -        | issued    | system
    note_onward       | ended    | unchanged | system
    note_attendance   | any open | unchanged | system
    note_contribution | any open | unchanged | system
    tell_overdue      | issued   | unchanged | system
    tell_conflict     | any open | unchanged | system
    note_settled      | any open | unchanged | system
    """,
    **GROUPS,
)

A_GROUP = "unknown_group group_elsewhere merged_into_cell group_full group_closed"
A_PAPER = (
    "unknown_member not_own_member not_to_be_introduced open_referral_exists "
    "unknown_committee not_a_residence_committee duplicate_paper"
)
A_RATING = "unknown_rating rating_is_derived missing_criterion unknown_criterion unsupported_rating"
AN_EXEMPTION = "not_in_rule_set unknown_ground expiry_required"

REFUSED_WITH = {
    "issue": f"{A_PAPER} {AN_EXEMPTION}",
    "submit": "wrong_residence paper_mismatch",
    "answer_unknown": "not_requested",
    "return_paper": "reason_required",
    "reissue": "not_own_member duplicate_paper",
    "assign": A_GROUP,
    "reassign": f"{A_GROUP} same_group",
    "activate": "no_participation_yet",
    "evaluate": f"outside_window already_evaluated {A_RATING} front_not_consulted "
    "unknown_recommendation",
    "countersign": "not_in_rule_set not_evaluated already_countersigned",
    "correct_evaluation": f"not_evaluated reason_required {A_RATING}",
    "classify": "unknown_class residence_not_consulted already_classified conflicting_evaluation",
    "reconcile": "no_conflict same_party_twice reason_required unknown_class "
    "not_common_superior still_for_the_two",
    "state_view": "nothing_told_yet reason_required",
    "answer_view": "no_view_stated reason_required",
    "reopen": "reason_required",
    "open_cycle": "cycle_not_over",
    "suspend": "reason_required",
    "resume": "suspended_by_other",
    "exempt": AN_EXEMPTION,
    "answer_request": "purpose_required",
    "lift_exemption": "exemption_runs",
    "amend": "reason_required nothing_changed recorded_by_other not_submitted_yet "
    "date_in_future before_last_step duplicate_paper",
    "hand_over": "same_workplace not_own_member",
    "end": "unknown_reason reason_required only_for_a_move",
    "transfer": "only_for_a_move already_transferred",
    "void": "reason_required",
    "request_comment": "unknown_occasion due_in_the_past",
    "answer_recommendation": "no_open_recommendation reason_required",
    # What only other rows and timers call.
    "issue_onward": A_PAPER,
    "tell_overdue": "not_overdue",
    "tell_conflict": "no_conflict",
}
"""The codes of each command, besides those that stand on every row."""

ON_EVERY_ROW = ("date_in_future", "before_last_step", "too_far_back")
