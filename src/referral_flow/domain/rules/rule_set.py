"""What a rule set says, typed. The figures and their sources are in the TOML files."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from referral_flow.engine.record import Record


class SubmitRules(Record):
    """When a paper is due, and who hears of it afterwards; all in days (S2-S4)."""

    deadline: int
    remind_after: int
    tell_workplace_after: int
    tell_superior_after: int


class GroupRules(Record):
    """How large a group may be, and whether it may be the residential cell (S9, S10)."""

    limit: int
    warn_at: int
    cell_allowed: bool


class MeetingRules(Record):
    """How often a group meets (S51); `none_for` in days."""

    minimum: int
    none_for: int


class AttendanceRules(Record):
    """When attendance is irregular (S18): percent, and absences in a row.

    `silent_after` is the number of meetings attended after which silence is found (S19).
    """

    irregular_below: int
    absent_in_a_row: int
    silent_after: int


class CycleRules(Record):
    """The day of the year on which a cycle starts, as month-day."""

    start: str


class Support(Record):
    """What the recorded facts must show to bear a rating (S36)."""

    attendance: int
    contributions_or_duties: int
    not_low: tuple[str, ...]


class EvaluationRules(Record):
    """When and by what a member is evaluated (S33, S36); ratings from the best down.

    `derived` says that there is no overall grade: the best rating then stands for no
    criterion at the lowest level and none of `spoils` recommended, the last for the rest.
    """

    window: tuple[str, str]
    ratings: tuple[str, ...]
    acts_well: str
    derived: bool
    criteria: tuple[str, ...]
    levels: tuple[str, ...]
    recommendations: tuple[str, ...]
    spoils: tuple[str, ...]
    front: bool
    countersign: bool
    support: Mapping[str, Support]


class ClassificationRules(Record):
    """The classes that a workplace committee gives, and the ratings that each needs (S35)."""

    classes: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]


class ReconcileRules(Record):
    """How many days the two committees have before their superior settles a conflict."""

    within: int


class ExemptionRules(Record):
    """The grounds on which a member need not attend meetings; none where there is no such."""

    grounds: tuple[str, ...]


class RequestRules(Record):
    """The occasions for which a comment may be asked (S46)."""

    occasions: tuple[str, ...]


class EndRules(Record):
    """Why a referral may end, and which reasons need words."""

    reasons: tuple[str, ...]
    words_required: tuple[str, ...]


class BackdateRules(Record):
    """How many days back something may be recorded without a reason (S55)."""

    limit: int


class MessagesRules(Record):
    """When people are told (S57): hours as text (`21:00`), and a number of messages a day.

    `quiet` is when nobody is told, `digest` when what can wait is told as one, `cap` how
    many messages a recipient gets in a day. Kinds `at_once` do not wait for the digest;
    nobody can opt out of `compelled` ones.
    """

    quiet: tuple[str, str]
    digest: str
    cap: int
    at_once: tuple[str, ...]
    compelled: tuple[str, ...]


class RuleSet(Record):
    """A named, dated set of rules; a running stream keeps the one that it began under (S43)."""

    name: str
    citation: str
    submit: SubmitRules
    group: GroupRules
    meeting: MeetingRules
    attendance: AttendanceRules
    cycle: CycleRules
    evaluation: EvaluationRules
    classification: ClassificationRules
    reconcile: ReconcileRules
    exemption: ExemptionRules
    request: RequestRules
    end: EndRules
    backdate: BackdateRules
    messages: MessagesRules

    def cycle_of(self, on: date) -> int:
        """Give the cycle of a day: the year in which it started."""
        return on.year if on >= day_of(self.cycle.start, on.year) else on.year - 1

    def cycle_start(self, cycle: int) -> date:
        """Give the first day of a cycle."""
        return day_of(self.cycle.start, cycle)

    def window(self, on: date) -> tuple[date, date]:
        """Give the first and last day of the evaluation window of the year of `on`."""
        first, last = self.evaluation.window
        return day_of(first, on.year), day_of(last, on.year)


@lru_cache(maxsize=64)
def day_of(month_day: str, year: int) -> date:
    """Give the day of a year that `month_day` (`11-01`) names."""
    month, day = month_day.split("-")
    return date(year, int(month), int(day))
