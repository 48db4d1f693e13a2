// Logs in and goes where the visitor wanted to go.
const form = document.getElementById("login");
const trouble = document.getElementById("trouble");

function wanted() {
  const next = new URLSearchParams(location.search).get("next") || "/";
  // Only a path of this server: nobody is sent elsewhere by a link to this page.
  const target = new URL(next, location.origin);
  return target.origin === location.origin && next.startsWith("/") ? target.pathname + target.search : "/";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  trouble.hidden = true;
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: form.elements.name.value, password: form.elements.password.value }),
    });
    if (answer.ok) {
      location.assign(wanted());
      return;
    }
    const told = await answer.json().catch(() => ({}));
    const text = told.detail || "The server refused the login";
    trouble.textContent = `${text[0].toUpperCase()}${text.slice(1)}.${told.fix ? ` ${told.fix[0].toUpperCase()}${told.fix.slice(1)}` : ""}`;
  } catch {
    trouble.textContent = "The server cannot be reached. Check the connection and try again.";
  }
  trouble.hidden = false;
  button.disabled = false;
  form.elements.password.select();
});
