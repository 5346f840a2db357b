"""Environment and TOML, read once into one frozen `Settings`.

`DISCOVERY_<SECTION>_<NAME>` in the environment wins over `name` under `[section]` in the TOML file that
`DISCOVERY_CONFIG_FILE` names (`discovery.toml` in the working folder by default), which wins over the defaults here.
"""

import os
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from discovery.location import S3Prefix
from discovery.settings.access import AuthSettings, OriginSettings
from discovery.settings.cache import CacheSettings
from discovery.settings.catalogue import CatalogueSettings
from discovery.settings.opensearch import OpenSearchSettings
from discovery.settings.people import EventsSettings, LakeSettings, PrivacySettings
from discovery.settings.personalization import PersonalizationSettings, PolicySettings
from discovery.settings.retrieval import RetrievalSettings
from discovery.settings.section import LOOPBACK
from discovery.settings.sona import SonaSettings

LOCAL_STAGE = "local"


class Settings(BaseSettings):
    """All settings of the functions; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="DISCOVERY_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # errors are logged, and inputs may be secrets
    )

    stage: str = LOCAL_STAGE
    catalogue: CatalogueSettings = CatalogueSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    opensearch: OpenSearchSettings = OpenSearchSettings()
    personalization: PersonalizationSettings = PersonalizationSettings()
    sona: SonaSettings = SonaSettings()
    cache: CacheSettings = CacheSettings()
    policy: PolicySettings = PolicySettings()
    auth: AuthSettings = AuthSettings()
    origin: OriginSettings = OriginSettings()
    privacy: PrivacySettings = PrivacySettings()
    events: EventsSettings = EventsSettings()
    lake: LakeSettings = LakeSettings()

    @property
    def policy_prefix(self) -> str:
        """Path of the policy's parameters, with a slash at both ends."""
        return self.policy.prefix or f"/discovery/{self.stage}/personalization/"

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if self.retrieval.engine == "opensearch" and isinstance(self.catalogue.path, S3Prefix):
            raise ValueError("catalogue.path: with the engine opensearch a folder, with the bundle whose model is used")
        return self

    @model_validator(mode="after")
    def _encrypts(self) -> Self:
        """On the way to other machines nothing secret, and nothing about a person, is readable to others."""
        url = urlsplit(self.personalization.sona_url)
        if url.scheme not in ("http", "https"):
            raise ValueError("personalization.sona_url: the scheme must be http or https")
        if self.stage == LOCAL_STAGE:
            return self
        if url.scheme == "http" and url.hostname not in LOOPBACK:
            if self.sona.has_token:
                raise ValueError("personalization.sona_url: must be https, since SONA's token would be sent in plain")
            if not self.sona.allow_plaintext:
                raise ValueError("personalization.sona_url: must be https, or set sona.allow_plaintext")
        engine = urlsplit(self.opensearch.url)  # what is asked for is searched, and says what people look for
        if self.retrieval.engine == "opensearch" and engine.scheme == "http" and engine.hostname not in LOOPBACK:
            raise ValueError("opensearch.url: must be https")
        if self.cache.sends_password_in_plain:
            raise ValueError("cache.url: must be rediss, since the password would be sent in plain")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then the TOML file; pydantic-settings calls this."""
        del dotenv_settings, file_secret_settings
        toml = Path(os.environ.get("DISCOVERY_CONFIG_FILE", "discovery.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=toml)
