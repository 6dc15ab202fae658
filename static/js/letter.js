// Shows one's own words inside the letter while they are typed, and how many characters are left.
// The form does without this.
const field = document.querySelector("#letter textarea[name=own_words]");
const preview = document.querySelector("[data-own-words]");
const left = document.querySelector("[data-left]");

if (field && preview && left) {
  const limit = Number(field.getAttribute("maxlength"));
  let announced = 0;
  const show = () => {
    preview.textContent = field.value.trim() || preview.dataset.empty;
    clearTimeout(announced);
    // Spoken and shown once the typing rests, not at every key.
    announced = setTimeout(() => {
      left.textContent = `${left.dataset.left} ${limit - field.value.length}`;
    }, 600);
  };
  field.addEventListener("input", show);
  if (field.value) show();
}
