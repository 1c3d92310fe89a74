from wire.ides import Ide


def test_words_that_are_stored_and_sent_stay() -> None:
    assert [one.value for one in Ide] == ["vscode", "jupyterlab", "terminal"]
