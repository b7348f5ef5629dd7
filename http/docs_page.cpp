#include "http/docs_page.h"

namespace genlock::http {
namespace {

constexpr const char* style = R"css(
:root { color-scheme: light dark; --back: #fff; --side: #f5f6f8; --text: #1c2430; --soft: #5b6675;
  --line: #dfe3e8; --code: #f0f2f5; --accent: #0b63ce; --get: #1a7f4b; --post: #0b63ce;
  --put: #9a6400; --patch: #7a3fb5; --delete: #c0362c; }
:root[data-theme=dark] { --back: #14181e; --side: #1a1f27; --text: #e4e8ee; --soft: #98a3b3;
  --line: #2c333e; --code: #20262f; --accent: #6cb0ff; --get: #57c98b; --post: #6cb0ff;
  --put: #e0ab4e; --patch: #c39bf0; --delete: #f2857c; }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 20rem 1fr }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; background: var(--side);
  border-right: 1px solid var(--line); padding: 1rem }
main { padding: 1.5rem 2.5rem 6rem; max-width: 62rem; min-width: 0 }
h1 { font-size: 1.5rem; margin: 0 } h2 { margin: 2.5rem 0 .2rem; font-size: 1.2rem }
h3 { font-size: .8rem; letter-spacing: .04em; color: var(--soft); margin: 1.2rem 0 .3rem }
p { margin: .3rem 0 .8rem } .soft { color: var(--soft) }
a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
.bar { display: flex; gap: .5rem; margin: .8rem 0 }
input, button { font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: 6px; padding: .35rem .6rem }
input { flex: 1; min-width: 0 } button { cursor: pointer }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
nav h2 { font-size: .78rem; letter-spacing: .05em; color: var(--soft); margin: 1rem 0 .2rem }
nav a { display: flex; gap: .5rem; align-items: baseline; padding: .12rem .3rem; color: var(--text);
  border-radius: 4px; font-size: .82rem; overflow-wrap: anywhere }
nav a:hover { background: var(--line); text-decoration: none }
.method { font: 700 .68rem/1.4 ui-monospace, monospace; min-width: 3.4rem; flex: none }
.get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) }
.patch { color: var(--patch) } .delete { color: var(--delete) }
details.op { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; scroll-margin: 1rem }
details.op > summary { padding: .55rem .8rem; cursor: pointer; display: flex; gap: .7rem;
  align-items: baseline; flex-wrap: wrap }
details.op[open] > summary { border-bottom: 1px solid var(--line) }
.inside { padding: .2rem 1rem 1rem } .path { font: 600 .88rem ui-monospace, monospace }
code, pre { font: .83rem/1.5 ui-monospace, monospace; background: var(--code); border-radius: 4px }
code { padding: .08rem .3rem } pre { padding: .6rem .8rem; overflow: auto; margin: .3rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .88rem }
td { border-top: 1px solid var(--line); padding: .3rem .8rem .3rem 0; vertical-align: top }
td:first-child { white-space: nowrap; width: 1% }
.must::after { content: " *"; color: var(--delete) }
.nest { margin-left: .5rem; padding-left: .8rem; border-left: 2px solid var(--line) }
.nest > summary, .ref > summary { cursor: pointer; color: var(--accent) }
.status { font: 700 .83rem ui-monospace, monospace } .bad { color: var(--delete) }
[hidden] { display: none !important }
@media (max-width: 60rem) { body { display: block } nav { position: static; height: auto;
  max-height: 45vh } main { padding: 1rem } }
)css";

