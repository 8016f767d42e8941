// Deepens the pages, never carries them: every page reads, searches and links without it.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private window */ } },
};

// As early as may be: before it, the page has the colours of the system.
if (store.get("tone") === "calm") document.documentElement.dataset.tone = "calm";

function say(words) {
  const status = one("[data-status]");
  if (status) status.textContent = words;
}

// -- marks of the query in a document: n and p ------------------------------------------------

const marks = all("[data-mark]");
let markNow = -1;

function showMark(index) {
  if (!marks.length) return;
  marks[markNow]?.classList.remove("is-now");
  markNow = (index + marks.length) % marks.length;
  const mark = marks[markNow];
  mark.classList.add("is-now");
  mark.scrollIntoView({ block: "center" });
  const position = one("[data-position]");
  if (position) position.textContent = String(markNow + 1);
  say(`第 ${markNow + 1} 处,共 ${marks.length} 处`);
}

function startAtParagraph() {
  const target = location.hash.startsWith("#p") ? document.getElementById(location.hash.slice(1)) : null;
  const first = target ? marks.findIndex((mark) => target.contains(mark)) : -1;
  if (first < 0) return;
  marks[first].classList.add("is-now");
  markNow = first;
  one("[data-position]").textContent = String(first + 1);
}

function wireCounter() {
  const next = one("[data-next]");
  const previous = one("[data-previous]");
  if (!next || !previous) return;
  previous.hidden = false;
  next.addEventListener("click", (event) => { event.preventDefault(); showMark(markNow + 1); });
  previous.addEventListener("click", (event) => { event.preventDefault(); showMark(markNow - 1); });
  startAtParagraph();
}

// -- quoting a paragraph ----------------------------------------------------------------------

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard outside https and localhost, which is how an intranet often serves.
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "sr";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function wireCopying() {
  const documentNode = one("[data-document]");
  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const number = button.closest("[data-paragraph]").dataset.paragraph;
      const address = `${location.origin}${location.pathname}#p${number}`;
      const done = await copy(`${documentNode.dataset.cite},第${number}段,${address}`);
      button.textContent = done ? "已复制" : "复制不成,请手动复制地址";
      say(done ? `已复制第${number}段的引用` : "复制不成");
      setTimeout(() => { button.textContent = "复制引用"; }, 2000);
    });
  }
}

// -- hits: j and k ------------------------------------------------------------------------------

const hits = all("[data-hit]");

function moveHit(step) {
  if (!hits.length) return;
  const now = hits.findIndex((hit) => hit.contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : hits.length - 1) : Math.min(Math.max(now + step, 0), hits.length - 1);
  one("[data-hit-link]", hits[next]).focus();
  hits[next].scrollIntoView({ block: "nearest" });
}

// -- a look at a hit without leaving the list -------------------------------------------------------

const preview = one("[data-preview]");
let peeked = null; // the button of the hit that is shown
let asking = null; // the request under way

function fillPreview(...parts) {
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "关闭预览";
  close.addEventListener("click", () => closePreview());
  preview.replaceChildren(close, ...parts);
}

function paragraphOf(words) {
  const made = document.createElement("p");
  made.className = "quiet";
  made.textContent = words;
  return made;
}

function closePreview() {
  if (!peeked) return;
  asking.abort();
  const held = preview.contains(document.activeElement); // the focus, which would be lost with the pane
  preview.hidden = true;
  preview.replaceChildren();
  preview.parentElement.classList.remove("has-preview");
  peeked.setAttribute("aria-expanded", "false");
  if (held) peeked.focus();
  peeked = null;
}

function partsOf(page, address) {
  const parts = [".document-head", ".text", ".side > section"].map((part) => one(part, page));
  const title = one("h1", parts[0]);
  const heading = document.createElement("h2");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = title.textContent;
  heading.append(link);
  title.replaceWith(heading);
  for (const part of parts) {
    for (const node of all("button, .text-hint, .print-only, .part-questions", part)) node.remove();
    // numbers of paragraphs: there is nothing to go to
    for (const inner of all("a[href^='#']", part)) inner.removeAttribute("href");
    for (const node of all("[id], [data-mark]", part)) {
      node.removeAttribute("id");
      node.removeAttribute("data-mark");
    }
  }
  return parts;
}

