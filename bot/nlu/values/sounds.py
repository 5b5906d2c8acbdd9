"""How letters and digits of test codes sound, and the words that tell codes from sentences."""

from __future__ import annotations

from bot.nlu.values.words import bag

_SAID = {
    "A": "ay aye eigh alpha alfa", "T": "tee tees tango", "L": "el ell elle lima", "X": "ex ecks eks xray",
    "S": "ess es sierra", "H": "aitch haitch ach hotel", "G": "gee jee golf", "C": "cee charlie", "F": "eff ef foxtrot",
    "E": "ee echo", "B": "bravo", "P": "papa",
}  # fmt: skip
_WORDS = {
    "A": "hey eh eight he hay", "B": "be bee", "C": "see sea si", "P": "pea pee", "T": "tea ty the", "S": "as yes",
    "X": "eggs axe", "H": "each age", "L": "al hell ill", "G": "ge jean", "F": "if",
}  # fmt: skip

LETTERS: dict[str, tuple[str, str]] = {
    **{sound: (letter, "said") for letter, sounds in _SAID.items() for sound in sounds.split()},
    **{sound: (letter, "word") for letter, sounds in _WORDS.items() for sound in sounds.split()},
}
"""How a letter is written down: (letter, kind). "said" stands for a letter alone, "word" is an ordinary word too."""

DIGITS = {
    "won": 1, "wan": 1, "to": 2, "too": 2, "tree": 3, "free": 3, "for": 4, "fore": 4, "fife": 5, "hive": 5,
    "sicks": 6, "sics": 6, "sex": 6, "ate": 8, "aid": 8, "nein": 9,
}  # fmt: skip
"""Words that a digit is taken for."""

CLEAR = bag("bee pea pee tea hay")
"""Letter sounds that hardly stand before a figure as words."""

FAINT = bag("the as yes if he eight ill si")
"""Letter sounds so common as words that only a test beside them makes them letters."""

COUNTED = bag(
    """day days week weeks month months year years hour hours hr hrs minute minutes min mins second seconds time
    times dollar dollars buck bucks cent cents percent question questions part parts point points person
    people guy guys other others more of test tests exam exams certification certifications cert certs letter
    digit way door cylinder star step off on year-old yr yrs wk wks am pm a.m p.m o'clock hundred thousand
    million page pages credit credits mile miles speed ton attempt attempts try tries chance options option
    choice choices different separate old night nights block blocks star stars room rooms
    thing things bay bays wheel post man woman kids boys girls"""
)
"""Words that a number before them counts: "a five day wait" names no test."""

TESTS = bag(
    """test tests exam exams certification certifications cert certs certificate certificates recert
    recertification retest retake series score result results appointment appt study voucher booklet one"""
)
"""Words that stand beside the name or code of a test."""

LIST = bag(", and & / or plus n + ;")
THROUGH = bag("through thru threw thur throu to till til until - – — .. up")
DASHES = frozenset({"-", "–", "—", "‐"})
CORRECTING = bag("""no nope sorry mean meant wait actually rather scratch oops correction strike instead nah oh make""")
AROUND = bag(
    """, . ; - – — … ... : ( ) i i'm im it it's that that's the a an test exam one uh um er erm well is was
    should say said to be wrong my bad please hang on hold let me for"""
)
"""Words that may stand between a slip and its correction."""

SWITCHING = bag(
    """change switch swap move exchange convert trade transfer changed switched changing switching swapping going go
    instead"""
)
BESIDE = bag("the test exam ( ) , - – — : for in is which that's / or aka called one that ase") | {'"'}
"""Words between a code and its own name: "A5, the brakes test"."""

RECERT = frozenset(["recert", "recerts", "recertification", "recertifications", "recertify", "recertifying"])
ENDS = bag(
    """and or on at when is please again yesterday what available in still today tomorrow for next this last
    expire expires expired two three can do does to if appointment results yet now"""
)

AFTER_CODES = (
    ENDS
    | TESTS
    | LIST
    | THROUGH
    | CORRECTING
    | AROUND
    | RECERT
    | bag(
        """through thru not but so then because cause cuz if unless until since before after from with without about
    around during while as than too also first second third once twice maybe probably hopefully whenever where why how
    who which whats what's isn't isnt wasn't wasnt doesn't doesnt didn't didnt won't wont can't cant couldn't couldnt
    i'm im i've ive i'll ill i'd we're they it's its that's thats there here he she we you they him her me them us my
    your our his their ase prometric
    will would could should might may must am are was were been being has have had did does done get gets got getting
    go goes going gone come comes run runs ran running lapse lapses lapsed end ends ended good valid current due over
    count counts start starts work works cost costs need needs take takes taken took taking pass passes passed passing
    fail fails failed failing book booked booking buy bought move moved moving cancel canceled cancelled reschedule
    rescheduled schedule scheduled drop dropped change changed redo retook sit sat show shows showed posted post mailed
    purchase purchased paid pay refund refunded window date day's slot seat site center place voucher book guide
    brake brakes engine steering suspension electrical electronic electric electronics transmission automatic manual
    drivetrain heating air ac hvac diesel light truck bus school transit medium heavy performance repair hybrid
    service parts painting paint structural damage mechanical cng exhaust alternate level
    only just already anymore either neither altogether alone together instead right really actually sir ma'am man
    thanks thank thx ty ok okay yes no yeah yep hello hi
    lol haha pls plz please asap plzz um uh er bro dude boss buddy"""
    )
)
"""Words that go on after a code. After "a" and a figure any other word is what is counted: "a 6 bay shop"."""

EVERYDAY = bag(
    """electronic manuals performance alignment inspection automatics wiring engine engines paint estimates
    estimator structural body ev axles heating parts"""
)
"""Names of tests that are everyday words too: they count only beside a word such as "test", or alone."""

EVERYDAY_SERIES = frozenset(
    {"auto", "car", "advanced", "transit", "parts", "big truck", "automotive", "truck", "trucks"}
)
SERIES_NOUNS = TESTS - {"one"} | bag(
    """master tech techs technician technicians side level specialist certified stuff ones mechanic programs
    certs area category codes code certification's my all every"""
)
NOT_SERIES = bag("""service repair shop shops parts industry manufacturer insurance dealer""")
"""Words that make a series' name part of another thing: "automobile service"."""