constexpr const char* script = R"js(
'use strict';
// Makes an element; strings among the children become text, never markup.
const make = (tag, set = {}, ...children) => {
  const { className, ...attributes } = set;
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
const code = (text) => make('code', {}, text);

let api;
const target = (reference) =>
  reference.slice(2).split('/').reduce((place, name) => place[name], api);
const nameOf = (reference) => reference.slice(reference.lastIndexOf('/') + 1);
const resolved = (value) => (value && value.$ref ? target(value.$ref) : value);

// --- schemas ---

const boundsOf = (schema) => {
  const words = [];
  const range = (least, most, unit) => {
    if (schema[least] === undefined && schema[most] === undefined) return;
    words.push(`${schema[least] ?? ''}..${schema[most] ?? ''}${unit}`);
  };
  range('minimum', 'maximum', '');
  range('minLength', 'maxLength', ' long');
  range('minItems', 'maxItems', ' items');
  if (schema.exclusiveMinimum !== undefined) words.push(`above ${schema.exclusiveMinimum}`);
  return words.join(', ');
};

const typeText = (schema) => {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ');
  if (schema.allOf) return schema.allOf.map(typeText)[0];
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = [].concat(schema.type ?? 'any JSON');
  const inner = schema.items ? ` of ${typeText(schema.items)}` : '';
  return types.join(' or ') + inner + (schema.format ? ` (${schema.format})` : '');
};

const describe = (schema) => {
  const box = make('span', {}, make('span', { className: 'soft' }, typeText(schema)));
  const bounds = boundsOf(schema);
  if (bounds) box.append(' ', make('span', { className: 'soft' }, bounds));
  if (schema.readOnly) box.append(' ', make('span', { className: 'soft' }, '(read only)'));
  if (schema.description) box.append(' ', schema.description);
  return box;
};

// What can be opened below a schema: objects in it, wherever they stand.
const partsOf = (schema) => {
  if (schema.$ref) return [schema];
  if (schema.anyOf) return schema.anyOf.flatMap(partsOf);
  if (schema.allOf) return partsOf(schema.allOf[0]);
  if (schema.items) return partsOf(schema.items);
  if (schema.properties) return [schema];
  return typeof schema.additionalProperties === 'object' ? partsOf(schema.additionalProperties) : [];
};

const memberTable = (schema) => {
  const table = make('table');
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const must = (schema.required ?? []).includes(name);
    const cell = make('td', {}, describe(member), ...partsOf(member).map(foldable));
    table.append(make('tr', {},
      make('td', {}, make('code', must ? { className: 'must' } : {}, name)), cell));
  }
  return table;
};

// Opened when it is asked for: schemas refer to each other in circles.
const foldable = (schema) => {
  const inner = resolved(schema);
  const box = make('details', { className: 'nest' },
    make('summary', {}, schema.$ref ? nameOf(schema.$ref) : 'members'));
  box.addEventListener('toggle', () => {
    if (box.open && box.children.length === 1) {
      if (inner.description) box.append(make('p', { className: 'soft' }, inner.description));
      box.append(memberTable(inner));
    }
  });
  return box;
};

const showSchema = (schema) => make('div', {}, describe(schema), ...partsOf(schema).map(foldable));

// --- operations ---

const parametersTable = (parameters) => {
  const filters = parameters.filter((one) => (one.description ?? '').startsWith('Filter'));
  const table = make('table');
  for (const one of parameters.filter((each) => !filters.includes(each)))
    table.append(make('tr', {},
      make('td', {}, make('code', one.required ? { className: 'must' } : {}, one.name)),
      make('td', { className: 'soft' }, one.in), make('td', {}, describe(one.schema),
        one.description ? ` ${one.description}` : '')));
  if (filters.length)
    table.append(make('tr', {}, make('td', {}, 'column=op.value'),
      make('td', { className: 'soft' }, 'query'),
      make('td', {}, 'Filters, all must hold: eq neq gt gte lt lte ilike in is. Columns: ',
        ...filters.flatMap((one) => [code(one.name), ' ']))));
  return table;
};

const answersTable = (answers) => {
  const table = make('table');
  for (const [status, given] of Object.entries(answers)) {
    const answer = resolved(given);
    const content = Object.entries(answer.content ?? {});
    const bad = status === 'default' || Number(status) >= 400;
    const cell = make('td', {}, answer.description);
    for (const [type, { schema }] of content) {
      const names = bad ? (schema.allOf?.[1].properties.type.enum ?? []) : [];
      if (names.length) cell.append(' ', ...names.flatMap((name) =>
        [make('a', { href: name }, nameOf(name)), ' ']));
      else if (!bad || !type.includes('problem')) cell.append(' ', showSchema(schema));
    }
    const headers = Object.keys(answer.headers ?? {});
    if (headers.length) cell.append(' ', ...headers.flatMap((name) => [code(name), ' ']));
    table.append(make('tr', {},
      make('td', {}, make('span', { className: bad ? 'status bad' : 'status' }, status)), cell));
  }
  return table;
};

// The first of the kinds of body that it takes; none: it takes no body.
const bodyType = (operation) => Object.keys(operation.requestBody?.content ?? {})[0];

const curlOf = (method, path, operation) => {
  const lines = [`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ` +
    `'${location.origin}${path}'`];
  const type = bodyType(operation);
  if (type) lines.push(`-H 'Content-Type: ${type}'`,
    type === 'application/json' ? `-d '{ .. }'` : '--data-binary @FILE');
  return lines.join(' \\\n  ');
};

