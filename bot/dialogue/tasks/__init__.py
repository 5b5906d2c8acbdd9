"""What can be in hand: one module per kind of task, all found by their topic's key in `all_tasks`."""

from __future__ import annotations

from bot.changes import kinds as changes
from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.address_change import ChangeAddress
from bot.dialogue.tasks.base import Task
from bot.dialogue.tasks.cancel import CancelAppointment, CancelTest
from bot.dialogue.tasks.conversation import Clarify, HumanAgent, ReadBack, SignIn, Unfinished
from bot.dialogue.tasks.duplicates import OrderDuplicates
from bot.dialogue.tasks.records import (
    AccommodationStatus,
    AdvancedPrerequisites,
    AppointmentDetails,
    CertificationExpiry,
    MasterStatus,
    PurchaseWindow,
    Recertification,
    Summary,
    WorkExperience,
)
from bot.dialogue.tasks.reschedule import Reschedule
from bot.dialogue.tasks.rule_topic import RuleTopic
from bot.dialogue.tasks.schedule_test import Schedule
from bot.dialogue.tasks.undo import Undo


def all_tasks() -> dict[str, Task]:
    """Every task by name. A topic's task has the topic's key as its name."""
    which = "ask_which_appointment"
    tasks: list[Task] = [
        Summary("summary"),
        PurchaseWindow("purchase_window", "purchase_window", subjects.unsat),
        Schedule.of(changes.BOOK, subjects.open_tests),
        AppointmentDetails("appointment_details"),
        Reschedule.of(changes.RESCHEDULE, subjects.booked, ask_phrase=which),
        CancelAppointment.of(changes.CANCEL_APPOINTMENT, subjects.booked, ask_phrase=which),
        CancelTest.of(changes.CANCEL_TEST, subjects.unsat),
        RuleTopic("missed_appointment", "repurchase_after_no_show", subjects.missed, subjects.failed),
        RuleTopic("test_results", "results_availability", subjects.taken),
        RuleTopic("certificate_status", "certificate_delivery", subjects.passed),
        CertificationExpiry("certification_expiry"),
        Recertification("recertification", "recertification", subjects.certified, subjects.failed_or_missed),
        RuleTopic("retest", "retest", subjects.failed, subjects.missed),
        MasterStatus("master_status"),
        AdvancedPrerequisites("advanced_prerequisites"),
        WorkExperience("work_experience"),
        OrderDuplicates.of(changes.DUPLICATES, subjects.certified),
        ChangeAddress.of(changes.ADDRESS, subjects.taken),
        AccommodationStatus("accommodation_status"),
        SignIn("sign_in", "sign_in"),
        Clarify("clarify", "out_of_scope"),
        Unfinished("unfinished", "inform"),
        ReadBack("read_back", "inform"),
        Undo(),
        HumanAgent("human_agent", "human_agent"),
    ]
    return {task.name: task for task in tasks}
