"""Reads what is said: topics, entries, the wording of reasons and the phrases of the dialogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bot.catalog.forms import forms_of, text_of
from bot.catalog.model import (
    Entry,
    EntryVersion,
    Forms,
    Handler,
    Parameter,
    Phrase,
    ReasonWording,
    SourceDoc,
    Topic,
)
from bot.catalog.reader import Fields, Reader, child
from bot.catalog.statements import check_then, read_gaps, read_statements
from bot.contracts.asking import QuestionKind
from bot.contracts.points import Point

TOPICS = "topics.yml"
FOLDERS = {"faq": "faq/", "account": "account/", "conversation": ""}
"""Folder of entries -> what the label starts with."""
TITLE_LENGTH = 40
CHOICES = "phrases/choices.yml"
PARTS = ("answer", "also", "next")
ASKED = (*(kind.value for kind in QuestionKind), *(point.value for point in Point))
"""What a reason may have an answer of its own for."""

COMMON = "common"
"""Wording of codes that every rule can give; a rule's own wording goes before it."""

NO_POLICY = "no_policy_for_day"
EXPLAIN_ROW = "explain_row"
EXPLAIN_READING = "explain_reading"
EXPLAIN_SOURCE = "explain_source"
EXPLAIN_SOURCE_SHORT = "explain_source_short"
TERMS: Mapping[str, str] = {
    "cancel_appointment": "step_cancel_appointment",
    "cancel_test": "step_cancel_test",
    "reschedule": "step_reschedule",
    "schedule_test": "step_schedule_test",
    "no_show": "outcome_no_show",
}
"""Values of decisions that are names of code -> the phrases with their words."""
OWN_PHRASES: Mapping[str, tuple[str, ...]] = {
    NO_POLICY: ("day",),
    EXPLAIN_ROW: ("about", "value"),
    EXPLAIN_READING: ("about", "value", "note"),
    EXPLAIN_SOURCE: ("source", "as_of", "since"),
    EXPLAIN_SOURCE_SHORT: ("source", "as_of"),
    **dict.fromkeys(TERMS.values(), ()),
}
"""Phrases that answers themselves need, with the values given to each."""


def read_topics(reader: Reader, entries: Mapping[str, Entry]) -> dict[str, Topic]:
    """All labels. The title comes from the entry where there is one."""
    top = reader.fields(TOPICS, ("topics",))
    found: dict[str, Topic] = {}
    for item in top.items("topics", ("label", "meaning", "handler", "title", "spoken_title")):
        label = item.text("label")
        if label in found:
            item.fault("label", f"{label} is here twice")
        handler = item.text("handler")
        if handler and handler not in list(Handler):
            item.fault("handler", f"unknown: {handler}; allowed: {', '.join(Handler)}")
        handler = handler if handler in list(Handler) else Handler.ACTION
        entry = entries.get(label)
        if entry is not None:
            for key in ("title", "spoken_title"):
                if key in item:
                    item.fault(key, f"the text of {label} has its own title; leave this one out")
            title, spoken = entry.title, entry.spoken_title
        elif handler == Handler.ACTION:
            title, spoken = item.text("title"), item.text("spoken_title")
        else:
            title, spoken = "", ""
        found[label] = Topic(label, item.text("meaning"), Handler(handler), title, spoken)
    return found


def read_entries(
    reader: Reader, sources: Mapping[str, SourceDoc], parameters: Mapping[str, Parameter]
) -> dict[str, Entry]:
    """All texts of their own, by label."""
    found: dict[str, Entry] = {}
    for folder, prefix in FOLDERS.items():
        for file in reader.files(folder):
            stem = file.removeprefix(f"{folder}/").removesuffix(".yml")
            top = reader.fields(file, ("name", "title", "spoken_title", "versions", "statements", "gaps"))
            name = top.text("name")
            if name and name != stem:
                top.fault("name", f"must be the file's name: {stem}")
            title = top.text("title")
            if len(title) > TITLE_LENGTH:
                top.fault("title", f"{len(title)} characters; a choice shows at most {TITLE_LENGTH}")
            label = prefix + stem
            statements, gaps = read_statements(top, parameters), read_gaps(top, parameters)
            check_then(top, statements, gaps)
            found[label] = Entry(
                label,
                title,
                top.text("spoken_title"),
                _versions(top, sources, parameters, sourced=folder != "conversation"),
                statements,
                gaps,
            )
    return found


