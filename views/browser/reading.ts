/**
 * The one script of a reader's page. It hears over a socket that the words changed, and fetches them; and that the link
 * has ended, and then nothing of the text stays. Without it the page reads as well, until it is loaded again.
 */

/** As `src/links/readers.ts` closes a link that has ended. */
const ENDED = 4410;
/** Waits before the studio is asked again, in milliseconds: doubled from the first to the last. */
const RETRY_FROM_MS = 500;
const RETRY_UP_TO_MS = 10_000;

const { live, shown = "" } = document.body.dataset;
let socket: WebSocket | undefined;
let pause = RETRY_FROM_MS;
let isOver = false;

function connect(): void {
  const address = new URL(live!, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.onopen = () => {
    pause = RETRY_FROM_MS;
  };
  socket.onmessage = ({ data }) => {
    const { type, bucket } = JSON.parse(String(data)) as { type: string; bucket: string | null };
    // The contents change with any chapter, a text with its own.
    if (type === "changed" && (!shown || bucket === null || bucket === shown)) void refresh();
  };
  socket.onclose = ({ code }) => {
    if (code === ENDED) end();
    if (isOver) return;
    setTimeout(() => void again(), pause);
    pause = Math.min(pause * 2, RETRY_UP_TO_MS);
  };
}

async function again(): Promise<void> {
  await refresh();
  if (!isOver) connect();
}

/** The page as it is now, in place of what is shown; the place one reads at stays. */
async function refresh(): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(location.href, { cache: "no-store" });
  } catch {
    // Away; it is asked again.
    return;
  }
  if ([401, 403, 404, 410].includes(answer.status)) return end();
  if (!answer.ok || isOver) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("reading");
  const here = document.getElementById("reading");
  if (!fresh || !here || isOver || fresh.innerHTML === here.innerHTML) return;
  document.title = page.title;
  here.replaceChildren(...document.importNode(fresh, true).childNodes);
}

function end(): void {
  if (isOver) return;
  isOver = true;
  socket?.close();
  const says = document.getElementById("ended") as HTMLTemplateElement | null;
  const here = document.getElementById("reading");
  if (!says || !here) return;
  here.replaceChildren(says.content.cloneNode(true));
  const heading = here.querySelector("h1");
  document.title = heading?.textContent ?? "";
  // Whoever listens to the page hears it as well.
  heading?.focus();
}

// A page that comes back out of the browser's memory may have ended meanwhile.
addEventListener("pageshow", (event) => {
  if ((event as PageTransitionEvent).persisted) void refresh();
});
if (live) connect();
