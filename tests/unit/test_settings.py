"""Settings: the environment wins over the TOML file, which wins over the defaults."""

import os
from operator import attrgetter
from pathlib import Path

import pytest
from pydantic import ValidationError

from discovery.location import S3Prefix
from discovery.settings import Settings


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
    assert (personalization.boost_weight, personalization.timeout_ms) == (0.25, 50)
    assert (personalization.cache_ttl_sec, personalization.enabled) == (300, True)
    assert (retrieval.vector_weight, retrieval.keyword_weight, retrieval.popularity_weight) == (0.35, 0.20, 0.15)
    assert retrieval.rrf_k == 60
    assert settings.policy.max_age_sec == 60
    assert settings.policy_prefix == "/discovery/local/personalization/"


@pytest.mark.parametrize(
    ("variable", "value", "setting", "expected"),
    [
        ("DISCOVERY_PERSONALIZATION_SONA_URL", "http://sona:1", "personalization.sona_url", "http://sona:1"),
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


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().personalization.boost_weight = 0.9  # type: ignore[misc]  # this is what is tested