def _versions(
    top: Fields, sources: Mapping[str, SourceDoc], parameters: Mapping[str, Parameter], *, sourced: bool
) -> tuple[EntryVersion, ...]:
    versions: list[EntryVersion] = []
    for item in top.items("versions", ("from", "review_by", "sources", "web", "voice", "offer")):
        since = item.day("from")
        review_by = item.day("review_by")
        named = item.texts("sources")
        if sourced and not named:
            item.fault("sources", "name at least one source")
        for source in named:
            if source not in sources:
                item.fault("sources", f"unknown source {source}; known: {', '.join(sources)}")
        offer = item.texts("offer", required=False)
        if len(offer) > 3:
            item.fault("offer", f"{len(offer)} offers; at most 3")
        forms = forms_of(item, parameters)
        if since is None:
            continue
        if versions and since <= versions[-1].since:
            item.fault("from", f"must be later than the version before it ({versions[-1].since.isoformat()})")
        known = tuple(source for source in named if source in sources)
        versions.append(EntryVersion(since, review_by or date.max, known, forms, offer))
    return tuple(versions)


def read_wording(reader: Reader, parameters: Mapping[str, Parameter]) -> dict[str, dict[str, ReasonWording]]:
    """The sentences for every reason code, by rule."""
    found: dict[str, dict[str, ReasonWording]] = {}
    for file in reader.files("wording"):
        stem = file.removeprefix("wording/").removesuffix(".yml")
        top = reader.fields(file, ("rule", "reasons"))
        rule = top.text("rule")
        if rule and rule != stem:
            top.fault("rule", f"must be the file's name: {stem}")
        codes: dict[str, ReasonWording] = {}
        for code, item in top.members("reasons", ("web", "voice", "why", "asked")):
            web = item.part("web", PARTS)
            voice = item.part("voice", PARTS)
            said = {
                part: Forms(
                    text_of(web, part, parameters, required=part == "answer"),
                    text_of(voice, part, parameters, required=part == "answer"),
                )
                for part in PARTS
            }
            why = forms_of(item.part("why", ("web", "voice")), parameters)
            codes[code] = ReasonWording(
                code, said["answer"], said["also"], said["next"], why, _asked_forms(item, parameters)
            )
        found[stem] = codes
    return found


def _asked_forms(item: Fields, parameters: Mapping[str, Parameter]) -> dict[str, Forms]:
    """What a reason says to one kind of question or point of it."""
    found: dict[str, Forms] = {}
    for name, said in item.members("asked", ("web", "voice"), required=False):
        if name not in ASKED:
            item.fault(f"asked.{name}", f"neither a kind of question nor a point of one; known: {', '.join(ASKED)}")
        found[name] = forms_of(said, parameters)
    return found


def read_phrases(reader: Reader, parameters: Mapping[str, Parameter]) -> dict[str, Phrase]:
    """The prompts and frames of the dialogue, by key."""
    found: dict[str, Phrase] = {}
    for file in reader.files("phrases"):
        top = reader.fields(file, ("area", "about", "phrases"))
        for key, item in top.members("phrases", ("values", "web", "voice", "tells_keys")):
            if key in found:
                item.fault(None, f"{key} is in another file too")
            values = item.texts("values", required=False)
            forms = forms_of(item, parameters)
            used: set[str] = set()
            for form, template in (("web", forms.web), ("voice", forms.voice)):
                names = {mark.name for mark in template.placeholders() if not mark.policy}
                used |= names
                for name in sorted(names - set(values)):
                    allowed = ", ".join(values) or "none"
                    item.fault(form, f"unknown placeholder {{{name}}}; allowed: {allowed}")
            for name in sorted(set(values) - used):
                item.fault("values", f"{name} is used in neither form")
            found[key] = Phrase(key, values, forms, item.flag("tells_keys"))
    return found


def entry_file(label: str) -> str:
    """The file of a label's text, relative to the root."""
    return f"{label}.yml" if "/" in label else f"conversation/{label}.yml"


def check_offers(reader: Reader, entries: Mapping[str, Entry], labels: Iterable[str]) -> None:
    """Every label offered after an entry must exist and differ from the entry itself."""
    known = set(labels)
    for label, entry in entries.items():
        file = entry_file(label)
        for index, version in enumerate(entry.versions):
            for offered in version.offer:
                key = child(child("versions", index), "offer")
                if offered not in known:
                    reader.fault(file, key, f"unknown label {offered}; the labels are listed in {TOPICS}")
                elif offered == label:
                    reader.fault(file, key, "offers itself")
