"""What stands for a user and where scores are kept."""

from hypothesis import given
from hypothesis import strategies as st

from discovery.personalization.opt_outs import opt_out_key
from discovery.personalization.score_cache import scores_key, version_key
from discovery.privacy.hashing import user_hash

KEY = b"secret"


def test_a_user_appears_as_half_an_hmac_sha_256() -> None:
    # printf ana | openssl dgst -sha256 -hmac secret
    assert user_hash("ana", KEY) == "d639a29047d9eb3abe7dffe1569390d0"


def test_another_key_gives_another_name() -> None:
    assert user_hash("ana", KEY) != user_hash("ana", b"another")


@given(user=st.text(min_size=4))
def test_no_key_holds_a_raw_id_and_all_of_a_users_keys_share_a_slot(user: str) -> None:
    hashed = user_hash(user, KEY)
    keys = version_key(hashed), scores_key(hashed, 7), opt_out_key(hashed)
    tags = {key[key.index("{") : key.index("}") + 1] for key in keys}

    assert tags == {f"{{{hashed}}}"}
    assert set(hashed) <= set("0123456789abcdef")


def test_each_generation_has_a_key_of_its_own() -> None:
    assert scores_key("u", 1) != scores_key("u", 2)
