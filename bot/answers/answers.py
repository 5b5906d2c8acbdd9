"""What the assistant says: entries, decisions, explanations and phrases, each written and spoken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.answers.answer import Answer, once
from bot.answers.format import UNIT_FORMATS, Formats, Said
from bot.answers.reckoning import Reckoned, others_of, reckon
from bot.answers.render import Filling
from bot.answers.replies import (
    BESIDE_OTHERS,
    NARROW,
    WIDE,
    Picked,
    Subject,
    following,
    forms_for,
    length,
    usual,
    within,
)
from bot.catalog.content import (
    COMMON,
    EXPLAIN_READING,
    EXPLAIN_ROW,
    EXPLAIN_SOURCE,
    EXPLAIN_SOURCE_SHORT,
    NO_POLICY,
    TERMS,
)
from bot.catalog.model import Catalog, Entry, Forms, Gap, Phrase, ReasonWording, SourceDoc, Statement
from bot.contracts.asking import QuestionKind
from bot.contracts.given import Given
from bot.contracts.points import Point
from bot.rules.decision import Decision, PolicyRow, Reason, Value
from bot.rules.policy import MissingPolicy, PolicyFault, codes


class UnknownText(LookupError):
    """There is no entry, wording or phrase of that name."""


_NEVER_YES_OR_NO = frozenset(QuestionKind) - {QuestionKind.WHETHER, QuestionKind.WHAT_IF, QuestionKind.WHAT_IF_NOT}
"""Kinds of question that "Yes" or "No" does not answer."""


TRUSTED = 0.45
"""A statement's "Yes" or "No" is said from this chance on; below it, it may be the answer to another question."""

_TURNED = {"reckon_retest_no": "reckon_retest_early", "reckon_change_yes": "reckon_change_open"}
"""What is said instead where it was asked if a day is too early or too late."""

_POINTS = frozenset(point.value for point in Point)
TO_A_QUESTION = (60, 50)
"""Up to so many words, written and spoken, a decision that answers a question also says what to do."""


