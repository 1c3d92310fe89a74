from app.accounts.secrets import MAX_TOKEN, hashed, new_id, new_token


def test_tokens_are_long_random_and_fit_an_address() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(43 <= len(one) <= MAX_TOKEN and one.isascii() for one in made)
    assert all(
        set(one) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        for one in made
    )


def test_ids_say_what_they_name() -> None:
    assert new_id("u").startswith("u_")
    assert new_id("u") != new_id("u")


def test_a_hash_is_sha256_in_hex() -> None:
    assert hashed("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
