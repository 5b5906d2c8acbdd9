"""Settings, each one a record of its name, default, meaning and the function that reads it.

`SETTINGS` is the whole list: `Settings.from_environment` reads it, docs/settings.md is kept in step with it
by a test. Nothing here reads `os.environ` by itself; the composition root passes it in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import parse_instant
from bot.config import parsers as read
from bot.config.opening_hours import FORM as HOURS_FORM
from bot.config.opening_hours import OpenHours, parse_open_hours
from bot.config.parsers import Network, Role

PREFIX = "ASSISTANT_"
ENVIRONMENTS = ("development", "test", "production")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
MIN_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one setting; the value itself is not repeated, it may be a secret."""

    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


class SettingsError(ValueError):
    """Every setting at fault, all at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


# --- the list ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` is written as in the environment; None means unset, and the value is None."""

    name: str
    attribute: str
    default: str | None
    help: str
    parse: Callable[[str], Any] = read.text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "ASSISTANT_ENV",
        "environment",
        "development",
        "Where it runs: development, test or production. Production refuses a moved clock and the demo.",
        read.one_of(*ENVIRONMENTS),
    ),
    Setting(
        "ASSISTANT_DATABASE_URL",
        "database_url",
        "sqlite:///var/assistant.db",
        "The database with records and conversations: sqlite:///path or postgresql://….",
        read.database_url,
    ),
    Setting(
        "ASSISTANT_AS_OF",
        "as_of",
        None,
        "Moves policy and conversation time to an ISO instant with offset, where it stands still, to check "
        "the answers of another day. Codes, tokens, locks and holds keep real time. Refused in production.",
        parse_instant,
    ),
    Setting(
        "ASSISTANT_HOST_SECRET",
        "host_secret",
        None,
        "Key with which the host page signs candidate and agent tokens (HS256); at least 32 bytes in "
        "production. Unset: no token is accepted. The demo makes one.",
    ),
    Setting(
        "ASSISTANT_AUDIT_KEY",
        "audit_key",
        None,
        "Key with which the end of the audit is signed, 32 bytes or more; keep it where nobody with the database has "
        "it. Unset: the chain shows what was altered only to somebody who wrote a head down.",
        read.secret(MIN_SECRET_BYTES),
    ),
    Setting(
        "ASSISTANT_TWILIO_AUTH_TOKEN",
        "twilio_auth_token",
        None,
        "Primary auth token with which Twilio signs its webhooks; unset: its webhooks are refused.",
    ),
    Setting(
        "ASSISTANT_TWILIO_SHARED_KEY",
        "twilio_shared_key",
        None,
        "Secret of the shared key with which Twilio signs by SHA-256; unset: the auth token is used for that too.",
    ),
    Setting(
        "ASSISTANT_TWILIO_VOICE",
        "twilio_voice",
        "Polly.Joanna",
        "Voice in which Twilio speaks. Voices man, woman and alice take no markup and get plain text.",
        read.voice,
    ),
    Setting(
        "ASSISTANT_AUDIOCODES_TOKEN",
        "audiocodes_token",
        None,
        "Bearer token with which AudioCodes VoiceAI Connect calls; unset: its requests are refused.",
    ),
    Setting(
        "ASSISTANT_TRANSFER_TO",
        "transfer_to",
        None,
        "Where callers are put through to a person: +number, tel: or sip: address. Unset: a call-back is noted.",
        read.transfer,
    ),
    Setting(
        "ASSISTANT_PUBLIC_URL",
        "public_url",
        None,
        "Address by which the world reaches the service, as seen outside any proxy. Signatures are checked "
        "against it and its origin may open the WebSocket.",
        read.public_url,
    ),
    Setting("ASSISTANT_HOST", "host", "127.0.0.1", "Address to listen on; 0.0.0.0 for all."),
    Setting("ASSISTANT_PORT", "port", "8080", "Port to listen on; 0 takes any free one.", read.whole(0, 65535)),
    Setting(
        "ASSISTANT_LOG_LEVEL",
        "log_level",
        "INFO",
        "How much is logged: DEBUG, INFO, WARNING or ERROR. No level logs what people write.",
        read.one_of(*LOG_LEVELS),
    ),
    Setting(
        "ASSISTANT_METRICS_TOKEN",
        "metrics_token",
        None,
        "Bearer token that /metrics wants. Unset: it is open, and in production closed.",
    ),
    Setting(
        "ASSISTANT_SMTP_URL",
        "smtp_url",
        None,
        "Mail server for sign-in codes: smtp://user:password@host:port, or smtps:// for TLS from the start. "
        "Unset: mail goes to the outbox (never in production).",
        read.url("smtp", "smtps"),
    ),
    Setting(
        "ASSISTANT_MAIL_FROM", "mail_from", "ASE assistant <assistant@localhost>", "Sender of mails.", read.mail_from
    ),
    Setting(
        "ASSISTANT_MAIL_DOMAIN",
        "mail_domain",
        None,
        "Domain in the Message-ID of mails and the UID of calendar entries; keep it for good, calendars go by it. "
        "Unset: the domain of ASSISTANT_MAIL_FROM.",
        read.domain,
    ),
    Setting(
        "ASSISTANT_ALLOWED_ORIGINS",
        "allowed_origins",
        "",
        "Origins, separated by commas, of host pages that may call the service from a browser.",
        read.listed(read.origin),
    ),
    Setting(
        "ASSISTANT_FRAME_ANCESTORS",
        "frame_ancestors",
        "self",
        "Origins, separated by commas, whose pages may show our pages in a frame; self, or none.",
        read.listed(read.ancestor),
    ),
    Setting(
        "ASSISTANT_TRUSTED_PROXIES",
        "trusted_proxies",
        "",
        "Addresses or networks, separated by commas, of proxies whose X-Forwarded-For is believed.",
        read.listed(read.network),
    ),
    Setting(
        "ASSISTANT_MODEL",
        "model",
        None,
        "The trained model to use; unset: the one in models/ that fits the training data.",
        read.path,
    ),
    Setting(
        "ASSISTANT_ENCODER_MODEL",
        "encoder_model",
        None,
        "Sentence encoder (ONNX file); unset: the one installed with the assistant.",
        read.path,
    ),
    Setting(
        "ASSISTANT_ENCODER_TOKENIZER",
        "encoder_tokenizer",
        None,
        "The encoder's tokenizer (JSON file); unset: the one installed with the assistant.",
        read.path,
    ),
    Setting(
        "ASSISTANT_RATE_REQUESTS",
        "rate_requests",
        "6000",
        "Requests a minute from one address before it is asked to wait; 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_RATE_CONVERSATIONS",
        "rate_conversations",
        "1200",
        "New conversations a minute from one address; 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_RATE_TURNS",
        "rate_turns",
        "300",
        "Turns a minute in one conversation; 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_SIGN_IN_ADDRESS",
        "sign_in_address",
        "20",
        "Wrong codes (and codes asked for and not used, and wrong passwords) within 15 minutes from one address, of "
        "people who have not signed in from there before; 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_SIGN_IN_NETWORK",
        "sign_in_network",
        "60",
        "The same from one network (IPv4 /24, IPv6 /48); 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_SIGN_IN_OVERALL",
        "sign_in_overall",
        "600",
        "The same from everywhere together; 0: no limit.",
        read.whole(0, 1_000_000),
    ),
    Setting(
        "ASSISTANT_SESSION_IDLE",
        "session_idle",
        "60",
        "Minutes without a turn after which a candidate is signed out of a conversation.",
        read.whole(1, 1440),
    ),
    Setting(
        "ASSISTANT_SESSION_LONGEST",
        "session_longest",
        "720",
        "Minutes after signing in at which a candidate is signed out at the latest.",
        read.whole(1, 10_080),
    ),
    Setting(
        "ASSISTANT_AGENT_SESSION_IDLE",
        "agent_session_idle",
        "15",
        "Minutes without a turn after which the host page's word for an agent no longer holds.",
        read.whole(1, 1440),
    ),
    Setting(
        "ASSISTANT_AGENT_SESSION_LONGEST",
        "agent_session_longest",
        "120",
        "Minutes after which the host page's word for an agent no longer holds in any case.",
        read.whole(1, 1440),
    ),
    Setting(
        "ASSISTANT_TURN_TIMEOUT",
        "turn_timeout",
        "20",
        "Seconds after which a turn is given up and the person is told that it did not work.",
        read.whole(1, 55),
    ),
    Setting(
        "ASSISTANT_STOP_TIMEOUT",
        "stop_timeout",
        "25",
        "Seconds that a stopping service waits for turns in flight.",
        read.whole(0, 600),
    ),
    Setting(
        "ASSISTANT_PERSON_HOURS",
        "person_hours",
        HOURS_FORM,
        "When people take over conversations: days, hours and time zone. Outside, a call-back is noted.",
        parse_open_hours,
    ),
    Setting(
        "ASSISTANT_OIDC_ISSUER",
        "oidc_issuer",
        None,
        "Provider (OpenID Connect) at which agents may sign in to the console, exactly as it names itself; needs the "
        "client's id and secret and ASSISTANT_PUBLIC_URL. Unset: passwords only.",
        read.url("https", "http"),
    ),
    Setting("ASSISTANT_OIDC_CLIENT_ID", "oidc_client_id", None, "Our id at that provider."),
    Setting(
        "ASSISTANT_OIDC_CLIENT_SECRET",
        "oidc_client_secret",
        None,
        "Our secret at that provider; it also seals the cookie that a browser carries there and back.",
    ),
    Setting(
        "ASSISTANT_OIDC_NAME",
        "oidc_name",
        "your organization",
        "What the button on the sign-in page calls the provider: Sign in with …",
    ),
    Setting(
        "ASSISTANT_OIDC_ROLE_CLAIM",
        "oidc_role_claim",
        None,
        "Claim of the ID token that says what somebody may do, such as groups (dots lead into objects). Unset: the "
        "account's own role.",
    ),
    Setting(
        "ASSISTANT_OIDC_ROLES",
        "oidc_roles",
        "",
        "What the values of that claim mean, the first that fits: VALUE=ROLE, separated by commas, such as "
        "support-leads=lead, support=agent. Whoever has none of them is not let in.",
        read.role_map,
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, read and checked. Secrets do not show in its text form."""

    environment: str
    database_url: str = field(repr=False)
    as_of: datetime | None
    host_secret: str | None = field(repr=False)
    audit_key: str | None = field(repr=False)
    twilio_auth_token: str | None = field(repr=False)
    twilio_shared_key: str | None = field(repr=False)
    twilio_voice: str
    audiocodes_token: str | None = field(repr=False)
    transfer_to: str | None
    public_url: str | None
    host: str
    port: int
    log_level: str
    metrics_token: str | None = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    mail_domain: str | None
    allowed_origins: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    trusted_proxies: tuple[Network, ...]
    model: Path | None
    encoder_model: Path | None
    encoder_tokenizer: Path | None
    rate_requests: int
    rate_conversations: int
    rate_turns: int
    sign_in_address: int
    sign_in_network: int
    sign_in_overall: int
    session_idle: int
    session_longest: int
    agent_session_idle: int
    agent_session_longest: int
    turn_timeout: int
    stop_timeout: int
    person_hours: OpenHours
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_name: str
    oidc_role_claim: str | None
    oidc_roles: tuple[tuple[str, Role], ...]
    demo: bool = False
    """Set by `for_demo`, not by the environment."""

    @property
    def production(self) -> bool:
        """Whether real people are served."""
        return self.environment == "production"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every setting. An empty value counts as unset. Raises SettingsError, all faults at once."""
        faults: list[Fault] = []
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            text = environment.get(setting.name, "").strip() or setting.default
            if text is None:
                values[setting.attribute] = None
                continue
            try:
                values[setting.attribute] = setting.parse(text)
            except ValueError as error:
                faults.append(Fault(setting.name, str(error)))
        faults += _faults_between(values)
        if faults:
            raise SettingsError(tuple(faults))
        return cls(**values)

    def for_demo(self) -> Settings:
        """The same with the demo switched on and a host key made where none is set. Raises SettingsError."""
        if self.production:
            raise SettingsError((Fault("ASSISTANT_ENV", "the demo is refused in production"),))
        return replace(self, demo=True, host_secret=self.host_secret or secrets.token_hex(MIN_SECRET_BYTES))


def _faults_between(values: Mapping[str, Any]) -> list[Fault]:
    """What is wrong only together with another setting."""
    faults = _oidc_faults(values)
    if values.get("environment") != "production":
        return faults
    if values.get("as_of") is not None:
        faults.append(Fault("ASSISTANT_AS_OF", "the clock cannot be moved in production"))
    secret = values.get("host_secret")
    if secret is not None and len(secret.encode()) < MIN_SECRET_BYTES:
        faults.append(Fault("ASSISTANT_HOST_SECRET", f"needs {MIN_SECRET_BYTES} bytes or more in production"))
    public = values.get("public_url")
    if public is not None and not public.startswith("https://"):
        faults.append(Fault("ASSISTANT_PUBLIC_URL", "must be https://… in production"))
    return faults


def _oidc_faults(values: Mapping[str, Any]) -> list[Fault]:
    issuer = values.get("oidc_issuer")
    if issuer is None:
        return []
    needed = {
        "oidc_client_id": "ASSISTANT_OIDC_CLIENT_ID",
        "oidc_client_secret": "ASSISTANT_OIDC_CLIENT_SECRET",
        "public_url": "ASSISTANT_PUBLIC_URL",
    }
    faults = [
        Fault(name, "is needed with ASSISTANT_OIDC_ISSUER") for key, name in needed.items() if not values.get(key)
    ]
    if bool(values.get("oidc_role_claim")) != bool(values.get("oidc_roles")):
        faults.append(Fault("ASSISTANT_OIDC_ROLES", "goes together with ASSISTANT_OIDC_ROLE_CLAIM"))
    if values.get("environment") == "production" and not issuer.startswith("https://"):
        faults.append(Fault("ASSISTANT_OIDC_ISSUER", "must be https://… in production"))
    return faults


def unknown_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Names that look like settings and are none (a slip of the pen, worth a warning), sorted."""
    known = {setting.name for setting in SETTINGS}
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))
