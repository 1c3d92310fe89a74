"""The user that an image has to have."""

from supervisor.core.user import check

ROOT = "root:x:0:0::/root:/bin/sh\n"
GROUP = "root:x:0:\n"


def of(*rows: str) -> str:
    return ROOT + "".join(f"{row}\n" for row in rows)


def test_an_image_without_it_is_given_both_lines():
    found = check(ROOT, GROUP, "/bin/sh")
    assert (found.exists, found.problems) == (False, [])
    assert found.missing == {
        "/etc/passwd": "gitpod:x:33333:33333::/home/gitpod:/bin/sh\n",
        "/etc/group": "gitpod:x:33333:\n",
    }
    assert check("", "", "/bin/sh").missing.keys() == {"/etc/passwd", "/etc/group"}


def test_an_image_with_it_is_left_alone():
    found = check(
        of("gitpod:x:33333:33333::/home/gitpod:/bin/bash"), "gitpod:x:33333:\n", "/bin/sh"
    )
    assert (found.exists, found.missing, found.problems) == (True, {}, [])


def test_what_stands_in_the_way_is_told_in_gitpods_words():
    group = "gitpod:x:33333:\n"
    found = check(of("gitpod:x:1000:33333::/home/gitpod:/bin/sh"), group, "")
    assert found.exists
    assert found.problems == ["user gitpod uses different UID 1000, should be: 33333"]
    found = check(of("foobar:x:33333:33333::/home/foobar:/bin/sh"), group, "")
    assert not found.exists
    assert found.missing == {}
    assert found.problems == ["user foobar already uses UID 33333"]
    found = check(of("gitpod:x:33333:1000::/home/gitpod:/bin/sh"), group, "")
    assert found.problems == ["user gitpod uses different GID 1000 (instead of 33333)"]
    found = check(of("gitpod:x:33333:33333::1000:/bin/sh"), group, "")
    wanted = "user gitpod uses different home directory 1000 (instead of /home/gitpod)"
    assert found.problems == [wanted]


def test_a_group_that_somebody_has_is_not_made_twice():
    assert "/etc/group" not in check(ROOT, "other:x:33333:\n", "").missing
    assert check("no passwd\n::\n", GROUP, "/bin/sh").missing.keys() == {
        "/etc/passwd",
        "/etc/group",
    }
