"""What can be in hand: one module per kind of task, all found by their topic's key in `all_tasks`."""

from __future__ import annotations

from bot.dialogue.tasks import subjects
from bot.dialogue.tasks.base import Task
from bot.dialogue.tasks.conversation import Clarify, HumanAgent, SignIn
from bot.dialogue.tasks.records import (
    AccommodationStatus,
    AddressChange,
    AdvancedPrerequisites,
    AppointmentDetails,
    CertificationExpiry,
    DuplicateCertificate,
    MasterStatus,
    Recertification,
    Summary,
    WorkExperience,
)
from bot.dialogue.tasks.topic import RuleTopic


def all_tasks() -> dict[str, Task]:
    """Every task by name. A topic's task has the topic's key as its name."""
    tasks: list[Task] = [
        Summary("summary"),
        RuleTopic("purchase_window", "purchase_window", subjects.unsat),
        RuleTopic("schedule_test", "schedule_test", subjects.open_tests),
        AppointmentDetails("appointment_details"),
        RuleTopic("reschedule", "reschedule", subjects.booked, ask_phrase="ask_which_appointment"),
        RuleTopic("cancel_appointment", "cancel_appointment", subjects.booked, ask_phrase="ask_which_appointment"),
        RuleTopic("cancel_test", "cancel_test", subjects.unsat),
        RuleTopic("missed_appointment", "repurchase_after_no_show", subjects.missed),
        RuleTopic("test_results", "results_availability", subjects.taken),
        RuleTopic("certificate_status", "certificate_delivery", subjects.passed),
        CertificationExpiry("certification_expiry"),
        Recertification("recertification", "recertification", subjects.certified),
        RuleTopic("retest", "retest", subjects.failed),
        MasterStatus("master_status"),
        AdvancedPrerequisites("advanced_prerequisites"),
        WorkExperience("work_experience"),
        DuplicateCertificate("duplicate_certificate"),
        AddressChange("address_change"),
        AccommodationStatus("accommodation_status"),
        SignIn("sign_in", "sign_in"),
        Clarify("clarify", "out_of_scope"),
        HumanAgent("human_agent", "human_agent"),
    ]
    return {task.name: task for task in tasks}
