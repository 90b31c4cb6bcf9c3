"use strict";
// Draws the report of a file or a session from the JSON beside it. Strings only ever become text nodes.

const report = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const { thumbnails, session } = report;
/* Whose picture is charted: a meeting has one a participant. Marks of a picture bear its track. */
const pictures = [{ ...report, holes: session ? session.holes : [] }, ...(report.tracks || [])];
let [{ time, lanes }] = pictures;
const first = time.length ? time[0] : 0;
const start = session ? session.axis.start : first;
const end = session ? session.axis.end : first + report.seconds;
const view = { from: start, to: Math.max(end, start + 1e-3), layer: "key", track: report.track ?? null, at: null, held: false };
const own = (each) => pictures.length < 2 || (each.track ?? null) === view.track;
let [cuts, faults] = [report.cuts.filter(own), report.faults.filter(own)];
const COLOURS = { complexity: "--complexity", motion: "--motion", visual: "--visual", quality: "--quality" };
const NAMES = { key: "Key", complexity: "Complexity", motion: "Motion", visual: "Picture", quality: "Quality", all: "All" };
const KINDS = { black: "Black", frozen: "Frozen", blocky: "Blocky", blurred: "Blurred" };

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { style, data, ...rest } = properties;
  Object.assign(node, rest);
  for (const [name, value] of Object.entries(style || {})) node.style.setProperty(name, value);
  Object.assign(node.dataset, data || {});
  node.append(...children);
  return node;
}

/* Words from outside: isolated, so that their direction does not spread. */
function said(tag, text, className = "") {
  return make(tag, { textContent: text || "", dir: "auto", className: `said ${className}` });
}

function draw(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/* What is below `top` is never shown as if it were that. */
function number(value, top = null) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 10000) return Math.round(value).toLocaleString("en");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = value.toFixed(digits);
  if (top === null || value >= top || Number(text) < top) return text;
  for (let more = digits + 1; more < 6; more += 1) if (Number(value.toFixed(more)) < top) return value.toFixed(more);
  return `< ${top}`;
}

/* The mean of a lane; where every frame is equal to its reference, it has no bound. */
const meanOf = (lane) => (lane.equal && lane.equal === lane.count ? "∞" : number(lane.mean, lane.top));
const equals = (lane) => (lane.equal ? `${lane.equal.toLocaleString("en")} of ${plural(lane.count, "frame")} equal` : "");

function clock(seconds, digits = 2) {
  const sign = seconds < 0 ? "-" : "";
  const whole = Number(Math.abs(seconds).toFixed(digits));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return sign + (hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes) + ":" + rest;
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const share = (at) => (at - view.from) / (view.to - view.from);
const colour = (name) => `var(${name})`;