class Answers:
    """Renders answers from one catalogue. Holds no state between calls."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._terms: dict[str, Said] = {}
        self._terms |= {value: self.said(key) for value, key in TERMS.items() if key in catalog.phrases}

    def entry(self, label: str, day: date) -> Answer:
        """The text of a label on a day, with its sources and offers. Raises UnknownText."""
        entry = self.catalog.entries.get(label)
        if entry is None:
            raise UnknownText(f"no text for {label}")
        try:
            version = entry.on(day)
            filling = self._filling(day)
            said = filling.forms(version.forms)
        except MissingPolicy:
            return self._no_policy(day)
        named = tuple(self.catalog.sources[source] for source in version.sources)
        return Answer(said.web, said.voice, once((*named, *self._documents(filling.used))), (), version.offer)

    def reply(
        self,
        label: str,
        kind: QuestionKind | None,
        picked: Picked | None,
        subject: Subject | None = None,
        *,
        day: date,
        bare: bool = False,
        alone: bool = False,
        short: bool = False,
    ) -> Answer:
        """The asked thing first, in at most `NARROW` words: what was picked, then what belongs to it.

        Without a pick, the short answer to the topic in at most `WIDE` words. `bare`: the message is no more than its
        question kind ("how much?"), so that the topic's usual answer to that kind is meant. `alone`: nothing is said
        after the one statement; `short`: little is, beside the answers to other questions. A topic without statements
        gets its text. Raises UnknownText for a label or id that is not there.
        """
        label = picked.label if picked is not None else label
        entry = self.catalog.entries.get(label)
        if entry is None:
            raise UnknownText(f"no text for {label}")
        told: Statement | Gap | None = None
        if picked is not None:
            told = entry.find(picked.id)
            if told is None:
                raise UnknownText(f"{label} has no statement or gap {picked.id}")
        elif bare:
            told = usual(entry, kind)
        budget = BESIDE_OTHERS if short else NARROW if told is not None else WIDE
        if told is None:
            if not entry.statements:
                return self.entry(label, day)
            told = entry.statements[0]
        try:
            plain = kind in _NEVER_YES_OR_NO
            unsure = picked is None or picked.likely < TRUSTED
            return self._told(entry, told, subject or Subject(), budget, day, plain=plain, unsure=unsure, alone=alone)
        except MissingPolicy:
            return self._no_policy(day)

    def reckon(
        self,
        label: str,
        kind: QuestionKind | None,
        given: Given,
        *,
        day: date,
        against: bool = False,
        denied: bool = False,
        tests: Sequence[str] = (),
        buys_then: bool = False,
    ) -> Answer | None:
        """The days that the given ones come to, first of all; None where there is nothing to work out.

        `day` is the person's today; `against`: it is asked whether a day is too late or too early; `denied`: it is
        concluded that a day will not do; `tests`: those named, each of which may have a day of its own;
        `buys_then`: it is asked how long a test is good that is bought on the day it comes to. A text without
        decisions: nobody's records are looked at.
        """
        try:
            found = reckon(label, kind, given, book=self.catalog.policy, day=day)
        except MissingPolicy:
            return self._no_policy(day)
        if found is None:
            return None
        said = self._own(found.phrase, day, found.values)
        others = [reckon(label, kind, each, book=self.catalog.policy, day=day) for each in others_of(label, given)]
        if others and len(others) + 1 == len(tests):
            said = self._for_each(tests, [found, *others], day) or said
        elif others and not tests and given.asked is None:
            said = self._for_each([None, *given.also], [found, *others], day) or said
        opened = said.web.startswith(("Yes,", "No,", "Yes.", "No."))
        if (
            opened
            and not (denied or against)
            and (kind in _NEVER_YES_OR_NO or (kind is None and given.asked is None and given.days is None))
        ):
            said = Said(following(said.web), following(said.voice))
        if denied and opened:
            key = "reckon_denied_wrong" if said.web.startswith("Yes") else "reckon_denied_right"
            said = self._own(key, day, {"said": Said(following(said.web), following(said.voice))})
        elif against and found.phrase in _TURNED:
            said = self._own(_TURNED[found.phrase], day, found.values)
        elif against and opened:
            turned = "reckon_against_no" if said.web.startswith("Yes") else "reckon_against_yes"
            said = self._own(turned, day, {"said": Said(following(said.web), following(said.voice))})
        then = self._bought_then(found, day) if buys_then and given.failed is not None else None
        if then is not None:
            said = Said(f"{said.web} {then.web}", f"{said.voice} {then.voice}")
        return Answer(said.web, said.voice, self._documents(self.catalog.policy.on(name, day) for name in found.policy))

    def _bought_then(self, found: Reckoned, day: date) -> Said | None:
        """How long a test is good that is bought on the day worked out."""
        bought = Given(bought=found.limit)
        then = reckon("account/purchase_window", QuestionKind.WHEN, bought, book=self.catalog.policy, day=day)
        return None if then is None else self._own("reckon_then_good", day, {"must_test_by": then.limit})

    def missing_of_master(self, held: Sequence[str], *, day: date) -> tuple[str, ...] | None:
        """The tests that those held lack of a Master's, in the series of most of them; None where no set is known."""
        base = [test.removesuffix("R") for test in held]
        known = self.catalog.tests.tests
        series = Counter(known[test].series for test in base if test in known).most_common(1)
        row = self.catalog.policy.find(f"master_set.{series[0][0]}", day) if series else None
        return None if row is None else tuple(test for test in codes(row) if test not in base)

    def day_of(self, label: str, given: Given, *, day: date) -> date | None:
        """The day that the given ones come to on a topic, or None."""
        try:
            found = reckon(label, QuestionKind.WHEN, given, book=self.catalog.policy, day=day)
        except MissingPolicy:
            return None
        return None if found is None else found.limit

    def sum_of(self, fee_id: str, count: int, *, said: Decimal | None, each: bool, covers: bool, day: date) -> Answer:
        """What a number of things comes to at one fee, with whether the amount said, or one fee, is right.

        `each`: the amount is said of each of them; `covers`: it is asked if one fee is for all. Raises MissingPolicy.
        """
        row = self.catalog.policy.on(fee_id, day)
        if not isinstance(row.value, Decimal):
            raise PolicyFault(row, "an amount of money")
        total = row.value * count
        asks = said is not None or covers
        right = said == (row.value if each else total) if said is not None else count == 1
        what = "each" if each and said is not None else "sum" if count > 1 else "one"
        key = f"reckon_{what}" + (("_yes" if right else "_no") if asks else "")
        values: dict[str, Value] = {"total": total, "count": count, "fee": row.value}
        known = self.catalog.phrases[key].values
        words = self._own(key, day, {name: value for name, value in values.items() if name in known})
        return Answer(words.web, words.voice, self._documents((row,)))

    def _for_each(self, tests: Sequence[str | date | None], found: Sequence[Reckoned | None], day: date) -> Said | None:
        """The day of each of several tests, named by the test or by the day on which it happened, in one sentence."""
        parts = []
        for test, each in zip(tests, found, strict=True):
            if each is None or each.limit is None:
                return None
            if isinstance(test, str):
                parts.append(self._own("reckon_one_of", day, {"tests": [test], "on": each.limit}))
            else:
                key = "reckon_first_one" if test is None else "reckon_one_from"
                parts.append(self._own(key, day, {"on": each.limit} | ({} if test is None else {"since": test})))
        both = Said("; ".join(part.web for part in parts), ". ".join(part.voice for part in parts))
        return self._own("reckon_each", day, {"said": both})

    def repeated(self, answer: Answer, *, day: date) -> Answer:
        """What was told before, told again as such; a yes or no stays in front."""
        key = next(
            (f"as_said_{word.lower()}" for word in ("Yes", "No") if answer.text.startswith((f"{word},", f"{word}."))),
            "as_said",
        )
        said = self._own(key, day, {"said": Said(following(answer.text), following(answer.speech))})
        return Answer(said.web, said.voice, answer.sources, answer.decisions, answer.offers)

    def decision(
        self,
        decision: Decision,
        *,
        day: date,
        subject_words: str | Said | None = None,
        asked: Sequence[str] = (),
        closing: bool = True,
    ) -> Answer:
        """Answer first, with the date that matters; then what else stands; then what to do.

        `day` is the candidate's day of the question. `subject_words` stand in for the test's own name. `asked`: what
        the question is after (`Point`, then `QuestionKind`), so that its own "Yes" or "No" comes first, and no other
        one; a question gets what to do only where few words have been said. `closing` False: what to do is left out.
        Raises UnknownText for a reason without wording.
        """
        used: list[PolicyRow] = []
        parts: list[Said] = []

        def add(reason: Reason, pick: Callable[[ReasonWording], Forms]) -> None:
            filling = self._filling(day, decision, reason, subject_words)
            parts.append(filling.forms(pick(self._wording(decision.rule, reason.code))))
            used.extend(filling.used)

        wording = self._wording(decision.rule, decision.decisive.code)
        first = _form_for(wording, asked, going_on=not closing)
        try:
            add(decision.decisive, lambda _: first or wording.answer)
            if first is None and _wants_no_yes_or_no(asked):
                parts[0] = Said(following(parts[0].web), following(parts[0].voice))
            for reason in decision.reasons[1:]:
                add(reason, lambda wording: wording.also)
            told = (wording.why, wording.asked.get(QuestionKind.WHAT_NEXT))
            if closing and (first is None or all(first is not each for each in told)):
                add(decision.decisive, lambda wording: wording.next)
        except MissingPolicy:
            return self._no_policy(day, decision)
        if asked and len(parts) > len(decision.reasons):
            parts[-1] = _if_short(parts)
        rows = [row for reason in decision.reasons for row in reason.policy]
        return _paragraphs(parts, self._documents((*rows, *used)), (decision,))

    def has_form(self, decision: Decision, asked: Sequence[str]) -> bool:
        """Whether the decision has words of its own for one of the things asked."""
        wording = self._wording(decision.rule, decision.decisive.code)
        return _form_for(wording, asked, going_on=True) is not None

    def brief(self, decision: Decision, *, day: date, subject_words: str | Said | None = None) -> Answer:
        """One line of a list: the short form of the decisive reason, else its answer. Raises UnknownText."""
        reason = decision.decisive
        wording = self._wording(decision.rule, reason.code)
        try:
            filling = self._filling(day, decision, reason, subject_words)
            said = filling.forms(wording.also if wording.also.web.source else wording.answer)
        except MissingPolicy:
            return self._no_policy(day, decision)
        return _paragraphs([said], self._documents((*reason.policy, *filling.used)), (decision,))

    def explain(self, decision: Decision, *, day: date, whole: bool = True) -> Answer:
        """Why: the rule in words with the facts, then each policy value with its start and source.

        Spoken, values that the words state already are not said again, nor a whole list of them. `whole` False: the
        decisive reason and where it stands, in short. Raises UnknownText for a reason without wording.
        """
        rows: list[PolicyRow] = []
        stated: list[PolicyRow] = []
        parts: list[Said] = []
        try:
            for reason in decision.reasons if whole else decision.reasons[:1]:
                filling = self._filling(day, decision, reason, None)
                parts.append(filling.forms(self._wording(decision.rule, reason.code).why))
                rows.extend((*reason.policy, *filling.used))
                stated.extend(filling.used)
        except MissingPolicy:
            return self._no_policy(day, decision)
        rows = list(once(rows))
        if rows and not whole:
            parts.append(self._source(rows[0], day, EXPLAIN_SOURCE_SHORT))
        elif rows:
            parts.append(self._basis(rows, day, values_said=bool(stated) or len(rows) > 1))
        return _paragraphs(parts, self._documents(rows), (decision,))

    def phrase(self, key: str, *, day: date | None = None, **values: Value | Said) -> Answer:
        """A prompt of the dialogue. Values are typed (dates, codes, counts) or already said.

        Policy values are those of `day`, else the newest ones. Raises UnknownText, MissingValue, and
        TypeError for a value that the phrase does not know.
        """
        phrase = self.catalog.phrases.get(key)
        if phrase is None:
            raise UnknownText(f"no phrase {key}")
        if unknown := sorted(set(values) - set(phrase.values)):
            known = ", ".join(phrase.values) or "no values"
            raise TypeError(f"phrase {key} takes {known}, not {', '.join(unknown)}")
        try:
            said = self._phrase(phrase, day, values)
        except MissingPolicy as error:
            return self._no_policy(error.day)
        return Answer(said.web, said.voice, tells_keys=phrase.tells_keys)

    def say(self, value: Value, how: str | None = None, *, day: date | None = None) -> Said:
        """One value in words, e.g. for the title of a choice. Raises FormatError."""
        return self._formats(day).say(value, how)

    def said(self, key: str, **values: Value | Said) -> Said:
        """The words of a phrase that stand in a choice or inside another sentence. Raises as `phrase` does."""
        answer = self.phrase(key, day=None, **values)
        return Said(answer.text, answer.speech)

    def title(self, label: str) -> Said:
        """What a choice of this label says. Raises UnknownText."""
        topic = self.catalog.topics.get(label)
        if topic is None or not topic.title:
            raise UnknownText(f"no title for {label}")
        return Said(topic.title, topic.spoken_title)

    # --- pieces ---

    def _formats(self, day: date | None) -> Formats:
        return Formats(self.catalog.tests, day, self._terms)

    def _told(
        self,
        entry: Entry,
        told: Statement | Gap,
        subject: Subject,
        budget: tuple[int, int],
        day: date,
        *,
        plain: bool,
        unsure: bool,
        alone: bool,
    ) -> Answer:
        """`plain`: no yes or no is said; `unsure`: only that of a form made for the tests that are named."""
        used: list[PolicyRow] = []
        parts: list[tuple[str, str]] = []
        after = [] if alone else [each for each in entry.statements if each.id in told.then]
        for each in (told, *sorted(after, key=lambda statement: told.then.index(statement.id))):
            forms, values = forms_for(each, subject, self.catalog, day)
            filling = self._filling(day, values=values)
            said = filling.forms(forms)
            bare = bool(parts) or plain or (unsure and not values)
            parts.append((following(said.web), following(said.voice)) if bare else (said.web, said.voice))
            if isinstance(each, Gap):
                ask = self.phrase(f"ask_{each.ask}", day=day)
                parts.append((ask.text, ask.speech))
            used.extend(filling.used)
        web, voice = within(parts, budget)
        named = tuple(self.catalog.sources[source] for source in entry.on(day).sources)
        return Answer(web, voice, once((*named, *self._documents(used))), (), entry.on(day).offer)

    def _filling(
        self,
        day: date | None,
        decision: Decision | None = None,
        reason: Reason | None = None,
        subject_words: str | Said | None = None,
        values: Mapping[str, Value | Said] | None = None,
    ) -> Filling:
        known: dict[str, Value | Said] = dict(values or {})
        rows: dict[str, PolicyRow] = {}
        if decision is not None and reason is not None:
            subject = decision.subject
            whole = {
                "test": subject.test,
                "series": subject.series,
                "opens_at": decision.opens_at,
                "closes_at": decision.closes_at,
                "fee": decision.fee,
            }
            known.update({name: value for name, value in whole.items() if value is not None})
            known.update({name: value for name, value in reason.values.items() if value is not None})
            if not known.get("days_given_up", 1):
                del known["days_given_up"]  # on the last day nothing is given up, and nothing is said of it
            for each in (*decision.reasons, reason):
                rows.update({row.id: row for row in each.policy})
        if subject_words is not None:
            known["test"] = subject_words if isinstance(subject_words, Said) else Said.same(subject_words)

        def policy(policy_id: str) -> PolicyRow:
            if policy_id in rows:
                return rows[policy_id]
            if day is not None:
                return self.catalog.policy.on(policy_id, day)
            return self.catalog.policy.on(policy_id, date.max)

        return Filling(self._formats(day), known, policy, self.catalog.parameters)

    def _wording(self, rule: str, code: str) -> ReasonWording:
        for name in (rule, COMMON):
            found = self.catalog.wording.get(name, {}).get(code)
            if found is not None:
                return found
        raise UnknownText(f"no wording for {code} of {rule}")

    def _phrase(self, phrase: Phrase, day: date | None, values: Mapping[str, Value | Said]) -> Said:
        return self._filling(day, values=values).forms(phrase.forms)

    def _own(self, key: str, day: date, values: Mapping[str, Value | Said]) -> Said:
        phrase = self.catalog.phrases.get(key)
        if phrase is None:
            raise UnknownText(f"no phrase {key}")
        return self._phrase(phrase, day, values)

    def _no_policy(self, day: date, decision: Decision | None = None) -> Answer:
        said = self._own(NO_POLICY, day, {"day": day})
        return Answer(said.web, said.voice, (), () if decision is None else (decision,))

    def _basis(self, rows: Sequence[PolicyRow], day: date, *, values_said: bool) -> Said:
        """Each policy value with its source and start: written as a list; spoken, each source once."""
        web: list[str] = []
        voice: list[str] = []
        sources: list[str] = []
        for row in rows:
            said, source = self._row(row, day), self._source(row, day)
            web.append(f"- {said.web} {source.web}")
            sources.append(source.voice)
            if not values_said:
                voice.append(said.voice)
        return Said("\n".join(web), " ".join((*voice, *once(sources))))

    def _row(self, row: PolicyRow, day: date) -> Said:
        parameter = self.catalog.parameters.get(row.id)
        about, words = (parameter.about, parameter.words) if parameter else (row.id, {})
        how = UNIT_FORMATS.get(parameter.unit) if parameter else None
        value = words.get(row.value) if isinstance(row.value, str) else None
        values: dict[str, Value | Said] = {
            "about": Said.same(about.rstrip(".")),
            "value": Said.same(value) if value else self._formats(day).say(row.value, how),
        }
        if row.interpretation and row.note:
            return self._own(EXPLAIN_READING, day, {**values, "note": Said.same(row.note)})
        return self._own(EXPLAIN_ROW, day, values)

    def _source(self, row: PolicyRow, day: date, phrase: str = EXPLAIN_SOURCE) -> Said:
        document = self.catalog.sources.get(row.source)
        if document is None:
            return Said.same("")
        name = f"{document.document}, {document.title}"
        values: dict[str, Value | Said] = {
            "source": Said(name, document.document.replace("ASE", "A S E")),
            "as_of": document.as_of,
        }
        if phrase == EXPLAIN_SOURCE:
            values["since"] = row.since
        return self._own(phrase, day, values)

    def _documents(self, rows: Iterable[PolicyRow]) -> tuple[SourceDoc, ...]:
        known = self.catalog.sources
        return once([known[row.source] for row in rows if row.source in known])


