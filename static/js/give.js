// Keeps the offered amounts and the amount of one's own from contradicting each other. Without it, the
// server asks which of the two is meant.
const form = document.querySelector("form.gift");
const own = form?.elements.namedItem("own_amount");

if (own) {
  own.addEventListener("input", () => {
    if (!own.value.trim()) return;
    for (const other of form.querySelectorAll('input[type="radio"][value="other"]')) other.checked = true;
  });

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "radio" || !target.name.endsWith("_amount")) return;
    if (target.value === "other") own.focus();
    else own.value = "";
  });
}
