// What fits is offered while somebody types; without a script the whole word is typed.
for (const input of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `offers-${input.id}`;
  input.after(list);
  input.setAttribute("list", list.id);
  let waiting;
  const offer = async () => {
    const asked = input.value;
    const answer = await fetch(`/suggestions/${input.dataset.suggest}?q=${encodeURIComponent(asked)}`);
    if (!answer.ok || asked !== input.value) return;
    const options = (await answer.json()).map(({ value, label }) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = label;
      return option;
    });
    list.replaceChildren(...options);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 150);
  });
}
