// The box: what one may be about to type. Needs app.js before it.
// Without this script the box is a plain field of a form; here it becomes a combobox (WAI-ARIA).
"use strict";

const TYPING_PAUSE = 150; // milliseconds
const MAX_TYPED = 60; // longer is a passage, and stays where it is until it is sent

function completing(box, number) {
  const list = document.createElement("ul");
  list.id = `options-${number}`;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "输入建议");
  list.hidden = true;
  box.parentElement.classList.add("has-options");
  box.parentElement.append(list);
  const parts = {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  };
  for (const [name, value] of Object.entries(parts)) box.setAttribute(name, value);
  let options = [];
  let now = -1;
  let timer = 0;
  let asking = null;

  function forget() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
  }

  function close() {
    forget();
    list.hidden = true;
    now = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    all("[role=option]", list).forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
    });
    now = index;
    if (index < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    const option = list.children[index];
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const { text, url } = options[index];
    close();
    if (url) location.assign(url);
    else box.value = text;
  }

  function show(found) {
    options = found;
    list.replaceChildren(...found.map(({ text, label }, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const words = document.createElement("span");
      words.textContent = text;
      const kind = document.createElement("span");
      kind.className = "option-kind";
      kind.textContent = label;
      option.append(words, " ", kind);
      option.addEventListener("click", () => choose(place));
      return option;
    }));
    if (!found.length) {
      close();
      return;
    }
    list.hidden = false;
    mark(-1);
    box.setAttribute("aria-expanded", "true");
    say(`${found.length} 条输入建议,用上下键选择`);
  }

  async function ask(typed) {
    asking = new AbortController();
    try {
      const answer = await fetch(`/api/suggest?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (box.value.trim() === typed && document.activeElement === box) show(found);
    } catch { /* superseded, or no answer: typing goes on without suggestions */ }
  }

  function typed() {
    forget();
    const words = box.value.trim();
    if (!words || words.length > MAX_TYPED) close();
    else timer = setTimeout(() => ask(words), TYPING_PAUSE);
  }

  // While an input method composes, its letters are not words yet, and its Enter is not ours.
  box.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
  box.addEventListener("compositionstart", close);
  box.addEventListener("compositionend", typed);
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  const moves = {
    ArrowDown: () => mark(now + 1 < options.length ? now + 1 : -1),
    ArrowUp: () => mark(now < 0 ? options.length - 1 : now - 1),
    Escape: close,
    Enter: () => choose(now),
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    if (event.key === "Tab") close();
    if (!moves[event.key] || (event.key === "Enter" && now < 0)) return;
    event.preventDefault();
    moves[event.key]();
  });
}

all("[data-search]").forEach(completing);
