// The forms of "New scan": what was chosen goes to the API, and its answer is where to go.
(() => {
  const number = (text) => (text.trim() ? Number(text.replace(",", ".")) : null);

  function virtual(form) {
    const chosen = new FormData(form);
    const ailment = chosen.get("ailment");
    return {
      kind: "virtual", machine: chosen.get("machine"), start: chosen.get("start"),
      quiz: chosen.has("quiz"), assistant: chosen.has("assistant"),
      patient: { seed: Number(chosen.get("seed")), side: chosen.get("side") || null, pathologies: ailment ? [ailment] : [] },
    };
  }

  function real(form) {
    const chosen = new FormData(form);
    return {
      kind: chosen.get("kind"), address: chosen.get("address"), label: chosen.get("label"),
      side: chosen.get("side") || null, mm_per_pixel: number(chosen.get("mm_per_pixel")),
      mirrored: chosen.has("mirrored"), loop: true, assistant: chosen.has("assistant"),
    };
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-scan-form]");
    if (!form) return;
    event.preventDefault();
    const status = form.querySelector("[data-scan-status]");
    const button = form.querySelector("[type=submit]");
    status.textContent = "Getting ready …";
    button.disabled = true;
    try {
      const answer = await fetch("/api/v1/scan", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": form.dataset.csrf ?? "" },
        body: JSON.stringify(form.dataset.scanForm === "virtual" ? virtual(form) : real(form)),
      });
      const content = await answer.json();
      if (answer.ok) {
        location.assign(`/scan/${content.room}`);
        return;
      }
      status.textContent = [content.detail, content.fix].filter(Boolean).join(" ");
    } catch {
      status.textContent = "The server does not answer.";
    }
    button.disabled = false;
  });
})();
