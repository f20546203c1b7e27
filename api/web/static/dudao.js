// What every page does better with a script, and does without one too.

// After a refused form the reasons come first: for the eye by their place, for a screen reader by the focus.
document.getElementById("summary")?.focus();

// On a phone the areas lie in one row: the one that is open is brought into it.
document.querySelector(".areas [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A form is sent once: a second press of the button would only repeat it.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// Coming back by the browser's button shows the form as it was left: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A page that shows work under way looks again by itself.
if (document.querySelector("[data-refresh]")) setTimeout(() => location.reload(), 1500);

// A file may be dropped anywhere on its form.
for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// Keys: what a control is named for. While somebody types, only together with Alt; Ctrl-K finds.
addEventListener("keydown", (event) => {
  const { code, target, altKey, ctrlKey, metaKey } = event;
  const finds = ctrlKey && code === "KeyK";
  if (!finds && (ctrlKey || metaKey)) return;
  if (!finds && !altKey && target.matches("input:not([type=checkbox]), textarea, select")) return;
  const control = document.querySelector(finds ? "#search" : `[data-key=${code}]`);
  if (!control) return;
  event.preventDefault();
  control[control.matches("input") ? "focus" : "click"]();
});
