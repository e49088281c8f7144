/** Types for what htmx 4 and its hx-ws extension put into their events, as far as it is used here. */

/** `htmx:ws:before:message:incoming`, `htmx:ws:after:connection`, `htmx:ws:close`. */
export type SocketDetail = {
  connection: { url: string };
  message?: { data: unknown };
  /** Set to true, the frame is not looked at further. */
  cancelled?: boolean;
};

/** `htmx:config:request` and those that follow it. */
export type RequestDetail = {
  ctx: {
    sourceElement: Element;
    /** `body` is what will be sent, until it is encoded after `htmx:config:request`. */
    request: { method: string; headers: Record<string, string>; body: FormData };
    response?: { status: number };
    text?: string;
    /** What sends the request; `window.fetch` unless set before it is sent. */
    fetch?: (url: string, request: RequestInit) => Promise<Response>;
  };
  error?: unknown;
};

/** `htmx:before:swap`: what will be swapped for what. A frame of the socket has no request. */
export type SwapDetail = {
  ctx: Partial<RequestDetail["ctx"]>;
  tasks: { target: Element | null; fragment: DocumentFragment }[];
};

export function onHtmx<Detail>(name: string, then: (detail: Detail, event: Event) => void): void {
  document.addEventListener(name, (event) => then((event as CustomEvent<Detail>).detail, event));
}

/** Lets htmx take in an element that no swap of its own brought. */
export function processHtmx(element: HTMLElement): void {
  (window as unknown as { htmx: { process(element: HTMLElement): void } }).htmx.process(element);
}