def _form_for(wording: ReasonWording, asked: Sequence[str], *, going_on: bool) -> Forms | None:
    """What is said instead of the usual answer: the form of the first thing asked that has one.

    `going_on`: the answer has been given, so that what to do is said without it.
    """
    found = next((wording.asked[name] for name in asked if name in wording.asked), None)
    if found is None and going_on and QuestionKind.WHAT_NEXT in asked and wording.next.web.source:
        return wording.next
    if found is None and going_on and QuestionKind.WHY in asked:
        return wording.why
    return found


def _wants_no_yes_or_no(asked: Sequence[str]) -> bool:
    """Whether a "Yes" or "No" meant for the usual question would be the wrong one, or none."""
    return any(name in _NEVER_YES_OR_NO or name in _POINTS for name in asked)


def _if_short(parts: Sequence[Said]) -> Said:
    """The last part, in each form only where the whole of it is no longer than the answer to a question may be."""
    web, voice = (" ".join(said) for said in ([p.web for p in parts], [p.voice for p in parts]))
    last = parts[-1]
    return Said(
        last.web if length(web) <= TO_A_QUESTION[0] else "", last.voice if length(voice) <= TO_A_QUESTION[1] else ""
    )


def _paragraphs(parts: Iterable[Said], sources: tuple[SourceDoc, ...], decisions: tuple[Decision, ...]) -> Answer:
    parts = tuple(parts)
    return Answer(
        text="\n\n".join(part.web for part in parts if part.web),
        speech=" ".join(part.voice for part in parts if part.voice),
        sources=sources,
        decisions=decisions,
    )
