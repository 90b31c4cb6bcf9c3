// One meeting's room: publishes by WHIP, receives by WHEP, and lays the tiles out as its events say.
// The fragment may bring a room token and a name: #token=…&participant=…

const meeting = location.pathname.split("/").pop();
const given = new URLSearchParams(location.hash.slice(1));
const token = given.get("token");
const LINES = { audio: 3, video: 8 };
const FIRST_PAUSE = 300; // ms before the first try again; each next pause is twice as long
const LONGEST_PAUSE = 1500;

const at = (id) => document.getElementById(id);
const headers = token ? { authorization: `Bearer ${token}` } : {};
const home = `/v1/meetings/${encodeURIComponent(meeting)}`;

const room = { name: null, local: null, slots: new Map(), tiles: [], speaker: null, zoom: new Map(), open: false, suspects: [] };
window.room = room; // for whoever watches from outside

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The ICE servers of a Link header, as RFC 9725 has them. */
function iceServers(link) {
  return [...(link ?? "").matchAll(/<([^>]+)>;([^<]*)/g)]
    .filter(([, , rest]) => rest.includes('rel="ice-server"'))
    .map(([, urls, rest]) => ({
      urls,
      username: /username="([^"]*)"/.exec(rest)?.[1],
      credential: /credential="([^"]*)"/.exec(rest)?.[1],
    }));
}

/** One connection: offered, answered, and offered anew when it is lost, until it is closed. */
class Line {
  constructor(path, prepare) {
    this.path = path;
    this.prepare = prepare;
    this.closed = false;
    this.tries = 0;
    this.servers = [];
    this.run();
  }

  async run() {
    while (!this.closed) {
      try {
        await this.connect();
        this.tries = 0;
        await this.lost;
      } catch (error) {
        console.warn(this.path, String(error));
      }
      this.peer?.close();
      if (!this.closed) await pause(Math.min(FIRST_PAUSE * 2 ** this.tries++, LONGEST_PAUSE));
    }
  }

  async connect() {
    const peer = new RTCPeerConnection({ iceServers: this.servers });
    this.peer = peer;
    this.location = null;
    this.lost = new Promise((lost) => {
      peer.onconnectionstatechange = () => {
        show();
        if (peer.connectionState === "disconnected") setTimeout(() => peer.connectionState !== "connected" && lost(), 1500);
        if (["failed", "closed"].includes(peer.connectionState)) lost();
      };
      this.end = lost;
    });
    this.prepare(peer);
    await peer.setLocalDescription();
    const answer = await fetch(`${home}/${this.path}?participant=${encodeURIComponent(room.name)}`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/sdp" },
      body: peer.localDescription.sdp,
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    this.location = answer.headers.get("location");
    this.servers = iceServers(answer.headers.get("link"));
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  }

  /** ICE begun anew on the same connection, when the network changed. */
  async restart() {
    const peer = this.peer;
    if (!this.location || peer?.signalingState !== "stable") return;
    try {
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      const answer = await fetch(this.location, {
        method: "PATCH",
        headers: { ...headers, "content-type": "application/sdp", "if-match": "*" },
        body: peer.localDescription.sdp,
      });
      if (!answer.ok) throw new Error(`${answer.status}`);
      await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    } catch (error) {
      console.warn(this.path, String(error));
      if (peer === this.peer) this.end();
    }
  }

  close() {
    this.closed = true;
    if (this.location) fetch(this.location, { method: "DELETE", headers, keepalive: true });
    this.end?.();
    this.peer?.close();
  }
}

function publishing(peer) {
  for (const track of room.local.getTracks()) {
    const encodings = track.kind === "video"
      ? [{ rid: "q", scaleResolutionDownBy: 4 }, { rid: "h", scaleResolutionDownBy: 2 }, { rid: "f" }]
      : undefined;
    peer.addTransceiver(track, { direction: "sendonly", streams: [room.local], sendEncodings: encodings });
  }
}

function receiving(peer) {
  for (const [kind, count] of Object.entries(LINES)) {
    for (let line = 0; line < count; line += 1) peer.addTransceiver(kind, { direction: "recvonly" });
  }
  peer.ontrack = ({ transceiver, track }) => {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.playsInline = true;
    element.srcObject = new MediaStream([track]);
    const known = room.slots.get(transceiver.mid);
    known?.element?.remove();
    room.slots.set(transceiver.mid, { shows: null, ...known, kind: track.kind, element });
    if (track.kind === "audio") at("stage").append(element);
    show();
  };
}

/** Reads the meeting's events, and goes on where it was when the connection is lost. */
async function listen() {
  let after = 0;
  for (let tries = 0; room.open; tries += 1) {
    try {
      const made = await fetch(`${home}/tickets`, { method: "POST", headers });
      if (made.ok) {
        const { ticket } = await made.json();
        const url = new URL(`${home}/events`, location.href);
        url.protocol = url.protocol.replace("http", "ws");
        url.search = new URLSearchParams({ ticket, after });
        await new Promise((closed) => {
          const socket = new WebSocket(url, "v100.v1");
          socket.onmessage = ({ data }) => {
            const message = JSON.parse(data);
            if (message.seq) after = message.seq;
            tries = 0;
            take(message);
          };
          socket.onclose = () => {
            room.suspects = lines().map((known) => [known, known.peer]);
            closed();
          };
        });
      }
    } catch (error) {
      console.warn("events", String(error));
    }
    await pause(Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE));
  }
}

