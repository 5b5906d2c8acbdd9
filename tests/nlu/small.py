"""A small set of training lines, enough to tell six labels and off-topic messages apart."""

from __future__ import annotations

LINES = {
    "account/reschedule": """
        can I reschedule my A5 test | move my appointment to Friday | I need another date for my exam |
        change the time of my appointment | push my test back a week | reschedule please | can I take it on
        another day | my appointment has to be moved | switch my test to the morning | new date for my
        brakes test
    """,
    "account/test_results": """
        when do I get my results | did I pass A5 | where is my score report | are my results posted | have
        the scores come out | I want to see my score | show me my results | did I pass my test | results for
        T4 | is my score there yet
    """,
    "faq/fees": """
        how much does a test cost | what is the registration fee | price of A5 | do I pay tax | what are the
        fees | how much is it | what would two tests cost me | cost of the exam | is there a charge to
        register | fee for one test
    """,
    "faq/test_locations": """
        where can I take the test | test centers near me | is there a center in Ohio | can I test on a
        military base | nearest testing location | where are the tests given | locations in Canada | which
        cities have a center | find a test center | is there a site close to me
    """,
    "greet": """
        hello | hi there | good morning | hey | hi | good afternoon | hello there | howdy | hey there |
        greetings
    """,
    "inform": """
        A5 | next Tuesday morning | the second one | T4 please | Friday | number 2 | A1 through A8 |
        tomorrow | the last one | brakes
    """,
    "out_of_scope": """
        what is the weather | tell me a joke | my car makes a noise | when is my dentist appointment | who
        won the game | order a pizza | I failed my driving test | how do I change my oil | what time is it |
        write a poem | are brake pads expensive | play some music | I need a plumber | where can I buy tires
        | how do I bake bread | stock price today | sing a song | what is two plus two | book me a flight |
        my cat is sick | translate this into French | is it going to rain
    """,
}


def small() -> tuple[list[str], list[str]]:
    """The lines and their labels."""
    pairs = [(" ".join(line.split()), label) for label, lines in LINES.items() for line in lines.split("|")]
    return [text for text, _ in pairs], [label for _, label in pairs]
