"use strict";

// A small chat over plain HTTP. The conversation and its token live in this page only.

const log = document.getElementById("log");
const choices = document.getElementById("choices");
const status = document.getElementById("status");
const input = document.getElementById("text");
const form = document.getElementById("say");
const who = document.getElementById("who");
const person = document.getElementById("person");

let conversation = null;
let sent = 0;
let shown = 0;

async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = "Bearer " + token;
  const options = { method, headers };
  if (body) options.body = JSON.stringify(body);
  const answer = await fetch(path, options);
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.error.message);
  return data;
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// **bold** and links, as nodes: text never becomes markup.
function inline(text, parent) {
  const pattern = /\*\*(.+?)\*\*|\[([^\]]+)\]\(((?:https?:\/\/|mailto:|tel:)[^\s)]+)\)/g;
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    parent.append(text.slice(at, found.index));
    if (found[1] !== undefined) {
      parent.append(element("strong", "", found[1]));
    } else {
      const link = element("a", "", found[2]);
      link.href = found[3];
      link.rel = "noopener noreferrer";
      link.target = "_blank";
      parent.append(link);
    }
    at = found.index + found[0].length;
  }
  parent.append(text.slice(at));
}

function prose(text, parent) {
  for (const block of text.split(/\n{2,}/)) {
    let list = null;
    let paragraph = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("- ")) {
        paragraph = null;
        if (!list) parent.append((list = element("ul")));
        const item = element("li");
        inline(line.slice(2), item);
        list.append(item);
      } else {
        list = null;
        if (paragraph) paragraph.append(" ");
        else parent.append((paragraph = element("p")));
        inline(line, paragraph);
      }
    }
  }
}

function show(messages, state) {
  for (const message of messages) {
    if (message.seq <= shown) continue;
    shown = message.seq;
    const row = element("article", "message " + message.author);
    if (message.author === "candidate") row.append(element("p", "", message.text));
    else prose(message.text, row);
    for (const source of message.sources) {
      row.append(element("p", "source", "Source: " + source.title + ", as of " + source.as_of));
    }
    log.append(row);
  }
  log.scrollTop = log.scrollHeight;
  choices.replaceChildren();
  const last = messages[messages.length - 1];
  for (const choice of last && last.author === "assistant" ? last.choices : []) {
    const button = element("button", "", choice.title);
    button.type = "button";
    button.addEventListener("click", () => take({ choice: choice.id }));
    choices.append(button);
  }
  const signedIn = state.signed_in ? "Signed in. " : "";
  const owner = { queue: "Waiting for a person.", agent: "A person has taken over." }[state.owner] || "";
  status.textContent = signedIn + owner;
}

async function open() {
  const body = { channel: "web" };
  if (person.value) {
    body.candidate_token = (await call("POST", "/demo/token", { ase_id: person.value })).candidate_token;
  }
  const opened = await call("POST", "/api/v1/conversations", body);
  conversation = { id: opened.conversation_id, token: opened.token };
  sent = 0;
  shown = 0;
  log.replaceChildren();
  show(opened.messages, opened.state);
}

async function take(turn) {
  choices.replaceChildren();
  status.textContent = "…";
  try {
    if (!conversation) await open();
    sent += 1;
    const path = "/api/v1/conversations/" + encodeURIComponent(conversation.id) + "/messages";
    const reply = await call("POST", path, { ...turn, client_message_id: "page-" + sent }, conversation.token);
    show(reply.messages, reply.state);
  } catch (error) {
    status.textContent = error.message;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  take({ text });
});

input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

async function start() {
  const demo = await fetch("/demo/people");
  if (demo.ok) {
    for (const one of (await demo.json()).people) {
      const about = one.about ? " – " + one.about : "";
      const option = element("option", "", one.name + " (" + one.ase_id + ")" + about);
      option.value = one.ase_id;
      person.append(option);
    }
    who.hidden = false;
  }
  await open();
}

person.addEventListener("change", () => open().catch((error) => (status.textContent = error.message)));
start().catch((error) => (status.textContent = error.message));
