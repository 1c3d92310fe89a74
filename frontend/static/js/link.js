// A sign-in link's token stands in the fragment, which browsers never send; here it is posted, once.
(() => {
  "use strict";
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("podium-sign-in") : null;

  const signIn = async (token, next, said, title) => {
    try {
      const answer = await fetch("/auth/link", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token, next }),
      });
      const body = await answer.json();
      if (answer.ok) {
        channel?.postMessage("signed-in");
        location.replace(body.next);
        return;
      }
      title(body.title);
      said([body.detail, body.cure].filter(Boolean).join(" "));
    } catch {
      title("The server did not answer");
      said("Check with `podium status` that the platform runs, then open the link again.");
    }
  };

  const here = document.querySelector("[data-link-here]");
  if (here) {
    const token = location.hash.slice(1);
    history.replaceState(null, "", location.pathname + location.search);
    const say = text => {
      here.querySelector("[data-link-said]").textContent = text;
      here.querySelector("[data-link-more]").hidden = false;
    };
    const title = text => { here.querySelector("[data-link-title]").textContent = text; };
    if (token) {
      signIn(token, here.dataset.next, say, title);
    } else {
      title("This link is not whole");
      say("Copy all of it, from http to its end.");
    }
  }

  const form = document.querySelector("[data-link-form]");
  if (form) {
    const said = document.querySelector("[data-link-said]");
    let begun = "";
    form.addEventListener("submit", event => {
      event.preventDefault();
      const pasted = form.elements.link.value.trim();
      const token = pasted.slice(pasted.indexOf("#") + 1);
      begun = "";
      signIn(token, form.dataset.next, text => { said.textContent = `${begun} ${text}`.trim(); }, text => { begun = `${text}.`; said.textContent = begun; });
    });
    // The link was opened in another tab of this browser: go on here, too.
    channel?.addEventListener("message", () => location.replace(form.dataset.next));
  }
})();