const fill = (box, method, path, operation) => {
  const inside = make('div', { className: 'inside' });
  const part = (title, content) => inside.append(make('h3', {}, title), content);
  inside.append(make('p', { className: 'soft' }, 'operation ', code(operation.operationId)));
  part('Try', make('pre', {}, curlOf(method, path, operation)));
  if (operation.parameters) part('Parameters', parametersTable(operation.parameters));
  if (operation.requestBody)
    part('Body', showSchema(operation.requestBody.content[bodyType(operation)].schema));
  part('Answers', answersTable(operation.responses));
  box.append(inside);
};

const operationBox = (method, path, operation) => {
  const box = make('details', { className: 'op', id: operation.operationId },
    make('summary', {}, make('span', { className: `method ${method}` }, method.toUpperCase()),
      make('span', { className: 'path' }, path), make('span', { className: 'soft' },
        operation.summary)));
  box.addEventListener('toggle', () => {
    if (box.open && box.children.length === 1) fill(box, method, path, operation);
  });
  return box;
};

const show = () => {
  const nav = document.querySelector('#list'), page = document.querySelector('#page');
  document.querySelector('#about').textContent = api.info.description;
  document.querySelector('#version').textContent = `Version ${api.info.version}`;
  const all = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })));
  for (const tag of api.tags) {
    const side = make('section', {}, make('h2', {}, tag.name));
    const chapter = make('section', {}, make('h2', {}, tag.name),
      make('p', { className: 'soft' }, tag.description));
    for (const { method, path, operation } of all.filter((one) =>
      one.operation.tags.includes(tag.name))) {
      const words = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase();
      side.append(make('a', { href: `#${operation.operationId}`, 'data-words': words },
        make('span', { className: `method ${method}` }, method.toUpperCase()), path));
      const box = operationBox(method, path, operation);
      box.dataset.words = words;
      chapter.append(box);
    }
    nav.append(side);
    page.append(chapter);
  }
};

const search = (text) => {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of document.querySelectorAll('[data-words]'))
    one.hidden = !wanted.every((word) => one.dataset.words.includes(word));
  for (const section of document.querySelectorAll('section'))
    section.hidden = !section.querySelector('[data-words]:not([hidden])');
};

const goTo = () => {
  const box = document.getElementById(location.hash.slice(1));
  if (!box || box.tagName !== 'DETAILS') return;
  box.open = true;
  box.scrollIntoView();
};

// --- light and dark ---

const themeNow = () => document.documentElement.dataset.theme;
const setTheme = (theme) => { document.documentElement.dataset.theme = theme; };
const kept = (() => { try { return localStorage.getItem('theme'); } catch { return null; } })();
setTheme(kept ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
document.querySelector('#theme').addEventListener('click', () => {
  setTheme(themeNow() === 'dark' ? 'light' : 'dark');
  try { localStorage.setItem('theme', themeNow()); } catch { /* it is not kept then */ }
});

const box = document.querySelector('#search');
box.addEventListener('input', () => search(box.value));
addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === box) return;
  event.preventDefault();
  box.focus();
});
addEventListener('hashchange', goTo);

fetch('/api/openapi.json').then((answer) => answer.json()).then((document) => {
  api = document;
  show();
  goTo();
}).catch((error) => {
  document.querySelector('#about').textContent = `The document can't be read: ${error.message}`;
});
)js";

}  // namespace

std::string docs_page() {
  return std::string("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n") +
         "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Genlock API</title>\n"
         "<style>" +
         style +
         "</style>\n"
         "<nav><h1>Genlock API</h1><div class=\"soft\" id=\"version\"></div>\n"
         "<div class=\"bar\"><input id=\"search\" type=\"search\" placeholder=\"Search ( / )\" "
         "aria-label=\"Search\"><button id=\"theme\" title=\"Light or dark\" "
         "aria-label=\"Light or dark\">\xE2\x97\x90</button></div>\n"
         "<div id=\"list\"></div></nav>\n"
         "<main><p id=\"about\">Reading the document ..</p>\n"
         "<p><a href=\"/api/openapi.json\">openapi.json</a> &middot; "
         "<a href=\"/problems\">What errors mean</a> &middot; <a href=\"/\">This node</a></p>\n"
         "<div id=\"page\"></div></main>\n<script>" +
         script + "</script>\n</html>\n";
}

}  // namespace genlock::http
