from app.imagebuilds.proving import Instances


class Known:
    def __init__(self, **tokens: str) -> None:
        self._tokens = tokens

    async def instance_of(self, token: str) -> str:
        return self._tokens.get(token, "")


async def test_a_token_is_somebody_s_or_nobody_s():
    instances = Instances(Known(a="one.1"), Known(b="two.1"))
    assert await instances.instance_of("a") == "one.1"
    assert await instances.instance_of("b") == "two.1"
    assert await instances.instance_of("c") == ""
