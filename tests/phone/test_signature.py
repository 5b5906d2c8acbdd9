"""Twilio's signature: ours says what the provider's own library says, for right and for wrong ones."""

from __future__ import annotations

import itertools

import pytest
from twilio.request_validator import RequestValidator, get_signature_algorithm

from bot.gateway.channels.phone_ivr.signature import algorithm_of, forms_of, is_signed, sign

TOKENS = ["12345", "a token with spaces and ü", "x" * 64]
URLS = [
    "https://voice.example.org/channels/twilio/voice",
    "https://voice.example.org:443/channels/twilio/turn?n=3",
    "https://voice.example.org:8443/channels/twilio/turn?n=12&wait=1",
    "http://voice.example.org/base/channels/twilio/turn?n=1",
    "http://127.0.0.1:8080/channels/twilio/status",
    "https://voice.example.org/channels/twilio/turn?n=%31&x=a%20b",
]
FORMS: list[list[tuple[str, str]]] = [
    [],
    [("CallSid", "CA1"), ("From", "+13125550101")],
    [("SpeechResult", "what's on my account? ñ ☎"), ("Confidence", "0.9"), ("CallSid", "CA1")],
    [("Digits", ""), ("CallSid", "CA1")],
    [("b", "2"), ("a", "1"), ("B", "3"), ("A", "4")],
    [("a", "2"), ("a", "1"), ("a", "2")],
    [("Twice", "x"), ("Twi", "cex")],
]
ALGORITHMS = ["HMAC_SHA1", "HMAC_SHA256"]
CASES = list(itertools.product(TOKENS, URLS, FORMS, ALGORITHMS))


class Many(dict[str, list[str]]):
    """A form with repeated fields, as the library reads it."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def many(form: list[tuple[str, str]]) -> Many:
    found = Many()
    for name, value in form:
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_the_library_signs_is_accepted_and_so_is_ours_by_the_library(algorithm: str) -> None:
    for token, url, form, _ in CASES:
        oracle = RequestValidator(token)
        theirs = oracle.compute_signature(url, many(form), algorithm)
        assert sign(token, url, form, algorithm) == theirs
        assert is_signed(token, url, form, theirs, algorithm)
        assert oracle.validate(url, many(form), sign(token, url, form, algorithm), algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_with_and_without_the_port(algorithm: str) -> None:
    checked = 0
    for token, url, form, _ in CASES:
        for signed_for in forms_of(url):
            theirs = RequestValidator(token).compute_signature(signed_for, many(form), algorithm)
            assert is_signed(token, url, form, theirs, algorithm)
            assert RequestValidator(token).validate(url, many(form), theirs, algorithm)
            checked += 1
    assert checked >= 100


def test_a_form_that_was_changed_is_refused_as_the_library_refuses_it() -> None:
    refused = 0
    for token, url, form, algorithm in CASES:
        right = sign(token, url, form, algorithm)
        changed = [
            (token, url, [*form, ("StirVerstat", "A")], right),
            (token, url + "0", form, right),
            (token + "x", url, form, right),
            (token, url, form, right[:-2]),
            (token, url, form, right.swapcase()),
            (token, url, form, ""),
            (token, url, form, "ünsigned"),
            (token, url, [(name, value + " ") for name, value in form] or [("a", "b")], right),
        ]
        for secret, address, fields, given in changed:
            assert not is_signed(secret, address, fields, given, algorithm)
            assert not RequestValidator(secret).validate(address, many(fields), given, algorithm)
            refused += 1
    assert refused >= 500


def test_one_algorithm_does_not_pass_for_the_other() -> None:
    url, form = URLS[0], FORMS[1]
    assert not is_signed("t", url, form, sign("t", url, form, "HMAC_SHA1"), "HMAC_SHA256")
    assert not is_signed("t", url, form, sign("t", url, form, "HMAC_SHA256"), "HMAC_SHA1")
    assert not is_signed("t", url, form, sign("t", url, form, "HMAC_SHA1"), "HMAC_MD5")


HEADERS = [
    None,
    "",
    "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
    "algorithm=HMAC_SHA256",
    " algorithm = HMAC_SHA1 ,key=x",
    "algorithm=",
    "key=x",
    "nonsense,,=",
]


@pytest.mark.parametrize("header", HEADERS)
def test_the_algorithm_is_read_as_the_library_reads_it(header: str | None) -> None:
    assert algorithm_of(header) == get_signature_algorithm(header).upper()


def test_found_at_least_two_hundred_cases() -> None:
    assert len(CASES) >= 200


def test_an_address_that_is_none_is_compared_as_it_is() -> None:
    assert forms_of("https://voice.example.org:port/x") == ("https://voice.example.org:port/x",)
    assert forms_of("wss://voice.example.org/x") == ("wss://voice.example.org/x",)