const takers = {
  "hello": (data, message) => {
    const state = message.state ?? {};
    if (state.layout?.tiles) room.tiles = state.layout.tiles;
    if (state.speaker) room.speaker = state.speaker;
    // The events were lost: the connections may be as well, where another server answers now.
    for (const [known, peer] of room.suspects) if (known.peer === peer) known.restart();
    room.suspects = [];
  },
  "slot.assigned": ({ participant, mid, media, shows }) => {
    if (participant !== room.name) return;
    room.slots.set(mid, { element: null, ...room.slots.get(mid), kind: media, shows });
  },
  "layout.changed": ({ tiles }) => { room.tiles = tiles; },
  "speaker.changed": ({ speaker }) => { room.speaker = speaker; },
  "camera.zoom": (data) => { room.zoom.set(data.participant, data); },
  "transcript.segment": ({ participant, text }) => line("captions", `${participant}: ${text}`),
  "highlight.created": (data) => line("highlights", data.text ?? data.kind),
  "deepfake.flagged": ({ participant, track }) => line("flags", participant ?? track),
};

function take(message) {
  takers[message.type]?.(message.data ?? {}, message);
  show();
}

function line(list, text) {
  const item = document.createElement("li");
  item.textContent = text;
  at(list).prepend(item);
  while (at(list).children.length > 50) at(list).lastChild.remove();
}

/** Everybody's tile: where the director says, or in a row of equal ones until it says something. */
function show() {
  const shown = new Map();
  for (const slot of room.slots.values()) {
    if (slot.kind === "video" && slot.shows && slot.element) shown.set(slot.shows, slot.element);
  }
  if (room.local && room.own) shown.set(room.name, room.own);
  const placed = room.tiles.filter((tile) => shown.has(tile.participant));
  const tiles = placed.length ? placed : [...shown.keys()].map((participant, place) => ({
    participant, x: place / shown.size, y: 0, width: 1 / shown.size, height: 1,
  }));
  const stage = at("stage");
  const kept = new Set();
  tiles.forEach((tile, order) => {
    const name = tile.participant;
    let figure = [...stage.children].find((each) => each.dataset.participant === name);
    if (!figure) {
      figure = document.createElement("figure");
      figure.className = "tile";
      figure.dataset.participant = name;
      figure.append(document.createElement("figcaption"));
      stage.append(figure);
    }
    kept.add(figure);
    figure.querySelector("figcaption").textContent = name;
    const element = shown.get(name);
    if (element.parentElement !== figure) {
      figure.querySelector("video")?.remove();
      figure.prepend(element);
      element.play().catch(() => {});
    }
    for (const side of ["x", "y", "width", "height"]) {
      figure.style[{ x: "left", y: "top" }[side] ?? side] = `${tile[side] * 100}%`;
    }
    figure.style.zIndex = String(order);
    figure.classList.toggle("speaking", name === room.speaker);
    const zoom = room.zoom.get(name)?.crop;
    element.style.transform = zoom
      ? `scale(${1 / zoom.width}) translate(${(0.5 - zoom.x - zoom.width / 2) * 100}%, ${(0.5 - zoom.y - zoom.height / 2) * 100}%)`
      : "";
  });
  for (const figure of stage.querySelectorAll("figure")) if (!kept.has(figure)) figure.remove();
  const states = [room.out, room.in].filter(Boolean).map(({ path, peer }) => `${path} ${peer?.connectionState ?? "new"}`);
  at("state").textContent = states.join(", ") || "not connected";
}

async function join(name) {
  room.name = name;
  room.open = true;
  try {
    room.local = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
  } catch (error) {
    line("flags", `no camera or microphone: ${error.name}`);
  }
  if (room.local) {
    room.own = document.createElement("video");
    Object.assign(room.own, { muted: true, autoplay: true, playsInline: true, srcObject: room.local });
    room.out = new Line("whip", publishing);
  }
  room.in = new Line("whep", receiving);
  listen();
  at("join").hidden = true;
  at("controls").hidden = false;
}

/** New ways to the server; who it does not know any more comes in again. */
function renew() {
  for (const known of lines()) known.restart();
}

function lines() {
  return [room.out, room.in].filter(Boolean);
}

function toggled(button, kind) {
  const off = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(off));
  for (const track of room.local?.getTracks() ?? []) if (track.kind === kind) track.enabled = !off;
}

function leave() {
  room.open = false;
  room.out?.close();
  room.in?.close();
  room.local?.getTracks().forEach((track) => track.stop());
}

at("title").textContent = `Room ${meeting}`;
at("join").addEventListener("submit", (event) => {
  event.preventDefault();
  join(at("name").value.trim());
});
at("mute").addEventListener("click", ({ target }) => toggled(target, "audio"));
at("camera").addEventListener("click", ({ target }) => toggled(target, "video"));
at("leave").addEventListener("click", leave);
window.addEventListener("pagehide", leave);
window.addEventListener("online", renew);
if (given.get("participant")) join(given.get("participant"));
