from hypothesis import given
from hypothesis import strategies as st

from service.access.secrets import ALPHABET, digest_of, hint_of, is_well_formed, new_secret


def test_a_secret_has_a_prefix_chance_and_a_check():
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert len(secret) == 39 and secret.startswith("ff_")
        assert is_well_formed(secret)
        assert len(digest_of(secret)) == 32
        assert hint_of(secret) == f"{secret[:7]}...{secret[-4:]}"


@given(st.integers(3, 38), st.sampled_from(ALPHABET))
def test_a_mistyped_secret_is_found_out_without_the_database(place, letter):
    secret = new_secret()
    mistyped = secret[:place] + letter + secret[place + 1 :]
    assert is_well_formed(mistyped) == (mistyped == secret)


@given(st.text())
def test_any_other_text_is_no_secret(text):
    assert not is_well_formed(text)
