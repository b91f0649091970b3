// Keeps a WebSocket open; after a break it asks for what came since the last message it has.
const room = document.getElementById("room"), state = document.getElementById("state"), form = document.getElementById("say");
let last = "0", socket;

function connect() {
  socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/room?after=${last}`);
  socket.onopen = () => { state.textContent = "connected"; };
  socket.onmessage = (event) => {
    const said = JSON.parse(event.data), line = document.createElement("li"), name = document.createElement("strong");
    name.textContent = `${said.name}: `;
    line.append(name, said.text);
    room.append(line);
    line.scrollIntoView({ block: "nearest" });
    last = said.id;
  };
  socket.onclose = () => { state.textContent = "connecting…"; setTimeout(connect, 300); };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ name: form.elements.name.value, text: form.elements.text.value }));
  form.elements.text.value = "";
});
connect();
