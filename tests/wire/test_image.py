"""What an image may say of the environment."""

from wire.image import variables_of


def test_variables_are_taken_as_they_are():
    env = ["PATH=/usr/local/go/bin:/bin", "A=b=c", "EMPTY=", "LD_LIBRARY_PATH=/opt"]
    assert variables_of(env) == {
        "PATH": "/usr/local/go/bin:/bin",
        "A": "b=c",
        "EMPTY": "",
        "LD_LIBRARY_PATH": "/opt",
    }


def test_what_is_none_or_ours_or_the_persons_is_left_out():
    env = ["novalue", "1A=b", "A B=c", "=x", "GITPOD_HOST=x", "PODIUM_X=y", "SUPERVISOR_WEB=/x"]
    env += ["HOME=/root", "USER=root", "N=a\0b", f"LONG={'x' * 40_000}"]
    assert variables_of(env) == {}


def test_there_is_an_end():
    assert len(variables_of(f"A{one}=x" for one in range(10_000))) == 500
