"""Settings: the environment wins over the TOML file, which wins over the defaults."""

import os
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from discovery.location import S3Prefix
from discovery.scoring import SCORING
from discovery.settings.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting in the environment, and a working folder without a file."""
    for name in [name for name in os.environ if name.startswith("DISCOVERY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write_toml(text: str, name: str = "discovery.toml") -> None:
    Path(name).write_text(text)


def test_the_defaults_are_the_designs() -> None:
    settings = Settings()

    personalization, retrieval = settings.personalization, settings.retrieval
    assert personalization.sona_url == "http://localhost:8082"
    assert (personalization.boost_weight, personalization.timeout_ms) == (0.2, 50)
    assert (personalization.cache_ttl_sec, personalization.enabled) == (300, True)
    assert retrieval.weights == SCORING.weights.model_dump()
    assert settings.policy.max_age_sec == 60
    assert settings.policy_prefix == "/discovery/local/personalization/"


@pytest.mark.parametrize(
    ("variable", "value", "setting", "expected"),
    [
        ("DISCOVERY_PERSONALIZATION_SONA_URL", "http://sona:1", "personalization.sona_url", "http://sona:1"),
        ("DISCOVERY_SONA_TOKEN_PARAMETER", "/sona/token", "sona.token_parameter", "/sona/token"),
        ("DISCOVERY_SONA_CA_FILE", "/opt/ca.pem", "sona.ca_file", Path("/opt/ca.pem")),
        ("DISCOVERY_SONA_ALLOW_PLAINTEXT", "true", "sona.allow_plaintext", True),
        ("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "0.4", "personalization.boost_weight", 0.4),
        ("DISCOVERY_PERSONALIZATION_TIMEOUT_MS", "75", "personalization.timeout_ms", 75),
        ("DISCOVERY_PERSONALIZATION_CACHE_TTL_SEC", "60", "personalization.cache_ttl_sec", 60),
        ("DISCOVERY_PERSONALIZATION_ENABLED", "false", "personalization.enabled", False),
        ("DISCOVERY_CATALOGUE_PATH", "/opt/other", "catalogue.path", Path("/opt/other")),
        ("DISCOVERY_CATALOGUE_PATH", "s3://films/prod/", "catalogue.path", S3Prefix("films", "prod")),
        ("DISCOVERY_CATALOGUE_FOLDER", "/mnt/fast", "catalogue.folder", Path("/mnt/fast")),
        ("DISCOVERY_CACHE_URL", "rediss://cache:6379", "cache.url", "rediss://cache:6379"),
        ("DISCOVERY_POLICY_MAX_AGE_SEC", "5", "policy.max_age_sec", 5),
        ("DISCOVERY_RETRIEVAL_MIN_SIMILARITY", "0.1", "retrieval.min_similarity", 0.1),
        ("DISCOVERY_AUTH_JWKS_URI", "https://i/keys", "auth.jwks_uri", "https://i/keys"),
        ("DISCOVERY_AUTH_JWKS", '{"keys": []}', "auth.jwks", {"keys": []}),
        ("DISCOVERY_AUTH_ALGORITHMS", '["ES256"]', "auth.algorithms", ["ES256"]),
        ("DISCOVERY_AUTH_TOKEN_TYPES", '["at+jwt"]', "auth.token_types", ["at+jwt"]),
    ],
)
def test_the_environment_sets_a_setting(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, setting: str, expected: object
) -> None:
    monkeypatch.setenv(variable, value)

    assert attrgetter(setting)(Settings()) == expected


def test_the_file_in_the_working_folder_wins_over_the_defaults() -> None:
    write_toml('stage = "staging"\n[personalization]\nboost_weight = 0.5\n')

    settings = Settings()

    assert (settings.stage, settings.personalization.boost_weight) == ("staging", 0.5)
    assert settings.policy_prefix == "/discovery/staging/personalization/"


def test_the_environment_wins_over_the_file_setting_by_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml("[personalization]\nboost_weight = 0.5\ntimeout_ms = 80\n")
    monkeypatch.setenv("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "0.6")

    personalization = Settings().personalization

    assert (personalization.boost_weight, personalization.timeout_ms) == (0.6, 80)
    assert personalization.cache_ttl_sec == 300


def test_the_environment_says_where_the_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml('stage = "elsewhere"', "other.toml")
    monkeypatch.setenv("DISCOVERY_CONFIG_FILE", "other.toml")

    assert Settings().stage == "elsewhere"


def test_arguments_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    write_toml('stage = "file"')
    monkeypatch.setenv("DISCOVERY_STAGE", "environment")

    assert Settings(stage="argument").stage == "argument"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "1.1"),
        ("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "-0.1"),
        ("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "nan"),
        ("DISCOVERY_PERSONALIZATION_BOOST_WEIGHT", "much"),
        ("DISCOVERY_PERSONALIZATION_TIMEOUT_MS", "0"),
        ("DISCOVERY_PERSONALIZATION_CACHE_TTL_SEC", "0"),
        ("DISCOVERY_PERSONALIZATION_ENABLED", "perhaps"),
        ("DISCOVERY_PERSONALIZATION_BOST_WEIGHT", "0.3"),
        ("DISCOVERY_RETRIEVAL_DEPTH", "1001"),
        ("DISCOVERY_RETRIEVAL_TITLE_BOOST", "0"),
        ("DISCOVERY_AUTH_JWKS", "{"),
        ("DISCOVERY_AUTH_TOKEN_TYPES", "[]"),
        ("DISCOVERY_SONA_TOKEN", "two words"),
        ("DISCOVERY_SONA_TOKEN", "line\n"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    _, section, name = variable.lower().split("_", 2)

    with pytest.raises(ValidationError, match=rf"{section}\.{name}"):
        Settings()


def test_a_prefix_of_its_own_replaces_the_stages() -> None:
    assert Settings.model_validate({"policy": {"prefix": "/shared/"}}).policy_prefix == "/shared/"


def test_the_user_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_PRIVACY_USER_KEY", "s3cret")

    settings = Settings()

    assert settings.privacy.user_key.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)


PLAIN, LOOPBACK = "http://sona.example.com", "http://127.0.0.1:8082"


def deployed(stage: str = "prod", *, sona_url: str = "https://sona.example.com", **sections: object) -> Settings:
    return Settings.model_validate({"stage": stage, "personalization": {"sona_url": sona_url}, **sections})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sona_url": PLAIN}, "sona_url: must be https, or set sona.allow_plaintext"),
        ({"sona_url": PLAIN, "sona": {"token": "s3cret", "allow_plaintext": True}}, "token would be sent in plain"),
        ({"sona_url": PLAIN, "sona": {"token_parameter": "/t", "allow_plaintext": True}}, "would be sent in plain"),
        ({"sona_url": "http://localhost.example.com"}, "must be https"),
        ({"cache": {"url": "redis://search:s3cret@cache.example.com"}}, "must be rediss"),
        ({"cache": {"url": "redis://:s3cret@cache.example.com"}}, "must be rediss"),
        ({"cache": {"url": "valkey://cache.example.com", "password": "s3cret"}}, "must be rediss"),
    ],
)
def test_outside_the_local_stage_nothing_secret_is_sent_in_plain(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message) as refused:
        deployed(**changes)

    assert "s3cret" not in str(refused.value)
    deployed("local", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"sona": {"token": "s3cret"}},
        {"sona_url": PLAIN, "sona": {"allow_plaintext": True}},
        {"sona_url": LOOPBACK, "sona": {"token": "s3cret"}},
        {"sona_url": "HTTP://LocalHost", "sona": {"token": "s3cret"}},
        {"cache": {"url": "redis://cache.example.com"}},
        {"cache": {"url": "rediss://search:s3cret@cache.example.com"}},
        {"cache": {"url": "redis://search:s3cret@127.0.0.1"}},
    ],
)
def test_encrypted_or_without_a_secret_or_on_one_machine_is_fine(changes: dict[str, Any]) -> None:
    assert deployed(**changes).stage == "prod"


@pytest.mark.parametrize("url", ["sona.example.com", "ftp://sona.example.com", ""])
def test_sonas_url_is_one_of_http_in_any_stage(url: str) -> None:
    with pytest.raises(ValidationError, match="the scheme must be http or https"):
        deployed("local", sona_url=url)


def test_two_tokens_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="one of them"):
        deployed(sona={"token": "s3cret", "token_parameter": "/t"})


def test_sonas_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_SONA_TOKEN", "s3cret")

    settings = Settings()

    assert settings.sona.token.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings}"


@pytest.mark.parametrize("token", ["s3cret two", "s3cret\r\nX: y", "s3crét"])
def test_nor_is_a_token_that_is_refused(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_SONA_TOKEN", token)

    with pytest.raises(ValidationError, match="must be a bearer token") as refused:
        Settings()

    assert "s3cr" not in str(refused.value)


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().personalization.boost_weight = 0.9  # type: ignore[misc]  # this is what is tested
