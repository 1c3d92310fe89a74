"""Share links: one port of a workspace for whoever has the link, without an account.

Links are made, listed, opened and revoked here. What a proxy has to know of them is in the
route, what it says to a browser in `proxy/core`; who may make one is asked of the access
function, and what an organisation allows of `policy`.
"""