async function peek(button) {
  if (peeked === button) { closePreview(); return; }
  asking?.abort();
  asking = new AbortController();
  peeked?.setAttribute("aria-expanded", "false");
  peeked = button;
  button.setAttribute("aria-expanded", "true");
  const link = one("[data-hit-link]", button.closest("[data-hit]"));
  preview.parentElement.classList.add("has-preview");
  preview.hidden = false;
  fillPreview(paragraphOf("正在打开…"));
  try {
    const answer = await fetch(link.href, { signal: asking.signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    fillPreview(...partsOf(new DOMParser().parseFromString(await answer.text(), "text/html"), link.href));
    preview.scrollTop = 0;
    say(`预览:${link.textContent}`);
  } catch (error) {
    if (error.name === "AbortError") return;
    fillPreview(paragraphOf("没有取到这件文书。请点标题直接打开,或稍后再试。"));
    say("没有取到这件文书");
  }
}

function wirePreview() {
  if (!preview) return;
  for (const button of all("[data-peek]")) {
    button.hidden = false;
    button.addEventListener("click", () => peek(button));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (!event.target.closest("input, textarea, select, dialog[open]")) closePreview();
  });
}

function peekHere() {
  if (preview?.contains(document.activeElement)) { closePreview(); return; }
  const button = one("[data-peek]", document.activeElement?.closest("[data-hit]") ?? hits[0] ?? document);
  if (button?.offsetParent) peek(button); // narrow screens have none
}

// -- keys ----------------------------------------------------------------------------------------

function openHelp() {
  const help = one("[data-help]");
  if (help && !help.open) help.showModal();
}

const keys = {
  "/": () => { const box = one("[data-search]"); box?.focus(); box?.select(); },
  j: () => moveHit(1),
  k: () => moveHit(-1),
  v: peekHere,
  n: () => showMark(markNow + 1),
  p: () => showMark(markNow - 1),
  u: () => one("[data-back]")?.click(),
  "?": openHelp,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog[open]")) return;
  if (event.key !== "?" && store.get("keys") === "off") return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function wireHelp() {
  one("[data-help-link]")?.addEventListener("click", (event) => { event.preventDefault(); openHelp(); });
  const toggle = one("[data-keys-toggle]");
  if (!toggle) return;
  toggle.checked = store.get("keys") !== "off";
  toggle.addEventListener("change", () => store.set("keys", toggle.checked ? "on" : "off"));
}

// -- filter panel -------------------------------------------------------------------------------

function addValueFilter(more) {
  const values = all("li", more);
  if (values.length < 12) return;
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = "筛一筛";
  box.setAttribute("aria-label", `${one("summary", more.parentElement).textContent}：按字筛选`);
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const value of values) value.hidden = !value.textContent.toLowerCase().includes(wanted);
  });
  one("summary", more).after(box);
}

function wireFilters() {
  for (const more of all("[data-more]")) addValueFilter(more);
  for (const group of all("[data-facet]")) {
    const key = `facet.${group.dataset.facet}`;
    const known = store.get(key);
    const isChosen = one(".is-included, .is-excluded", group) !== null;
    if (known !== null && !isChosen) group.open = known === "open";
    // Not on "toggle", which also fires when a page arrives with the group open.
    one("summary", group).addEventListener("click", () => store.set(key, group.open ? "closed" : "open"));
  }
  const panel = one("[data-filters]");
  const leave = () => { if (location.hash === "#filters") location.hash = "#results"; };
  window.addEventListener("hashchange", () => { if (location.hash === "#filters") panel?.focus(); });
  panel?.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
  document.addEventListener("click", (event) => {
    if (location.hash === "#filters" && panel && !panel.contains(event.target)) leave();
  }, { capture: true });
  // A mode is chosen by clicking it: search again at once when there is something to search.
  for (const radio of all(".modes input")) {
    radio.addEventListener("change", () => { if (radio.form.q.value.trim()) radio.form.requestSubmit(); });
  }
}

// -- reading: where we are in the table of contents --------------------------------------------------

function wireContents() {
  const links = new Map(all(".toc a").map((link) => [link.hash.slice(1), link]));
  if (!links.size || !("IntersectionObserver" in window)) return;
  const narrow = window.matchMedia("(max-width: 900px)");
  const contents = one("[data-wide]");
  if (narrow.matches && contents) contents.open = false;
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of all(".document .text > section")) observer.observe(section);
}

// -- reading: size of the text -----------------------------------------------------------------------

function showSize(size) {
  document.documentElement.dataset.size = String(size);
  for (const button of all("[data-size-step]")) button.disabled = size === (button.dataset.sizeStep > 0 ? 3 : -1);
}

function wireSizes() {
  const group = one("[data-sizes]");
  if (!group) return;
  const known = Number(store.get("size"));
  let size = [-1, 1, 2, 3].includes(known) ? known : 0;
  group.hidden = false;
  showSize(size);
  for (const button of all("[data-size-step]", group)) {
    button.addEventListener("click", () => {
      size = Math.min(Math.max(size + Number(button.dataset.sizeStep), -1), 3);
      store.set("size", String(size));
      showSize(size);
    });
  }
}

function wireTone() {
  const toggle = one("[data-tone-toggle]");
  if (!toggle) return;
  const root = document.documentElement;
  const show = () => toggle.setAttribute("aria-pressed", String(root.dataset.tone === "calm"));
  show();
  toggle.addEventListener("click", () => {
    if (root.dataset.tone === "calm") delete root.dataset.tone; else root.dataset.tone = "calm";
    store.set("tone", root.dataset.tone ?? "");
    show();
  });
}

document.addEventListener("keydown", onKey);
wireSizes();
wireTone();
wirePreview();
wireCounter();
wireCopying();
wireHelp();
wireFilters();
wireContents();
