// Keeps a WebSocket open; after a break it asks for what came since the last message it has.
const room = document.getElementById("room"), state = document.getElementById("state");
const { name, text } = document.getElementById("say").elements;
let last = "0", socket;

function connect() {
  socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/room?after=${last}`);
  socket.onopen = () => show("connected");
  socket.onmessage = (event) => add(JSON.parse(event.data));
  socket.onclose = () => { show("connecting…"); setTimeout(connect, 300); };
}

function show(words) {
  state.textContent = words;
  state.classList.toggle("on", words === "connected");
}

function add(said) {
  const line = document.createElement("li"), who = document.createElement("strong");
  who.textContent = said.name;
  line.classList.toggle("own", said.name === name.value);
  line.append(who, " ", said.text);
  room.append(line);
  line.scrollIntoView({ block: "nearest" });
  last = said.id;
}

document.getElementById("say").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ name: name.value, text: text.value }));
  text.value = "";
});
connect();
