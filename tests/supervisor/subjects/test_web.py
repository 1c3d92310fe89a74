from supervisor.subjects.web import WebSubject
from tests.supervisor.samples import wish


async def test_the_page_learns_what_it_is_the_page_of(context):
    environment = {
        "GITPOD_WORKSPACE_URL": "http://w.ws.localhost:8080",
        "GITPOD_HOST": "http://podium.localhost:8080",
    }
    desired = wish(ide="terminal", environment=environment, repository="/workspace/demo", name="D")
    assert context.accept(desired)
    told = WebSubject(context, lambda: 42.0).told()
    assert told["page"] == f"http://podium.localhost:8080/workspaces/{desired.workspace}"
    assert told["port_template"] == "http://{{port}}-w.ws.localhost:8080/"
    assert (told["ide"], told["left"], told["name"]) == ("terminal", 42.0, "D")
    assert told["folder"] == "/workspace/demo"


async def test_what_it_does_not_know_it_leaves_out(context):
    assert context.accept(wish(ide="something-newer", environment={}))
    told = WebSubject(context, lambda: None).told()
    assert (told["page"], told["port_template"], told["ide"]) == ("/", "", "vscode")
