"use strict";

// The demo host page: be any of the demo people, and ask what people ask. The widget itself is one tag.

const people = document.getElementById("people");
const search = document.getElementById("search");
const who = document.getElementById("who");
const whoName = document.getElementById("who-name");
const empty = document.getElementById("nobody-found");

function made(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// As a host page's own server would: a fresh, short-lived token whenever the widget asks for one.
async function tokenOf(aseId) {
  const answer = await fetch("/demo/token", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ase_id: aseId }),
  });
  return answer.ok ? (await answer.json()).candidate_token : null;
}

const chosen = () => decodeURIComponent(location.hash.slice(1));

function show(everybody) {
  const now = everybody.find((one) => one.ase_id === chosen());
  for (const card of people.querySelectorAll("button")) {
    card.setAttribute("aria-pressed", String(card.dataset.id === (now ? now.ase_id : "")));
  }
  who.hidden = !now;
  whoName.textContent = now ? now.name : "";
}

function signIn(everybody, aseId) {
  history.replaceState(null, "", aseId ? "#" + encodeURIComponent(aseId) : location.pathname);
  show(everybody);
  if (aseId) return window.AseAssistant.signIn(() => tokenOf(aseId));
  return window.AseAssistant.signOut();
}

function initials(name) {
  return name.split(/\s+/).map((part) => part[0] || "").slice(0, 2).join("").toUpperCase();
}

async function start() {
  if (chosen()) void window.AseAssistant.signIn(() => tokenOf(chosen()));
  for (const button of document.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", () => window.AseAssistant.ask(button.dataset.ask));
  }
  const demo = await fetch("/demo/people");
  if (!demo.ok) return;
  const everybody = (await demo.json()).people;
  document.getElementById("demo").hidden = false;
  for (const link of document.querySelectorAll("[data-demo]")) link.hidden = false;
  for (const one of everybody) {
    const card = made("button", "person");
    card.type = "button";
    card.dataset.id = one.ase_id;
    card.dataset.words = [one.name, one.ase_id, one.about].join(" ").toLowerCase();
    const face = made("span", "face", initials(one.name));
    face.setAttribute("aria-hidden", "true");
    const text = made("span", "person-text");
    text.append(made("strong", "", one.name), made("span", "id", one.ase_id), made("span", "about", one.about || ""));
    card.append(face, text);
    card.addEventListener("click", () => void signIn(everybody, one.ase_id));
    const item = made("li");
    item.append(card);
    people.append(item);
  }
  document.getElementById("sign-out").addEventListener("click", () => void signIn(everybody, ""));
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const card of people.querySelectorAll("button")) {
      const fits = card.dataset.words.includes(wanted);
      card.parentElement.hidden = !fits;
      if (fits) found += 1;
    }
    empty.hidden = found > 0;
  });
  show(everybody);
}

if (window.AseAssistant) void start();
else window.addEventListener("ase-assistant:ready", () => void start(), { once: true });
