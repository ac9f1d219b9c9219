/**
 * Cuts a byte stream of server-sent events (WHATWG HTML §9.2.6) into the data of its events, whichever way the bytes
 * were split on the road. Field names other than `data` are skipped: the chat stream has no others.
 */
export class SseReader {
  #decoder = new TextDecoder();
  #buffer = "";
  #data: string[] = [];

  /** The data of the events that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    this.#buffer += this.#decoder.decode(bytes, { stream: true });
    const events: string[] = [];
    let end = nextLineEnd(this.#buffer);
    while (end) {
      const line = this.#buffer.slice(0, end.at);
      this.#buffer = this.#buffer.slice(end.at + end.length);
      this.#readLine(line, events);
      end = nextLineEnd(this.#buffer);
    }
    return events;
  }

  /** The data of a last event that no blank line closed. */
  end(): string[] {
    const events: string[] = [];
    if (this.#buffer) this.#readLine(this.#buffer, events);
    this.#readLine("", events);
    this.#buffer = "";
    return events;
  }

  #readLine(line: string, events: string[]): void {
    if (line === "") {
      if (this.#data.length > 0) events.push(this.#data.join("\n"));
      this.#data = [];
    } else if (line.startsWith("data:")) {
      this.#data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    }
  }
}

function nextLineEnd(text: string): { at: number; length: number } | null {
  const at = text.search(/\r\n|\n|\r(?!$)/);
  return at < 0 ? null : { at, length: text.startsWith("\r\n", at) ? 2 : 1 };
}
