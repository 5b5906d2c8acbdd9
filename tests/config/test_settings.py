"""Settings: defaults, what each refuses and in which words, and a document that lists them all."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config.opening_hours import parse_open_hours
from bot.config.settings import SETTINGS, Settings, SettingsError, unknown_names

ROOT = Path(__file__).resolve().parents[2]


def test_defaults_are_enough_to_start() -> None:
    settings = Settings.from_environment({})
    assert settings.environment == "development"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.as_of is None
    assert settings.host_secret is None
    assert settings.allowed_origins == ()
    assert settings.frame_ancestors == ("'self'",)
    assert not settings.demo


def test_values_arrive_typed() -> None:
    settings = Settings.from_environment(
        {
            "ASSISTANT_AS_OF": "2026-03-02T10:00:00-05:00",
            "ASSISTANT_PORT": "9000",
            "ASSISTANT_LOG_LEVEL": "debug",
            "ASSISTANT_ALLOWED_ORIGINS": "https://www.example.org, https://Shop.Example.org/",
            "ASSISTANT_PUBLIC_URL": "https://assistant.example.org/base/",
            "ASSISTANT_MODEL": "models/a.tar.gz",
            "ASSISTANT_TRUSTED_PROXIES": "10.0.0.0/8,::1",
        }
    )
    assert settings.as_of == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert settings.port == 9000
    assert settings.log_level == "DEBUG"
    assert settings.allowed_origins == ("https://www.example.org", "https://shop.example.org")
    assert settings.public_url == "https://assistant.example.org/base"
    assert settings.model == Path("models/a.tar.gz")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


def test_an_empty_value_counts_as_unset() -> None:
    assert Settings.from_environment({"ASSISTANT_PORT": " ", "ASSISTANT_PUBLIC_URL": ""}).port == 8080


REFUSED = [
    ("ASSISTANT_ENV", "staging", "development, test, production"),
    ("ASSISTANT_DATABASE_URL", "mysql://db", "sqlite:///path or postgresql://"),
    ("ASSISTANT_AS_OF", "2026-03-02T10:00:00", "offset"),
    ("ASSISTANT_AS_OF", "next Tuesday", "ISO instant"),
    ("ASSISTANT_PUBLIC_URL", "assistant.example.org", "https://"),
    ("ASSISTANT_PUBLIC_URL", "https://example.org/?a=b", "without query"),
    ("ASSISTANT_TWILIO_VOICE", "<Say>", "name of a voice"),
    ("ASSISTANT_TRANSFER_TO", "the office", "+13125550100"),
    ("ASSISTANT_TRANSFER_TO", "sip:nobody", "sip: address"),
    ("ASSISTANT_PORT", "http", "from 0 to 65535"),
    ("ASSISTANT_PORT", "65536", "from 0 to 65535"),
    ("ASSISTANT_PORT", "-1", "from 0 to 65535"),
    ("ASSISTANT_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR"),
    ("ASSISTANT_SMTP_URL", "mail.example.org:25", "smtp://"),
    ("ASSISTANT_SMTP_URL", "smtp://mail.example.org:99999", "smtp://"),
    ("ASSISTANT_MAIL_FROM", "nobody", "e-mail address"),
    ("ASSISTANT_SESSION_IDLE", "0", "whole number"),
    ("ASSISTANT_SESSION_LONGEST", "an hour", "whole number"),
    ("ASSISTANT_AGENT_SESSION_IDLE", "0", "whole number"),
    ("ASSISTANT_AGENT_SESSION_LONGEST", "9999", "whole number"),
    ("ASSISTANT_SIGN_IN_ADDRESS", "few", "whole number"),
    ("ASSISTANT_SIGN_IN_NETWORK", "-1", "whole number"),
    ("ASSISTANT_SIGN_IN_OVERALL", "1e3", "whole number"),
    ("ASSISTANT_MAIL_DOMAIN", "a b", "domain such as"),
    ("ASSISTANT_MAIL_DOMAIN", "-a.example.org", "domain such as"),
    ("ASSISTANT_AUDIT_KEY", "short", "32 bytes"),
    ("ASSISTANT_ALLOWED_ORIGINS", "https://a.example.org/page", "origin"),
    ("ASSISTANT_ALLOWED_ORIGINS", "*", "https://"),
    ("ASSISTANT_FRAME_ANCESTORS", "example.org", "https://"),
    ("ASSISTANT_TRUSTED_PROXIES", "proxy", "network"),
    ("ASSISTANT_RATE_TURNS", "many", "whole number"),
    ("ASSISTANT_RATE_REQUESTS", "-5", "whole number"),
    ("ASSISTANT_RATE_CONVERSATIONS", "1.5", "whole number"),
    ("ASSISTANT_TURN_TIMEOUT", "0", "from 1 to 55"),
    ("ASSISTANT_STOP_TIMEOUT", "forever", "whole number"),
    ("ASSISTANT_PERSON_HOURS", "always", "must look like"),
    ("ASSISTANT_PERSON_HOURS", "Mon-Fri 18:00-08:00 America/New_York", "open before it closes"),
    ("ASSISTANT_PERSON_HOURS", "Mon-Fri 08:00-18:00 Mars/Olympus", "time zone"),
    ("ASSISTANT_PERSON_HOURS", "Moonday 08:00-18:00 America/New_York", "days are"),
    ("ASSISTANT_PERSON_HOURS", "Mon 08:00-25:00 America/New_York", "00:00 and 23:59"),
    ("ASSISTANT_OIDC_ISSUER", "login.example.org", "https://"),
    ("ASSISTANT_OIDC_ROLES", "support", "VALUE=ROLE"),
    ("ASSISTANT_OIDC_ROLES", "support=boss", "agent, lead"),
]


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_a_bad_value_is_refused_by_name(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert [fault.name for fault in caught.value.faults] == [name]
    assert says in str(caught.value)


def test_enough_bad_values_are_tried() -> None:
    free = ("text", "path")
    readers = {setting.name for setting in SETTINGS if setting.parse.__name__ not in free}
    assert readers <= {name for name, _, _ in REFUSED}
    assert len(REFUSED) >= 25


def test_all_faults_come_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ASSISTANT_PORT": "x", "ASSISTANT_ENV": "y", "ASSISTANT_LOG_LEVEL": "z"})
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        ({"ASSISTANT_AS_OF": "2026-03-02T10:00:00Z"}, "ASSISTANT_AS_OF"),
        ({"ASSISTANT_HOST_SECRET": "short"}, "ASSISTANT_HOST_SECRET"),
        ({"ASSISTANT_PUBLIC_URL": "http://assistant.example.org"}, "ASSISTANT_PUBLIC_URL"),
    ],
)
def test_production_is_stricter(extra: dict[str, str], name: str) -> None:
    Settings.from_environment(extra)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ASSISTANT_ENV": "production", **extra})
    assert [fault.name for fault in caught.value.faults] == [name]


def test_the_demo_makes_a_key_and_keeps_a_given_one() -> None:
    made = Settings.from_environment({}).for_demo()
    assert made.demo
    assert made.host_secret is not None
    assert len(made.host_secret) >= 32
    assert made.host_secret != Settings.from_environment({}).for_demo().host_secret
    assert Settings.from_environment({"ASSISTANT_HOST_SECRET": "given"}).for_demo().host_secret == "given"


def test_the_demo_is_refused_in_production() -> None:
    with pytest.raises(SettingsError, match="demo"):
        Settings.from_environment({"ASSISTANT_ENV": "production"}).for_demo()


def test_secrets_do_not_show() -> None:
    told = {
        "ASSISTANT_HOST_SECRET": "sesame-1",
        "ASSISTANT_TWILIO_AUTH_TOKEN": "sesame-2",
        "ASSISTANT_SMTP_URL": "smtp://me:sesame-3@mail.example.org",
        "ASSISTANT_DATABASE_URL": "postgresql://me:sesame-4@db/a",
    }
    assert "sesame" not in repr(Settings.from_environment(told))
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"ASSISTANT_SMTP_URL": "sesame://me:sesame@mail"})
    assert "sesame" not in str(caught.value)


def test_names_that_are_no_settings_are_found() -> None:
    environment = {"ASSISTANT_PORT": "1", "ASSISTANT_PROT": "1", "ASSISTANT_A": "", "PATH": "/bin"}
    assert unknown_names(environment) == ("ASSISTANT_A", "ASSISTANT_PROT")


def test_every_setting_is_a_field_and_every_field_a_setting() -> None:
    fields = {f.name for f in dataclasses.fields(Settings)} - {"demo"}
    assert {setting.attribute for setting in SETTINGS} == fields
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS) >= 20


def test_the_document_lists_each_setting_as_it_is() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(ASSISTANT_[A-Z_]+)` \| (.*?) \| (.*) \|$", text, flags=re.MULTILINE)
    expected = [(s.name, {None: "unset", "": "empty"}.get(s.default, f"`{s.default}`"), s.help) for s in SETTINGS]
    assert rows == expected


@pytest.mark.parametrize(
    ("instant", "is_open", "next_opening"),
    [
        ("2026-03-02T08:00:00-05:00", True, "2026-03-02T08:00:00-05:00"),
        ("2026-03-02T07:59:59-05:00", False, "2026-03-02T08:00:00-05:00"),
        ("2026-03-02T17:59:59-05:00", True, "2026-03-02T17:59:59-05:00"),
        ("2026-03-02T18:00:00-05:00", False, "2026-03-03T08:00:00-05:00"),
        ("2026-03-06T18:00:00-05:00", False, "2026-03-09T08:00:00-04:00"),  # the clocks change on the 8th
        ("2026-03-09T12:00:00Z", True, "2026-03-09T12:00:00+00:00"),
    ],
)
def test_hours_of_people(instant: str, is_open: bool, next_opening: str) -> None:
    hours = parse_open_hours("Mon-Fri 08:00-18:00 America/New_York")
    at = datetime.fromisoformat(instant)
    assert hours.open_at(at) is is_open
    assert hours.next_opening(at) == datetime.fromisoformat(next_opening)


@pytest.mark.parametrize(
    ("days", "expected"),
    [("Mon", {0}), ("mon,wed", {0, 2}), ("Sat-Mon", {5, 6, 0}), ("Mon-Sun", set(range(7)))],
)
def test_days_of_people(days: str, expected: set[int]) -> None:
    assert parse_open_hours(f"{days} 09:00-17:00 UTC").days == expected
