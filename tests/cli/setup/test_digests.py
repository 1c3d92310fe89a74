from cli.setup.digests import DIGEST_LENGTH, digest, listed


def test_the_order_of_inputs_does_not_matter():
    assert digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})


def test_every_change_of_a_name_or_a_byte_gives_another_name():
    names = {
        digest({"a": b"1"}),
        digest({"a": b"2"}),
        digest({"b": b"1"}),
        digest({"a": b"1", "b": b""}),
        digest({}),
    }
    assert len(names) == 5
    assert all(len(name) == DIGEST_LENGTH for name in names)


def test_bytes_cannot_move_between_name_and_content():
    assert digest({"ab": b"c"}) != digest({"a": b"bc"})


def test_a_list_file_has_comments_and_blanks():
    assert listed("# what it is\n\ngit\ncurl # why\n  \n") == ["git", "curl"]
