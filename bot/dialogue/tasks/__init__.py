"""What can be in hand: one module per kind of task, all found by their topic's key in `all_tasks`."""

from __future__ import annotations

from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.address_change import ChangeAddress
from bot.dialogue.tasks.base import Task
from bot.dialogue.tasks.cancel import CancelAppointment, CancelTest
from bot.dialogue.tasks.conversation import Clarify, HumanAgent, ReadBack, Unfinished
from bot.dialogue.tasks.duplicates import OrderDuplicates
from bot.dialogue.tasks.key_menu import KeyMenu
from bot.dialogue.tasks.records import (
    AccommodationStatus,
    AdvancedPrerequisites,
    AppointmentDetails,
    CertificationExpiry,
    MasterStatus,
    PurchaseWindow,
    Recertification,
    Summary,
    TestResults,
    WorkExperience,
)
from bot.dialogue.tasks.reschedule import Reschedule
from bot.dialogue.tasks.rule_topic import RuleTopic
from bot.dialogue.tasks.schedule_test import Schedule
from bot.dialogue.tasks.sign_in import SignIn
from bot.dialogue.tasks.undo import Undo


def all_tasks() -> dict[str, Task]:
    """Every task by name. A topic's task has the topic's key as its name."""
    which = "ask_which_appointment"
    tasks: list[Task] = [
        Summary("summary"),
        PurchaseWindow("purchase_window", "purchase_window", subjects.unsat),
        Schedule("schedule_test", "schedule_test", subjects.open_tests),
        AppointmentDetails("appointment_details"),
        Reschedule("reschedule", "reschedule", subjects.booked, ask_phrase=which),
        CancelAppointment("cancel_appointment", "cancel_appointment", subjects.booked, ask_phrase=which),
        CancelTest("cancel_test", "cancel_test", subjects.unsat),
        RuleTopic("missed_appointment", "repurchase_after_no_show", subjects.missed, subjects.failed),
        TestResults("test_results", "results_availability", subjects.taken),
        RuleTopic("certificate_status", "certificate_delivery", subjects.passed),
        CertificationExpiry("certification_expiry"),
        Recertification("recertification", "recertification", subjects.certified, subjects.failed_or_missed),
        RuleTopic("retest", "retest", subjects.failed, subjects.missed),
        MasterStatus("master_status"),
        AdvancedPrerequisites("advanced_prerequisites"),
        WorkExperience("work_experience"),
        OrderDuplicates("duplicate_certificate", "duplicate_certificate", subjects.certified),
        ChangeAddress("address_change", "certificate_delivery", subjects.taken),
        AccommodationStatus("accommodation_status"),
        SignIn(),
        Clarify(),
        KeyMenu(),
        Unfinished(),
        ReadBack(),
        Undo(),
        HumanAgent(),
    ]
    return {task.name: task for task in tasks}
